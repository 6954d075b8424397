import pytest

from tests.services.playground.conftest import FIRST, PRICED, SECOND, THIRD, House, by_model
from tests.support.scripted_server import Asked, Reply, failing
from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.domain.completions import Purpose
from writer.domain.drafting import BUILT_IN
from writer.domain.errors import MissingKey, NotFound, UnknownRoute, UserMistake
from writer.domain.jobs import JobState
from writer.domain.playground import Contender, ReplyState, Verdict
from writer.domain.prompt_library import PromptText
from writer.domain.usage import Outcome


def test_the_same_prompt_goes_to_all_at_once_each_with_its_own_parameters(anywhere: House) -> None:
    anywhere.model.script = Reply("Heard.", hold_after=1)
    warm = Contender("openai:scripted-2", 1.5, 77)
    made = anywhere.begun("Say {{what}}", (FIRST, warm), values={"what": "{{7*7}} %s {what}"}, system="Be {{what}}")
    anywhere.model.wait_for(lambda: anywhere.model.open == 2)
    anywhere.model.release()
    anywhere.over(made)

    asked = {one.model: one for one in anywhere.model.requests}
    assert {one.prompt for one in asked.values()} == {"Say {{7*7}} %s {what}"}
    assert {one.system for one in asked.values()} == {"Be {{7*7}} %s {what}"}
    assert asked["scripted-2"].body["temperature"] == 1.5
    assert 77 in (asked["scripted-2"].body.get("max_tokens"), asked["scripted-2"].body.get("max_completion_tokens"))
    assert [reply.text for reply in anywhere.app.playground.replies(made)] == ["Heard.", "Heard."]


def test_each_reply_tells_its_times_tokens_and_cost_and_the_ledger_has_the_same(house: House) -> None:
    house.model.script = lambda asked: (
        Reply("Known.", tokens=(1000, 2000)) if asked.model == "gpt-5-mini" else Reply("Not known.", usage="never")
    )
    made = house.compared("hello", (PRICED, FIRST))
    known, unknown = house.app.playground.replies(made)

    assert known.tokens
    assert (known.tokens.input, known.tokens.output, known.tokens.estimated) == (1000, 2000, False)
    assert known.cost_micros == 4250  # 0.25 and 2 dollars for a million
    assert unknown.tokens
    assert unknown.tokens.estimated
    assert unknown.cost_micros is None
    for reply in (known, unknown):
        assert reply.state is ReplyState.DONE
        assert reply.first_token_ms is not None
        assert reply.total_ms is not None
        assert 0 < reply.first_token_ms <= reply.total_ms
    calls = {call.route: call for call in house.app.usage.calls(LOCAL_ACTOR, job_id=made.job_id)}
    assert {call.purpose for call in calls.values()} == {Purpose.PLAYGROUND}
    assert calls[PRICED.route].cost_micros == known.cost_micros
    assert calls[FIRST.route].tokens == unknown.tokens


def test_one_that_fails_says_why_and_hides_none_of_the_others(anywhere: House) -> None:
    anywhere.model.script = lambda asked: failing(401) if asked.model == "scripted-2" else by_model(asked)
    made = anywhere.compared("hello", (FIRST, SECOND, THIRD))
    replies = anywhere.app.playground.replies(made)

    assert [reply.state for reply in replies] == [ReplyState.DONE, ReplyState.FAILED, ReplyState.DONE]
    assert replies[1].error.startswith("openai:scripted-2: ")
    assert replies[1].error.endswith(".")
    assert replies[2].text == "scripted-3 says hello."
    assert anywhere.job_over(made).state is JobState.DONE


def test_a_line_that_breaks_keeps_what_had_come_and_says_so(house: House) -> None:
    house.model.script = lambda asked: (
        Reply("The first half. The second half.", count=4, fault="cut", after=2)
        if asked.model == "scripted-1"
        else by_model(asked)
    )
    broken, whole = house.app.playground.replies(house.compared())

    assert broken.state is ReplyState.FAILED
    assert broken.text == "The first half. "
    assert broken.error
    assert whole.state is ReplyState.DONE


@pytest.mark.parametrize(
    ("reply", "told"),
    [(Reply(""), "answered with nothing"), (Reply("", finish="length"), "Allow a longer reply")],
)
def test_a_reply_without_text_says_what_is_wrong_with_it(house: House, reply: Reply, told: str) -> None:
    house.model.script = reply

    assert told in house.app.playground.replies(house.compared())[0].error


