"""What opens beside and over the text, light and dark: no accessibility violations of ours."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened, Served, button, settled
from tests.browser.test_every_page import violations
from tests.browser.writing import Desk, content, desk_of, ready, select
from tests.support.scripted_server import Reply, ScriptedServer

pytestmark = pytest.mark.furnished

SENTENCE = "The tide is going up two times in a day."
TEXT = f"It begins here.\n\n## Tides\n\n{SENTENCE} Some experts say so, and we saw the the pier."


@pytest.fixture
def desk(served_with_model: Served, model: ScriptedServer) -> Desk:
    desk = desk_of(served_with_model)
    model.script = Reply("The sea is going up two times in one day.")
    desk.put(TEXT)
    return desk


def panels(page: Page, desk: Desk) -> Iterator[str]:
    """Opens one after the other."""
    select(page, SENTENCE)
    button(page, "Rewrite").first.click()
    tray = page.get_by_role("region", name="Suggestions")
    expect(tray.get_by_role("status")).to_have_text(re.compile(r"\d+ changes?$"), timeout=30_000)
    yield "a suggestion"
    button(page, "Reject all").click()
    content(page).focus()
    page.keyboard.press("Control+j")
    page.get_by_role("dialog", name="Ask for a suggestion").wait_for()
    yield "the menu"
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Checks").click()
    for family in ("readability", "prose", "seo"):
        page.locator(f"details.family[data-family={family}] > summary").click()
    yield "the checks"
    page.get_by_role("tab", name="Comments").click()
    select(page, "the pier")
    page.get_by_label("Comment on the selection").fill("Which?")
    button(page, "Comment").click()
    page.get_by_role("article", name="Comment: Which?").first.wait_for()
    yield "comments"
    page.get_by_role("tab", name="Versions").click()
    button(page, "View").nth(1).click()
    page.get_by_role("dialog").get_by_text("Side by side", exact=True).click()
    page.get_by_label("Before").first.wait_for()
    settled(page)
    yield "two versions side by side"
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    button(page, "Export").click()
    page.get_by_role("combobox", name="Format").wait_for()
    yield "the ways to export"
    page.keyboard.press("Escape")
    page.get_by_text("Details", exact=True).click()
    page.get_by_role("textbox", name="Meta description").wait_for()
    yield "details"
    button(page, "Publish").click()
    button(page, "Preview").click()
    button(page, "Send").wait_for()
    page.get_by_role("dialog").get_by_text("We saw").or_(page.get_by_role("dialog").get_by_text(SENTENCE)).wait_for()
    settled(page)
    yield "what will be published"
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.context.set_offline(True)
    content(page).focus()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Mine: ")
    desk.put(TEXT.replace("It begins here.", "It starts there."))
    page.context.set_offline(False)
    page.keyboard.press("Control+s")
    page.get_by_role("heading", name="This draft was changed somewhere else").wait_for(timeout=30_000)
    yield "two texts to choose from"


def add_site(page: Page) -> None:
    """Made by the first test that asks."""
    page.get_by_role("tab", name="Sites").click()
    address, listed = page.get_by_role("textbox", name="Address of the site"), button(page, "Test site")
    address.or_(listed).first.wait_for()
    settled(page)
    if listed.count():
        return
    address.fill("https://blog.example")
    page.get_by_role("textbox", name="User name").fill("ada")
    page.get_by_label("Application password", exact=True).fill("abcd EFGH")
    page.keyboard.press("Tab")
    button(page, "Save site").click()
    listed.wait_for()
    expect(page.get_by_test_id("stToast")).to_have_count(0)  # Streamlit's own, without a name


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_panel_has_accessibility_violations(visit_with_model: Opened, desk: Desk, dark: bool) -> None:
    settings = visit_with_model("/settings", dark=dark)
    add_site(settings)
    found = {"a site": violations(Axe().run(settings).response)}
    settings.close()
    page = ready(visit_with_model(desk.address, dark=dark))
    for name in panels(page, desk):
        found[name] = violations(Axe().run(page).response)
    calendar = visit_with_model("/drafts", dark=dark)
    calendar.get_by_text("Calendar", exact=True).click()
    button(calendar, "Month after").wait_for()
    settled(calendar)
    found["the calendar"] = violations(Axe().run(calendar).response)

    assert {name: problems for name, problems in found.items() if problems} == {}
