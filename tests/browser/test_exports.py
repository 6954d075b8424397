"""A file becomes a draft, and the draft a file: in a real browser."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened, button, settled
from tests.support.shipped import docx_part, pdf_pages

TEXT = "# Heat: a #1 story\n\n## One\n\nA *bold* claim[^1].\n\n[^1]: A note.\n"


def imported(visit: Opened, folder: Path) -> Page:
    file = folder / "heat.md"
    file.write_text(TEXT, "utf-8")
    page = visit("/drafts")
    button(page, "Import").click()
    page.get_by_role("dialog").locator("input[type=file]").set_input_files(file)
    button(page, "Make drafts").click()
    expect(page.get_by_role("heading", name="Editor")).to_be_visible()
    button(page, "Export").click()
    return page


def downloaded(page: Page, kind: str, format: str) -> bytes:
    page.get_by_role("combobox", name="Format").click()
    page.get_by_role("option", name=kind, exact=True).click()
    of_format = page.locator(f"[class*=st-key-download][class*='-{format}-']").get_by_role("button", name="Download")
    of_format.wait_for()
    settled(page)
    with page.expect_download() as download:
        of_format.click()
    return Path(download.value.path()).read_bytes()


def test_a_file_becomes_a_draft_and_goes_out_as_word_and_pdf(visit: Opened, tmp_path: Path) -> None:
    page = imported(visit, tmp_path)

    word, pdf = downloaded(page, "Word (DOCX)", "docx"), downloaded(page, "PDF", "pdf")

    assert "claim" in "".join(part.text or "" for part in docx_part(word, "document").iter())
    assert "A bold claim1." in pdf_pages(pdf)[0]


def test_the_style_of_citations_reaches_the_print_view(visit: Opened, tmp_path: Path) -> None:
    page = imported(visit, tmp_path)
    page.get_by_role("combobox", name="Citations").click()
    page.get_by_role("option", name="Author and date").click()
    settled(page)
    page.locator("a[href$='style=author-date']").first.wait_for()

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Print view").click()

    expect(opened.value.get_by_role("heading", name="Heat: a #1 story")).to_be_visible()
    assert opened.value.url.endswith("/print?style=author-date")


def test_rich_text_is_on_the_clipboard_with_plain_text_beside_it(visit: Opened, tmp_path: Path) -> None:
    page = imported(visit, tmp_path)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    button(page, "Copy as rich text").click()

    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    held = page.evaluate(
        """async () => {
          const [item] = await navigator.clipboard.read()
          const text = async type => (await item.getType(type)).text()
          return [await text("text/html"), await text("text/plain")]
        }"""
    )
    assert "<em>bold</em>" in held[0]
    assert "A bold claim[1]." in held[1]
