"""One text in one editor: saved by itself, kept through reloads, and never over somebody else's change."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened, Served, button
from tests.browser.test_every_page import violations
from tests.browser.writing import PLAIN, Desk, content, desk_of, ready, saved, select, status, to_end

pytestmark = pytest.mark.furnished

PANELS = {"help": ".sheet.help", "search": ".cm-search", "asking": ".ask-menu"}


@pytest.fixture
def desk(served: Served) -> Desk:
    desk = desk_of(served)
    desk.put(PLAIN)
    return desk


@pytest.fixture
def editor(visit: Opened, desk: Desk) -> Page:
    return ready(visit(desk.address))


def test_typing_is_saved_by_itself_and_leaves_the_other_sections_alone(editor: Page, desk: Desk) -> None:
    keys = [section["key"] for section in desk.read()["sections"]]
    to_end(editor)
    editor.keyboard.type(" And long.")
    saved(editor)

    assert desk.text == f"{PLAIN} And long."
    assert [section["key"] for section in desk.read()["sections"]] == keys


def test_the_title_is_saved_with_the_text(editor: Page, desk: Desk) -> None:
    editor.get_by_role("textbox", name="Title", exact=True).fill("A better title 🙂")
    saved(editor)

    assert desk.read()["title"] == "A better title 🙂"


def test_a_reload_while_typing_loses_nothing(editor: Page, desk: Desk) -> None:
    to_end(editor)
    editor.keyboard.type(" Typed at the last moment.")
    editor.reload()

    expect(content(editor)).to_contain_text("Typed at the last moment.")
    saved(editor)
    assert desk.text.endswith("Typed at the last moment.")


def test_a_reload_while_the_server_is_away_loses_nothing(editor: Page, desk: Desk) -> None:
    address = re.compile("/text$")
    editor.route(address, lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    to_end(editor)
    editor.keyboard.type(" Written offline.")
    expect(status(editor)).to_have_text("Offline: kept in this browser")
    editor.keyboard.type(" And more.")
    editor.reload()
    expect(content(editor)).to_contain_text("Written offline. And more.")
    editor.unroute(address)

    saved(editor)
    assert desk.text.endswith("Written offline. And more.")


def test_a_change_elsewhere_in_the_text_is_taken_in_while_one_writes(editor: Page, desk: Desk) -> None:
    desk.put(PLAIN.replace("The moon", "The sun and the moon"))
    to_end(editor)
    editor.keyboard.type(" And long.")
    saved(editor)

    expect(content(editor)).to_contain_text("The sun and the moon pulls")
    assert desk.text == f"{PLAIN} And long.".replace("The moon", "The sun and the moon")


def test_two_tabs_on_one_paragraph_get_both_versions_to_choose_from(editor: Page, visit: Opened, desk: Desk) -> None:
    second = ready(visit(desk.address, beside=editor))
    editor.route(re.compile("/text$"), lambda route: route.abort())  # it does not hear of the other one in time
    to_end(editor)
    editor.keyboard.type(" From the first tab.")
    to_end(second)
    second.keyboard.type(" From the second tab.")
    saved(second)
    editor.unroute(re.compile("/text$"))

    panel = editor.get_by_role("region", name="Two versions of the text")
    expect(panel).to_contain_text("From the first tab.", timeout=15_000)
    expect(panel).to_contain_text("From the second tab.")
    expect(button(editor, "Save this text")).to_be_disabled()
    assert desk.text.endswith("From the second tab.")

    button(editor, "Keep mine").click()
    button(editor, "Save this text").click()
    saved(editor)
    assert desk.text.endswith("From the first tab.")
    expect(content(second)).to_contain_text("From the first tab.", timeout=15_000)
    versions = editor.request.get(f"{desk.url}/api/drafts/{desk.draft}/versions").json()
    texts = [
        editor.request.get(f"{desk.url}/api/drafts/{desk.draft}/versions/{version['number']}").text()
        for version in versions[:3]
    ]
    assert any("From the second tab." in text for text in texts)


def test_theirs_can_be_taken(editor: Page, desk: Desk) -> None:
    editor.route(re.compile("/text$"), lambda route: route.abort())
    to_end(editor)
    editor.keyboard.type(" Mine.")
    desk.put(f"{PLAIN} Theirs.")
    editor.unroute(re.compile("/text$"))
    button(editor, "Take theirs").click(timeout=15_000)
    button(editor, "Save this text").click()
    saved(editor)

    expect(content(editor)).to_contain_text("Theirs.")
    assert desk.text == f"{PLAIN} Theirs."


def test_undo_takes_back_ones_own_typing_and_not_what_others_wrote(editor: Page, desk: Desk) -> None:
    to_end(editor)
    editor.keyboard.type(" Mine.")
    saved(editor)
    desk.put(f"{PLAIN} Mine.".replace("The moon", "The sun"))
    expect(content(editor)).to_contain_text("The sun pulls", timeout=15_000)
    editor.keyboard.press("Control+z")
    saved(editor)

    assert desk.text == PLAIN.replace("The moon", "The sun")


def test_text_cursor_and_undo_survive_a_switch_of_pages(editor: Page, desk: Desk) -> None:
    to_end(editor)
    editor.keyboard.type(" Before leaving.")
    editor.get_by_test_id("stSidebarNav").get_by_role("link", name="Drafts").click()
    editor.get_by_role("heading", name="Drafts").wait_for()
    editor.get_by_test_id("stSidebarNav").get_by_role("link", name="Editor").click()
    expect(content(editor)).to_contain_text("Before leaving.")
    content(editor).focus()
    editor.keyboard.press("Control+z")

    expect(content(editor)).not_to_contain_text("Before leaving.")
    saved(editor)
    assert desk.text == PLAIN


def test_the_outline_leads_to_its_headings(editor: Page, desk: Desk) -> None:
    desk.put("\n\n".join([PLAIN, *(f"Paragraph {n}." for n in range(80)), "## The end", "It ends."]))
    editor.reload()
    ready(editor)
    button(editor, "Outline").click()
    outline = editor.get_by_role("navigation", name="Outline")
    expect(outline.get_by_role("button")).to_have_text(["Introduction", "Tides", "Ice", "The end"])
    outline.get_by_role("button", name="The end").click()

    expect(editor.locator(".cm-line", has_text="The end")).to_be_in_viewport()
    button(editor, "Outline").click()  # where there is little room it made way
    expect(outline.get_by_role("button", name="The end")).to_have_attribute("aria-current", "true")


def test_words_are_counted_with_their_target(editor: Page, desk: Desk) -> None:
    target = desk.read()["target"]

    expect(editor.locator(".bar .count")).to_have_text(f"13 of {target:,} words · 1 min read")


def test_what_is_sought_is_found(editor: Page) -> None:
    content(editor).focus()
    editor.keyboard.press("Control+f")
    editor.keyboard.type("winter")

    expect(editor.locator(".cm-searchMatch")).to_have_text("winter")


def test_everything_can_be_reached_from_the_keyboard(editor: Page, desk: Desk) -> None:
    editor.get_by_role("textbox", name="Title", exact=True).focus()
    editor.keyboard.press("Enter")
    expect(content(editor)).to_be_focused()
    editor.keyboard.press("Control+End")
    editor.keyboard.type(" r and c are letters")
    editor.keyboard.press("Control+/")
    expect(editor.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    editor.keyboard.press("Escape")
    expect(content(editor)).to_be_focused()
    editor.keyboard.press("Alt+f")
    expect(button(editor, "Focus")).to_have_attribute("aria-pressed", "true")
    editor.keyboard.press("Alt+f")
    select(editor, "winter")
    editor.keyboard.press("Control+b")
    editor.keyboard.press("Control+s")
    saved(editor)

    assert desk.text.endswith("**winter**. r and c are letters")


def test_composed_input_and_emoji_arrive_whole(editor: Page, desk: Desk) -> None:
    to_end(editor)
    browser = editor.context.new_cdp_session(editor)
    for composed in ("に", "にほ", "日本"):
        browser.send("Input.imeSetComposition", {"text": composed, "selectionStart": 2, "selectionEnd": 2})
    browser.send("Input.insertText", {"text": "日本"})
    editor.keyboard.insert_text(" 👩‍👩‍👧 𝒳 🙂")
    saved(editor)
    assert desk.text == f"{PLAIN}日本 👩‍👩‍👧 𝒳 🙂"

    editor.keyboard.press("Backspace")
    saved(editor)
    assert desk.text == f"{PLAIN}日本 👩‍👩‍👧 𝒳 "


def test_a_change_from_elsewhere_waits_until_a_word_is_composed(editor: Page, desk: Desk) -> None:
    to_end(editor)
    browser = editor.context.new_cdp_session(editor)
    browser.send("Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2})
    with editor.expect_response(lambda response: response.url.endswith("/text") and response.status in (200, 412)):
        desk.put(PLAIN.replace("The moon", "The sun"))
    browser.send("Input.insertText", {"text": "日本"})
    saved(editor)

    assert desk.text == f"{PLAIN}日本".replace("The moon", "The sun")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_part_of_the_editor_has_accessibility_violations(visit: Opened, desk: Desk, dark: bool) -> None:
    desk.put(
        f"{PLAIN}\n\n> A *quoted* line with `code` and a [link](https://example.org).\n\n- one\n\nUnknown. [[S99.p1]]"
    )
    editor = ready(visit(desk.address, dark=dark))
    found = {"text": violations(Axe().run(editor).response)}
    button(editor, "Outline").click()
    found["outline"] = violations(Axe().run(editor).response)
    button(editor, "Outline").click()
    content(editor).focus()
    for name, key in (("help", "Control+/"), ("search", "Control+f"), ("asking", "Control+j")):
        editor.keyboard.press(key)
        editor.locator(PANELS[name]).wait_for()
        found[name] = violations(Axe().run(editor).response)
        editor.keyboard.press("Escape")

    assert {name: problems for name, problems in found.items() if problems} == {}


def test_on_a_phone_the_outline_is_a_drawer_and_nothing_scrolls_sideways(visit: Opened, desk: Desk) -> None:
    editor = ready(visit(desk.address, width=390))
    button(editor, "Outline").click()
    outline = editor.get_by_role("navigation", name="Outline")
    outline.get_by_role("button", name="Ice").click()

    expect(outline).to_be_hidden()
    expect(content(editor)).to_be_focused()
    assert editor.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert content(editor).evaluate("(node) => node.scrollWidth <= node.clientWidth")
