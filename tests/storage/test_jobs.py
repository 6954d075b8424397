from dataclasses import replace

import pytest

from tests.storage.makers import (
    MACHINE,
    OWNER,
    PERSON,
    a_brief,
    a_job,
    a_section,
    a_source,
    a_step,
    an_event,
    an_outline,
)
from writer.domain.completions import Caller
from writer.domain.drafts import DraftState
from writer.domain.errors import FaultKind, NotFound
from writer.domain.jobs import Job, JobState, NewJob, Step, StepOutcome, StepState
from writer.storage import Stores


def claimed(stores: Stores, limit: int = 10, worker: str = "w") -> list[Step]:
    return stores.jobs.claim(worker, limit, 60)


def states(stores: Stores, job: Job) -> dict[str, str]:
    return {step.key: step.state.value for step in stores.jobs.steps(job.id)}


def test_a_job_reads_back_as_it_was_added(stores: Stores):
    job = stores.jobs.add(a_job(a_step("b", 1), a_step("a"), fingerprint="f", args={"route": "x"}))

    assert stores.jobs.job(job.id) == job
    assert (job.state, job.fingerprint, job.args) == (JobState.RUNNING, "f", {"route": "x"})
    steps = stores.jobs.steps(job.id)
    assert [(step.key, step.attempt, step.args) for step in steps] == [("a", 0, {"n": 1}), ("b", 0, {"n": 1})]


def test_jobs_are_found_by_owner_draft_source_and_fingerprint_newest_first(stores: Stores):
    older = stores.jobs.add(a_job(draft_id="d", fingerprint="f"))
    newer = stores.jobs.add(a_job(draft_id="d", fingerprint="f", source_id=7))

    assert [job.id for job in stores.jobs.jobs(OWNER)] == [newer.id, older.id]
    assert [job.id for job in stores.jobs.jobs(OWNER, limit=1)] == [newer.id]
    assert stores.jobs.latest_for_draft("d") == newer
    assert stores.jobs.latest_for_source(7) == newer
    assert stores.jobs.by_fingerprint(OWNER, "f") == newer
    assert stores.jobs.by_fingerprint("somebody else", "f") is None
    assert stores.jobs.jobs_by_id([older.id, newer.id, "gone"]) == {older.id: older, newer.id: newer}
    assert stores.jobs.jobs("somebody else") == []
    assert [job.id for job in stores.jobs.jobs(OWNER, 1, older.kind)] == [newer.id]
    assert stores.jobs.jobs(OWNER, kind="another") == []


def test_a_wave_starts_when_every_step_of_the_lower_ones_is_done(stores: Stores):
    stores.jobs.add(a_job(a_step("a"), a_step("b"), a_step("c", 1)))
    a, b = claimed(stores)

    stores.jobs.finish(a, StepOutcome({}))
    assert claimed(stores) == []
    stores.jobs.finish(b, StepOutcome({}))

    (c,) = claimed(stores)
    assert (c.key, c.state, c.attempt, c.owner) == ("c", StepState.RUNNING, 1, "w")


def test_no_more_steps_are_claimed_than_asked_for_oldest_job_first(stores: Stores):
    first = stores.jobs.add(a_job(a_step("a"), a_step("b")))
    second = stores.jobs.add(a_job(a_step("a"), a_step("b")))

    assert claimed(stores, 0) == []
    taken = {(step.job_id, step.key) for step in claimed(stores, 3)}
    assert taken == {(first.id, "a"), (first.id, "b"), (second.id, "a")}


