from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from writer.domain.drafts import DraftState
from writer.domain.errors import UserMistake
from writer.domain.library import (
    Card,
    Sort,
    Wanted,
    arranged,
    calendar,
    folder_path,
    is_within,
    same_titles,
    shelf_of,
    tag_names,
    title_key,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def a_card(id_: str = "a", title: str = "Tides", hours: int = 0, **fields) -> Card:
    at = NOON + timedelta(hours=hours)
    return Card(id_, title, fields.pop("state", DraftState.IN_REVIEW), "explainer", at, at, **fields)


def ids(cards) -> list[str]:
    return [card.id for card in cards]


def test_a_folder_is_cleaned_and_bounded():
    assert folder_path(" Guides /  heat  pumps // ") == "Guides/heat pumps"
    assert folder_path("/") == ""
    for name in ("x" * 201, "/".join("abcdefghi")):
        with pytest.raises(UserMistake, match="folder"):
            folder_path(name)


@given(st.text(alphabet="ab /", max_size=40))
def test_a_cleaned_folder_stays_what_it_is(name):
    try:
        path = folder_path(name)
    except UserMistake:
        return
    assert folder_path(path) == path
    assert is_within(path, "")
    assert is_within(path, path)


def test_a_folder_is_not_within_one_that_only_begins_alike():
    assert is_within("Guides/heat", "Guides")
    assert not is_within("Guidelines", "Guides")


def test_tags_are_cleaned_and_bounded():
    assert tag_names(["  a  b ", "", "a b", "c"]) == ("a b", "c")
    with pytest.raises(UserMistake):
        tag_names(["x" * 61])


def test_filters_narrow_and_within_one_any_value_will_do():
    cards = [
        a_card("a", tags=("sea",), folder="Guides/heat"),
        a_card("b", tags=("land",), state=DraftState.READY),
        a_card("c", tags=("sea", "land"), folder="Guides"),
    ]

    assert ids(arranged(cards, Wanted(tags=("sea",)))) == ["c", "a"]
    assert ids(arranged(cards, Wanted(tags=("sea", "land")))) == ["c", "b", "a"]
    assert ids(arranged(cards, Wanted(folder="Guides"))) == ["c", "a"]
    assert ids(arranged(cards, Wanted(states=(DraftState.READY,)))) == ["b"]
    assert ids(arranged(cards, Wanted(tags=("land",), folder="Guides"))) == ["c"]


def test_each_order_puts_the_right_one_first_and_drafts_without_a_day_last():
    cards = [
        a_card("old", "Zebra", 0, due=date(2026, 12, 1)),
        a_card("new", "ant", 5, planned=date(2026, 11, 30)),
        a_card("mid", "Bee", 2, due=date(2026, 11, 25)),
    ]
    first = {sort: ids(arranged(cards, Wanted(sort=sort))) for sort in Sort}

    assert first == {
        Sort.CHANGED: ["new", "mid", "old"],
        Sort.CREATED: ["new", "mid", "old"],
        Sort.TITLE: ["new", "mid", "old"],
        Sort.DUE: ["mid", "old", "new"],
        Sort.PLANNED: ["new", "mid", "old"],
    }


def test_a_folder_counts_what_is_nested_in_it():
    shelf = shelf_of([a_card("a", folder="G/h", tags=("x",)), a_card("b", folder="G"), a_card("c", tags=("x",))])

    assert shelf.folders == (("G", 2), ("G/h", 1))
    assert shelf.tags == (("x", 2),)
    assert shelf.states == ((DraftState.IN_REVIEW, 3),)


def test_the_calendar_has_due_and_planned_days_within_its_bounds():
    first, last = date(2026, 12, 1), date(2026, 12, 31)
    cards = [
        a_card("a", due=last, planned=first),
        a_card("b", due=date(2027, 1, 1), planned=date(2026, 11, 30)),
        a_card("c", due=first),
    ]

    found = [(entry.day, entry.kind, entry.card.id) for entry in calendar(cards, first, last)]
    assert found == [(first, "due", "c"), (first, "planned", "a"), (last, "due", "a")]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Heat pumps: a guide", "HEAT PUMPS – A GUIDE!"), ("Cafe\u0301 life", "Café  life"), ("10 tips", "10 Tips.")],
)
def test_titles_are_the_same_whatever_their_case_spacing_and_punctuation(one, other):
    assert title_key(one) == title_key(other)
    twins = same_titles([a_card("a", one), a_card("b", other), a_card("c", "Something else")])
    assert {key: [twin.draft_id for twin in found] for key, found in twins.items()} == {"a": ["b"], "b": ["a"]}


def test_titles_of_nothing_but_signs_have_no_twins():
    assert same_titles([a_card("a", "!!!"), a_card("b", "???")]) == {}
