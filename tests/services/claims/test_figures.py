from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from writer.services.claims.figures import figures


def missing(sentence: str, passage: str) -> list[str]:
    return figures(sentence).missing_in(figures(passage))


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("1,200 homes", "1.2 thousand homes"),
        ("12 % more", "twelve per cent more"),
        ("12.5%", "12.5 percent"),
        ("3 May 2024", "2024-05-03"),
        ("May 3, 2024", "on 3 May 2024"),
        ("in May 2024", "on 3 May 2024"),
        ("in 2024", "on 3 May 2024"),
        ("on 3 May", "3 May 2024"),
        ("twelve thousand crowns", "12,000 crowns"),
        ("two hundred and fifty", "250"),
        ("two dozen eggs", "24 eggs"),
        ("$5m", "5 million dollars"),
        ("5 km", "5km"),
        ("the 1990s", "1990"),
        ("2,450 crowns", "2 450 crowns"),
        ("about 1.2 million", "1,234,567"),
        ("more than 900 homes", "912 homes"),
        ("nearly 50 boats", "49 boats and 49.5 nets"),
    ],
)
def test_the_same_figure_is_recognised_however_it_is_written(sentence: str, passage: str):
    assert missing(sentence, passage) == []


@pytest.mark.parametrize(
    ("sentence", "passage", "told"),
    [
        ("1,300 homes", "1,200 homes", ["1,300"]),
        ("13 % more", "12 per cent more, 13 homes", ["13 %"]),
        ("3 June 2024", "3 May 2024", ["3 June 2024"]),
        ("4 May 2024", "3 May 2024", ["4 May 2024"]),
        ("3 May 2023", "3 May 2024", ["3 May 2023"]),
        ("about 1.3 million", "1,234,567", ["1.3 million"]),
        ("1.3 million", "1,299,000", ["1.3 million"]),
        ("three times", "twice", ["three"]),
    ],
)
def test_another_figure_is_told_as_it_is_written(sentence: str, passage: str, told: list[str]):
    assert missing(sentence, passage) == told


def test_words_with_figures_in_them_are_codes_and_no_numbers():
    found = figures("PM2.5 and COVID-19 rose by 4 in B12.")

    assert [n.value for n in found.numbers] == [Decimal(4)]
    assert found.codes == {"pm2.5", "covid19", "b12"}


@given(st.integers(2, 10**7), st.integers(2, 10**7))
def test_two_whole_numbers_are_the_same_exactly_when_they_are_equal(one: int, other: int):
    assert (missing(f"{one:,} boats", f"there were {other} boats") == []) == (one == other)


@given(st.dates())
def test_a_date_is_found_in_each_of_its_spellings(day):
    long = f"{day.day} {day:%B} {day.year:04d}"
    if 1000 <= day.year < 2200:
        assert missing(f"on {day.isoformat()}", f"on {long}") == []
        assert missing(f"on {day:%B} {day.day}, {day.year}", f"on {day.isoformat()}") == []


@given(st.text(max_size=300))
def test_no_text_is_too_odd_to_be_read(text: str):
    assert figures(text).missing_in(figures(text)) == []