def test_one_transaction_commits_everything_that_a_step_made(stores: Stores):
    draft = stores.drafts.create(OWNER, a_brief(), "Working title")
    job = stores.jobs.add(a_job(a_step("a"), draft_id=draft.id))
    (step,) = claimed(stores)
    event = an_event(Caller(OWNER, job.id, "a", draft.id))
    outcome = StepOutcome(
        {"answer": 42},
        next_steps=(a_step("b", 1),),
        sections=(a_section("s1", "Text"),),
        title="Final title",
        description="About tides",
        outline=an_outline("s1"),
        draft_state=DraftState.DRAFTING,
        origin=MACHINE,
        version_note="note",
        usage=(event,),
        keep=(("key", {"text": "kept"}),),
    )

    assert stores.jobs.finish(step, outcome)

    now = stores.drafts.get(draft.id)
    assert (now.title, now.description, now.state, now.revision) == (
        "Final title",
        "About tides",
        DraftState.DRAFTING,
        2,
    )
    assert (now.outline, [section.text for section in now.sections]) == (an_outline("s1"), ["Text"])
    assert stores.drafts.version(draft.id, 1).title == "Final title"
    assert stores.drafts.versions(draft.id)[0].origin == MACHINE
    assert stores.usage.calls(OWNER, job_id=job.id) == [replace(event, content_type=now.brief.content_type)]
    assert stores.jobs.kept("key") == {"text": "kept"}
    assert stores.jobs.kept("other") is None
    a, b = stores.jobs.steps(job.id)
    assert (a.state, a.result, b.state) == (StepState.DONE, {"answer": 42}, StepState.READY)


def test_a_failing_part_of_an_outcome_leaves_nothing_of_it_behind(stores: Stores):
    draft = stores.drafts.create(OWNER, a_brief(), "Title")
    job = stores.jobs.add(a_job(a_step("a"), draft_id=draft.id))
    (step,) = claimed(stores)

    with pytest.raises(TypeError):
        stores.jobs.finish(
            step, StepOutcome({}, sections=(a_section("s1"),), usage=(an_event(),), keep=(("key", {"no": object()}),))
        )

    assert stores.drafts.get(draft.id) == draft
    assert len(stores.usage.calls(OWNER)) == 0
    assert states(stores, job) == {"a": "running"}


def test_sections_of_steps_that_finish_in_any_order_stand_in_the_outlines_order(stores: Stores):
    draft = stores.drafts.create(OWNER, a_brief(), "Title")
    stores.drafts.set_outline(draft.id, 1, an_outline("s1", "s2", "s3"))
    stores.jobs.add(a_job(*(a_step(key) for key in ("s1", "s2", "s3")), a_step("ends", 1), draft_id=draft.id))

    for step in reversed(claimed(stores)):
        stores.jobs.finish(step, StepOutcome({}, sections=(a_section(step.key),), origin=MACHINE))
    (ends,) = claimed(stores)
    both = (a_section("end", role="conclusion"), a_section("intro", role="introduction"))
    stores.jobs.finish(ends, StepOutcome({}, sections=both, origin=MACHINE))

    now = stores.drafts.get(draft.id)
    assert [section.key for section in now.sections] == ["intro", "s1", "s2", "s3", "end"]
    assert now.revision == 6
    assert len(stores.drafts.versions(draft.id)) == 4


def test_a_section_with_a_known_key_replaces_it_where_it_stands(stores: Stores):
    draft = stores.drafts.create(OWNER, a_brief(), "Title")
    stores.drafts.save(draft.id, 1, PERSON, title="T", sections=[a_section("s2", "old"), a_section("s1")])
    stores.jobs.add(a_job(draft_id=draft.id))
    (step,) = claimed(stores)

    stores.jobs.finish(step, StepOutcome({}, sections=(a_section("s2", "new"),)))

    assert [(s.key, s.text) for s in stores.drafts.get(draft.id).sections] == [("s2", "new"), ("s1", "Some text.")]


def test_a_job_is_done_when_its_last_step_is(stores: Stores):
    job = stores.jobs.add(a_job(a_step("a"), a_step("b")))
    a, b = claimed(stores)

    stores.jobs.finish(a, StepOutcome({}))
    assert stores.jobs.job(job.id).state is JobState.RUNNING
    stores.jobs.finish(b, StepOutcome({}))
    assert stores.jobs.job(job.id).state is JobState.DONE


