"""Comments beside the text: made on a selection, marked in the text, answered, and taken as an instruction."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opened, Served, button
from tests.browser.writing import Desk, desk_of, ready, saved, select, to_end
from tests.support.scripted_server import Reply, ScriptedServer

pytestmark = pytest.mark.furnished

SENTENCE = "The tide is going up two times in a day."
BETTER = "The sea is going up two times in one day."
TEXT = f"It begins.\n\n{SENTENCE}\n\nIt was a very cold winter in the harbour."


@pytest.fixture
def desk(served_with_model: Served, model: ScriptedServer) -> Desk:
    desk = desk_of(served_with_model)
    model.script = Reply(BETTER)
    desk.put(TEXT)
    return desk


@pytest.fixture
def editor(visit_with_model: Opened, desk: Desk) -> Page:
    page = ready(visit_with_model(desk.address))
    page.get_by_role("tab", name="Comments").click()
    for comment in page.get_by_role("article").all():
        comment.get_by_role("button", name="Resolve").click()
    return page


def comment_on(page: Page, words: str, body: str) -> Locator:
    select(page, words)
    page.get_by_label("Comment on the selection").fill(body)
    button(page, "Comment").click()
    made = page.get_by_role("article", name=f"Comment: {body}")
    expect(made).to_be_visible()
    return made


def test_a_comment_marks_its_words_and_follows_them(editor: Page) -> None:
    made = comment_on(editor, "very cold winter", "How cold?")
    expect(editor.locator(".comment[data-comment]", has_text="very cold winter").first).to_be_visible()

    to_end(editor)
    editor.keyboard.type(" And more.")
    saved(editor)
    made.get_by_role("button", name="“very cold winter”").click()
    assert editor.evaluate("() => !document.querySelector('[data-testid=stException]')")
    made.get_by_role("button", name="Reply").click()
    made.get_by_label("Your reply").fill("Minus ten.")
    button(editor, "Send reply").click()
    expect(made.get_by_text("Minus ten.")).to_be_visible()
    expect(made.get_by_text("You · ")).to_have_count(2)
    made.get_by_role("button", name="Resolve").click()
    expect(editor.locator(".cm-content .comment[data-comment]")).to_have_count(0)


def test_a_comment_becomes_a_suggestion_that_is_accepted_in_the_text(
    editor: Page, desk: Desk, model: ScriptedServer
) -> None:
    made = comment_on(editor, SENTENCE, "Say sea, and one day.")
    made.get_by_role("button", name="Ask for a proposal").click()
    tray = editor.get_by_role("region", name="Suggestions")
    expect(tray.get_by_role("status")).to_have_text(re.compile(r"\d+ changes?$"))
    assert "Say sea, and one day." in str(model.requests[-1])

    button(editor, "Accept all").click()
    saved(editor)
    assert desk.text == TEXT.replace(SENTENCE, BETTER)


def test_nothing_selected_is_said_and_no_comment_is_made(editor: Page) -> None:
    to_end(editor)
    editor.get_by_label("Comment on the selection").fill("About what?")
    button(editor, "Comment").click()

    expect(editor.get_by_text("Select the text that the comment is about")).to_be_visible()
    expect(editor.get_by_label("Comment on the selection")).to_have_value("About what?")
