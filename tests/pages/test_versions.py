import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Screen, said
from tests.support.furnished import Furnished
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.drafts import Draft
from writer.domain.versions import VersionFilter


@pytest.fixture
def draft(app: App, furnished: Furnished) -> Draft:
    return furnished.written(app)


def saved(app: App, draft: Draft, key: str, text: str) -> Draft:
    now = app.drafts.open(draft.id, LOCAL_ACTOR)
    section = now.section(key)
    assert section is not None
    return app.drafts.save_section(draft.id, now.revision, LOCAL_ACTOR, key=key, heading=section.heading, text=text)


def body_keys(draft: Draft) -> list[str]:
    return [section.key for section in draft.sections if section.role == "body" and section.text]


def papers(at: AppTest) -> list[dict[str, Any]]:
    shown = [json.loads(field.proto.json) for field in at.get("bidi_component") if field.proto.json]
    return [block for data in shown for block in data.get("sections", []) if isinstance(block, dict)]


def newest(app: App, draft: Draft) -> int:
    return app.versions.listing(draft.id, LOCAL_ACTOR, limit=1)[0].number


def viewed(at: AppTest, button: str, press: str = "", **state: object) -> AppTest:
    """The drawer behind a button, with its fields set; then a button in it. The driver knows no drawer that stays open:
    what opened it is pressed again with what is pressed in it."""
    for name, value in state.items():
        at.session_state[name] = value
    at = at.button(key=button).click().run()
    if press:
        for name, value in state.items():
            at.session_state[name] = value
        at.button(key=button).click()
        at = at.button(key=press).click().run()
    assert not at.exception
    return at


def test_saves_of_one_sitting_are_one_row_and_each_can_be_read(app: App, screen: Screen, draft: Draft) -> None:
    key = body_keys(draft)[0]
    for number in range(3):
        saved(app, draft, key, f"My text {number}.")
    at = screen("editor", draft=draft.id)
    assert "3 saves" in said(at)

    at = viewed(at, f"view:{newest(app, draft)}", **{"version:save": newest(app, draft) - 1})

    assert any("My text 1." in block.get("html", "") for block in papers(at))


def rows(at: AppTest) -> list[str]:
    return [str(button.key) for button in at.button if str(button.key).startswith("view:")]


def test_the_list_is_narrowed_and_grows_part_by_part(app: App, screen: Screen, draft: Draft) -> None:
    key = body_keys(draft)[0]
    for number in range(20):
        now = saved(app, draft, key, f"My text {number}.")
        app.versions.describe(draft.id, newest(app, draft), LOCAL_ACTOR, name=f"Try {now.revision}")
    at = screen("editor", draft=draft.id)
    assert len(rows(at)) == 15

    at = at.button(key="versions:more").click().run()
    assert len(rows(at)) > 15

    at = at.selectbox(key="versions:shown").set_value("Written").run()
    written = app.versions.sittings(draft.id, LOCAL_ACTOR, VersionFilter(("generated",)), limit=15)
    assert rows(at) == [f"view:{sitting.newest.number}" for sitting in written]


def test_a_version_is_compared_with_now_inline_and_side_by_side(app: App, screen: Screen, draft: Draft) -> None:
    key = body_keys(draft)[0]
    saved(app, draft, key, "The moon pulls the water.")
    then = newest(app, draft)
    saved(app, draft, key, "The moon pulls the sea.")
    at = screen("editor", draft=draft.id)

    at = viewed(at, f"view:{then + 1}", **{"version:save": then, "version:look": "Changes"})
    (changed,) = [block for block in papers(at) if "diff" in block]
    assert [piece for piece in changed["diff"] if piece[0] != "="] == [["-", "water"], ["+", "sea"]]

    at = viewed(at, f"view:{then + 1}", **{"version:save": then, "version:look": "Side by side"})
    (changed,) = [block for block in papers(at) if "rows" in block]
    assert ["-", "water"] in changed["rows"][0]["left"]
    assert ["+", "sea"] in changed["rows"][0]["right"]