def test_a_reply_that_was_cut_at_its_length_says_so(house: House) -> None:
    house.model.script = Reply("As far as", finish="length")

    assert [reply.cut for reply in house.app.playground.replies(house.compared())] == [True, True]


def held(asked: Asked) -> Reply:
    return Reply("Word by word by word.", count=7, hold_after=4)


def test_one_is_stopped_and_the_others_go_on(anywhere: House) -> None:
    anywhere.model.script = held
    made = anywhere.begun()
    anywhere.heard(made, "Word by word")
    anywhere.app.playground.stop(made.id, LOCAL_ACTOR, [1])
    anywhere.model.wait_for(lambda: sum(one.disconnected_at is not None for one in anywhere.model.requests) == 1)
    anywhere.model.release()
    anywhere.over(made)

    first, second = anywhere.app.playground.replies(made)
    assert (first.state, first.text) == (ReplyState.DONE, "Word by word by word.")
    assert (second.state, second.text) == (ReplyState.STOPPED, "Word by word")
    outcomes = {call.route: call.outcome for call in anywhere.app.usage.calls(LOCAL_ACTOR, job_id=made.job_id)}
    assert outcomes == {FIRST.route: Outcome.OK, SECOND.route: Outcome.STOPPED}


def test_stopping_all_keeps_what_had_come(house: House) -> None:
    house.model.script = held
    made = house.begun("hello", (FIRST, SECOND, THIRD))
    house.heard(made, "Word by word")
    house.app.playground.stop(made.id, LOCAL_ACTOR)
    house.over(made)

    replies = house.app.playground.replies(made)
    assert {(reply.state, reply.text) for reply in replies} == {(ReplyState.STOPPED, "Word by word")}
    assert all(reply.tokens and reply.tokens.output for reply in replies)


def test_what_another_process_stopped_ends_here(house: House) -> None:
    house.model.script = held
    made = house.begun()
    house.heard(made, "Word by word")
    other = house.app.playground._store  # another process has the database alone, and nobody here is told
    other.stop(made.id, [0, 1])
    house.over(made)

    assert {reply.state for reply in house.app.playground.replies(made)} == {ReplyState.STOPPED}


@pytest.mark.parametrize(
    ("contender", "error"),
    [
        (Contender("nowhere:x"), UnknownRoute),
        (Contender(BUILT_IN), UnknownRoute),
        (Contender("gemini:x"), MissingKey),
    ],
)
def test_a_route_that_is_not_there_is_told_before_anybody_is_asked(
    house: House, contender: Contender, error: type[Exception]
) -> None:
    with pytest.raises(error):
        house.begun("hello", (FIRST, contender))

    assert house.app.playground.recent(LOCAL_ACTOR) == []
    assert house.model.requests == []


@pytest.mark.parametrize("count", [0, 1, 5])
def test_two_to_four_are_compared(house: House, count: int) -> None:
    with pytest.raises(UserMistake, match="2 to 4 routes"):
        house.begun("hello", (FIRST,) * count)


def test_a_variable_without_a_value_is_told_and_nothing_is_begun(house: House) -> None:
    with pytest.raises(UserMistake, match=r"\{\{b\}\}, \{\{a\}\}"):
        house.begun("{{a}} {{c}}", values={"c": "x"}, system="{{b}}")

    assert house.app.playground.recent(LOCAL_ACTOR) == []


def test_comparisons_are_kept_asked_again_and_deleted_with_their_replies(house: House) -> None:
    first = house.compared("{{x}}", values={"x": "one"})
    again = house.over(house.app.playground.again(first.id, LOCAL_ACTOR))
    assert [one.id for one in house.app.playground.recent(LOCAL_ACTOR)] == [again.id, first.id]
    assert again.values == {"x": "one"}
    house.app.playground.delete(first.id, LOCAL_ACTOR)

    assert [one.id for one in house.app.playground.recent(LOCAL_ACTOR)] == [again.id]
    with pytest.raises(NotFound):
        house.app.jobs.get(first.job_id, LOCAL_ACTOR)


