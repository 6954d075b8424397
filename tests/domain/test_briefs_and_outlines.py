import pytest

from writer.domain.briefs import Brief
from writer.domain.errors import UserMistake
from writer.domain.outlines import ArticlePlan, Outline, OutlineSection, SectionPlan


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"topic": "  "}, "the topic is empty"),
        ({"topic": "???"}, "the topic is empty"),
        ({"topic": "x" * 301}, "301 characters"),
        ({"topic": "Tides", "words": 5}, "100 to 20,000 words"),
        ({"topic": "Tides", "words": 10**9}, "100 to 20,000 words"),
        ({"topic": "Tides", "must_include": ("x",) * 51}, "At most 50 entries"),
    ],
)
def test_a_brief_that_cannot_be_written_from_says_so(fields, sentence):
    with pytest.raises(UserMistake, match=sentence):
        Brief(**fields)


@pytest.mark.parametrize(
    ("sections", "sentence"),
    [
        ((), "at least one section"),
        ((OutlineSection("s1", " "),), "needs a heading"),
        ((OutlineSection("s1", "Costs"), OutlineSection("s2", "costs ")), "Two sections have the heading"),
        ((OutlineSection("s1", "A"), OutlineSection("s1", "B")), "the same key"),
    ],
)
def test_an_outline_guards_its_shape(sections, sentence):
    with pytest.raises(UserMistake, match=sentence):
        Outline("Tides", sections)


def _row(key: str, owned: tuple[str, ...], words: int) -> SectionPlan:
    return SectionPlan(key, key.upper(), "", (), owned, (), (), "", "", words, ())


def test_a_sound_plan_has_no_faults():
    plan = ArticlePlan("", (_row("s1", ("a",), 500), _row("s2", ("b",), 520)))
    assert plan.faults(("A",), 1000) == []


def test_a_plan_names_each_of_its_faults():
    plan = ArticlePlan("", (_row("s1", ("a",), 500), _row("s2", ("A ",), 100)))
    faults = " ".join(plan.faults(("missing fact",), 1000))
    assert "owned by 2 sections" in faults
    assert "No section owns “missing fact”" in faults
    assert "add up to 600 words" in faults
