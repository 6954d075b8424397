"""The history of a draft on real screens: a comparison, a restore, and who wrote what."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened, Served, button, settled
from tests.browser.test_every_page import violations
from tests.browser.writing import PLAIN, Desk, desk_of, ready, saved, to_end

pytestmark = pytest.mark.furnished


@pytest.fixture
def desk(served: Served) -> Desk:
    made = desk_of(served)
    made.put(PLAIN)
    made.put(PLAIN.replace("pulls the water", "lifts the sea"))
    return made


def history(visit: Opened, desk: Desk, **how: object) -> Page:
    page = ready(visit(desk.address, **how))
    page.get_by_role("tab", name="Versions").click()
    button(page, "View").first.wait_for()
    settled(page)
    return page


def test_a_sitting_is_opened_compared_side_by_side_and_restored(visit: Opened, desk: Desk) -> None:
    page = history(visit, desk)
    button(page, "View").first.click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("combobox", name="Save of this sitting").wait_for()
    settled(page)
    drawer.get_by_role("combobox", name="Save of this sitting").click()
    page.get_by_role("option").nth(1).click()
    drawer.get_by_role("radio", name="Side by side").or_(
        drawer.get_by_role("button", name="Side by side")
    ).first.click()

    expect(drawer.locator("del").first).to_have_text("pulls")
    expect(drawer.locator("ins").first).to_have_text("lifts")

    button(page, "Restore this version").click()
    expect(page.get_by_text("is back. What was there is kept")).to_be_visible()
    assert desk.text == PLAIN


def test_a_version_stays_open_while_the_page_behind_it_is_drawn_anew(visit: Opened, desk: Desk) -> None:
    page = history(visit, desk)
    to_end(page)
    page.keyboard.type(" And warm in summer.")
    button(page, "View").first.click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_text("The moon lifts the sea.").wait_for()
    saved(page)
    page.locator(".st-key-versions").get_by_text("1 minute").or_(page.get_by_text("just now")).first.wait_for()
    settled(page)

    expect(drawer.get_by_text("The moon lifts the sea.")).to_be_visible()
    drawer.get_by_role("button", name="Close").click()
    expect(drawer).to_have_count(0)
    button(page, "Make a variant").wait_for()
    page.get_by_role("tab", name="Checks").click()
    settled(page)
    expect(drawer).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_who_wrote_what_is_readable(visit: Opened, desk: Desk, dark: bool) -> None:
    page = history(visit, desk, dark=dark, width=390)
    button(page, "Who wrote what").click()
    marks = page.get_by_role("dialog").locator("mark.origin")
    expect(marks.filter(has_text="The moon lifts the sea.")).to_be_visible()

    assert violations(Axe().run(page).response) == []
