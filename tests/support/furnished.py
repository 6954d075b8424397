"""A data folder with work in it, made once for a whole run: what most tests of screens begin with."""

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.support import shared_folder
from tests.support.data_folder import linked, warmed
from writer import bootstrap
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.briefs import Brief
from writer.domain.drafts import Draft
from writer.domain.jobs import Job, JobState
from writer.domain.sources import SourceState
from writer.samples import brief_fields
from writer.settings import read_settings


@dataclass(frozen=True)
class Furnished:
    """The sample collection, a draft whose outline waits, and a finished draft."""

    outlined_id: str
    written_id: str

    def outlined(self, app: App) -> Draft:
        return app.drafts.open(self.outlined_id, LOCAL_ACTOR)

    def written(self, app: App) -> Draft:
        return app.drafts.open(self.written_id, LOCAL_ACTOR)


def furnish(folder: Path) -> Furnished:
    """Copies it there."""
    made = shared_folder.built("furnished", _build)
    shutil.copytree(made / "data", folder, copy_function=linked, dirs_exist_ok=True)
    return Furnished(**json.loads((made / "drafts.json").read_text()))


def fill_library(app: App) -> None:
    for source in app.sources.add_samples(LOCAL_ACTOR):
        job = app.jobs.for_source(source.id, LOCAL_ACTOR)
        assert job is not None
        finished(app, job)
    assert all(source.state is SourceState.READY for source in app.sources.listing(LOCAL_ACTOR))


def finished(app: App, job: Job) -> Job:
    """Waits until the job is over or waits for its writer."""
    for _ in app.jobs.follow(job.id, LOCAL_ACTOR):
        pass
    return app.jobs.get(job.id, LOCAL_ACTOR)


def outline_of(app: App, **changes: object) -> Draft:
    """A new draft from the sample brief, whose outline waits for approval."""
    draft = app.articles.start(Brief(**{**brief_fields(), **changes}), LOCAL_ACTOR)
    job = app.jobs.for_draft(draft.id, LOCAL_ACTOR)
    assert job is not None
    assert finished(app, job).state is JobState.WAITING
    return app.drafts.open(draft.id, LOCAL_ACTOR)


def _build(folder: Path) -> None:
    app = bootstrap.build(read_settings({"WRITER_DATA_DIR": str(warmed(folder / "data"))}))
    app.start()
    try:
        fill_library(app)
        outlined = outline_of(app)
        written = outline_of(app, words=700)
        assert written.outline is not None
        job = finished(app, app.articles.approve(written.id, written.outline, LOCAL_ACTOR))
        assert job.state is JobState.DONE, job.error
    finally:
        app.close()
    (folder / "drafts.json").write_text(json.dumps(asdict(Furnished(outlined.id, written.id))))
