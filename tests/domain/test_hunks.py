import random

import pytest
from hypothesis import given, settings

from tests.support.hunk_cases import CHECKS, cases
from writer.domain.hunks import Edit, Hunk, diff, merged, rebased, rebased_onto
from writer.domain.tokens import tokens, utf16_length


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@settings(max_examples=150)
@given(case=cases())
def test_hunks_keep_their_promise(check, case):
    check(case)


def test_words_are_changed_whole():
    assert diff("The light is on.", "The lighter is on.") == (Hunk(4, "light", "lighter"),)


def test_changes_that_only_white_space_parts_are_one_hunk():
    assert diff("A big red dog ran.", "A tiny blue dog ran.") == (Hunk(2, "big red", "tiny blue"),)


def test_a_word_that_goes_takes_one_space_with_it():
    assert diff("A very big dog.", "A big dog.") == (Hunk(2, "very ", ""),)


def test_two_large_changes_that_share_a_small_word_are_one_hunk():
    hunks = diff("Some people here say the moon pulls our water.", "It has been shown the tide follows gravity now.")

    assert len(hunks) == 1


def test_the_loss_of_a_citation_is_a_hunk_of_its_own():
    hunks = diff("Prices rose by half [[S1.p2]] last year.", "Prices went up.")

    assert [(hunk.old, hunk.new) for hunk in hunks] == [
        ("rose by half", "went up"),
        (" [[S1.p2]]", ""),
        (" last year", ""),
    ]
    assert [hunk.note for hunk in hunks] == ["", "Takes away the citation S1.p2.", ""]
    assert merged("Prices rose by half [[S1.p2]] last year.", hunks, {0, 2}) == "Prices went up [[S1.p2]]."


def test_a_citation_that_moves_is_not_lost():
    hunks = diff("It rose [[S1.p2]] fast.", "It rose fast [[S1.p2]].")

    assert [hunk.note for hunk in hunks] == [""] * len(hunks)


def test_an_exchanged_citation_says_what_goes():
    (hunk,) = diff("It rose [[S1.p2]].", "It rose [[S1.p3]].")

    assert (hunk.old, hunk.new, hunk.note) == ("[[S1.p2]]", "[[S1.p3]]", "Takes away the citation S1.p2.")


def test_a_link_is_changed_whole():
    assert diff("See [the page](https://a.org) now.", "See [this page](https://a.org) now.") == (
        Hunk(4, "[the page](https://a.org)", "[this page](https://a.org)"),
    )


def test_of_equal_paragraphs_the_one_in_its_place_is_changed():
    old = "Same.\n\nSame.\n\nSame.\n\nEnd."

    assert diff(old, "Same.\n\nOther.\n\nSame.\n\nEnd.") == (Hunk(7, "Same", "Other"),)
    assert merged(old, diff(old, "Same.\n\nSame.\n\nEnd."), {0}) == "Same.\n\nSame.\n\nEnd."


def test_line_ends_and_hard_spaces_are_text_too():
    assert diff("a\r\nb", "a\nb") == (Hunk(1, "\r\n", "\n"),)
    assert diff("5\u00a0km", "5 km") == (Hunk(1, "\u00a0", " "),)


def test_characters_of_several_code_points_stay_whole():
    assert diff("👍 ok", "👍🏽 ok") == (Hunk(0, "👍", "👍🏽"),)
    assert diff("e\u0301te", "e\u0301te\u0301") == (Hunk(0, "e\u0301te", "e\u0301te\u0301"),)
    assert diff("🇩🇪🇫🇷", "🇩🇪🇮🇹") == (Hunk(2, "🇫🇷", "🇮🇹"),)


def test_a_script_without_spaces_is_not_one_long_word():
    assert diff("潮汐很高", "潮汐很低") == (Hunk(3, "高", "低"),)


def test_hunks_of_another_text_are_refused():
    with pytest.raises(ValueError, match="hunk 0"):
        merged("other", [Hunk(0, "text", "x")], {0})


def test_what_was_touched_meanwhile_is_stale_and_the_rest_moves():
    hunks = diff("one two three four", "one 2 three 4")

    assert rebased(hunks, [Edit(0, 3, "first"), Edit(8, 8, "x")]) == [None, Hunk(17, "four", "4")]
    assert rebased_onto(hunks, "one two three four", "Well, one two three 4!") == [Hunk(10, "two", "2"), None]


@pytest.mark.parametrize(
    ("text", "units"), [("", 0), ("abc", 3), ("é", 1), ("💥", 2), ("a💥b", 4), ("\ud800", 1), ("👩‍👩‍👧", 8)]
)
def test_lengths_as_javascript_counts_them(text, units):
    assert utf16_length(text) == units


def test_all_of_a_text_is_tokens():
    text = "A [x](y) [[S1.p1]]\r\n\r\n`c` https://a.b/c, **é** 💥\u00a0\ufe0f"

    assert "".join(token.text for token in tokens(text)) == text


def words(seed: int, number: int, pool: int) -> list[str]:
    chance = random.Random(seed)
    return [f"w{chance.randrange(pool)}" for _ in range(number)]


@pytest.mark.parametrize("pool", [3, 50, 5000])
@pytest.mark.parametrize("every", [0, 2, 40])
def test_twenty_thousand_words_are_no_trouble(pool, every):
    old = words(1, 20_000, pool)
    new = words(2, 20_000, pool) if not every else [f"v{n}" if n % every == 0 else word for n, word in enumerate(old)]
    text, proposal = " ".join(old), "\n\n".join(" ".join(new[at : at + 150]) for at in range(0, 20_000, 150))

    hunks = diff(text, proposal)

    assert merged(text, hunks, range(len(hunks))) == proposal


@pytest.mark.parametrize("text", ["[" * 50_000, "[[a" * 20_000, "[a](" * 20_000, "![a" * 20_000, "<http://" * 9_000])
def test_no_text_can_hold_up_the_cutting(text):
    assert "".join(token.text for token in tokens(text)) == text


def test_a_citation_right_behind_an_address_is_not_part_of_it():
    (hunk,) = diff("See https://x.org/a[[S1.p2]].", "See https://y.org/a[[S1.p2]].")

    assert (hunk.old, hunk.new) == ("https://x.org/a", "https://y.org/a")
