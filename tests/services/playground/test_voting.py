import json

import pytest

from tests.services.playground.conftest import FIRST, SECOND, THIRD, House, by_model
from tests.support.scripted_server import failing
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.errors import UserMistake
from writer.domain.playground import Comparison, ReplyState, Verdict
from writer.services.playground.telling import comparison_json


def told(house: House, comparison: Comparison) -> str:
    """All that is told outside, live events included."""
    desk = house.app.playground
    document = comparison_json(comparison, desk.job(comparison), desk.replies(comparison), desk.votes(comparison))
    return json.dumps([document, house.app.jobs.snapshot(comparison.job_id, LOCAL_ACTOR).as_json()])


def test_nothing_tells_who_wrote_a_blind_reply_until_somebody_voted(house: House) -> None:
    house.model.script = lambda asked: failing(401) if asked.model == "scripted-3" else by_model(asked)
    made = house.compared("{{x}}", (FIRST, SECOND, THIRD), blind=True, values={"x": "y"})
    house.model.script = by_model
    hidden = told(house, made).replace("scripted-1 says", "").replace("scripted-2 says", "")

    assert "scripted-" not in hidden
    replies = house.app.playground.replies(made)
    assert {(r.first_token_ms, r.total_ms, r.tokens, r.cost_micros) for r in replies} == {(None, None, None, None)}
    (failed,) = (reply for reply in replies if reply.state is ReplyState.FAILED)
    assert f"Reply {'ABC'[failed.column]}" in failed.error
    revealed = house.app.playground.reveal(made.id, LOCAL_ACTOR)
    assert "openai:scripted-3: " in house.app.playground.replies(revealed)[failed.column].error


def test_the_order_of_blind_replies_is_shuffled_and_of_others_kept(house: House) -> None:
    house.app.playground._shuffle = lambda order: order.reverse()
    blind, plain = house.begun(blind=True), house.begun()

    assert blind.contenders == (SECOND, FIRST)
    assert plain.contenders == (FIRST, SECOND)


def test_the_names_are_told_after_the_vote_and_no_other_vote_counts(anywhere: House) -> None:
    made = anywhere.compared(blind=True)
    desk = anywhere.app.playground
    assert desk.open_pairs(made) == [(0, 1)]
    now = desk.vote(made.id, 0, 1, Verdict.SECOND, LOCAL_ACTOR)

    assert not now.hidden
    assert desk.open_pairs(now) == []
    with pytest.raises(UserMistake, match="told already"):
        desk.vote(made.id, 0, 1, Verdict.FIRST, LOCAL_ACTOR)
    best, worst = desk.ratings(LOCAL_ACTOR)
    assert (best.name, best.wins, best.losses) == (made.contenders[1].route, 1, 0)
    assert (worst.name, worst.wins, worst.losses) == (made.contenders[0].route, 0, 1)
    assert best.low < worst.high  # one vote tells little


def test_of_three_every_pair_is_voted_on_before_the_names_are_told(house: House) -> None:
    made = house.compared("hello", (FIRST, SECOND, THIRD), blind=True)
    desk = house.app.playground
    for first, second in ((1, 0), (0, 2)):
        made = desk.vote(made.id, first, second, Verdict.FIRST, LOCAL_ACTOR)
        assert made.hidden
    assert [(v.first, v.second, v.verdict) for v in desk.votes(made)] == [
        (0, 1, Verdict.SECOND),
        (0, 2, Verdict.FIRST),
    ]
    assert desk.open_pairs(made) == [(1, 2)]

    assert not desk.vote(made.id, 1, 2, Verdict.BOTH_BAD, LOCAL_ACTOR).hidden


def test_only_whole_replies_of_a_blind_comparison_are_voted_on(house: House) -> None:
    desk = house.app.playground
    with pytest.raises(UserMistake, match="blind"):
        desk.vote(house.compared().id, 0, 1, Verdict.TIE, LOCAL_ACTOR)
    made = house.compared(blind=True)
    with pytest.raises(UserMistake, match="two whole replies"):
        desk.vote(made.id, 0, 0, Verdict.TIE, LOCAL_ACTOR)
    house.model.script = failing(401)
    with pytest.raises(UserMistake, match="two whole replies"):
        desk.vote(house.compared(blind=True).id, 0, 1, Verdict.TIE, LOCAL_ACTOR)

    assert desk.ratings(LOCAL_ACTOR) == []


def test_votes_outlive_their_comparison_until_they_are_forgotten(house: House) -> None:
    made = house.compared(blind=True)
    desk = house.app.playground
    desk.vote(made.id, 0, 1, Verdict.TIE, LOCAL_ACTOR)
    desk.delete(made.id, LOCAL_ACTOR)
    assert [(one.ties, one.votes) for one in desk.ratings(LOCAL_ACTOR)] == [(1, 1), (1, 1)]

    assert desk.forget_votes(LOCAL_ACTOR) == 1
    assert desk.ratings(LOCAL_ACTOR) == []


def test_who_takes_a_blind_reply_into_a_draft_learns_the_names(house: House) -> None:
    made = house.compared(blind=True)
    house.app.playground.into_draft(made.id, 0, LOCAL_ACTOR)

    assert not house.app.playground.get(made.id, LOCAL_ACTOR).hidden
