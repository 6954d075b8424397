import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared.paper import EDITOR
from tests.pages.conftest import Screen, said
from tests.support.furnished import Furnished
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.drafts import Draft, DraftState


@pytest.fixture
def draft(app: App, furnished: Furnished) -> Draft:
    return furnished.written(app)


def typed(at: AppTest, draft: Draft, key: str, text: str, *, heading: str = "", seq: int = 1) -> AppTest:
    """What the browser sends when somebody has typed."""
    message: dict[str, Any] = {"seq": seq, "text": text, "heading": heading, "doc": ""}
    at.session_state[f"text:{draft.id}:{key}:0"] = {"typed": message}
    return at.run()


@pytest.fixture
def sections(screen: Screen) -> Screen:
    """The view for browsers in which the editor cannot run."""

    def opened(page: str, **query: str) -> AppTest:
        at = screen(page, **query)
        at.session_state["view"] = "Sections"
        return at.run()

    return opened


def body_key(draft: Draft) -> str:
    return next(section.key for section in draft.sections if section.role == "body" and section.text)


def test_without_a_draft_the_editor_leads_to_the_list(screen: Screen) -> None:
    at = screen("editor")

    assert "No draft is open" in said(at)
    assert at.button(key="choose").label == "Choose a draft"


def test_what_is_typed_is_saved_with_its_heading_and_a_version(app: App, sections: Screen, draft: Draft) -> None:
    key = body_key(draft)
    before = len(app.drafts.versions(draft.id, LOCAL_ACTOR))
    typed(sections("editor", draft=draft.id), draft, key, "My own words.", heading="My heading")

    saved = app.drafts.open(draft.id, LOCAL_ACTOR).section(key)
    assert saved is not None
    assert (saved.text, saved.heading) == ("My own words.", "My heading")
    assert len(app.drafts.versions(draft.id, LOCAL_ACTOR)) > before


def test_the_same_message_again_saves_nothing(app: App, sections: Screen, draft: Draft) -> None:
    at = typed(sections("editor", draft=draft.id), draft, body_key(draft), "My own words.")
    revision = app.drafts.open(draft.id, LOCAL_ACTOR).revision
    at.run().run()

    assert app.drafts.open(draft.id, LOCAL_ACTOR).revision == revision


def test_a_change_by_somebody_else_is_kept_until_the_writer_decides(app: App, sections: Screen, draft: Draft) -> None:
    key = body_key(draft)
    at = sections("editor", draft=draft.id)
    app.drafts.save_section(draft.id, draft.revision, LOCAL_ACTOR, key=key, heading="Theirs", text="Their words.")
    typed(at, draft, key, "My words.")

    assert "was changed somewhere else" in at.warning[0].value
    theirs = app.drafts.open(draft.id, LOCAL_ACTOR).section(key)
    assert theirs is not None
    assert theirs.text == "Their words."


def test_mine_can_be_saved_over_it(app: App, sections: Screen, draft: Draft) -> None:
    key = body_key(draft)
    at = sections("editor", draft=draft.id)
    app.drafts.save_section(draft.id, draft.revision, LOCAL_ACTOR, key=key, heading="Theirs", text="Their words.")
    typed(at, draft, key, "My words.").button(key=f"mine:{key}").click().run()

    mine = app.drafts.open(draft.id, LOCAL_ACTOR).section(key)
    assert mine is not None
    assert mine.text == "My words."
    assert not at.warning


def test_a_change_to_another_section_is_no_conflict(app: App, sections: Screen, draft: Draft) -> None:
    mine, other = [section.key for section in draft.sections if section.role == "body"][:2]
    at = sections("editor", draft=draft.id)
    app.drafts.save_section(draft.id, draft.revision, LOCAL_ACTOR, key=other, heading="Theirs", text="Their words.")
    typed(at, draft, mine, "My words.")

    now = app.drafts.open(draft.id, LOCAL_ACTOR)
    assert [s.text for s in now.sections if s.key in (mine, other)] == ["My words.", "Their words."]


def test_a_field_that_shows_an_old_text_cannot_overwrite_the_new_one(app: App, sections: Screen, draft: Draft) -> None:
    mine, other = [section.key for section in draft.sections if section.role == "body"][:2]
    at = sections("editor", draft=draft.id)
    app.drafts.save_section(draft.id, draft.revision, LOCAL_ACTOR, key=other, heading="Theirs", text="Their words.")
    typed(at, draft, mine, "My words.")
    typed(at, draft, other, "Words put into the text that stood there before.")

    theirs = app.drafts.open(draft.id, LOCAL_ACTOR).section(other)
    assert theirs is not None
    assert theirs.text == "Their words."


