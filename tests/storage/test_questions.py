from datetime import date

import pytest

from writer.domain.claims import Claim, ClaimStatus, Verdict
from writer.domain.errors import NotFound
from writer.domain.jobs import JobState, NewJob, NewStep, StepOutcome
from writer.domain.questions import Answer, Answered, NewQuestion, Question, Refusal, Searched
from writer.domain.scopes import Scope
from writer.storage import Stores

SCOPE = Scope((1, 2), (3,), ("tides",), ("pdf",), ("en",), date(2024, 1, 2), date(2025, 1, 2))
CLAIM = Claim(
    "answer", 0, 9, "It cost. ", ("S1.p1",), Verdict(ClaimStatus.WEAK, 0.4, ("Why.",), "It cost.", "S1.p1"), "k",
    (("S1.p1", "d"),), ("S1.p1",),
)  # fmt: skip
ANSWER = Answer("It cost. [[S1.p1]]", "a:b", "answer@1", None, (CLAIM,), ("note",), ("flag",), Searched(2, 9))
REFUSED = Answer("", "a:b", refusal=Refusal("No.", ("what",), ("S1.p1",), ("words",)))


def job_of(new: NewQuestion) -> NewJob:
    return NewJob("ask", new.owner_id, (NewStep("answer", "ask.answer", 0),), args={"question": new.id})


def begun(stores: Stores, text: str = "How deep is it?", owner: str = "a", scope: Scope = SCOPE) -> Question:
    new = NewQuestion(owner, text, scope, "a:b")
    return stores.questions.ask(new, job_of(new))


def finish(stores: Stores, question: Question, answer: Answer) -> None:
    (step,) = stores.jobs.claim("w", 8, 60)
    outcome = StepOutcome({"text": answer.text}, answered=Answered(question.id, answer, "print"))
    assert stores.jobs.finish(step, outcome)


def test_a_question_comes_back_as_it_was_asked_with_a_running_job(stores: Stores) -> None:
    question = begun(stores)

    assert stores.questions.get(question.id) == question
    assert (question.text, question.scope, question.route) == ("How deep is it?", SCOPE, "a:b")
    assert (question.answer, question.kept) == (None, False)
    assert stores.jobs.job(question.job_id).state is JobState.RUNNING


@pytest.mark.parametrize("answer", [ANSWER, REFUSED], ids=["answer", "refusal"])
def test_the_answer_is_there_as_soon_as_its_job_is_over(stores: Stores, answer: Answer) -> None:
    question = begun(stores)
    finish(stores, question, answer)

    now = stores.questions.get(question.id)
    assert (now.answer, now.fingerprint) == (answer, "print")
    assert stores.jobs.job(question.job_id).state is JobState.DONE


def test_the_same_question_while_it_is_being_answered_is_that_answer(stores: Stores) -> None:
    assert begun(stores) == begun(stores, "How  deep is it? ")
    assert len(stores.jobs.jobs("a")) == 1


def test_asked_again_the_earlier_answer_stays_until_the_next_one_comes(stores: Stores) -> None:
    first = begun(stores)
    finish(stores, first, ANSWER)
    again = begun(stores)
    assert again.id == first.id
    assert again.job_id != first.job_id
    assert again.answer == ANSWER
    finish(stores, again, REFUSED)

    assert stores.questions.get(first.id).answer == REFUSED


def test_a_late_answer_of_an_earlier_job_is_not_taken_for_the_last_one(stores: Stores) -> None:
    first = begun(stores)
    (late,) = stores.jobs.claim("w", 8, 60)
    stores.jobs.stop(first.job_id)
    again = begun(stores)
    stores.jobs.finish(late, StepOutcome({}, answered=Answered(first.id, REFUSED, "old")))
    assert stores.questions.get(first.id).answer is None
    finish(stores, again, ANSWER)

    assert stores.questions.get(first.id).answer == ANSWER


def test_questions_of_two_owners_are_two_questions(stores: Stores) -> None:
    mine, theirs = begun(stores, owner="a"), begun(stores, owner="b")

    assert mine.id != theirs.id
    assert [one.id for one in stores.questions.listing("a")] == [mine.id]


def test_the_list_has_those_asked_last_first_kept_ones_apart(stores: Stores) -> None:
    first, second, third = (begun(stores, f"Question {n}?") for n in (1, 2, 3))
    stores.questions.set_kept(first.id, True)

    assert [one.id for one in stores.questions.listing("a")] == [third.id, second.id, first.id]
    assert [one.id for one in stores.questions.listing("a", kept=True)] == [first.id]
    assert [one.id for one in stores.questions.listing("a", kept=False, limit=1)] == [third.id]
    assert not stores.questions.set_kept(first.id, False).kept


def test_a_deleted_question_needs_no_answer(stores: Stores) -> None:
    question = begun(stores)
    stores.questions.delete(question.id)
    finish(stores, question, ANSWER)

    with pytest.raises(NotFound):
        stores.questions.get(question.id)
    with pytest.raises(NotFound):
        stores.questions.set_kept(question.id, True)


def test_halves_of_characters_do_not_break_the_row(stores: Stores) -> None:
    question = begun(stores, "Why \ud83d?\x00")
    finish(stores, question, Answer("half \udc00 \x00", "a:b"))

    assert stores.questions.get(question.id).answer == Answer("half � ", "a:b")
