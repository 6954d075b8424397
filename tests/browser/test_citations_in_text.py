"""Citation tokens are chips in the editor: one thing to the cursor, and a way to the source."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened, Served
from tests.browser.writing import Desk, content, desk_of, ready, saved, to_end

pytestmark = pytest.mark.furnished


@pytest.fixture
def desk(served: Served) -> Desk:
    return desk_of(served)


@pytest.fixture
def quoted(desk: Desk) -> tuple[str, str]:
    """A passage id, and a sentence that its passage holds."""
    passages = desk.read()["citations"]
    if not passages:
        desk.put("Anew. [[S1.p1]]")
        passages = desk.read()["citations"]
    id_ = next(iter(passages))
    return id_, re.split(r"(?<=[.!?])\s", passages[id_]["quote"].strip())[0]


@pytest.fixture
def editor(visit: Opened, desk: Desk, quoted: tuple[str, str]) -> Page:
    desk.put(f"“{quoted[1]}” [[{quoted[0]}]]\n\nNobody knows that. [[S99.p1]]")
    return ready(visit(desk.address))


def test_a_chip_says_what_is_cited_and_what_the_check_found(editor: Page, quoted: tuple[str, str]) -> None:
    good, broken = editor.locator(".chip").nth(0), editor.locator(".chip").nth(1)
    expect(good).to_have_attribute("data-status", "supported", timeout=20_000)
    expect(broken).to_have_attribute("data-status", "broken citation")
    expect(content(editor)).not_to_contain_text("[[")
    good.hover()

    expect(editor.get_by_role("dialog", name="Citation")).to_contain_text(quoted[1][:60])


def test_a_chip_opens_its_source_at_the_passage(editor: Page, quoted: tuple[str, str]) -> None:
    editor.locator(".chip").first.click()
    editor.get_by_role("button", name="Open the source").click()

    expect(editor.get_by_test_id("stDialog").get_by_role("article")).to_contain_text(quoted[1][:40])


def test_one_backspace_takes_the_whole_token(editor: Page, desk: Desk) -> None:
    to_end(editor)
    editor.keyboard.press("Backspace")
    saved(editor)

    assert desk.text.endswith("Nobody knows that. ") or desk.text.endswith("Nobody knows that.")
    expect(editor.locator(".chip")).to_have_count(1)


def test_a_token_that_is_typed_becomes_a_chip(editor: Page, desk: Desk, quoted: tuple[str, str]) -> None:
    to_end(editor)
    editor.keyboard.type(f" More. [[{quoted[0]}]]")
    expect(editor.locator(".chip")).to_have_count(3)
    saved(editor)

    assert desk.text.endswith(f"More. [[{quoted[0]}]]")


def test_the_citation_at_the_cursor_opens_from_the_keyboard(visit: Opened, desk: Desk, quoted: tuple[str, str]) -> None:
    desk.put(f"Cited. [[{quoted[0]}]]")
    editor = ready(visit(desk.address))
    to_end(editor)
    editor.keyboard.press("Alt+c")

    expect(editor.get_by_role("button", name="Open the source")).to_be_focused()
    editor.keyboard.press("Escape")
    expect(content(editor)).to_be_focused()
