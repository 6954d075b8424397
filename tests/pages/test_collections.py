from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Screen, said
from tests.support.furnished import Furnished, finished, outline_of
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.collections import Collection, Cut


def made(app: App, name: str = "Harbour", sources: int = 2, **more: object) -> Collection:
    collection = app.collections.add(name, LOCAL_ACTOR, **more)  # type: ignore[arg-type]  # a dict of mixed values
    ids = sorted(source.id for source in app.sources.listing(LOCAL_ACTOR))
    app.collections.join(collection.id, ids[:sources], LOCAL_ACTOR)
    for job in app.collections.recuts(LOCAL_ACTOR):
        finished(app, job)
    return app.collections.get(collection.id, LOCAL_ACTOR)


def choose(at: AppTest, collection: Collection) -> AppTest:
    at.session_state["sources:collection"] = collection.id
    return at.run()


def listed(at: AppTest) -> list[int]:
    return [int(str(button.key).partition(":")[2]) for button in at.button if str(button.key).startswith("read:")]


def test_a_collection_is_made_and_looked_at(app: App, screen: Screen, furnished: Furnished) -> None:
    at = screen("sources")
    at.text_input(key="collections:name").set_value("Harbour board")
    next(b for b in at.button if b.label == "Create").click().run()

    (one,) = app.collections.listing(LOCAL_ACTOR)
    assert (one.name, at.session_state["sources:collection"]) == ("Harbour board", one.id)
    assert "0 sources" in said(at)


def test_a_name_that_is_taken_is_refused_with_a_sentence(app: App, screen: Screen, furnished: Furnished) -> None:
    made(app)
    at = screen("sources")
    at.text_input(key="collections:name").set_value("HARBOUR")
    next(b for b in at.button if b.label == "Create").click().run()

    assert "There is a collection called" in at.warning[0].value


def test_a_collection_shows_its_sources_only_and_an_upload_joins_it(
    app: App, screen: Screen, furnished: Furnished
) -> None:
    collection = made(app)
    at = choose(screen("sources"), collection)
    assert sorted(listed(at)) == app.collections.members(collection.id, LOCAL_ACTOR)

    at.file_uploader[0].upload("new.md", b"# New\n\nThe harbour holds heat all winter long.")
    at.run()

    newest = app.sources.listing(LOCAL_ACTOR)[0]
    assert newest.filename == "new.md"
    assert newest.id in app.collections.members(collection.id, LOCAL_ACTOR)


def test_pasted_text_joins_the_collection_that_is_chosen(app: App, screen: Screen, furnished: Furnished) -> None:
    collection = made(app)
    at = choose(screen("sources"), collection)
    at.text_area(key="sources:text").set_value("The board met twice. The price was agreed.")
    next(b for b in at.button if b.label == "Add this text").click().run()

    newest = app.sources.listing(LOCAL_ACTOR)[0]
    assert newest.id in app.collections.members(collection.id, LOCAL_ACTOR)


def test_settings_are_tried_on_a_sample_and_saved(app: App, screen: Screen, furnished: Furnished) -> None:
    collection = made(app)
    key = f"collection:{collection.id}"
    at = choose(screen("sources"), collection)
    at.toggle(key=f"{key}:preview").set_value(True).run()
    usual = next(c.value for c in at.caption if "on average" in c.value)
    at.number_input(key=f"{key}:tokens").set_value(64).run()
    assert next(c.value for c in at.caption if "on average" in c.value) != usual
    assert app.collections.get(collection.id, LOCAL_ACTOR) == collection

    at.text_input(key=f"{key}:name").set_value("Ebb")
    at.text_area(key=f"{key}:description").set_value("All of it")
    at.number_input(key=f"{key}:overlap").set_value(1)
    at.button(key=f"{key}:save").click().run()

    now = app.collections.get(collection.id, LOCAL_ACTOR)
    assert (now.name, now.description, now.cut) == ("Ebb", "All of it", Cut(64, 1))


def test_several_sources_are_added_to_a_collection_taken_out_and_tagged(
    app: App, screen: Screen, furnished: Furnished
) -> None:
    collection = made(app, sources=0)
    ids = sorted(source.id for source in app.sources.listing(LOCAL_ACTOR))[:2]
    at = screen("sources")
    at.toggle(key="sources:selecting").set_value(True).run()
    for id_ in ids:
        at.checkbox(key=f"select:{id_}").check()
    at.run()
    at.button(key="selected:add").click().run()
    assert app.collections.members(collection.id, LOCAL_ACTOR) == ids

    at = choose(at, collection)
    at.button(key="selected:all").click().run()
    app.collections.tag([ids[0]], ["tides"], LOCAL_ACTOR)
    at.run()
    at.multiselect(key="selected:which").set_value(["tides"]).run()
    at.button(key="selected:tag").click().run()
    assert app.sources.get(ids[1], LOCAL_ACTOR).tags == ("tides",)

    at.checkbox(key=f"select:{ids[0]}").check().run()
    at.multiselect(key="selected:which").set_value(["tides"]).run()
    at.button(key="selected:untag").click().run()
    assert app.sources.get(ids[0], LOCAL_ACTOR).tags == ()
    at.checkbox(key=f"select:{ids[0]}").check().run()
    at.button(key="selected:leave").click().run()
    assert app.collections.members(collection.id, LOCAL_ACTOR) == ids[1:]