def test_deleting_one_that_is_at_work_ends_it(house: House) -> None:
    house.model.script = held
    made = house.begun()
    house.heard(made, "Word by word")
    house.app.playground.delete(made.id, LOCAL_ACTOR)

    house.model.wait_for(lambda: all(one.disconnected_at is not None for one in house.model.requests))


def test_a_reply_becomes_a_section_whose_version_says_which_route_wrote_it(house: House) -> None:
    house.model.script = Reply("Heat pumps work [[S1.p1]] in winter.")
    made = house.compared("Write about heat pumps\nin two sentences")
    draft = house.app.playground.into_draft(made.id, 1, LOCAL_ACTOR)
    again = house.app.playground.into_draft(made.id, 0, LOCAL_ACTOR, draft.id)

    assert draft.title == "Write about heat pumps"
    assert draft.sections[0].text.split() == ["Heat", "pumps", "work", "in", "winter."]
    assert len(again.sections) == 2
    origins = [version.origin for version in house.app.drafts.versions(draft.id, LOCAL_ACTOR)]
    assert {(origin.kind, origin.route) for origin in origins} >= {
        ("generated", SECOND.route),
        ("generated", FIRST.route),
    }


def test_a_reply_without_text_goes_into_no_draft(house: House) -> None:
    house.model.script = failing(401)
    made = house.compared()
    with pytest.raises(UserMistake, match="no reply"):
        house.app.playground.into_draft(made.id, 0, LOCAL_ACTOR)

    assert house.app.drafts.listing(LOCAL_ACTOR) == []


def test_the_difference_of_two_replies_is_told_word_by_word(house: House) -> None:
    house.model.script = lambda asked: Reply(f"The {'quick' if asked.model == 'scripted-1' else 'slow'} fox runs.")
    found = house.app.playground.difference(house.compared(), 0, 1)

    assert [piece for piece in found.sections[0].pieces if piece[0] != "="] == [("-", "quick"), ("+", "slow")]


def test_what_another_person_compares_is_not_there(house: House) -> None:
    made = house.compared()
    stranger, desk = Actor("stranger"), house.app.playground
    for act in (
        lambda: desk.get(made.id, stranger),
        lambda: desk.stop(made.id, stranger),
        lambda: desk.delete(made.id, stranger),
        lambda: desk.reveal(made.id, stranger),
        lambda: desk.again(made.id, stranger),
        lambda: desk.vote(made.id, 0, 1, Verdict.TIE, stranger),
        lambda: desk.into_draft(made.id, 0, stranger),
    ):
        with pytest.raises(NotFound, match="no such comparison"):
            act()
    assert desk.recent(stranger) == []
    assert desk.ratings(stranger) == []


def test_the_mark_of_a_kept_prompt_is_in_usage_and_in_the_draft(house: House) -> None:
    made = house.app.playground.compare(PromptText("hello"), (FIRST, SECOND), LOCAL_ACTOR, prompt_mark="prompt:x@3")
    house.over(made)
    draft = house.app.playground.into_draft(made.id, 0, LOCAL_ACTOR)

    assert {call.prompt_version for call in house.app.usage.calls(LOCAL_ACTOR, job_id=made.job_id)} == {"prompt:x@3"}
    newest = house.app.drafts.versions(draft.id, LOCAL_ACTOR)[0]
    assert newest.origin.prompt_version == "prompt:x@3"


def test_a_budget_that_is_used_up_refuses_its_route_alone_with_a_sentence(house: House) -> None:
    house.app.budgets.add(1, LOCAL_ACTOR, route=PRICED.route)
    priced, free = house.app.playground.replies(house.compared("hello", (PRICED, FIRST)))

    assert priced.state is ReplyState.FAILED
    assert "budget" in priced.error
    assert free.state is ReplyState.DONE
    assert [asked.model for asked in house.model.requests] == ["scripted-1"]


def test_a_reply_from_the_cache_says_so_and_costs_nothing(house: House) -> None:
    house.app.reply_cache.choose(True, LOCAL_ACTOR)
    first = house.compared("hello", (PRICED, FIRST))
    replies = house.app.playground.replies(house.over(house.app.playground.again(first.id, LOCAL_ACTOR)))

    assert [(reply.cached, reply.cost_micros) for reply in replies] == [(True, 0), (True, 0)]
    assert [reply.text for reply in replies] == [reply.text for reply in house.app.playground.replies(first)]
    assert len(house.model.requests) == 2
