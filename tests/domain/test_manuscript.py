from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from writer.domain.drafts import Gap, Section, SectionState
from writer.domain.errors import UserMistake
from writer.domain.manuscript import MOST_SECTIONS, join, plain_lines, split

_LINES = st.sampled_from(
    [
        "", "", "A sentence. [[S1.p2]]", "## A heading", "##", "##no heading", "### Smaller", "```", "```python",
        "~~~", "    ## in code", "<!-- conclusion -->", "<!-- introduction -->", "<!-- note -->", "- one",
        "trailing  ", "#", "…🙂",
    ]
)  # fmt: skip
_TEXTS = st.builds(
    lambda lines, end: end.join(lines), st.lists(_LINES, max_size=8), st.sampled_from(["\n", "\n\n", "\r\n", "\r"])
)
_HEADINGS = st.sampled_from(["One", "Two", "Two", "", "  spaced  out ", "C#", "## hashes", "two\nlines", "🙂 ##"])


@st.composite
def drafts(draw: st.DrawFn, texts: st.SearchStrategy[str] = _TEXTS) -> tuple[Section, ...]:
    """Any sections that may be stored: every state, gaps, duplicate headings, code fences left open, odd line ends."""
    sections = []
    for number in range(draw(st.integers(0, 6))):
        role = draw(st.sampled_from(["body", "body", "body", "introduction", "conclusion"]))
        gap = draw(st.sampled_from([None, None, Gap(("figures",), ("harbour figures",))]))
        state = draw(st.sampled_from(list(SectionState)))
        heading = draw(_HEADINGS)
        sections.append(Section(f"s{number}", heading, draw(texts), state, role, gap, ("flag",), "openai:m"))
    return tuple(sections)


@given(drafts())
def test_a_draft_that_nobody_edited_comes_back_as_it_was(sections: tuple[Section, ...]) -> None:
    assert split(join(sections), sections) == sections


@given(drafts(), st.sampled_from(["\r\n", "\r"]), st.text("\n", max_size=3))
def test_line_ends_and_blank_lines_at_the_end_are_no_edit(sections: tuple[Section, ...], end: str, blank: str) -> None:
    assert split((join(sections) + blank).replace("\n", end), sections) == sections


@given(drafts(), _TEXTS)
def test_what_is_saved_reads_back_as_the_same_sections(sections: tuple[Section, ...], text: str) -> None:
    saved = split(text, sections)

    assert split(join(saved), saved) == saved
    assert len({section.key for section in saved}) == len(saved)


@given(drafts(), _TEXTS)
def test_no_word_of_the_text_is_lost(sections: tuple[Section, ...], text: str) -> None:
    words = plain_lines(text).split()
    marks = {"##", "<!--", "-->", "introduction", "conclusion"}

    back = join(split(text, sections)).split()

    assert [word for word in back if word not in marks] == [word for word in words if word not in marks]


_PROSE = st.builds(" ".join, st.lists(st.sampled_from(["tide", "moon", "harbour", "pipe", "ice"]), max_size=12))


@given(drafts(), st.data())
def test_an_edit_in_one_section_leaves_every_other_the_same_value(
    sections: tuple[Section, ...], data: st.DataObject
) -> None:
    assume(sections)
    number = data.draw(st.integers(0, len(sections) - 1))
    edited = replace(sections[number], text=f"Rewritten. {data.draw(_PROSE)}", heading="Anew")
    text = join([*sections[:number], edited, *sections[number + 1 :]])

    saved = split(text, sections)

    assert [s for s in saved if s.key != edited.key] == [s for s in sections if s.key != edited.key]
    assert [s.key for s in saved] == [s.key for s in sections]
    assert saved[number].text == edited.text


@given(st.data())
def test_sections_in_another_order_keep_their_keys(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 7))
    sections = [
        Section(f"s{n}", f"Heading {n % 3}", f"{n} {data.draw(_PROSE)}", SectionState.DONE, gap=None, route=f"r{n}")
        for n in range(count)
    ]
    order = data.draw(st.permutations(sections))

    assert split(join(order), sections) == tuple(order)


def body(key: str, heading: str, text: str = "", **more: object) -> Section:
    return Section(key, heading, text, SectionState.DONE, **more)  # type: ignore[arg-type]  # each test names its own


