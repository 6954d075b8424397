"""The checks beside the text: they follow it, select their places, and offer changes."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opened, Served, button
from tests.browser.writing import Desk, content, desk_of, ready, saved, to_end

pytestmark = pytest.mark.furnished

TEXT = "🌊 We saw the the pier.\n\n## Tides\n\nIt is due to the fact that it rains. Some experts say so."


@pytest.fixture
def desk(served: Served) -> Desk:
    desk = desk_of(served)
    desk.put(TEXT)
    return desk


@pytest.fixture
def editor(visit: Opened, desk: Desk) -> Page:
    return with_checks(ready(visit(desk.address)))


def with_checks(page: Page) -> Page:
    page.get_by_role("tab", name="Checks").click()
    expect(family(page, "prose")).to_be_visible()
    family(page, "prose").locator("summary").first.click()
    return page


def family(page: Page, name: str) -> Locator:
    return page.locator(f"details.family[data-family={name}]")


def row(page: Page, check: str) -> Locator:
    return page.locator(f"[data-check={check}]")


def test_a_click_selects_the_words_and_a_fix_is_a_change_to_accept(editor: Page, desk: Desk) -> None:
    row(editor, "repetition").locator("button.place").click()
    expect(content(editor)).to_be_focused()
    assert editor.evaluate("getSelection().toString()") == "the the"

    row(editor, "repetition").get_by_role("button", name=re.compile("^Fix")).click()
    button(editor, "Accept all").click()

    expect(row(editor, "repetition")).to_have_count(0)
    saved(editor)
    assert "We saw the pier." in desk.text


def test_the_checks_follow_what_is_typed(editor: Page) -> None:
    expect(row(editor, "hedges")).to_have_count(0)

    to_end(editor)
    editor.keyboard.type(" Perhaps it ends.")

    expect(row(editor, "hedges").locator("button.place")).to_have_text("Perhaps")


def test_a_finding_that_is_ignored_is_gone_and_can_be_taken_back(editor: Page) -> None:
    row(editor, "weasel").get_by_role("button", name=re.compile("^Ignore")).click()
    expect(row(editor, "weasel")).to_have_count(0)

    button(editor, "Undo").click()

    expect(row(editor, "weasel")).to_have_count(1)


def test_a_place_that_was_changed_meanwhile_is_found_by_its_words(editor: Page) -> None:
    content(editor).focus()
    editor.keyboard.press("Control+Home")
    editor.keyboard.type("Once more. ")
    row(editor, "wordiness").locator("button.place").first.click()

    assert editor.evaluate("getSelection().toString()") == "due to the fact that"


def test_a_finding_about_the_title_leads_there(editor: Page) -> None:
    family(editor, "seo").locator("summary").first.click()
    row(editor, "title-width").locator("button.place").click()

    expect(editor.get_by_role("textbox", name="Title")).to_be_focused()


def test_without_the_editor_the_saved_draft_is_checked(editor: Page) -> None:
    editor.get_by_text("Reading view", exact=True).click()

    expect(editor.get_by_text("Of the draft as it is saved.")).to_be_visible()
    expect(row(editor, "repetition").locator("button")).to_have_count(1)  # to ignore it


def test_a_style_guide_saved_in_settings_is_what_the_checks_go_by(visit: Opened, desk: Desk) -> None:
    page = visit("/settings")
    page.get_by_role("tab", name="Style guide").click()
    never = page.get_by_role("textbox", name="Never use")
    never.fill("pier")
    never.press("Tab")
    button(page, "Save style guide").click()
    page.wait_for_function("async () => (await (await fetch('/api/style-guide')).json()).banned.length")

    checks = with_checks(ready(visit(desk.address)))
    family(checks, "style").locator("summary").first.click()

    expect(row(checks, "banned").locator("button.place")).to_have_text("pier")