def test_a_failed_step_lets_the_others_of_its_wave_go_on_and_then_fails_the_job(stores: Stores):
    job = stores.jobs.add(a_job(a_step("a"), a_step("b"), a_step("c", 1)))
    a, b = claimed(stores)

    stores.jobs.fail(a, "It broke.", (an_event(),))
    assert stores.jobs.job(job.id).state is JobState.RUNNING
    stores.jobs.finish(b, StepOutcome({}))

    ended = stores.jobs.job(job.id)
    assert (ended.state, ended.error) == (JobState.FAILED, "It broke.")
    assert states(stores, job) == {"a": "failed", "b": "done", "c": "ready"}
    assert claimed(stores) == []
    assert len(stores.usage.calls(OWNER)) == 1


def test_resuming_a_failed_job_runs_only_what_is_not_done_with_attempts_counted_anew(stores: Stores):
    job = stores.jobs.add(a_job(a_step("a"), a_step("b"), a_step("c", 1)))
    a, b = claimed(stores)
    stores.jobs.fail(a, "It broke.", ())
    stores.jobs.finish(b, StepOutcome({"kept": True}))

    resumed = stores.jobs.resume(job.id)

    assert (resumed.state, resumed.error) == (JobState.RUNNING, "")
    (again,) = claimed(stores)
    assert (again.key, again.attempt, again.error) == ("a", 1, "")
    assert stores.jobs.steps(job.id)[1].result == {"kept": True}


def test_a_step_that_is_to_be_retried_waits_for_its_time(stores: Stores):
    job = stores.jobs.add(a_job(a_step("a")))
    (step,) = claimed(stores)

    stores.jobs.fail(step, "Later.", (), retry_in=3600)
    assert claimed(stores) == []
    assert stores.jobs.job(job.id).state is JobState.RUNNING

    other = stores.jobs.add(a_job(a_step("b")))
    (step,) = claimed(stores)
    stores.jobs.fail(step, "Now.", (), retry_in=-1)
    (again,) = claimed(stores)
    assert (again.job_id, again.attempt) == (other.id, 2)


def test_a_pause_waits_for_the_writer_who_lets_the_job_proceed(stores: Stores):
    job = stores.jobs.add(a_job(a_step("outline")))
    (step,) = claimed(stores)
    stores.jobs.finish(step, StepOutcome({}, pause=True))
    assert stores.jobs.job(job.id).state is JobState.WAITING

    assert stores.jobs.proceed(job.id, [a_step("plan", 1)]).state is JobState.RUNNING
    assert stores.jobs.proceed(job.id, [a_step("plan", 1)]).state is JobState.RUNNING

    assert [step.key for step in claimed(stores)] == ["plan"]
    assert len(stores.jobs.steps(job.id)) == 2


def test_a_job_that_was_stopped_while_it_waited_waits_again(stores: Stores):
    job = stores.jobs.add(a_job(a_step("outline")))
    (step,) = claimed(stores)
    stores.jobs.finish(step, StepOutcome({}, pause=True))
    stores.jobs.stop(job.id)

    assert stores.jobs.resume(job.id).state is JobState.WAITING
    assert stores.jobs.proceed(job.id, [a_step("plan", 1)]).state is JobState.RUNNING


def test_stopping_tells_the_worker_and_keeps_the_text_so_far(stores: Stores):
    job = stores.jobs.add(a_job(a_step("a"), a_step("b"), a_step("c", 1)))
    held = claimed(stores, 1)
    assert stores.jobs.lost("w", held) == []

    assert stores.jobs.stop(job.id).state is JobState.STOPPED
    assert stores.jobs.lost("w", held) == held
    stores.jobs.release(held[0], (an_event(),), "half a sen")

    assert claimed(stores) == []
    assert states(stores, job) == {"a": "stopped", "b": "stopped", "c": "stopped"}
    assert stores.jobs.steps(job.id)[0].partial == "half a sen"
    assert stores.jobs.resume(job.id).state is JobState.RUNNING
    assert [step.key for step in claimed(stores)] == ["a", "b"]


