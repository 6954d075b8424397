"""A collection as a person uses it: made, filled, exported, deleted, and brought in again."""

from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opened, button

pytestmark = pytest.mark.furnished

NAME = "Harbour board papers"


def test_a_collection_is_made_filled_exported_deleted_and_brought_in_again(visit: Opened, tmp_path: Path) -> None:
    page = visit("/sources")
    button(page, "New collection").click()
    page.get_by_label("Name", exact=True).fill(NAME)
    button(page, "Create").click()
    expect(page.get_by_text("0 sources · 0 passages to cite")).to_be_visible()

    page.get_by_text("Add sources", exact=True).click()
    page.get_by_role("tab", name="Paste text").click()
    page.get_by_label("Text", exact=True).fill("The harbour board met twice in spring. The price was agreed.")
    button(page, "Add this text").click()
    expect(page.get_by_text("1 source · 1 passage to cite")).to_be_visible(timeout=30_000)

    page.get_by_text("Collection settings").click()
    address = page.get_by_role("link", name="Export").get_attribute("href")
    exported = tmp_path / "exported.zip"
    exported.write_bytes(page.request.get(urljoin(page.url, address)).body())  # a click opens it in another tab

    button(page, "Delete collection").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text(f"{NAME} · 1")).to_have_count(0)

    button(page, "New collection").click()
    button(page, "Bring in an exported one").click()
    page.get_by_role("dialog").locator("input[type=file]").set_input_files(exported)
    expect(page.get_by_text("0 new sources, 1 that you had already")).to_be_visible()
    expect(page.get_by_text(f"{NAME} · 1")).to_be_visible()

    page.get_by_text("Select several").click()
    button(page, "All on this page").click()
    button(page, "Delete selected").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text(f"{NAME} · 0")).to_be_visible()