def test_a_version_is_compared_with_another(app: App, screen: Screen, draft: Draft) -> None:
    key = body_keys(draft)[0]
    for text in ("One.", "Two.", "Three."):
        saved(app, draft, key, text)
    last = newest(app, draft)

    state = {"version:save": last - 2, "version:look": "Changes", "version:other": last - 1}
    at = viewed(screen("editor", draft=draft.id), f"view:{last}", **state)

    (changed,) = [block for block in papers(at) if "diff" in block]
    assert [piece[1] for piece in changed["diff"] if piece[0] != "="] == ["One", "Two"]


def test_a_version_gets_a_name_and_stands_in_the_list_under_it(app: App, screen: Screen, draft: Draft) -> None:
    number = newest(app, draft)
    state = {f"version:name:{number}": "For Ada"}
    at = viewed(screen("editor", draft=draft.id), f"view:{number}", "version:keep", **state)

    assert f"**{number}** For Ada" in said(at.run())


def test_one_section_is_restored(app: App, screen: Screen, draft: Draft) -> None:
    first, second = body_keys(draft)[:2]
    then = newest(app, draft)
    saved(app, draft, first, "Changed.")
    saved(app, draft, second, "Changed, too.")

    state = {"version:section": first}
    viewed(screen("editor", draft=draft.id), f"view:{then}", "version:restore-section", **state)

    texts = {section.key: section.text for section in app.drafts.open(draft.id, LOCAL_ACTOR).sections}
    before = {section.key: section.text for section in draft.sections}
    assert texts == before | {second: "Changed, too."}


def test_a_whole_version_is_restored(app: App, screen: Screen, draft: Draft) -> None:
    then = newest(app, draft)
    saved(app, draft, body_keys(draft)[0], "Changed.")

    viewed(screen("editor", draft=draft.id), f"view:{then}", "restore")

    assert app.drafts.open(draft.id, LOCAL_ACTOR).sections == draft.sections
    assert app.versions.listing(draft.id, LOCAL_ACTOR, limit=1)[0].origin.kind == "restored"


def test_a_variant_is_made_compared_and_gives_a_section_back(app: App, screen: Screen, draft: Draft) -> None:
    screen("editor", draft=draft.id).button(key="branch").click().run()
    (variant,) = app.versions.variants(draft.id, LOCAL_ACTOR)
    key = body_keys(draft)[0]
    saved(app, app.drafts.open(variant.draft_id, LOCAL_ACTOR), key, "Bolder.")

    compare = f"variant:compare:{variant.draft_id}"
    at = viewed(screen("editor", draft=draft.id), compare)
    assert any("Bolder" in piece[1] for block in papers(at) for piece in block.get("diff", []))
    viewed(at, compare, "variant:take", **{"variant:section": key})

    section = app.drafts.open(draft.id, LOCAL_ACTOR).section(key)
    assert section is not None
    assert section.text == "Bolder."


def test_a_variant_begins_at_a_version(app: App, screen: Screen, draft: Draft) -> None:
    then = newest(app, draft)
    saved(app, draft, body_keys(draft)[0], "Changed.")

    viewed(screen("editor", draft=draft.id), f"view:{then}", "version:branch")

    (variant,) = app.versions.variants(draft.id, LOCAL_ACTOR)
    assert [s.text for s in app.drafts.open(variant.draft_id, LOCAL_ACTOR).sections] == [s.text for s in draft.sections]


def test_a_variant_says_what_it_is_a_variant_of(app: App, screen: Screen, draft: Draft) -> None:
    variant = app.versions.branch(draft.id, LOCAL_ACTOR)

    assert f"Variant of “{draft.title}”" in said(screen("editor", draft=variant.id))


def test_every_sentence_says_who_brought_it(app: App, screen: Screen, draft: Draft) -> None:
    key = body_keys(draft)[0]
    section = draft.section(key)
    assert section is not None
    saved(app, draft, key, f"{section.text}\n\nMy own sentence.")

    at = screen("editor", draft=draft.id).button(key="origins").click().run()

    marks = [mark for block in papers(at) for mark in block.get("marks", [])]
    (mine,) = [mark for mark in marks if mark[0] == "My own sentence."]
    assert (mine[1], mine[2].startswith("You, version")) == ("person", True)
    assert any(kind == "generated" for _, kind, _ in marks)
    assert "You: 3 words" in said(at)
