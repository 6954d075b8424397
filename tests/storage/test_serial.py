from dataclasses import replace
from datetime import date

from tests.storage.makers import a_brief, an_outline
from writer.domain.briefs import Brief
from writer.domain.drafts import Gap, Section, SectionState
from writer.storage.serial import (
    brief_from_json,
    brief_to_json,
    outline_from_json,
    outline_to_json,
    section_from_json,
    section_to_json,
)


def test_a_brief_survives_the_way_there_and_back():
    brief = replace(a_brief(), due=date(2026, 12, 24), questions=("Why?",))

    assert brief_from_json(brief_to_json(brief)) == brief


def test_fields_that_are_missing_or_unknown_do_not_matter():
    assert brief_from_json({"topic": "Tides", "from_a_newer_version": [1]}) == Brief("Tides")
    assert section_from_json({"key": "s1", "heading": "H", "new": 1}) == Section("s1", "H", state=SectionState.DONE)
    assert outline_from_json(None) is None


def test_outlines_and_sections_survive_the_way_there_and_back():
    section = Section("s1", "H", "Text", SectionState.FAILED, "introduction", Gap(("a",), ("b",)), ("flag",), "r:m")

    assert outline_from_json(outline_to_json(an_outline("s1", "s2"))) == an_outline("s1", "s2")
    assert section_from_json(section_to_json(section)) == section
