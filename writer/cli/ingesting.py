"""Files and folders into sources, waiting until each can be searched."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from writer.cli.console import say
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.errors import SourceRefused, UserMistake
from writer.domain.imports import ImportOutcome, Taken
from writer.domain.jobs import JobState
from writer.domain.kinds import READABLE
from writer.domain.sources import Source, SourceState

if TYPE_CHECKING:
    from writer.bootstrap import App


def ingested(app: "App", paths: list[Path]) -> list[Source]:
    """Each as it is at the end. What cannot become a source is said and left out; what did not change is not opened."""
    files = files_of(paths)
    known = app.sources.known_files([path for path in paths if path.is_dir()], LOCAL_ACTOR)
    taken = [one for path in files if (one := _taken(app, path, known)) is not None]
    at_rest = [one for one in taken if _is_at_rest(one)]
    if at_rest:
        say(f"  {len(at_rest):,} of {len(taken):,} documents have not changed.")
    rest = {one.source.id: _settled(app, one.source) for one in taken if not _is_at_rest(one)}
    return [rest.get(one.source.id, one.source) for one in taken]


def settle_library(app: "App") -> None:
    """Waits for the sources that are being read."""
    for source in reversed(app.sources.listing(LOCAL_ACTOR)):
        if not source.state.is_settled:
            _settled(app, source)


def files_of(paths: Iterable[Path]) -> list[Path]:
    """A folder stands for the documents in it and below, by name; hidden ones are left alone."""
    from writer.services.knowledge.folders import documents_in

    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += documents_in(path, most=None)
        elif path.is_file():
            found.append(path)
        else:
            raise UserMistake(f"There is no file or folder {path}.")
    if not found:
        raise UserMistake(f"There are no documents in these folders: Writer reads {READABLE}.")
    return found


def _taken(app: "App", path: Path, known: dict[str, Source]) -> Taken | None:
    try:
        return app.sources.add_path(path, LOCAL_ACTOR, known)
    except SourceRefused as error:
        say(f"  {path}: {error}")
    return None


def _is_at_rest(taken: Taken) -> bool:
    return taken.outcome is ImportOutcome.UNCHANGED and taken.source.state is SourceState.READY


def _settled(app: "App", source: Source) -> Source:
    job = app.jobs.for_source(source.id, LOCAL_ACTOR)
    if job is not None and job.state is JobState.STOPPED:
        app.sources.retry(source.id, LOCAL_ACTOR)
        job = app.jobs.for_source(source.id, LOCAL_ACTOR)
    if job is not None:
        for _ in app.jobs.follow(job.id, LOCAL_ACTOR):
            pass
    now = app.sources.get(source.id, LOCAL_ACTOR)
    note = f": {now.note}" if now.note else ""
    say(f"  {now.label} {now.title}: {now.state.value}, {now.passages} passages{note}")
    return now