def test_deleting_several_sources_asks_first(app: App, screen: Screen, furnished: Furnished) -> None:
    at = screen("sources")
    at.toggle(key="sources:selecting").set_value(True).run()
    at.button(key="selected:all").click().run()
    at.button(key="selected:delete").click().run()

    assert "Their passages" in said(at)
    assert app.sources.tally(LOCAL_ACTOR).sources == 5


def test_tags_narrow_the_list(app: App, screen: Screen, furnished: Furnished) -> None:
    source = app.sources.listing(LOCAL_ACTOR)[2]
    app.collections.tag([source.id], ["tides"], LOCAL_ACTOR)
    at = screen("sources")
    assert len(listed(at)) == 5
    at.multiselect(key="sources:tags").set_value(["tides"]).run()

    assert listed(at) == [source.id]


def test_a_collection_is_merged_and_deleting_one_asks_first(app: App, screen: Screen, furnished: Furnished) -> None:
    first, second = made(app, "First"), made(app, "Second", 3)
    at = choose(screen("sources"), first)
    assert at.link_button[0].url == f"/api/collections/{first.id}/export"
    at.button(key=f"collection:{first.id}:merge").click().run()
    assert [(one.name, one.sources) for one in app.collections.listing(LOCAL_ACTOR)] == [("Second", 3)]
    assert at.session_state["sources:collection"] == second.id

    at.button(key=f"collection:{second.id}:delete").click().run()
    assert "Its sources stay" in said(at)
    assert len(app.collections.listing(LOCAL_ACTOR)) == 1


def test_a_long_list_comes_a_page_at_a_time(app: App, screen: Screen) -> None:
    for number in range(65):
        app.sources.add_text(f"Note {number}", f"The board met for the {number}th time.", LOCAL_ACTOR)
    at = screen("sources")
    shown = [b for b in at.button if str(b.key).startswith("delete:")]
    assert len(shown) == 30
    at.pagination(key="sources:page").set_value(3).run()

    assert len([b for b in at.button if str(b.key).startswith("delete:")]) == 5


def test_an_article_is_started_from_a_collection(app: App, screen: Screen, furnished: Furnished) -> None:
    collection = made(app)
    at = screen("write")
    at.text_input(key="brief:topic").set_value("What harbour heat costs")
    at.multiselect(key="brief:collections").set_value([collection.id]).run()
    at.button(key="make_outline").click().run()

    draft = app.drafts.listing(LOCAL_ACTOR)[0]
    brief = app.drafts.open(draft.id, LOCAL_ACTOR).brief
    assert (brief.collection_ids, brief.source_ids) == ((collection.id,), ())


def test_an_empty_collection_is_said_and_never_stands_for_all_sources(
    app: App, screen: Screen, furnished: Furnished
) -> None:
    collection = made(app, sources=0)
    before = len(app.drafts.listing(LOCAL_ACTOR))
    at = screen("write")
    at.text_input(key="brief:topic").set_value("What harbour heat costs")
    at.multiselect(key="brief:collections").set_value([collection.id]).run()
    at.button(key="make_outline").click().run()

    assert "has no source that can be written from" in at.warning[0].value
    assert len(app.drafts.listing(LOCAL_ACTOR)) == before


def test_the_brief_of_a_draft_names_its_collections(app: App, screen: Screen, furnished: Furnished) -> None:
    collection = made(app)
    draft = outline_of(app, source_ids=(), collection_ids=(collection.id,))
    at = screen("editor", draft=draft.id)

    assert "Collections" in said(at)
    assert "Harbour" in said(at)


def test_a_search_looks_into_the_collection_that_is_looked_at(app: App, screen: Screen, furnished: Furnished) -> None:
    empty = app.collections.add("Empty", LOCAL_ACTOR)
    at = screen("sources")
    at.text_input(key="sources:query").set_value("harbour heat").run()
    assert [b for b in at.button if str(b.key).startswith("like:")]

    at.session_state["sources:collection"] = empty.id
    at.run()
    assert not [b for b in at.button if str(b.key).startswith("like:")]
    assert "Only in 0 sources" in said(at)
