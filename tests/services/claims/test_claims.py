import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.services.claims.conftest import Room
from tests.support.vectors import put_passages
from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.domain.claims import CheckedDraft, Claim, ClaimStatus
from writer.domain.errors import EditConflict, NotFound, UserMistake
from writer.services.claims.job import ClaimChecks
from writer.services.claims.recent import Recent
from writer.services.claims.service import JOB_KIND, notes
from writer.services.jobs.context import LiveStep, StepContext
from writer.services.jobs.live import LiveText

PUMPS = "Three heat pumps in the old fish hall lift the warmth of the seawater to 74 degrees."
COST = "Building the plant and the network cost 46.8 million crowns between 2016 and 2024."
SENTENCE = "Heat pumps in the old fish hall lift the warmth to 74 degrees [[S1.p1]]."


def test_every_sentence_has_a_status_and_is_kept_with_the_revision(room: Room):
    room.source(PUMPS, COST)
    draft = room.draft(f"{SENTENCE} It cost 99 million crowns [[S1.p2]].", "It heats 4,310 homes in the old town.")

    found = room.checked(draft)

    assert [claim.status for claim in found] == [ClaimStatus.SUPPORTED, ClaimStatus.NOT_FOUND, ClaimStatus.UNCITED]
    stored = room.stores.claims.of(draft.id)
    assert (stored.revision, stored.claims) == (draft.revision, found)


def test_an_invented_id_breaks_its_sentence_and_leaves_its_neighbour_compared(room: Room):
    room.source(PUMPS)
    draft = room.draft("Heat pumps in the old fish hall lift the warmth to 74 degrees [[S1.p1, S9.p9]].")

    (claim,) = room.checked(draft)

    assert claim.status is ClaimStatus.BROKEN
    assert claim.verdict.reasons == ("There is no passage S9.p9 among the sources.",)
    assert claim.verdict.quote == PUMPS


def test_somebody_elses_passage_is_as_if_it_were_not_there(room: Room):
    room.source(PUMPS, owner="somebody else")
    draft = room.draft(SENTENCE)

    assert [claim.status for claim in room.checked(draft)] == [ClaimStatus.BROKEN]


def test_nobody_else_sees_the_claims(room: Room):
    draft = room.draft(SENTENCE)

    for ask in (room.claims.of, room.claims.check, room.claims.soon):
        with pytest.raises(NotFound):
            ask(draft.id, Actor("somebody else"))


def test_what_was_checked_is_looked_up_and_new_sentences_are_unchecked(room: Room):
    room.source(PUMPS, COST)
    draft = room.draft(SENTENCE)
    room.checked(draft)
    draft = room.write(draft, f"{SENTENCE} The plant cost 46.8 million crowns [[S1.p2]].")

    statuses = [claim.status for claim in room.claims.of(draft.id, LOCAL_ACTOR).claims]

    assert statuses == [ClaimStatus.SUPPORTED, ClaimStatus.UNCHECKED]
    assert [claim.status for claim in room.claims.soon(draft.id, LOCAL_ACTOR).claims] == statuses
    run_job(room)
    assert [claim.status for claim in room.claims.soon(draft.id, LOCAL_ACTOR).claims] == [ClaimStatus.SUPPORTED] * 2


def test_what_needs_no_comparing_is_known_without_a_job(room: Room):
    draft = room.draft("Costs fell by 30 percent in 2019. The tide rises twice a day [[S99.p1]].")

    known = room.claims.soon(draft.id, LOCAL_ACTOR)

    assert [claim.status for claim in known.claims] == [ClaimStatus.UNCITED, ClaimStatus.BROKEN]
    assert room.stores.jobs.jobs("local") == []


def test_a_check_that_failed_is_ordered_again_for_another_revision_only(room: Room):
    room.source(PUMPS)
    draft = room.draft(SENTENCE)
    room.claims.soon(draft.id, LOCAL_ACTOR)
    (step,) = room.stores.jobs.claim("test", 8, 60)
    room.stores.jobs.fail(step, "It broke.", ())

    room.claims.soon(draft.id, LOCAL_ACTOR)
    assert len(room.stores.jobs.jobs("local")) == 1

    room.write(draft, f"{SENTENCE} The plant is warm [[S1.p1]].")
    room.claims.soon(draft.id, LOCAL_ACTOR)
    assert len(room.stores.jobs.jobs("local")) == 2


def test_pages_may_ask_from_many_threads_at_once():
    recent, one = Recent(), CheckedDraft(1, ())

    def ask(thread: int) -> None:
        for n in range(500):
            recent.put(f"draft-{(thread + n) % 90}", 1, 1, one)
            assert recent.of(f"draft-{n % 90}", 1, 1) in (one, None)
            recent.forget(f"draft-{n % 7}")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ask, range(8)))

    assert len(recent._checked) <= 32
    assert recent.of("draft-89", 2, 1) is None


def test_many_new_sentences_are_left_to_a_job_that_is_ordered_once(room: Room):
    room.source(PUMPS)
    draft = room.draft(" ".join(f"Pump number {n} lifts the warmth [[S1.p1]]." for n in range(20)))

    for _ in range(3):
        known = room.claims.soon(draft.id, LOCAL_ACTOR)
        assert {claim.status for claim in known.claims} == {ClaimStatus.UNCHECKED}

    jobs = [job for job in room.stores.jobs.jobs("local") if job.kind == JOB_KIND]
    assert len(jobs) == 1
    assert room.stores.jobs.latest_for_draft(draft.id) is None


