"""The actions that need no model: what they change, what they leave alone, and that once is enough."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from writer.services.editing.headings import recased
from writer.services.editing.lists import cleaned_lists
from writer.services.editing.masks import MASK
from writer.services.editing.tightening import tightened
from writer.services.editing.typography import typeset

PIECES = (
    "in order to ",
    "In order to ",
    "a very old ",
    "the the ",
    "It is important to note that ",
    "a large number of ",
    "the men ",
    "utilizes ",
    "really ",
    "not ",
    "an ",
    "A ",
    "absolutely essential ",
    "each and every ",
    "end result",
    '"',
    "'",
    "“",
    "”",
    "„",
    "«",
    "»",
    "don't ",
    "'90s ",
    "5 km ",
    "10-20 ",
    "1914-1918",
    "--",
    "---",
    " - ",
    " – ",
    "...",
    ". . .",
    "3 x 4 ",
    "p. 5 ",
    "Dr. Smith ",
    "z.B. ",
    " ;",
    " !",
    "  ",
    "| a | b |\n",
    "|---|---|\n",
    "---\n",
    "# The Quick ",
    "## WHY NASA ",
    "### a tale: of ",
    "iPhone ",
    "France ",
    "- item",
    "* item;",
    "+ Item.",
    "3. x",
    "7) y.",
    "   - deeper,",
    "• dot",
    "1. ",
    "\n",
    "\n\n",
    "\r\n",
    "    ",
    "> ",
    "`in order to` ",
    "```\nin order to\n```\n",
    "[[S1.p2]]",
    "[link](https://x.org/in-order-to) ",
    "https://x.org/a--b ",
    "<b class='x'>",
    "<!-- in order to -->",
    "word ",
    "Word. ",
    "The tide rises by four metres a day here. ",
    MASK,
    "é",
    "💥",
    "\u00a0",
    "\u202f",
    "\\*",
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=16).map("".join)
ACTIONS = {
    "tighten": tightened,
    "typography en": lambda text: typeset(text, "en-US"),
    "typography de": lambda text: typeset(text, "de"),
    "typography fr": lambda text: typeset(text, "fr"),
    "typography sv": lambda text: typeset(text, "sv"),
    "sentence case": lambda text: recased(text, "sentence"),
    "title case": lambda text: recased(text, "title"),
    "lists": cleaned_lists,
}


@pytest.mark.parametrize("name", ACTIONS)
@settings(max_examples=250)
@given(text=TEXTS)
def test_a_second_round_changes_nothing(name, text):
    once = ACTIONS[name](text)

    assert ACTIONS[name](once) == once


@pytest.mark.parametrize("name", ACTIONS)
@pytest.mark.parametrize(
    "held",
    [
        '`in order to "x" ... - 5 km`',
        '```\n* in order to "x"...\n* y;\n```',
        "[[S1.p2]]",
        "<https://x.org/in--order...to>",
        '<a title="in order to ...">',
        "<!-- in order to ... -->",
        "someone...very--old@mail.example.org",
    ],
)
def test_code_addresses_and_citations_are_left_alone(name, held):
    text = f"Before this\n\n{held}\n\nafter that"

    assert held in ACTIONS[name](text)


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        ("In order to win, he made use of a very old trick.", "To win, he used an old trick."),
        ("IN ORDER TO WIN", "TO WIN"),
        ("It is important to note that the sea rises.", "The sea rises."),
        ("But it is worth noting that the sea rises.", "But the sea rises."),
        ("Due to the fact that it rains, the the men stay.", "Because it rains, the men stay."),
        ("A large number of men and a large number of the men.", "Many men and many of the men."),
        ("It is a completely unanimous vote.", "It is a unanimous vote."),
        ("He did it in order\nto win.", "He did it to win."),
        (
            "The tide rises by four metres a day. The tide rises by four metres a day.",
            "The tide rises by four metres a day.",
        ),
    ],
)
def test_wordy_phrases_get_short(text, shorter):
    assert tightened(text) == shorter


@pytest.mark.parametrize(
    "text",
    [
        "He said “in order to win”.",
        'He said "in order to win".',
        "> in order to win",
        "the very idea, how very kind, not very good, quite a few",
        "It isn't really good.",
        "reorder to win, in orders to",
        "that that, had had",
        "Fact one is that it rains [[S1.p2]]. Fact one is that it rains [[S1.p2]].",
        "in order\n\nto",
    ],
)
def test_what_is_not_wordy_or_is_another_persons_stays(text):
    assert tightened(text) == text


@pytest.mark.parametrize(
    ("language", "text", "set_"),
    [
        ("en-US", '"It\'s a \'test\'," she said - "yes" ...', "“It’s a ‘test’,” she said—“yes” …"),
        ("en-GB", "one - two, 5 km, 10-20, 1914-1918", "one – two, 5\u00a0km, 10–20, 1914–1918"),
        ("de", "\"Ja, z. B. 'so'\", sagte er", "„Ja, z.\u202fB. ‚so‘“, sagte er"),
        ("de-CH", '"Ja"', "«Ja»"),
        ("fr", '"Quoi?" : oui', "«\u00a0Quoi\u202f?\u00a0»\u00a0: oui"),
        ("fr", "Quoi ? Oui !", "Quoi\u202f? Oui\u202f!"),
        ("sv", '"Ja"', "”Ja”"),
        ("xx", '"Ja"', "“Ja”"),
        ("en", "rock 'n' roll in the '90s", "rock ’n’ roll in the ’90s"),
        ("en", "Dr. Smith, p. 5, 3 x 4 , no", "Dr.\u00a0Smith, p.\u00a05, 3\u00a0×\u00a04, no"),
    ],
)
def test_typography_by_language(language, text, set_):
    assert typeset(text, language) == set_


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-01",
        "555-1234",
        "5 - 3 = 2",
        "- item\n- item",
        'a 6" pipe',
        "line  \nbreak",
        "a.b--c@x.org",
        "20-10",
        "| a  | b  |\n|----|----|",
        "---",
        "wait....",
    ],
)
def test_typography_leaves_alone_what_only_looks_wrong(text):
    assert typeset(text, "en-US") == text


@pytest.mark.parametrize(
    ("case", "text", "changed"),
    [
        ("sentence", "## The Tale Of NASA And The iPhone In France", "## The tale of NASA and the iPhone in France"),
        ("sentence", "### WHY TIDES RISE ###", "### Why tides rise ###"),
        (
            "sentence",
            "## Meet the Rover\n\nThey sent Rover up, and Rover came.",
            "## Meet the Rover\n\nThey sent Rover up, and Rover came.",
        ),
        ("title", "## how to look at well-known things", "## How to Look at Well-Known Things"),
        ("title", "what is it good for", "What Is It Good For"),
        ("title", "## tides: a tale [[S1.p2]]", "## Tides: A Tale [[S1.p2]]"),
        ("title", "No heading here. None at all.", "No heading here. None at all."),
    ],
)
def test_headings_in_their_case(case, text, changed):
    assert recased(text, case) == changed


def test_names_are_learnt_from_the_text_around():
    assert recased("## The Rise Of Skagen", "sentence", "We went to Skagen by boat.") == "## The rise of Skagen"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("* one\n+ two\n• three", "- one\n- two\n- three"),
        ("1. one\n1. two\n5) three", "1. one\n2. two\n3. three"),
        ("3. three\n3. four", "3. three\n4. four"),
        ("- one;\n- two;\n- three.", "- one\n- two\n- three"),
        ("- One here.\n- Two here\n- Three here.", "- One here.\n- Two here.\n- Three here."),
        ("- one [[S1.p2]].\n- two [[S1.p3]].\n- three", "- one [[S1.p2]].\n- two [[S1.p3]].\n- three."),
        ("- a\n\n- b\n\n\n- c\n\nText", "- a\n- b\n- c\n\nText"),
        ("- a\n   1) x\n   1) y\n- b", "- a\n   1. x\n   2. y\n- b"),
        ("- a\r\n* b\r\n", "- a\r\n- b\r\n"),
        ("- a\n\n  more of a\n\n- b", "- a\n\n  more of a\n\n- b"),
        ("No list - none.\n\n– nor here", "No list - none.\n\n– nor here"),
        ("-   [ ] task", "- [ ] task"),
    ],
)
def test_lists_get_clean(text, clean):
    assert cleaned_lists(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        '"' * 20_000,
        "“" * 20_000,
        "`" * 20_000,
        "<!--" * 10_000,
        "a " * 20_000,
        "[" * 20_000,
        "- a\n" * 5_000,
        "\n\n    x" * 5_000,
        "<a" * 10_000,
        "](" * 10_000,
        " -" * 10_000,
    ],
)
@pytest.mark.parametrize("name", ["tighten", "typography en", "title case", "lists"])
def test_no_text_can_hold_up_a_rule(name, text):
    assert ACTIONS[name](text) is not None