def test_what_was_typed_into_two_sections_meets_a_change_to_one_as_a_conflict(
    app: App, sections: Screen, draft: Draft
) -> None:
    mine, other = [section.key for section in draft.sections if section.role == "body"][:2]
    at = sections("editor", draft=draft.id)
    app.drafts.save_section(draft.id, draft.revision, LOCAL_ACTOR, key=other, heading="Theirs", text="Their words.")
    at.session_state[f"text:{draft.id}:{other}:0"] = {"typed": {"seq": 1, "text": "Mine, too.", "heading": ""}}
    typed(at, draft, mine, "My words.")

    now = app.drafts.open(draft.id, LOCAL_ACTOR)
    assert [s.text for s in now.sections if s.key in (mine, other)] == ["My words.", "Their words."]
    assert "was changed somewhere else" in at.warning[0].value


def test_a_status_that_was_set_elsewhere_is_not_set_back(app: App, sections: Screen, draft: Draft) -> None:
    at = sections("editor", draft=draft.id)
    app.drafts.set_state(draft.id, DraftState.READY, LOCAL_ACTOR)
    typed(at, draft, body_key(draft), "My words.").run()

    assert app.drafts.open(draft.id, LOCAL_ACTOR).state is DraftState.READY


def test_the_title_and_the_status_are_changed_in_place(app: App, sections: Screen, draft: Draft) -> None:
    at = sections("editor", draft=draft.id)
    at.text_input(key=f"title:{draft.id}:0").set_value("A better title").run()
    at.selectbox(key=f"state:{draft.id}:0").set_value(DraftState.READY).run()

    now = app.drafts.open(draft.id, LOCAL_ACTOR)
    assert (now.title, now.state) == ("A better title", DraftState.READY)


def test_citations_are_listed_in_order_of_first_appearance(app: App, screen: Screen, draft: Draft) -> None:
    at = screen("editor", draft=draft.id)

    shown = [button.key for button in at.button if str(button.key).startswith("passage:")]
    assert shown == [f"passage:{reference.passage.id}" for reference in app.drafts.references(draft)]


def test_text_brought_back_from_the_browser_does_not_overwrite_a_newer_one(
    app: App, sections: Screen, draft: Draft
) -> None:
    key = body_key(draft)
    at = sections("editor", draft=draft.id)
    message = {"seq": 1, "text": "From the journal.", "heading": "", "restored": "another-base"}
    at.session_state[f"text:{draft.id}:{key}:0"] = {"typed": message}
    at.run()

    assert "was changed somewhere else" in at.warning[0].value
    assert app.drafts.open(draft.id, LOCAL_ACTOR).section(key) == draft.section(key)


def test_a_draft_that_changed_meanwhile_is_shown_as_it_is_now(app: App, sections: Screen, draft: Draft) -> None:
    key = body_key(draft)
    at = sections("editor", draft=draft.id)
    app.drafts.save_section(draft.id, draft.revision, LOCAL_ACTOR, key=key, heading="Theirs", text="Their words.")
    at.run()

    shown = [json.loads(field.proto.json) for field in at.get("bidi_component") if field.proto.json]
    assert "Their words." in {field.get("text") for field in shown}


def test_the_brief_stands_beside_the_text(screen: Screen, draft: Draft) -> None:
    assert draft.brief.goal in said(screen("editor", draft=draft.id))


def mounted(at: AppTest, name: str) -> dict[str, Any]:
    """What the page hands to the component of that name."""
    shown = [json.loads(field.proto.json) for field in at.get("bidi_component") if field.proto.json]
    return next(data for data in shown if name in data)


def test_the_whole_text_is_written_in_one_editor_that_asks_the_api(screen: Screen, draft: Draft) -> None:
    data = mounted(screen("editor", draft=draft.id), "module")

    assert (data["draft"], data["api"], data["revision"]) == (draft.id, "/api", draft.revision)
    assert (EDITOR / data["module"].removeprefix("/assets/editor/")).is_file()
    assert draft.sections[0].text not in json.dumps(data)


def test_where_the_editor_cannot_start_the_sections_take_its_place(screen: Screen, draft: Draft) -> None:
    at = screen("editor", draft=draft.id)
    at.session_state[f"manuscript:{draft.id}"] = {"failed": {"draft": draft.id, "why": "No modules.", "at": 1}}
    at.run()

    assert "cannot run in this browser" in said(at)
    assert mounted(at, "placeholder")["text"] == draft.sections[0].text


def test_a_citation_in_the_text_opens_its_source_once(app: App, screen: Screen, draft: Draft) -> None:
    cited = app.drafts.references(draft)[0]
    at = screen("editor", draft=draft.id)
    at.session_state[f"manuscript:{draft.id}"] = {"opened": {"draft": draft.id, "passage": cited.passage.id, "n": 7}}
    at.run()

    assert cited.passage.text[:40] in json.dumps([json.loads(f.proto.json) for f in at.get("bidi_component")])
    assert mounted(at, "module")["heard"]["opened"] == 7
