from datetime import date

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Screen, said
from tests.support.furnished import Furnished
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR, LOCAL_OWNER
from writer.domain.briefs import Brief
from writer.domain.drafts import Draft, DraftState
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
    at.text_input(key="find").set_value("tides").run()

    assert "Tides at night" in said(at)
    assert "Heat from" not in said(at)


def test_a_search_without_result_names_what_was_sought(app: App, screen: Screen) -> None:
    at = screen("drafts")
    at.text_input(key="find").set_value("*zebras*").run()

    assert r"\*zebras\*" in said(at)


def test_a_search_shows_paragraphs_that_say_it_in_other_words(app: App, screen: Screen, furnished: Furnished) -> None:
    app.draft_search.follow()
    at = screen("drafts")
    at.text_input(key="find").set_value("warming homes with the sea").run()

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

    at.toggle(key="trash").set_value(True).run()
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


def test_a_long_list_has_pages_and_a_search_looks_through_all(app: App, screen: Screen) -> None:
    for number in range(32):
        draft_called(app, f"Number {number:02}")
    at = screen("drafts")
    assert "Number 31" in said(at)
    assert "Number 01" not in said(at)

    at.session_state["page"] = 2
    at.run()
    assert "Number 00" in said(at)
    assert "Number 31" not in said(at)
    at.text_input(key="find").set_value("31").run()
    assert "Number 31" in said(at)


def test_a_draft_says_when_it_is_due(app: App, screen: Screen) -> None:
    Stores(app.database, None).drafts.create(  # type: ignore[arg-type]  # no keys are sealed here
        LOCAL_OWNER, Brief("Tides", due=date(2099, 12, 24)), "Tides"
    )

    assert "due 24 Dec 2099" in said(screen("drafts"))


def test_an_address_opens_the_list_that_it_was_copied_from(app: App, screen: Screen) -> None:
    sea, land = draft_called(app, "Tides"), draft_called(app, "Grain")
    app.library.tag([sea.id], LOCAL_ACTOR, add=["sea"])
    app.library.move([sea.id, land.id], "Guides/old", LOCAL_ACTOR)

    at = screen("drafts", tag="sea", folder="Guides", sort="Title")
    assert "Tides" in said(at)
    assert "Grain" not in said(at)
    assert "in Guides/old · sea" in said(at).replace("\\", "")
    at.multiselect(key="tag").set_value([]).run()
    assert "Grain" in said(at)


def test_a_filter_that_nothing_passes_says_so(app: App, screen: Screen) -> None:
    app.library.tag([draft_called(app, "Tides").id], LOCAL_ACTOR, add=["sea"])
    app.library.set_state([draft_called(app, "Grain").id], DraftState.READY, LOCAL_ACTOR)

    assert "Take a filter away" in said(screen("drafts", tag="sea", status="Ready"))


def test_several_drafts_are_tagged_moved_given_a_status_and_thrown_away(app: App, screen: Screen) -> None:
    ids = [draft_called(app, title).id for title in ("Tides", "Grain", "Stone")]

    def selected(at: AppTest) -> AppTest:
        for draft_id in ids[:2]:
            at.checkbox(key=f"pick:{draft_id}").check()
        return at.run()

    app.library.move(ids[2:], "Guides", LOCAL_ACTOR)
    at = screen("drafts")
    at.toggle(key="drafts:selecting").set_value(True).run()
    selected(at).multiselect(key="selected:which").set_value(["sea"])
    at.button(key="selected:tag").click().run()
    selected(at).selectbox(key="selected:into").set_value("Guides")
    at.button(key="selected:moved").click().run()
    selected(at).selectbox(key="selected:state").set_value("Ready")
    at.button(key="selected:set").click().run()

    cards = {card.id: card for card in (app.library.card(draft_id, LOCAL_ACTOR) for draft_id in ids)}
    assert [cards[id_].tags for id_ in ids] == [("sea",), ("sea",), ()]
    assert [cards[id_].folder for id_ in ids] == ["Guides", "Guides", "Guides"]
    assert [cards[id_].state is DraftState.READY for id_ in ids] == [True, True, False]
    selected(at).button(key="selected:trash").click().run()
    assert [found.id for found in app.drafts.listing(LOCAL_ACTOR)] == [ids[2]]

    at.toggle(key="trash").set_value(True).run()
    at.button(key="selected:all").click().run()
    at.button(key="selected:restore").click().run()
    assert len(app.drafts.listing(LOCAL_ACTOR)) == 3


def test_one_draft_is_put_in_its_place(app: App, screen: Screen) -> None:
    draft = draft_called(app, "Tides")
    app.library.move([draft_called(app, "Grain").id], "Guides/sea", LOCAL_ACTOR)
    at = screen("drafts")
    at.button(key=f"organise:{draft.id}").click().run()
    at.selectbox(key=f"organise:{draft.id}:folder").set_value("Guides/sea")
    at.multiselect(key=f"organise:{draft.id}:tags").set_value(["moon"])
    at.date_input(key=f"organise:{draft.id}:planned").set_value(date(2099, 12, 24))
    at.button(key=f"organise:{draft.id}:save").click().run()

    card = app.library.card(draft.id, LOCAL_ACTOR)
    assert (card.folder, card.tags, card.planned) == ("Guides/sea", ("moon",), date(2099, 12, 24))
    assert "planned for 24 Dec 2099" in said(at)


def test_titles_that_say_the_same_are_flagged_where_they_stand(app: App, screen: Screen) -> None:
    draft_called(app, "Heat from the harbour")
    draft_called(app, "HEAT FROM THE HARBOUR!")
    draft_called(app, "Tides")

    assert said(screen("drafts")).count("The same title as") == 2


def test_the_calendar_shows_what_is_due_and_planned_and_turns_its_months(app: App, screen: Screen) -> None:
    store = Stores(app.database, None).drafts  # type: ignore[arg-type]  # no keys are sealed here
    due = store.create(LOCAL_OWNER, Brief("Tides", due=date(2099, 11, 30)), "Tides")
    app.library.plan([due.id], date(2099, 12, 1), LOCAL_ACTOR)

    at = screen("drafts", view="Calendar", month="2099-11")
    assert ":orange-background[30 (1)]" in said(at)
    assert "Monday, 30 November" in said(at)
    at.button(key="month:after").click().run()
    assert at.query_params["month"] == "2099-12"
    assert ":blue-background[1 (1)]" in said(at)
    at.button(key="month:after").click().run()
    assert "Nothing is due or planned" in said(at)
    assert "Tides" not in said(screen("drafts", view="Calendar", month="nonsense"))
