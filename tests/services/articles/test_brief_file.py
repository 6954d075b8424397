import re
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from writer.domain.briefs import Brief
from writer.domain.errors import UserMistake
from writer.services.articles.brief_file import brief_from_yaml
from writer.services.articles.codec import brief_json, brief_of

FULL = """
topic: "Tides: a guide"
content_type: how-to
reader: harbour masters
words: 1500
keyphrases: [tidal power, harbours]
must_include:
  - Tides come twice a day
questions: What does it cost?
due: 2027-01-31
source_ids: [S1, 2]
steps: [Open, Close]
extra:
  result: A dry cellar
"""


def test_a_whole_brief_is_read():
    brief = brief_from_yaml(FULL)

    assert brief.topic == "Tides: a guide"
    assert brief.words == 1500
    assert brief.keyphrases == ("tidal power", "harbours")
    assert brief.questions == ("What does it cost?",)
    assert brief.due == date(2027, 1, 31)
    assert brief.source_ids == (1, 2)
    assert brief.extra == (("result", "A dry cellar"), ("steps", "Open\nClose"))
    assert brief_of(brief_json(brief)) == brief


def test_only_the_topic_is_needed():
    assert brief_from_yaml("topic: Tides") == Brief("Tides")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("\n# nothing\n", "is empty"),
        ("just words", "must be fields with values"),
        ("- topic", "must be fields with values"),
        ("reader: me", "no topic"),
        ("topic:", "no topic"),
        ("topic: '   '", "topic is empty"),
        ("topic: [a]", "“topic” must be text"),
        ("topic: yes", "“topic” must be text"),
        ("topic: Tides\nwords: many", "“words” must be a whole number"),
        ("topic: Tides\nwords: 3", "outside that"),
        ("topic: Tides\nwords: true", "whole number"),
        ("topic: Tides\ncolour: red", "“colour”"),
        ("topic: Tides\n1: red", "“1”"),
        ("topic: Tides\ncontent_type: poem", "no content type “poem”"),
        ("topic: Tides\ndue: soon", "must be a date"),
        ("topic: Tides\nsource_ids: [one]", "numbers of sources"),
        ("topic: Tides\nextra: 5", "“extra” must be fields"),
        ("topic: Tides\nkeyphrases: [{a: b}]", "“keyphrases” must be text"),
        ("topic: 'Tides\nwords: 5", "line"),
        ("topic: a: b", "line 1"),
        ("topic: &a [*a]", "must be text"),
        ("topic: \x00", "cannot be read"),
        ("topic: 2026-99-99\ndue: 2026-99-99", "cannot be read"),
        ("topic: " + "t" * 301, "keep it to 300"),
        ("topic: x\nreader: " + "y" * 200_000, "is not read"),
        ("topic: !!python/object:os.system x", "line 1"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(text: str, sentence: str):
    with pytest.raises(UserMistake, match=re.escape(sentence)) as caught:
        brief_from_yaml(text)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=200) | st.text(alphabet="topic: [x]{}-\n'\"&*!|>", max_size=80))
def test_no_text_brings_anything_but_a_brief_or_a_sentence(text: str):
    with suppress(UserMistake):
        assert isinstance(brief_from_yaml(text), Brief)