def test_the_job_checks_the_draft_and_a_deleted_draft_ends_it_quietly(room: Room):
    room.source(PUMPS)
    draft = room.draft(SENTENCE)
    room.claims.later(draft.id, LOCAL_ACTOR)

    outcome = run_job(room)

    assert outcome == {"claims": 1, "revision": draft.revision}
    assert room.claims.of(draft.id, LOCAL_ACTOR).claims[0].status is ClaimStatus.SUPPORTED
    room.claims.later(draft.id, LOCAL_ACTOR)
    room.drafts.trash(draft.id, LOCAL_ACTOR)
    room.stores.drafts.purge(-1)
    assert run_job(room) == {"skipped": "the draft was deleted"}


def run_job(room: Room) -> object:
    (step,) = room.stores.jobs.claim("test", 8, 60)
    job = room.stores.jobs.job(step.job_id)
    context = StepContext(job, step, {}, LiveStep(LiveText(), job.id, step.key), room.stores.jobs)
    outcome = asyncio.run(ClaimChecks(room.claims).check(context))
    room.stores.jobs.finish(step, outcome)
    return dict(outcome.result)


def test_a_changed_passage_flags_the_sentences_that_rest_on_it_until_the_writer_stands_by_them(room: Room):
    source = room.source(PUMPS, COST)
    draft = room.draft(f"{SENTENCE} The plant cost 46.8 million crowns [[S1.p2]].")
    room.checked(draft)
    put_passages(room.stores.sources, source, [PUMPS.replace("74", "68"), COST])

    first, second = room.checked(draft)

    assert (first.status, first.changed) == (ClaimStatus.NOT_FOUND, ("S1.p1",))
    assert notes(first)[0] == "The passage S1.p1 has changed since: read it again."
    assert (second.status, second.changed) == (ClaimStatus.SUPPORTED, ())
    room.claims.stand_by(draft.id, LOCAL_ACTOR, first)
    assert room.checked(draft)[0].changed == ()


def test_a_deleted_source_flags_its_sentences(room: Room):
    source = room.source(PUMPS)
    draft = room.draft(SENTENCE)
    room.checked(draft)
    room.stores.sources.delete(source)

    (claim,) = room.checked(draft)

    assert claim.status is ClaimStatus.BROKEN
    assert notes(claim) == ["The passage S1.p1 was deleted since."]


def test_another_passage_can_be_found_and_cited_behind_the_sentence(room_with_model: Room):
    room = room_with_model
    room.source(PUMPS, COST)
    draft = room.draft("The plant and its network cost 46.8 million crowns.")
    (claim,) = room.checked(draft)
    room.studio.keywords.rebuild()

    best = room.claims.alternatives(draft.id, LOCAL_ACTOR, claim)[0]
    draft = room.claims.cite(draft.id, draft.revision, LOCAL_ACTOR, claim, best.hit.passage.id)

    assert (best.hit.passage.id, best.verdict.status) == ("S1.p2", ClaimStatus.SUPPORTED)
    assert draft.sections[0].text == "The plant and its network cost 46.8 million crowns. [[S1.p2]]"
    assert [claim.status for claim in room.checked(draft)] == [ClaimStatus.SUPPORTED]


def test_a_passage_that_is_not_there_cannot_be_cited(room: Room):
    room.source(PUMPS, owner="somebody else")
    draft = room.draft("It cost 46.8 million crowns in those years.")
    (claim,) = room.checked(draft)

    with pytest.raises(NotFound):
        room.claims.cite(draft.id, draft.revision, LOCAL_ACTOR, claim, "S1.p1")


def test_a_softer_wording_goes_into_the_text_only_when_asked_for(room: Room):
    room.source(PUMPS)
    draft = room.draft("It always heats all homes on the moon [[S1.p1]].")
    (claim,) = room.checked(draft)

    suggestion = room.claims.softening(claim)

    assert suggestion is not None
    assert room.drafts.open(draft.id, LOCAL_ACTOR).sections[0].text == suggestion.before
    assert room.claims.soften(draft.id, draft.revision, LOCAL_ACTOR, claim).sections[0].text == suggestion.after


def test_a_sentence_that_was_changed_meanwhile_is_left_alone(room: Room):
    room.source(PUMPS)
    draft = room.draft("It always heats all homes on the moon [[S1.p1]].")
    (claim,) = room.checked(draft)
    draft = room.write(draft, "Something else stands here now.")

    with pytest.raises(UserMistake, match="changed meanwhile"):
        room.claims.soften(draft.id, draft.revision, LOCAL_ACTOR, claim)
    with pytest.raises(EditConflict):
        room.claims.soften(draft.id, 1, LOCAL_ACTOR, _at(claim, draft.sections[0].text))


def _at(claim: Claim, text: str) -> Claim:
    return Claim(claim.section_key, 0, len(text), text, ())


def test_verify_computes_everything_anew_and_finds_the_same(room: Room):
    room.source(PUMPS, COST)
    draft = room.draft(f"{SENTENCE} It cost 99 million crowns [[S1.p2]].")

    assert room.claims.check(draft.id, LOCAL_ACTOR, afresh=True).claims == room.checked(draft)
