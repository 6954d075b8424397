"""Amounts as people read and write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from writer.domain.budgets import Budget
from writer.domain.errors import UserMistake
from writer.domain.money import MICROS, MOST_MICROS, micros_of, money


@pytest.mark.parametrize(
    ("micros", "written"),
    [
        (0, "$0.00"),
        (1_234_000, "$1.23"),
        (1_234_567_890, "$1,234.57"),
        (500_000, "$0.50"),
        (3_000, "$0.0030"),
        (400, "$0.00040"),
        (0.4, "$0.00000040"),
    ],
)
def test_small_sums_keep_two_digits_that_are_not_zero(micros: float, written: str) -> None:
    assert money(micros) == written


@given(st.integers(1, MOST_MICROS))
def test_no_sum_is_written_as_nothing_and_none_is_far_from_what_it_is(micros: int) -> None:
    written = float(re.sub(r"[$,]", "", money(micros))) * MICROS

    assert abs(written - micros) <= 0.05 * micros


@pytest.mark.parametrize("amount", [True, "much", -1, float("nan"), float("inf"), 1e-7, "0.0000001", 2e9])
def test_what_cannot_be_an_amount_is_refused_in_a_sentence(amount: float | str) -> None:
    with pytest.raises(UserMistake, match=r"^The amount must be .*\.$"):
        micros_of(amount)


def test_amounts_are_counted_in_millionths() -> None:
    assert [micros_of(amount) for amount in (0, "0.000001", 0.5, "2", 1_000_000_000)] == [
        0,
        1,
        500_000,
        2_000_000,
        MOST_MICROS,
    ]


@pytest.mark.parametrize("person", ["\0", "\0\0", "ada\0", "  "])
def test_a_person_named_by_nothing_that_is_kept_is_not_everybody(person: str) -> None:
    with pytest.raises(UserMistake, match="leave it out"):
        Budget("b", "ada", 1, person=person)