def test_a_step_that_finishes_while_its_job_is_being_stopped_is_kept(stores: Stores):
    draft = stores.drafts.create(OWNER, a_brief(), "Title")
    job = stores.jobs.add(a_job(a_step("a"), draft_id=draft.id))
    (step,) = claimed(stores)
    stores.jobs.stop(job.id)

    assert stores.jobs.finish(step, StepOutcome({}, sections=(a_section("s1"),)))

    assert stores.jobs.job(job.id).state is JobState.STOPPED
    assert len(stores.drafts.get(draft.id).sections) == 1
    assert stores.jobs.resume(job.id).state is JobState.DONE


def test_a_worker_that_leaves_hands_its_step_back(stores: Stores):
    stores.jobs.add(a_job(a_step("a")))
    (step,) = claimed(stores)

    stores.jobs.release(step, (), "so far")

    (again,) = claimed(stores, worker="other")
    assert (again.partial, again.attempt) == ("so far", 2)


def test_a_step_whose_lease_has_run_out_goes_to_another_worker_and_the_first_one_is_fenced(stores: Stores):
    draft = stores.drafts.create(OWNER, a_brief(), "Title")
    job = stores.jobs.add(a_job(a_step("a"), draft_id=draft.id))
    (late,) = stores.jobs.claim("slow", 1, -1)

    (taken,) = claimed(stores, worker="quick")

    assert (taken.attempt, stores.jobs.lost("slow", [late])) == (2, [late])
    stores.jobs.save_partial(late, "ignored")
    outcome = StepOutcome({"by": "slow"}, sections=(a_section("s1", "slow"),), usage=(an_event(),), keep=(("k", {}),))
    assert stores.jobs.finish(late, outcome) is False
    stores.jobs.fail(late, "ignored", (an_event(),))
    stores.jobs.release(late, (an_event(),), "ignored")

    (now,) = stores.jobs.steps(job.id)
    assert (now.state, now.partial, now.owner) == (StepState.RUNNING, "", "quick")
    assert stores.drafts.get(draft.id).sections == ()
    assert stores.jobs.kept("k") is None
    assert [event.wasted for event in stores.usage.calls(OWNER)] == [True, True, True]
    assert stores.jobs.finish(taken, StepOutcome({"by": "quick"}))
    assert stores.jobs.finish(taken, StepOutcome({"by": "quick, twice"})) is False


def test_the_first_of_two_attempts_with_the_same_count_is_fenced_after_a_resume(stores: Stores):
    job = stores.jobs.add(a_job(a_step("a")))
    (first,) = claimed(stores)
    stores.jobs.stop(job.id)
    stores.jobs.release(first, (), "")
    stores.jobs.resume(job.id)
    second = next(iter(_claimed_later(stores, first)))

    assert (first.attempt, second.attempt) == (1, 1)
    assert stores.jobs.finish(first, StepOutcome({})) is False
    assert stores.jobs.finish(second, StepOutcome({})) is True


def _claimed_later(stores: Stores, first: Step):
    """A claim in the same millisecond of SQLite's clock cannot be told apart; no worker is that fast."""
    while (step := claimed(stores)[0]).started_at == first.started_at:
        stores.jobs.release(step, (), "")
    yield step


def test_a_heartbeat_keeps_the_lease(stores: Stores):
    stores.jobs.add(a_job(a_step("a")))
    stores.jobs.claim("w", 1, -1)

    stores.jobs.heartbeat("w", 60)

    assert claimed(stores, worker="other") == []


def test_the_steps_of_a_dead_worker_are_free_at_once(stores: Stores):
    job = stores.jobs.add(a_job(a_step("a"), a_step("b")))
    stopped = stores.jobs.add(a_job(a_step("c")))
    dead = claimed(stores, worker="dead")
    stores.jobs.stop(stopped.id)

    assert stores.jobs.abandon("dead") == 3

    assert stores.jobs.lost("dead", dead) == dead
    assert [(step.key, step.attempt) for step in claimed(stores)] == [("a", 2), ("b", 2)]
    assert states(stores, stopped) == {"c": "stopped"}
    assert states(stores, job) == {"a": "running", "b": "running"}


