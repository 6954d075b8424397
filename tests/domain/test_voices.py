from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from writer.domain.voices import MOST_Z, described, distances, features, paragraph_spans, profile_of

SHORT = (
    "I don't like it. You don't, either. We said so. And we'll say it again! It's cold here, isn't it? "
    "The dog's bowl is red; you know why."
)
LONG = (
    "The committee, which had been appointed in the spring of the preceding year, perhaps considered the proposal of "
    "the harbour authority with rather more attention than its members would generally have been inclined to give it."
)


def test_features_are_counted_as_their_names_say():
    found = features(SHORT)

    assert found["sentence words"] == pytest.approx(28 / 6)
    assert found["paragraph words"] == 28
    assert found["contractions"] == pytest.approx(100 * 5 / 28)
    assert found["first person"] == pytest.approx(100 * 3 / 28)
    assert found["second person"] == pytest.approx(100 * 2 / 28)
    assert found["commas"] == pytest.approx(100 * 2 / 28)
    assert found["questions"] == found["exclamations"] == found["semicolons and colons"] == pytest.approx(100 / 28)
    assert found["conjunction openings"] == pytest.approx(1 / 6)
    assert features(LONG)["hedges"] == pytest.approx(100 * 3 / features(LONG)["paragraph words"])


def test_headings_lists_and_short_paragraphs_are_not_measured():
    text = f"# {LONG}\n\n{LONG}\n\n- {LONG}\n\nToo short.\n\n> {LONG}"

    assert [text[a:b] for a, b in paragraph_spans(text)] == [LONG]


def test_ones_own_paragraphs_are_near_and_others_are_far_with_what_differs_most():
    profile = profile_of([SHORT, f"{SHORT}\n\n{SHORT.replace('!', '.')}", SHORT.replace("cold", "very cold")])
    own, other = distances(profile, f"{SHORT}\n\n{LONG}")

    assert own.distance < 1 < other.distance
    assert own.furthest == ()
    assert {"sentence words", "contractions"} & {name for name, _ in other.furthest}
    assert all(abs(z) <= MOST_Z for _, z in other.furthest)


def test_a_description_tells_what_was_measured_and_names_nothing_else():
    told = described(profile_of(list(repeat(LONG, 3))))

    assert told[0] == "Sentences have 36 words on average and vary by about 0."
    assert "No contractions." in told
    assert any(sentence.endswith("hedges (perhaps, might, often) in 100 words.") for sentence in told)
    assert told[-1] == "Sentences begin most often with “the”."


@given(st.text(max_size=400))
def test_any_text_can_be_held_against_a_voice(text):
    profile = profile_of([SHORT, LONG, SHORT])

    for one in distances(profile, f"{text}\n\n{text} {LONG}"):
        assert 0 <= one.distance <= MOST_Z
        assert one.start < one.end
