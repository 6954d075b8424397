"""One owner's sources, drafts, questions and collections change nothing of what another is told: not even a count."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.data_folder import warmed
from writer.bootstrap import App, build
from writer.domain.actors import Actor
from writer.domain.briefs import Brief
from writer.domain.drafts import Origin
from writer.domain.jobs import Job
from writer.domain.scopes import Scope
from writer.services.questions.telling import question_json, told_of
from writer.services.research.facts import research_json
from writer.settings import read_settings

ANNA, BERT = Actor("anna"), Actor("bert")
BERTS = "# Tides\n\nThe tide at the pier rises by four metres in spring. Pilots wait for high water there."
SHARED = "# Locks\n\nThe lock of the old harbour was opened in 1802. It has two gates of oak and iron."
CANARY = "# Secret tides\n\nAnna's canary note says that the tide gate costs 77 million crowns. {n} pilots wait for it."
ASKED = "What does the tide gate cost?"
VOLATILE = ("id", "job_id", "draft_id", "created_at", "updated_at", "asked_at", "draft")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    app = build(read_settings({"HOME": str(tmp_path), "WRITER_DATA_DIR": str(warmed(tmp_path / "data"))}))
    app.start()
    yield app
    app.close()


def over(app: App, job: Job | None, by: Actor) -> None:
    assert job is not None
    for _ in app.jobs.follow(job.id, by):
        pass


def add(app: App, text: str, by: Actor) -> int:
    source = app.sources.add_text("", text, by)
    over(app, app.jobs.for_source(source.id, by), by)
    return source.id


def write(app: App, text: str, by: Actor) -> None:
    draft = app.drafts.begin("A draft on tides", by)
    app.drafts.append(draft.id, by, heading="Part", text=text, origin=Origin("person", by.user), note="")
    app.draft_search.follow()


def settled(value: Any) -> Any:
    """Without what differs from one run to the next."""
    if isinstance(value, dict):
        return {name: settled(one) for name, one in value.items() if name not in VOLATILE}
    return [settled(one) for one in value] if isinstance(value, list) else value


def packed(app: App, collection_id: int, by: Actor) -> dict[str, str]:
    file = io.BytesIO()
    app.portable.export(collection_id, by, file)
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def told(app: App, by: Actor, source_id: int, collection_id: int) -> str:
    """All that an owner can learn by asking."""
    question = app.questions.ask(ASKED, by)
    over(app, app.questions.job(question), by)
    brief = Brief("Tides at the pier", questions=(ASKED,))
    job = app.research.start(brief, by)
    over(app, job, by)
    passage = app.sources.passages(source_id, by)[0].id
    facts = {
        "asked": question_json(told_of(app.questions, app.questions.get(question.id, by))),
        "researched": research_json(app.research.get(job.id, by)),
        "ready": app.research.readiness(brief, by).sentence,
        "found": [hit.facts() for hit in app.sources.search("tide gate pilots cost", by, nearest_sentence=True)],
        "similar": [hit.facts() for hit in app.sources.similar(passage, by)],
        "similar_to_source": [hit.facts() for hit in app.sources.similar_to_source(source_id, by)],
        "tally": repr(app.sources.tally(by)),
        "scopes": [app.sources.in_scope(Scope(tags=("tides",)), by), app.sources.in_scope(Scope(kinds=("text",)), by)],
        "collections": [(one.name, one.sources, one.passages) for one in app.collections.listing(by)],
        "tags": app.collections.tags(by),
        "drafts": [(hit.heading, hit.text, hit.score) for hit in app.draft_search.search("tide gate", by)],
        "listed": sorted(draft.title for draft in app.drafts.listing(by)),
        "questions": [one.text for one in (*app.questions.kept(by), *app.questions.recent(by))],
        "exported": packed(app, collection_id, by),
    }
    return json.dumps(settled(facts), sort_keys=True, default=str)


def test_what_one_owner_is_told_is_the_same_whatever_another_has(app: App) -> None:
    source_id = add(app, BERTS, BERT)
    add(app, SHARED, BERT)
    shelf = app.collections.add("Tides", BERT)
    app.collections.join(shelf.id, [source_id], BERT)
    app.collections.tag([source_id], ["tides"], BERT)
    write(app, "The tide gate of the pier is open.", BERT)
    before = told(app, BERT, source_id, shelf.id)

    hers = [add(app, CANARY.format(n=n), ANNA) for n in range(3)] + [add(app, SHARED, ANNA)]
    theirs = app.collections.add("Tides", ANNA)
    app.collections.join(theirs.id, hers, ANNA)
    app.collections.tag(hers, ["tides", "canary"], ANNA)
    write(app, "The tide gate of Anna's canary note is closed.", ANNA)
    over(app, app.questions.job(app.questions.ask(ASKED, ANNA)), ANNA)

    after = told(app, BERT, source_id, shelf.id)
    assert after == before
    assert "canary" not in after.lower()
    assert "77 million" in told(app, ANNA, hers[0], theirs.id)