def test_partial_text_is_kept_until_the_step_is_done(stores: Stores):
    job = stores.jobs.add(a_job(a_step("a")))
    (step,) = claimed(stores)

    stores.jobs.save_partial(step, "The ti\x00de")
    assert stores.jobs.steps(job.id)[0].partial == "The tide"
    stores.jobs.finish(step, StepOutcome({}))
    assert stores.jobs.steps(job.id)[0].partial == ""


def test_a_job_whose_draft_went_to_the_trash_stops_with_a_sentence(stores: Stores):
    draft = stores.drafts.create(OWNER, a_brief(), "Title")
    job = stores.jobs.add(a_job(a_step("a"), a_step("b"), draft_id=draft.id))
    held = claimed(stores, 1)

    stores.drafts.trash(draft.id)

    assert stores.jobs.lost("w", held) == held
    assert claimed(stores) == []
    assert (stores.jobs.job(job.id).state, bool(stores.jobs.job(job.id).error)) == (JobState.STOPPED, True)
    stores.drafts.untrash(draft.id)
    stores.jobs.resume(job.id)
    assert [step.key for step in claimed(stores)] == ["b"]


def test_resuming_a_job_without_its_draft_stops_it_again_with_a_sentence(stores: Stores):
    draft = stores.drafts.create(OWNER, a_brief(), "Title")
    job = stores.jobs.add(a_job(a_step("a"), draft_id=draft.id))
    stores.drafts.trash(draft.id)
    stores.jobs.resume(job.id)

    assert claimed(stores) == []

    ended = stores.jobs.job(job.id)
    assert (ended.state, ended.error) == (JobState.STOPPED, "The draft was deleted, so this was not finished.")


def test_a_job_whose_source_was_deleted_stops_with_a_sentence(stores: Stores):
    source = stores.sources.add(OWNER, a_source())
    job = stores.jobs.add(a_job(a_step("a"), source_id=source.id))
    stores.sources.delete(source.id)

    assert claimed(stores) == []

    ended = stores.jobs.job(job.id)
    assert (ended.state, ended.error) == (JobState.STOPPED, "The source was deleted, so this was not finished.")


def test_purging_a_draft_takes_its_jobs_and_kept_results_and_leaves_its_usage(stores: Stores):
    draft = stores.drafts.create(OWNER, a_brief(), "Title")
    job = stores.jobs.add(a_job(a_step("a"), a_step("b"), draft_id=draft.id))
    done, in_flight = claimed(stores)
    stores.jobs.finish(done, StepOutcome({}, keep=(("k", {"text": "secret"}),), usage=(an_event(),)))
    stores.drafts.trash(draft.id)
    stores.drafts.purge(0)

    assert stores.jobs.finish(in_flight, StepOutcome({}, usage=(an_event(),))) is False

    with pytest.raises(NotFound):
        stores.jobs.job(job.id)
    assert stores.jobs.kept("k") is None
    assert [event.wasted for event in stores.usage.calls(OWNER)] in ([True, False], [False, True])


def test_an_unknown_job_is_not_found(stores: Stores):
    for method in (stores.jobs.job, stores.jobs.stop, stores.jobs.resume):
        with pytest.raises(NotFound):
            method("nothing")
    assert stores.jobs.steps("nothing") == []


def test_stopping_twice_and_resuming_what_runs_change_nothing(stores: Stores):
    job = stores.jobs.add(a_job(a_step("a")))
    assert stores.jobs.resume(job.id) == stores.jobs.job(job.id)
    stopped = stores.jobs.stop(job.id)
    assert stores.jobs.stop(job.id) == stopped


def test_beside_a_failed_step_nobody_waits_for_minutes(stores: Stores):
    job = stores.jobs.add(a_job(a_step("a"), a_step("b"), a_step("c"), a_step("d")))
    a, b, c, d = claimed(stores)

    stores.jobs.fail(a, "The service rests.", (), retry_in=60)
    stores.jobs.fail(b, "The service is overloaded for a moment.", (), retry_in=0)
    stores.jobs.fail(c, "The service is down.", ())
    assert states(stores, job) == {"a": "failed", "b": "ready", "c": "failed", "d": "running"}
    stores.jobs.fail(d, "The service rests.", (), retry_in=60)
    (b,) = claimed(stores)
    stores.jobs.finish(b, StepOutcome({}))

    assert states(stores, job) == {"a": "failed", "b": "done", "c": "failed", "d": "failed"}
    assert stores.jobs.job(job.id).state is JobState.FAILED


