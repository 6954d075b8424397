"""Searching in sources on real screens: marks, the filter, and more like a hit."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Opened, button, settled
from tests.browser.test_every_page import violations

pytestmark = pytest.mark.furnished


def test_a_hit_shows_why_it_was_found_and_leads_to_more_like_it(visit: Opened) -> None:
    page = visit("/sources")
    field = page.get_by_role("textbox", name="Search in your sources")
    field.fill("How much did the heat pump cost?")
    field.press("Enter")
    hit = page.locator("[class*='st-key-hit-S']").first
    hit.wait_for()
    settled(page)
    expect(hit.locator("mark").first).to_be_visible()
    assert violations(Axe().run(page).response) == []

    button(page, "Filter").click()
    expect(page.get_by_text("Kinds", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    hit.get_by_role("button", name="More like this").click()

    expect(page.get_by_text("Passages elsewhere")).to_be_visible()
    page.get_by_role("button", name="Back to the search").click()
    expect(page.get_by_text("Passages elsewhere")).to_have_count(0)
