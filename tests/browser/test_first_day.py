"""From an empty installation to a cited draft, without key, model or network."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened, button, go, settled


def try_it(page: Page) -> None:
    """From an empty installation to an outline that waits for approval."""
    page.get_by_role("button", name="Try it with sample documents").click()
    button(page, "Approve and write").wait_for(timeout=30_000)
    settled(page)


def test_a_first_run_leads_over_an_edited_outline_to_a_cited_draft(visit: Opened) -> None:
    page = visit()
    try_it(page)

    headings = page.get_by_role("textbox", name=re.compile(r"^Section \d+$"))
    first = headings.first.input_value()
    page.get_by_role("button", name="Down", exact=True).first.click()
    expect(headings.nth(1)).to_have_value(first)
    headings.first.fill("What the harbour gives")
    headings.first.press("Tab")
    settled(page)
    button(page, "Approve and write").click()

    button(page, "Open in editor").wait_for(timeout=30_000)
    article = page.get_by_role("article")
    expect(article.get_by_role("heading", name="What the harbour gives")).to_be_visible()
    expect(article.locator("sup.citation").first).to_have_text("1")
    expect(article.get_by_role("heading", name="References")).to_be_visible()


def test_a_citation_shows_its_passage_and_escape_closes_it(visit: Opened) -> None:
    page = visit("/drafts")
    button(page, "Edit").first.click()
    page.get_by_text("Reading view").click()
    link = page.get_by_role("article").locator("sup.citation a").first
    link.click()

    card = page.get_by_role("dialog", name="Source of citation 1")
    expect(card).to_contain_text(re.compile(r"S\d+\.p\d+"))
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)


def test_the_draft_is_found_in_the_list_and_its_export_has_footnotes(visit: Opened) -> None:
    page = visit("/drafts")
    button(page, "Export").first.click()
    with page.expect_download() as download:
        button(page.get_by_role("dialog"), "Download").click()

    text = download.value.path().read_text("utf-8")
    assert text.startswith("---\ntitle:")
    assert "[^1]" in text
    assert "[^1]: " in text


def test_searching_the_sources_marks_the_words_and_opens_the_passage(visit: Opened) -> None:
    page = visit()
    go(page, "Sources")
    page.get_by_label("Search in your sources").fill("heat pump in the harbour")
    page.keyboard.press("Enter")

    expect(page.locator("mark").first).to_be_visible()
    button(page, "Read here").first.click()
    expect(page.get_by_role("dialog").get_by_role("article")).to_be_visible()


def test_a_reload_keeps_the_article_on_screen(visit: Opened) -> None:
    page = visit("/drafts")
    button(page, "Edit").first.click()
    title = page.get_by_role("textbox", name="Title", exact=True)
    expect(title).not_to_have_value("")
    held = title.input_value()
    page.reload()

    expect(title).to_have_value(held)
    expect(page.get_by_role("textbox", name="Text of the draft")).to_contain_text("What the harbour gives")
