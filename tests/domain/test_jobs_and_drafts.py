import pytest

from writer.domain.actors import LOCAL_ACTOR, authorize
from writer.domain.drafts import Section, SectionState, content_digest
from writer.domain.errors import NotFound, ReplyInvalid
from writer.domain.jobs import IllegalTransition, JobState, moved


def test_a_stopped_job_can_only_run_again():
    assert moved(JobState.STOPPED, JobState.RUNNING) is JobState.RUNNING
    with pytest.raises(IllegalTransition):
        moved(JobState.STOPPED, JobState.DONE)


def test_an_empty_reply_does_not_finish_a_section():
    with pytest.raises(ReplyInvalid, match="came back empty"):
        Section("s1", "Costs").finished(" \n ")


def test_a_finished_section_is_trimmed_and_done():
    section = Section("s1", "Costs").finished(" Text. \n")
    assert (section.text, section.state) == ("Text.", SectionState.DONE)


def test_content_is_addressed_by_what_is_read_not_by_where_it_is_cut():
    one = content_digest("T", (Section("s1", "ab", "c"),))
    other = content_digest("T", (Section("s1", "a", "bc"),))
    assert one != other


def test_a_strangers_thing_looks_like_no_thing():
    with pytest.raises(NotFound, match="There is no such draft"):
        authorize(LOCAL_ACTOR, "read", "somebody-else", "draft")