def test_resuming_a_running_job_takes_up_what_failed_and_ends_the_waiting(stores: Stores):
    job = stores.jobs.add(a_job(a_step("a"), a_step("b"), a_step("c")))
    a, b, c = claimed(stores)
    stores.jobs.fail(b, "The service is down.", ())
    stores.jobs.fail(a, "The service is overloaded for a moment.", (), retry_in=10)

    stores.jobs.resume(job.id)

    assert [(step.key, step.attempt) for step in claimed(stores)] == [("a", 1), ("b", 1)]
    assert stores.jobs.lost("w", [c]) == []


def test_a_step_does_not_replace_what_a_person_wrote_after_it_had_looked(stores):
    draft = stores.drafts.create(OWNER, a_brief(), "Tides")
    job = stores.jobs.add(a_job(a_step("one"), a_step("two"), draft_id=draft.id))
    first, second = stores.jobs.claim("worker", 2, 30)
    stores.jobs.finish(first, StepOutcome({}, sections=(a_section("s1", "By the model."), a_section("s2", "Also."))))
    now = stores.drafts.get(draft.id)
    by_hand = tuple(replace(s, text="By hand.") if s.key == "s1" else s for s in now.sections)
    stores.drafts.save(draft.id, now.revision, PERSON, title=now.title, sections=by_hand)

    again = (a_section("s1", "By the model again."), a_section("s2", "Better."))
    stores.jobs.finish(second, StepOutcome({}, sections=again, replaces=(("s1", "By the model."), ("s2", "Also."))))

    assert [section.text for section in stores.drafts.get(draft.id).sections] == ["By hand.", "Better."]
    assert stores.jobs.job(job.id).state is JobState.DONE


def test_the_kind_of_a_fault_is_kept_until_the_step_is_begun_again(stores: Stores):
    job = stores.jobs.add(a_job(a_step("a")))
    (step,) = claimed(stores)

    stores.jobs.fail(step, "The service is down.", (), kind=FaultKind.PROVIDER)
    assert stores.jobs.steps(job.id)[0].error_kind == "provider"

    stores.jobs.resume(job.id)
    assert stores.jobs.steps(job.id)[0].error_kind == ""


def a_check(owner: str = OWNER) -> NewJob:
    return NewJob("claims", owner, (a_step("check"),), fingerprint="claims:a-draft")


def test_jobs_that_a_step_calls_for_are_committed_with_it(stores: Stores):
    stores.jobs.add(a_job(a_step("a")))
    (step,) = claimed(stores)

    assert stores.jobs.finish(step, StepOutcome({}, follow_up=(a_check(),)))

    (check,) = claimed(stores)
    assert (check.key, stores.jobs.job(check.job_id).kind) == ("check", "claims")


def test_a_job_that_is_on_its_way_is_not_called_for_twice_and_one_that_is_over_is(stores: Stores):
    def finished_with_a_check() -> None:
        stores.jobs.add(a_job(a_step("a")))
        step = next(step for step in claimed(stores) if step.key == "a")
        stores.jobs.finish(step, StepOutcome({}, follow_up=(a_check(),)))

    stores.jobs.add(a_check("somebody else"))
    finished_with_a_check()
    finished_with_a_check()
    (first,) = stores.jobs.jobs(OWNER, kind="claims")

    stores.jobs.stop(first.id)
    finished_with_a_check()

    assert len(stores.jobs.jobs(OWNER, kind="claims")) == 2


def test_a_result_that_comes_too_late_calls_for_nothing(stores: Stores):
    stores.jobs.add(a_job(a_step("a")))
    (late,) = stores.jobs.claim("w", 10, -1)
    claimed(stores, worker="other")

    assert not stores.jobs.finish(late, StepOutcome({}, follow_up=(a_check(),)))
    assert stores.jobs.jobs(OWNER, kind="claims") == []
