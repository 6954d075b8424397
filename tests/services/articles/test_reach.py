"""Articles from collections: with what is in them when the outline is made, and never with more."""

import pytest

from tests.services.articles.conftest import Studio
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.briefs import Brief
from writer.domain.errors import UserMistake
from writer.services.articles.codec import brief_json, brief_of
from writer.storage.serial import brief_from_json, brief_to_json

OTHER = "somebody else"


def collection(studio: Studio, *source_ids: int, name: str = "Power", owner: str = LOCAL_ACTOR.user) -> int:
    made = studio.stores.collections.add(owner, name)
    studio.stores.collections.join(made.id, source_ids)
    return made.id


def brief(*collection_ids: int, **more: object) -> Brief:
    return Brief("Tidal power", words=400, collection_ids=collection_ids, **more)  # type: ignore[arg-type]  # a dict of mixed values


def cited(studio: Studio) -> set[int]:
    (job,) = studio.stores.jobs.jobs(LOCAL_ACTOR.user, kind="article")
    (plan,) = (step for step in studio.stores.jobs.steps(job.id) if step.key == "plan")
    assert plan.result is not None
    ids = {id_ for row in plan.result["plan"]["sections"] for id_ in row["passage_ids"]}
    return {int(id_.partition(".")[0][1:]) for id_ in ids}


def job_of(studio: Studio, draft_id: str) -> str:
    job = studio.stores.jobs.latest_for_draft(draft_id)
    assert job is not None
    return job.id


async def test_an_article_from_a_collection_uses_its_sources_and_no_others(sourced: Studio):
    ids = sourced.stores.sources.ready_ids(LOCAL_ACTOR.user)
    made = collection(sourced, *ids[:2])
    draft = await sourced.written(brief(made))

    assert cited(sourced)
    assert cited(sourced) <= set(ids[:2])
    assert (draft.brief.collection_ids, draft.brief.source_ids) == ((made,), ())


async def test_a_source_that_joins_later_counts_when_the_outline_is_made_again(sourced: Studio):
    ids = sourced.stores.sources.ready_ids(LOCAL_ACTOR.user)
    made = collection(sourced, ids[0])
    draft = sourced.articles.start(brief(made), LOCAL_ACTOR)
    await sourced.followed(job_of(sourced, draft.id))
    first = sourced.stores.jobs.job(job_of(sourced, draft.id))
    assert first.args["brief"]["source_ids"] == [ids[0]]

    sourced.stores.collections.join(made, [ids[1]])
    again = sourced.articles.redo_outline(draft.id, LOCAL_ACTOR)

    assert again.args["brief"]["source_ids"] == ids[:2]
    assert sourced.articles.source_ids(sourced.stores.drafts.get(draft.id).brief, LOCAL_ACTOR) == tuple(ids[:2])


async def test_sources_named_beside_a_collection_are_written_from_too(sourced: Studio):
    ids = sourced.stores.sources.ready_ids(LOCAL_ACTOR.user)
    made = collection(sourced, *ids[:2])

    assert sourced.articles.source_ids(brief(made, source_ids=(ids[4], ids[0])), LOCAL_ACTOR) == (
        ids[4],
        ids[0],
        ids[1],
    )


async def test_a_collection_that_is_empty_gone_or_anothers_never_stands_for_all_sources(sourced: Studio):
    ids = sourced.stores.sources.ready_ids(LOCAL_ACTOR.user)
    empty, gone = collection(sourced, name="Empty"), collection(sourced, ids[0], name="Gone")
    sourced.stores.collections.delete(gone)
    theirs = collection(sourced, owner=OTHER, name="Theirs")
    full = collection(sourced, ids[0], name="Full")

    for wrong, sentence in (
        (empty, "“Empty” has no source"),
        (gone, "not there any more"),
        (theirs, "not there any more"),
    ):
        for attempt in (sourced.articles.start, sourced.articles.write):
            with pytest.raises(UserMistake, match=sentence):
                attempt(brief(full, wrong), LOCAL_ACTOR)
    assert sourced.stores.jobs.jobs(LOCAL_ACTOR.user) == []


async def test_an_outline_is_not_made_again_from_a_collection_that_was_emptied_and_the_first_one_stays(sourced: Studio):
    ids = sourced.stores.sources.ready_ids(LOCAL_ACTOR.user)
    made = collection(sourced, ids[0])
    draft = sourced.articles.start(brief(made), LOCAL_ACTOR)
    job = await sourced.followed(job_of(sourced, draft.id))
    sourced.stores.collections.leave(made, [ids[0]])

    with pytest.raises(UserMistake, match="has no source that can be written from"):
        sourced.articles.redo_outline(draft.id, LOCAL_ACTOR)
    assert sourced.stores.jobs.job(job.id) == job


def test_a_brief_with_collections_is_kept_and_one_without_is_what_it_was():
    one = brief(3, 7)
    assert brief_from_json(brief_to_json(one)) == one
    assert brief_of(brief_json(one)) == one
    assert "collection_ids" not in brief_json(Brief("Tides"))
