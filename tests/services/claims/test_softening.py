import pytest

from writer.services.claims.softening import softened


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The study proves that heat helps [[S1.p1]].", "The study suggests that heat helps [[S1.p1]]."),
        ("Heat always causes rust.", "Heat often may contribute to rust."),
        ("Every home saves money.", "Nearly every home saves money."),
        ("The plant heats the town.", "It appears that the plant heats the town."),
        ("Marta Quill built it.", "It appears that Marta Quill built it."),
    ],
)
def test_strong_words_give_way_else_the_sentence_is_said_with_reserve(before: str, after: str):
    assert softened(before) == after


def test_quotations_and_citations_stay_as_they_are():
    assert softened("She always says “never again, always” [[S1.p1]].") == (
        "She often says “never again, always” [[S1.p1]]."
    )


@pytest.mark.parametrize("text", ["It may heat the town.", "“Nobody ever came back here.” [[S1.p1]]"])
def test_what_is_hedged_or_quoted_gets_no_suggestion(text: str):
    assert softened(text) is None
