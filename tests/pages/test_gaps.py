import pytest

from tests.pages.conftest import Screen, said
from tests.support.furnished import Furnished, finished
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.briefs import Brief
from writer.domain.drafts import Draft, Gap
from writer.domain.jobs import JobState
from writer.domain.outlines import Outline, OutlineSection
from writer.security.render import as_markdown

HEADING = "Sauerkraut and scurvy on ships"
KRAUT = "Sauerkraut and scurvy on ships: sauerkraut kept sailors on ships free of scurvy for months, as Cook wrote."


@pytest.fixture
def gappy(app: App, furnished: Furnished) -> Draft:
    """Written by the built-in drafter: its second section is on what no sample mentions."""
    draft = app.articles.start(Brief("How Brindle Bay heats its homes from the harbour", words=400), LOCAL_ACTOR)
    _finish(app, draft.id)
    shape = Outline("Harbour heat", (OutlineSection("s1", "The heat pump"), OutlineSection("s2", HEADING)))
    assert finished(app, app.articles.approve(draft.id, shape, LOCAL_ACTOR)).state is JobState.DONE
    draft = app.drafts.open(draft.id, LOCAL_ACTOR)
    section = draft.section("s2")
    assert section is not None
    assert section.gap is not None
    return draft


def _finish(app: App, draft_id: str, kind: str = "") -> None:
    job = app.jobs.for_draft(draft_id, LOCAL_ACTOR, kind)
    assert job is not None
    finished(app, job)


def _gap(app: App, draft: Draft) -> Gap | None:
    section = app.drafts.open(draft.id, LOCAL_ACTOR).section("s2")
    assert section is not None
    return section.gap


def test_a_card_stands_under_the_article_and_in_the_editor(app: App, screen: Screen, gappy: Draft) -> None:
    for page in ("write", "editor"):
        at = screen(page, draft=gappy.id)

        assert not at.exception
        assert "1 open part" in said(at)
        assert "The sources do not say:" in said(at)
        assert at.button(key=f"gap_retry:{gappy.id}:s2").label == "Try the section again"


def test_a_finished_article_without_gaps_has_no_cards(app: App, screen: Screen, furnished: Furnished) -> None:
    assert "open part" not in said(screen(draft=furnished.written_id))


def test_a_suggested_search_is_one_click_and_its_passages_can_be_used(app: App, screen: Screen, gappy: Draft) -> None:
    at = screen(draft=gappy.id)
    at.button(key=f"gap:{gappy.id}:s2:suggested:0").click().run()
    query = at.text_input(key=f"gap:{gappy.id}:s2:query")
    assert "Sauerkraut" in str(query.value)
    query.set_value("what the heat pump cost").run()
    use = [box for box in at.checkbox if box.label == "Use this passage"]
    assert use
    use[0].check().run()
    at.button(key=f"gap:{gappy.id}:s2:use").click().run()
    _finish(app, gappy.id, "section")

    section = app.drafts.open(gappy.id, LOCAL_ACTOR).section("s2")
    assert section is not None
    assert str(use[0].key).rpartition(":")[2] in section.text
    assert "open part" not in said(at.run())


def test_a_source_is_added_in_the_card_and_the_section_tried_again(app: App, screen: Screen, gappy: Draft) -> None:
    at = screen(draft=gappy.id)
    at.text_input(key=f"gap:{gappy.id}:s2:title").set_value("Sauerkraut")
    at.text_area(key=f"gap:{gappy.id}:s2:text").set_value(KRAUT)
    next(b for b in at.button if b.label == "Add this text").click().run()
    source = app.sources.listing(LOCAL_ACTOR)[0]
    job = app.jobs.for_source(source.id, LOCAL_ACTOR)
    assert job is not None
    finished(app, job)
    at.button(key=f"gap_retry:{gappy.id}:s2").click().run()
    _finish(app, gappy.id, "section")

    assert not at.exception
    assert _gap(app, gappy) is None


def test_a_try_that_found_nothing_says_so(app: App, screen: Screen, gappy: Draft) -> None:
    at = screen(draft=gappy.id)
    at.button(key=f"gap_retry:{gappy.id}:s2").click().run()
    _finish(app, gappy.id, "section")

    assert "Tried again" in said(at.run())


def test_writing_it_oneself_leads_to_an_empty_section_in_the_editor(app: App, screen: Screen, gappy: Draft) -> None:
    at = screen(draft=gappy.id)
    at.button(key=f"gap_own:{gappy.id}:s2").click().run()

    assert _gap(app, gappy) is None
    assert not at.exception


def test_leaving_it_out_takes_the_section_away(app: App, screen: Screen, gappy: Draft) -> None:
    at = screen("editor", draft=gappy.id)
    at.button(key=f"gap_out:{gappy.id}:s2").click().run()

    assert not at.exception
    assert app.drafts.open(gappy.id, LOCAL_ACTOR).section("s2") is None


def test_the_web_is_offered_only_where_a_search_is_set_up(app: App, screen: Screen, gappy: Draft) -> None:
    at = screen(draft=gappy.id)
    assert not [b for b in at.button if b.label == "Search the web for it"]

    app.web_search.save("searxng", LOCAL_ACTOR, address="https://search.example")
    at.run()
    at.button(key=f"gap_web:{gappy.id}:s2").click().run()
    job = app.jobs.recent(LOCAL_ACTOR, 1)[0]
    finished(app, job)
    at.run()

    assert job.kind == "research"
    assert f"These words are sent to **{as_markdown('search.example')}**" in said(at)
    assert app.drafts.open(gappy.id, LOCAL_ACTOR).state == gappy.state
