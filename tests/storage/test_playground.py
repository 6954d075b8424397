import pytest

from writer.domain.errors import NotFound
from writer.domain.jobs import JobState, NewJob, NewStep, StepOutcome, StepState
from writer.domain.playground import Ballot, Comparison, Contender, NewComparison, Verdict, Vote, key_of
from writer.domain.prompt_library import PromptText
from writer.storage import Stores

FAST, SLOW = Contender("a:fast", 0.0, 10), Contender("b:slow", 1.5, 20)
PROMPT = PromptText("Say {{what}}", "Be brief", 0.3, 99)


def begun(stores: Stores, owner: str = "anna", *, blind: bool = False) -> Comparison:
    new = NewComparison(owner, PROMPT, (FAST, SLOW), {"what": "{{what}}"}, blind=blind, prompt_mark="prompt:x@2")
    steps = tuple(NewStep(key_of(column), "playground.reply", 0) for column in range(2))
    return stores.playground.begin(new, NewJob("playground", owner, steps, args={"comparison": new.id}))


def test_a_comparison_comes_back_as_it_was_begun_with_a_running_job(stores: Stores) -> None:
    made = begun(stores, blind=True)

    assert stores.playground.get(made.id) == made
    assert (made.prompt, made.values, made.contenders) == (PROMPT, {"what": "{{what}}"}, (FAST, SLOW))
    assert (made.blind, made.revealed, made.prompt_mark) == (True, False, "prompt:x@2")
    assert stores.jobs.job(made.job_id).state is JobState.RUNNING


def test_comparisons_are_listed_newest_first_and_only_their_owners(stores: Stores) -> None:
    first, second = begun(stores), begun(stores)
    begun(stores, "bert")

    assert [one.id for one in stores.playground.listing("anna")] == [second.id, first.id]
    assert [one.id for one in stores.playground.listing("anna", 1)] == [second.id]


def test_stopping_ends_what_has_not_begun_and_tells_who_is_at_work(stores: Stores) -> None:
    made = begun(stores)
    (step,) = stores.jobs.claim("w", 1, 60)
    stores.playground.stop(made.id, [0])
    stores.playground.stop(made.id, [1])

    assert stores.playground.stopped(made.id) == {0, 1}
    states = [(one.state, one.result) for one in stores.jobs.steps(made.job_id)]
    assert states == [(StepState.RUNNING, None), (StepState.DONE, {"text": "", "stopped": True})]
    assert stores.jobs.finish(step, StepOutcome({"text": "half", "stopped": True}))
    assert stores.jobs.job(made.job_id).state is JobState.DONE


def test_a_job_whose_replies_were_all_stopped_before_they_began_is_over(stores: Stores) -> None:
    made = begun(stores)
    stores.playground.stop(made.id, range(2))

    assert stores.jobs.job(made.job_id).state is JobState.DONE


def test_deleting_takes_the_replies_with_it_and_leaves_the_votes(stores: Stores) -> None:
    made, other = begun(stores), begun(stores)
    assert stores.playground.vote(made.id, Vote(0, 1, Verdict.TIE))
    stores.playground.delete(made.id)

    with pytest.raises(NotFound):
        stores.playground.get(made.id)
    with pytest.raises(NotFound):
        stores.jobs.job(made.job_id)
    assert stores.jobs.steps(made.job_id) == []
    assert len(stores.jobs.steps(other.job_id)) == 2
    assert stores.playground.ballots("anna") == [Ballot(FAST, SLOW, Verdict.TIE)]


def test_a_vote_replaces_the_one_before_until_the_names_are_told(stores: Stores) -> None:
    made = begun(stores, blind=True)
    assert stores.playground.vote(made.id, Vote(0, 1, Verdict.FIRST))
    assert stores.playground.vote(made.id, Vote(0, 1, Verdict.BOTH_BAD))
    assert stores.playground.reveal(made.id).revealed

    assert not stores.playground.vote(made.id, Vote(0, 1, Verdict.SECOND))
    assert stores.playground.votes(made.id) == [Vote(0, 1, Verdict.BOTH_BAD)]


def test_votes_are_forgotten_for_one_owner_alone(stores: Stores) -> None:
    for owner in ("anna", "bert"):
        stores.playground.vote(begun(stores, owner).id, Vote(0, 1, Verdict.FIRST))

    assert stores.playground.forget_ballots("anna") == 1
    assert stores.playground.ballots("anna") == []
    assert len(stores.playground.ballots("bert")) == 1


@pytest.mark.parametrize("act", ["get", "delete", "reveal", "stopped"])
def test_what_is_not_there_is_not_found(stores: Stores, act: str) -> None:
    with pytest.raises(NotFound, match="no such comparison"):
        getattr(stores.playground, act)("nothing")
