from dataclasses import replace

from tests.services.articles.conftest import Studio
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.briefs import Brief
from writer.domain.citations import cited_ids
from writer.domain.drafts import DraftState, SectionState
from writer.domain.jobs import JobState, StepState

BRIEF = Brief("Tidal power in harbour towns", words=1200, must_include=("Tides come twice a day",))


async def test_a_brief_becomes_a_cited_draft_by_four_calls_in_a_row(sourced: Studio):
    draft = await sourced.written(BRIEF)

    assert draft.state is DraftState.IN_REVIEW
    assert [section.key for section in draft.sections] == [
        "introduction",
        "s1",
        "s2",
        "s3",
        "s4",
        "s5",
        "s6",
        "conclusion",
    ]
    assert all(section.state is SectionState.DONE and section.text for section in draft.sections)
    assert all(cited_ids(draft.section(f"s{i}").text) for i in range(1, 7))
    assert draft.title == "Tides at work in six harbours"
    assert 121 <= len(draft.description) <= 156
    assert len(sourced.server.requests) == 1 + 1 + 6 + 3
    assert abs(draft.word_count - 1200) < 240
