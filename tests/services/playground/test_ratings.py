"""Against results that were published, and against what can be worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from writer.domain.playground import Ballot, Contender, Verdict
from writer.services.playground.ratings import bradley_terry, ratings

WITHOUT_PRIOR = 1e4
# A. Agresti, Categorical Data Analysis, 2nd edition, table 10.10: wins of the row's team over the column's, American
# League, 1987. The strengths and their standard errors are those of the R package BradleyTerry2 for the same data.
TEAMS = ("Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore")
BASEBALL = np.array(
    [
        [0, 7, 9, 7, 7, 9, 11],
        [6, 0, 7, 5, 11, 9, 9],
        [4, 6, 0, 7, 7, 8, 12],
        [6, 8, 6, 0, 6, 7, 10],
        [6, 2, 6, 7, 0, 7, 12],
        [4, 4, 5, 6, 6, 0, 6],
        [2, 4, 1, 3, 1, 7, 0],
    ],
    float,
)
PUBLISHED = {
    "Boston": (1.1077, 0.3339),
    "Cleveland": (0.6839, 0.3319),
    "Detroit": (1.4364, 0.3396),
    "Milwaukee": (1.5814, 0.3433),
    "New York": (1.2476, 0.3359),
    "Toronto": (1.2945, 0.3367),
}


@pytest.mark.parametrize("team", PUBLISHED)
def test_the_published_strengths_of_baseball_teams_come_out(team: str) -> None:
    strengths, covariance = bradley_terry(BASEBALL, WITHOUT_PRIOR)
    one, last = TEAMS.index(team), TEAMS.index("Baltimore")
    strength = strengths[one] - strengths[last]
    error = math.sqrt(covariance[one, one] + covariance[last, last] - 2 * covariance[one, last])

    assert (strength, error) == pytest.approx(PUBLISHED[team], abs=6e-4)


def test_seven_of_ten_between_two_is_the_logarithm_of_their_odds() -> None:
    strengths, covariance = bradley_terry(np.array([[0.0, 7.0], [3.0, 0.0]]), WITHOUT_PRIOR)
    error = math.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])

    assert strengths[0] - strengths[1] == pytest.approx(math.log(7 / 3), abs=1e-6)
    assert error == pytest.approx(math.sqrt(1 / 7 + 1 / 3), abs=1e-5)


def votes(*told: tuple[str, str, Verdict]) -> list[Ballot]:
    return [Ballot(Contender(first), Contender(second), verdict) for first, second, verdict in told]


def by_route(one: Contender) -> str:
    return one.route


def test_who_won_every_time_has_a_rating_with_an_end() -> None:
    best, worst = ratings(votes(*[("a:x", "b:y", Verdict.FIRST)] * 50), by_route)

    assert (best.name, best.wins, worst.losses) == ("a:x", 50, 50)
    assert 1000 < best.low < best.points < best.high < 2000
    assert best.points + worst.points == pytest.approx(2000)


def test_more_votes_make_the_interval_narrower() -> None:
    few = ratings(votes(("a:x", "b:y", Verdict.FIRST), ("a:x", "b:y", Verdict.SECOND)), by_route)
    many = ratings(votes(*[("a:x", "b:y", Verdict.FIRST), ("a:x", "b:y", Verdict.SECOND)] * 20), by_route)

    assert many[0].high - many[0].low < (few[0].high - few[0].low) / 2
    assert many[0].points == pytest.approx(1000)


@pytest.mark.parametrize("verdict", [Verdict.TIE, Verdict.BOTH_BAD])
def test_a_tie_is_half_a_win_for_both_and_counted_apart(verdict: Verdict) -> None:
    mine = ratings(votes(("a:x", "b:y", verdict)), by_route)

    assert [one.points for one in mine] == pytest.approx([1000, 1000])
    assert {(one.ties, one.both_bad) for one in mine} == {(1, 0) if verdict is Verdict.TIE else (0, 1)}


def test_one_route_at_two_temperatures_is_rated_only_where_they_are_told_apart() -> None:
    cold, warm = Contender("a:x", 0.0), Contender("a:x", 1.5)
    ballots = [Ballot(cold, warm, Verdict.SECOND)]

    assert ratings(ballots, by_route) == []
    assert [one.name for one in ratings(ballots, lambda one: one.label)] == [
        "a:x, temperature 1.5",
        "a:x, temperature 0",
    ]


def test_without_votes_there_are_no_ratings() -> None:
    assert ratings([], by_route) == []


@settings(max_examples=60)
@given(st.lists(st.tuples(*[st.sampled_from("abcde")] * 2, st.sampled_from(Verdict)), max_size=60))
def test_any_votes_give_one_answer_that_does_not_depend_on_sides_or_order(
    told: list[tuple[str, str, Verdict]],
) -> None:
    swapped = {Verdict.FIRST: Verdict.SECOND, Verdict.SECOND: Verdict.FIRST}
    one = ratings(votes(*told), by_route)
    other = ratings(votes(*[(b, a, swapped.get(v, v)) for a, b, v in reversed(told)]), by_route)
    points = {rating.name: rating.points for rating in one}

    assert points == pytest.approx({rating.name: rating.points for rating in other}, abs=1e-4)
    assert all(rating.low < rating.points < rating.high for rating in one)
    assert sum(points.values()) == pytest.approx(1000 * len(points))
    assert sum(rating.wins for rating in one) == sum(rating.losses for rating in one)
