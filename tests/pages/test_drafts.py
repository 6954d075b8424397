from datetime import date

from tests.pages.conftest import Furnished, Screen, said
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR, LOCAL_OWNER
from writer.domain.briefs import Brief
from writer.domain.drafts import Draft
from writer.storage import Stores


def draft_called(app: App, topic: str) -> Draft:
    drafts = Stores(app.database, None).drafts  # type: ignore[arg-type]  # no keys are sealed here
    return drafts.create(LOCAL_OWNER, Brief(topic), topic)


def test_without_drafts_the_page_says_how_one_begins(screen: Screen) -> None:
    at = screen("drafts")

    assert "No drafts yet" in said(at)
    assert at.button(key="new").label == "New article"


def test_drafts_are_listed_with_state_and_words(app: App, screen: Screen) -> None:
    draft_called(app, "Heat from the harbour")
    at = screen("drafts")

    assert "Heat from the harbour" in said(at)
    assert "0 words" in said(at)


def test_a_search_leaves_what_has_the_words(app: App, screen: Screen) -> None:
    draft_called(app, "Heat from the harbour")
    draft_called(app, "Tides at night")
    at = screen("drafts")
    at.text_input(key="drafts:query").set_value("tides").run()

    assert "Tides at night" in said(at)
    assert "Heat from" not in said(at)


def test_a_search_without_result_names_what_was_sought(app: App, screen: Screen) -> None:
    at = screen("drafts")
    at.text_input(key="drafts:query").set_value("*zebras*").run()

    assert r"\*zebras\*" in said(at)


def test_a_search_shows_paragraphs_that_say_it_in_other_words(app: App, screen: Screen, furnished: Furnished) -> None:
    app.draft_search.follow()
    at = screen("drafts")
    at.text_input(key="drafts:query").set_value("warming homes with the sea").run()

    assert not at.exception
    assert "Close in meaning" in [heading.value for heading in at.subheader]
    edits = [button for button in at.button if str(button.key).startswith(f"edit:{furnished.written_id}")]
    assert edits

    app.drafts.trash(furnished.written_id, LOCAL_ACTOR)
    at.run()
    assert not [button for button in at.button if str(button.key).startswith(f"edit:{furnished.written_id}")]


def test_trash_and_back(app: App, screen: Screen) -> None:
    draft = draft_called(app, "Heat from the harbour")
    at = screen("drafts")
    at.button(key=f"Move to trash:{draft.id}").click().run()
    assert "Heat from" not in said(at)

    at.toggle(key="drafts:trashed").set_value(True).run()
    at.button(key=f"restore:{draft.id}").click().run()
    assert [found.id for found in app.drafts.listing(LOCAL_ACTOR)] == [draft.id]


def test_a_copy_is_another_draft(app: App, screen: Screen) -> None:
    draft = draft_called(app, "Heat from the harbour")
    at = screen("drafts")
    at.button(key=f"Duplicate:{draft.id}").click().run()

    assert "(copy)" in said(at).replace("\\", "")


def test_markup_in_a_title_stays_text(app: App, screen: Screen) -> None:
    draft_called(app, "![x](https://evil.example/p.png) <b>bold</b> :red[shout]")
    at = screen("drafts")

    assert r"\!\[x\]" in said(at)
    assert r"\<b\>" in said(at)
    assert r"\:red\[shout\]" in said(at)


def test_a_long_list_comes_part_by_part_and_a_search_looks_through_all(app: App, screen: Screen) -> None:
    for number in range(52):
        draft_called(app, f"Number {number:02}")
    at = screen("drafts")
    assert "Number 51" in said(at)
    assert "Number 01" not in said(at)

    at.button(key="drafts:more").click().run()
    assert "Number 00" in said(at)
    assert not [button for button in at.button if button.key == "drafts:more"]
    at.text_input(key="drafts:query").set_value("00").run()
    assert "Number 00" in said(at)


def test_a_draft_says_when_it_is_due(app: App, screen: Screen) -> None:
    Stores(app.database, None).drafts.create(  # type: ignore[arg-type]  # no keys are sealed here
        LOCAL_OWNER, Brief("Tides", due=date(2099, 12, 24)), "Tides"
    )

    assert "due 24 Dec 2099" in said(screen("drafts"))
