from hypothesis import given
from hypothesis import strategies as st

from writer.domain.comparing import Row, compared, rows
from writer.domain.drafts import Section

PARAGRAPHS = st.lists(st.sampled_from(["The moon pulls.", "The sea rises.", "Ice is cold.", ""]), max_size=8)
TEXTS = st.one_of(PARAGRAPHS.map("\n\n".join), st.text("ab. \n", max_size=20))


def sections(**texts: str) -> list[Section]:
    return [Section(key, key.upper(), text) for key, text in texts.items()]


@given(TEXTS, TEXTS)
def test_pieces_hold_both_texts(before: str, after: str) -> None:
    (section,) = compared("", sections(a=before), "", sections(a=after)).sections

    assert "".join(text for kind, text in section.pieces if kind != "+") == before
    assert "".join(text for kind, text in section.pieces if kind != "-") == after
    assert (section.change == "same") == (before == after)


@given(TEXTS, TEXTS)
def test_rows_lose_nothing_but_the_ends_of_paragraphs(before: str, after: str) -> None:
    (section,) = compared("", sections(a=before), "", sections(a=after)).sections
    found = section.rows

    left = "".join(text for row in found for _, text in row.left)
    right = "".join(text for row in found for _, text in row.right)
    assert left.replace("\n", "") == before.replace("\n", "")
    assert right.replace("\n", "") == after.replace("\n", "")


def test_a_new_paragraph_stands_beside_nothing() -> None:
    found = [*rows((("=", "One.\n\n"), ("+", "Two.\n\n"), ("=", "Three.")))]

    assert found == [
        Row((("=", "One."),), (("=", "One."),)),
        Row((), (("+", "Two."),)),
        Row((("=", "Three."),), (("=", "Three."),)),
    ]


def test_sections_that_changed_places_are_said_to_have_moved() -> None:
    found = compared("T", sections(a="1", b="2", c="3"), "T", sections(b="2", c="3", a="1"))

    assert [(s.key, s.change, s.moved) for s in found.sections] == [
        ("b", "same", False), ("c", "same", False), ("a", "same", True),
    ]  # fmt: skip
    assert not found.is_empty


def test_what_was_taken_out_stands_behind_its_predecessor() -> None:
    found = compared("T", sections(a="1", b="2", c="3"), "T", sections(a="1", d="4"))

    assert [(s.key, s.change) for s in found.sections] == [
        ("a", "same"), ("b", "removed"), ("c", "removed"), ("d", "added"),
    ]  # fmt: skip
