from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from writer.domain.briefs import Brief
from writer.domain.errors import UserMistake
from writer.services.articles.content_types import content_types
from writer.services.briefs import brief_from, with_collections


def test_only_the_topic_is_needed():
    assert brief_from({"topic": " Tides "}) == Brief("Tides")


def test_without_a_length_the_kind_of_article_gives_its_own():
    assert brief_from({"topic": "Tides", "content_type": "news"}).words == content_types()["news"].words == 500
    assert brief_from({"topic": "Tides", "type": "pillar-guide", "words": None}).words == 3000
    assert brief_from({"topic": "Tides", "content_type": "news", "words": 900}).words == 900
    assert brief_from({"topic": "Tides", "content_type": "no such kind"}).words == Brief("Tides").words


def test_a_brief_made_by_nobody_in_particular_has_the_length_of_its_kind():
    assert Brief("Tides").words == content_types()[Brief("Tides").content_type].words


def test_every_field_reaches_the_brief():
    brief = brief_from(
        {
            "topic": "Tides",
            "content_type": "how-to",
            "reader": "sailors",
            "goal": "sail",
            "angle": "slow",
            "keyphrases": ["spring tide", " "],
            "questions": "Why?\nWhen?\n",
            "must_include": ["moon"],
            "avoid": None,
            "tone": "dry",
            "point_of_view": "we",
            "reading_level": "easy",
            "language": "en-GB",
            "words": "900",
            "due": "2026-12-24",
            "source_ids": ["S2", 3],
            "extra": {"result": "A plan"},
            "steps": ["One", 2],
        }
    )

    assert (brief.keyphrases, brief.questions, brief.must_include) == (("spring tide",), ("Why?", "When?"), ("moon",))
    assert (brief.words, brief.due, brief.source_ids) == (900, date(2026, 12, 24), (2, 3))
    assert brief.extra == (("steps", "One\n2"), ("result", "A plan"))
    assert (brief.reader, brief.language, brief.point_of_view) == ("sailors", "en-GB", "we")


def test_what_other_tools_call_a_field_is_understood():
    brief = brief_from(
        {"Title": "Tides", "audience": "sailors", "word-count": 500, "type": "explainer", "keywords": ["a"]}
    )

    assert (brief.topic, brief.reader, brief.words, brief.keyphrases) == ("Tides", "sailors", 500, ("a",))
    assert brief_from({"title": "Other", "topic": "Tides"}).topic == "Tides"


def test_dates_come_as_text_as_dates_and_as_moments():
    for due in ("2026-12-24", date(2026, 12, 24), datetime(2026, 12, 24, 8)):  # noqa: DTZ001 - as YAML gives it
        assert brief_from({"topic": "Tides", "due": due}).due == date(2026, 12, 24)


def test_text_that_no_database_can_store_is_repaired():
    assert brief_from({"topic": "Ti\x00des \ud83d\ude00"}).topic == "Tides 😀"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=3),
    max_leaves=8,
)
NAMES = ["topic", "words", "due", "questions", "source_ids", "extra", "language", "other"]


@given(ANYTHING | st.dictionaries(st.sampled_from(NAMES), ANYTHING))
def test_anything_at_all_is_a_brief_or_a_sentence(data):
    with suppress(UserMistake):
        assert isinstance(brief_from(data), Brief)


@pytest.mark.parametrize("data", [None, "topic", ["topic"], 5])
def test_what_is_no_list_of_fields_is_refused(data):
    with pytest.raises(UserMistake, match="list of fields"):
        brief_from(data)


def test_a_misspelt_field_is_named_with_the_one_that_was_meant():
    with pytest.raises(UserMistake, match="Is “words” meant"):
        brief_from({"topic": "Tides", "word": 500})


def test_a_content_types_own_field_is_no_misspelling():
    assert brief_from({"topic": "Tides", "extra": {"word": "x"}, "items": 5}).extra == (("items", "5"), ("word", "x"))
    assert brief_from({"topic": "Tides", "content_type": "data-study", "question": "Why?"}).extra == (
        ("question", "Why?"),
    )


def test_collections_are_given_by_name_or_id_and_become_ids():
    asked: list[str | int] = []

    def ids_of(named):
        asked.extend(named)
        return [7]

    data = with_collections({"topic": "Tides", "collections": ["Harbour", 3], "collection_ids": ["C2"]}, ids_of)
    assert brief_from(data).collection_ids == (2, 7)
    assert asked == ["Harbour", 3]
    assert brief_from(with_collections({"topic": "Tides", "collections": "Harbour"}, ids_of)).collection_ids == (7,)
    assert brief_from(with_collections({"topic": "Tides", "collections": None}, lambda named: ())).collection_ids == ()
    for wrong in ({"a": 1}, [True], [None]):
        with pytest.raises(UserMistake, match="must be a list"):
            with_collections({"topic": "Tides", "collections": wrong}, ids_of)
