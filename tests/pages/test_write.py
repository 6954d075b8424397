from datetime import date

from pages._shared.app import get_app
from tests.pages.conftest import Screen, said
from tests.support.furnished import Furnished, finished
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.jobs import JobState
from writer.security.render import as_markdown


def test_pages_and_api_share_one_app(app: App, screen: Screen) -> None:
    screen()

    assert get_app() is app


def test_the_first_run_offers_samples_and_says_who_writes(screen: Screen) -> None:
    at = screen()

    assert at.button(key="try_it_button").label == "Try it with sample documents"
    assert "Built-in drafter: a source brief of cited extracts" in said(at)


def test_try_it_brings_the_samples(app: App, screen: Screen) -> None:
    at = screen()
    at.button(key="try_it_button").click().run()

    assert not at.exception
    assert len(app.sources.listing(LOCAL_ACTOR)) == 5


def test_five_fields_of_the_brief_are_in_sight(app: App, screen: Screen, furnished: Furnished) -> None:
    at = screen()

    folded = {w.key for w in at.expander[0].text_input} | {w.key for w in at.expander[0].text_area}
    shown = {w.key for w in [*at.text_input, *at.number_input, *at.selectbox, *at.text_area]} - folded
    assert {"brief:topic", "brief:content_type", "brief:words", "brief:reader", "brief:goal"} <= shown
    assert "brief:angle" in folded


def test_an_empty_topic_is_answered_with_a_sentence(app: App, screen: Screen, furnished: Furnished) -> None:
    at = screen()
    at.button(key="make_outline").click().run()

    assert "the topic is empty" in at.warning[0].value
    assert "draft" not in at.query_params


def test_a_brief_starts_a_job_with_everything_that_was_typed(app: App, screen: Screen, furnished: Furnished) -> None:
    at = screen()
    at.text_input(key="brief:topic").set_value("Heat from the harbour").run()
    at.text_input(key="brief:reader").set_value("town councillors").run()
    at.text_area(key="brief:must_include").set_value("the homes on the hill\n\nthe price").run()
    at.number_input(key="brief:words").set_value(800).run()
    at.button(key="make_outline").click().run()

    draft = app.drafts.open(str(at.query_params["draft"]), LOCAL_ACTOR)
    assert (draft.brief.topic, draft.brief.reader, draft.brief.words) == (
        "Heat from the harbour",
        "town councillors",
        800,
    )
    assert draft.brief.must_include == ("the homes on the hill", "the price")
    assert app.jobs.for_draft(draft.id, LOCAL_ACTOR) is not None


def test_the_length_follows_the_kind_of_article_until_the_writer_gives_one(
    app: App, screen: Screen, furnished: Furnished
) -> None:
    at = screen()
    assert at.number_input(key="brief:words").value == 1200
    at.selectbox(key="brief:content_type").set_value("news").run()
    assert at.number_input(key="brief:words").value == 500
    at.switch_page("pages/sources.py").run()
    at.switch_page("pages/write.py").run()
    assert at.number_input(key="brief:words").value == 500
    at.selectbox(key="brief:content_type").set_value("pillar-guide").run()
    assert at.number_input(key="brief:words").value == 3000

    at.number_input(key="brief:words").set_value(800).run()
    at.selectbox(key="brief:content_type").set_value("news").run()
    assert at.number_input(key="brief:words").value == 800
    assert not at.warning
    assert not at.exception


def test_what_was_typed_is_still_there_after_another_page(app: App, screen: Screen, furnished: Furnished) -> None:
    at = screen()
    at.text_input(key="brief:topic").set_value("Heat").run()
    at.switch_page("pages/sources.py").run()
    at.switch_page("pages/write.py").run()

    assert at.text_input(key="brief:topic").value == "Heat"


def test_what_was_typed_is_still_there_after_a_reload(app: App, screen: Screen, furnished: Furnished) -> None:
    at = screen()
    at.text_input(key="brief:topic").set_value("Heat").run()
    at.number_input(key="brief:words").set_value(1700).run()
    at.text_area(key="brief:questions").set_value("Who paid?\nWhen?").run()
    at.date_input(key="brief:due").set_value(date(2027, 2, 28)).run()

    again = screen()

    assert again.text_input(key="brief:topic").value == "Heat"
    assert again.number_input(key="brief:words").value == 1700
    assert again.text_area(key="brief:questions").value == "Who paid?\nWhen?"
    assert again.date_input(key="brief:due").value == date(2027, 2, 28)

    again.button(key="make_outline").click().run()
    assert screen().text_input(key="brief:topic").value == ""


def test_an_edited_outline_is_what_gets_written(app: App, screen: Screen, furnished: Furnished) -> None:
    draft = furnished.outlined(app)
    assert draft.outline is not None
    at = screen(draft=draft.id)
    name = f"outline:{draft.id}:{draft.revision}"
    first, second, third = (section.key for section in draft.outline.sections[:3])
    at.button(key=f"{name}:Down:{first}").click().run()
    at.text_input(key=f"{name}:heading:{first}").set_value("Moved and renamed").run()
    at.button(key=f"{name}:remove:{third}").click().run()
    at.button(key="approve").click().run()

    approved = app.drafts.open(draft.id, LOCAL_ACTOR).outline
    assert approved is not None
    assert [section.key for section in approved.sections[:2]] == [second, first]
    assert approved.sections[1].heading == "Moved and renamed"
    assert third not in {section.key for section in approved.sections}


def test_an_added_section_without_a_heading_is_refused_with_a_sentence(
    app: App, screen: Screen, furnished: Furnished
) -> None:
    draft = furnished.outlined(app)
    at = screen(draft=draft.id)
    at.button(key=f"outline:{draft.id}:{draft.revision}:add").click().run()
    at.button(key="approve").click().run()

    assert "needs a heading" in at.warning[0].value


def test_a_finished_draft_shows_its_facts_and_how_to_go_on(app: App, screen: Screen, furnished: Furnished) -> None:
    draft = furnished.written(app)
    at = screen(draft=draft.id)

    assert "sources cited" in said(at)
    assert "written by Built" in said(at)
    assert at.button(key="edit").label == "Open in editor"
    assert len(at.get("bidi_component")) == 2  # the article, and the button that copies it


def test_the_rules_of_the_kind_of_article_speak_beside_it(app: App, screen: Screen, furnished: Furnished) -> None:
    draft = furnished.written(app)
    app.drafts.save(draft.id, draft.revision, LOCAL_ACTOR, title=draft.title, sections=draft.sections[:2])

    at = screen(draft=draft.id)

    found = app.articles.check(draft.id, LOCAL_ACTOR)
    assert found
    assert all(as_markdown(finding.sentence, 400) in said(at) for finding in found)


def test_a_stopped_job_says_so_and_goes_on(app: App, screen: Screen, furnished: Furnished) -> None:
    draft = furnished.outlined(app)
    job = app.jobs.for_draft(draft.id, LOCAL_ACTOR)
    assert job is not None
    app.jobs.stop(job.id, LOCAL_ACTOR)
    at = screen(draft=draft.id)
    assert "You stopped this article" in at.warning[0].value
    at.button(key="go_on").click().run()

    assert finished(app, job).state in (JobState.WAITING, JobState.DONE)


def test_a_draft_that_does_not_exist_leads_to_a_new_brief(screen: Screen) -> None:
    at = screen(draft="nothing-here")

    assert "There is no such draft" in at.warning[0].value
    assert at.button(key="try_it_button")
