"""The draft section by section saves by itself, in a reload's favour, and never over somebody else's change."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened, Served, button, settled
from tests.browser.writing import desk_of

pytestmark = pytest.mark.furnished


@pytest.fixture
def editor(visit: Opened, served: Served) -> Page:
    """A finished draft, open in the editor, section by section."""
    page = visit(desk_of(served).address)
    by_sections(page)
    return page


def by_sections(page: Page) -> None:
    page.get_by_text("Sections", exact=True).click()
    text(page).wait_for()
    settled(page)


def text(page: Page):  # tests are not typed
    return page.get_by_role("textbox", name=re.compile("^Text of")).nth(1)


def status(page: Page):  # tests are not typed
    return page.locator(".state [role=status]").nth(1)


def test_typing_is_saved_after_a_pause(editor: Page) -> None:
    text(editor).fill("A sentence of my own.")
    expect(status(editor)).to_have_text("Saved")
    editor.reload()
    by_sections(editor)

    expect(text(editor)).to_have_value("A sentence of my own.")


def test_a_reload_before_the_save_loses_nothing(editor: Page) -> None:
    text(editor).press_sequentially("Typed at the last moment. ")
    editor.reload()
    by_sections(editor)

    expect(text(editor)).to_have_value(re.compile("Typed at the last moment. "))
    expect(status(editor)).to_have_text("Saved")


def test_a_section_changed_in_another_tab_is_not_overwritten(editor: Page, visit: Opened) -> None:
    second = visit("/" + editor.url.split("/", 3)[3], beside=editor)
    by_sections(second)
    text(editor).fill("From the first tab.")
    expect(status(editor)).to_have_text("Saved")
    text(second).fill("From the second tab.")

    expect(second.get_by_text("was changed somewhere else")).to_be_visible()
    expect(text(second)).to_have_value("From the second tab.")
    button(second, "Save mine over it").click()
    expect(status(second)).to_have_text("Saved")
    editor.reload()
    by_sections(editor)
    expect(text(editor)).to_have_value("From the second tab.")


def test_tabs_on_different_sections_do_not_disturb_each_other(editor: Page, visit: Opened) -> None:
    second = visit("/" + editor.url.split("/", 3)[3], beside=editor)
    by_sections(second)
    other = second.get_by_role("textbox", name=re.compile("^Text of")).nth(2)
    other.wait_for()
    text(editor).fill("One tab writes here.")
    expect(status(editor)).to_have_text("Saved")
    other.fill("The other one there.")

    expect(second.locator(".state [role=status]").nth(2)).to_have_text("Saved")


def test_an_older_version_can_be_compared_and_restored(editor: Page) -> None:
    text(editor).fill("This will be taken back.")
    expect(status(editor)).to_have_text("Saved")
    editor.reload()
    by_sections(editor)
    editor.get_by_role("tab", name=re.compile("Versions")).click()
    button(editor, "View").nth(1).click()
    drawer = editor.get_by_role("dialog")
    drawer.get_by_text("Changes", exact=True).click()
    expect(drawer.locator("ins").first).to_be_visible()
    button(editor, "Restore this version").click()

    expect(text(editor)).not_to_have_value("This will be taken back.")


def test_the_reading_view_and_back_shows_what_was_typed(editor: Page) -> None:
    text(editor).fill("Typed before reading.")
    expect(status(editor)).to_have_text("Saved")
    editor.get_by_text("Reading view").click()
    expect(editor.get_by_role("article")).to_contain_text("Typed before reading.")
    by_sections(editor)

    expect(text(editor)).to_have_value("Typed before reading.")