INTRO = Section("introduction", "Introduction", "It begins.", SectionState.DONE, "introduction", route="openai:m")
END = Section("conclusion", "Conclusion", "It ends.", SectionState.DONE, "conclusion")


def test_the_text_reads_as_a_person_would_write_it() -> None:
    text = join([INTRO, body("s1", "Tides", "The moon."), body("s2", "Ice"), END])

    assert text == "It begins.\n\n## Tides\n\nThe moon.\n\n## Ice\n\n<!-- conclusion -->\n\nIt ends."


def test_a_renamed_section_keeps_its_key() -> None:
    sections = (INTRO, body("s1", "Tides", "The moon."), body("s2", "Ice", "It is cold."), END)
    saved = split(join(sections).replace("## Tides", "## Spring tides"), sections)

    assert [section.key for section in saved] == ["introduction", "s1", "s2", "conclusion"]
    assert saved[1].heading == "Spring tides"


def test_a_section_that_moved_and_was_edited_keeps_its_key() -> None:
    sections = (
        body("s1", "Tides", "The moon pulls."),
        body("s2", "Ice", "It is cold."),
        body("s3", "Wind", "It blows."),
    )
    text = "## Wind\n\nIt blows hard.\n\n## Cold\n\nIt is cold there.\n\n## Tides\n\nThe moon pulls."

    assert [section.key for section in split(text, sections)] == ["s3", "s2", "s1"]


def test_a_new_heading_in_the_middle_begins_a_new_section() -> None:
    sections = (body("s1", "Tides", "The moon.\n\nThe sun."), body("w1", "Ice", "Cold."))
    saved = split("## Tides\n\nThe moon.\n\n## Sun\n\nThe sun.\n\n## Ice\n\nCold.", sections)

    assert [(s.key, s.heading, s.text) for s in saved] == [
        ("s1", "Tides", "The moon."),
        ("w2", "Sun", "The sun."),
        ("w1", "Ice", "Cold."),
    ]


def test_a_heading_in_a_code_fence_begins_nothing() -> None:
    text = "## Code\n\n```markdown\n## Not a section\n```\n\n## Real"

    assert [(s.heading, s.text) for s in split(text, ())] == [
        ("Code", "```markdown\n## Not a section\n```"),
        ("Real", ""),
    ]


def test_a_fence_being_typed_does_not_swallow_the_sections_below() -> None:
    sections = (body("s1", "One", "Text."), body("s2", "Two", "```\ncode\n```"), body("s3", "Three", "More."))
    saved = split(join(sections).replace("Text.", "Text.\n\n```\nhalf"), sections)

    assert [s.key for s in saved] == ["s1", "s2", "s3"]
    assert saved[1:] == sections[1:]


def test_an_introduction_that_was_emptied_is_still_there() -> None:
    sections = (INTRO, body("s1", "Tides", "The moon."))
    saved = split("## Tides\n\nThe moon.", sections)

    assert saved == (replace(INTRO, text=""), sections[1])
    assert split("Anew.\n\n## Tides\n\nThe moon.", saved) == (replace(INTRO, text="Anew."), sections[1])


def test_a_text_before_the_first_heading_is_the_introduction() -> None:
    assert [(s.key, s.role) for s in split("Hello.\n\n## A", ())] == [("introduction", "introduction"), ("w1", "body")]


def test_a_section_whose_heading_was_deleted_joins_the_one_before() -> None:
    sections = (body("s1", "One", "First."), body("s2", "Two", "Second."))
    saved = split("## One\n\nFirst.\n\nSecond.", sections)

    assert [(s.key, s.text) for s in saved] == [("s1", "First.\n\nSecond.")]


def test_a_gap_stays_with_its_section() -> None:
    lacking = body("s1", "Costs", gap=Gap(("prices",)))
    saved = split("## Before\n\nNew.\n\n## Costs", (lacking,))

    assert saved[1] == lacking


def test_a_text_of_endless_headings_is_refused_in_words() -> None:
    with pytest.raises(UserMistake, match="sections at the most"):
        split("\n\n".join(["## x"] * (MOST_SECTIONS + 1)), ())
