"""Asking on a selection: what comes is a suggestion in the text until the writer takes it."""

import json
import re
import urllib.request

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opened, Served, button
from tests.browser.writing import Desk, content, desk_of, ready, saved, select, to_end
from tests.support.scripted_server import Reply, ScriptedServer

pytestmark = pytest.mark.furnished

SENTENCE = "The tide is going up two times in a day."
BETTER = "The sea is going up two times in one day."
TEXT = f"{SENTENCE}\n\nIt was a very cold winter in the harbour."


@pytest.fixture
def desk(served_with_model: Served, model: ScriptedServer) -> Desk:
    desk = desk_of(served_with_model)
    model.script = Reply(BETTER)
    desk.put(TEXT)
    return desk


@pytest.fixture
def editor(visit_with_model: Opened, desk: Desk) -> Page:
    return ready(visit_with_model(desk.address))


def tray(page: Page) -> Locator:
    return page.get_by_role("region", name="Suggestions")


def ask(page: Page, words: str = SENTENCE, action: str = "Rewrite") -> None:
    select(page, words)
    button(page, action).first.click()


def arrived(page: Page) -> None:
    expect(tray(page).get_by_role("status")).to_have_text(re.compile(r"\d+ changes?$"))


def test_a_suggestion_is_shown_and_the_text_stays_until_it_is_accepted(editor: Page, desk: Desk) -> None:
    ask(editor)
    arrived(editor)
    expect(editor.locator("ins").first).to_be_visible()
    editor.keyboard.press("Control+s")
    saved(editor)
    assert desk.text == TEXT

    button(editor, "Accept all").click()
    saved(editor)
    assert desk.text == TEXT.replace(SENTENCE, BETTER)
    with urllib.request.urlopen(f"{desk.url}/api/drafts/{desk.draft}/versions") as answer:
        assert json.load(answer)[0]["origin"]["kind"] == "suggestion"


def test_one_undo_takes_back_an_accept_and_offers_it_again(editor: Page, desk: Desk) -> None:
    ask(editor)
    arrived(editor)
    button(editor, "Accept all").click()
    expect(content(editor)).to_contain_text(BETTER)
    content(editor).focus()
    editor.keyboard.press("Control+z")
    saved(editor)

    assert desk.text == TEXT
    expect(editor.locator("ins").first).to_be_visible()
    editor.keyboard.press("Control+Shift+z")
    saved(editor)
    assert desk.text == TEXT.replace(SENTENCE, BETTER)


def test_rejecting_all_leaves_every_byte(editor: Page, desk: Desk) -> None:
    ask(editor)
    arrived(editor)
    button(editor, "Reject all").click()

    expect(editor.locator("ins")).to_have_count(0)
    saved(editor)
    assert desk.text == TEXT


def test_each_change_can_be_decided_from_the_keyboard(editor: Page, desk: Desk) -> None:
    ask(editor)
    arrived(editor)
    changes = editor.locator(".hunk").count()
    assert changes > 1
    editor.keyboard.press("Control+Enter")
    expect(editor.locator(".hunk")).to_have_count(changes - 1)
    for left in range(changes - 2, -1, -1):
        editor.keyboard.press("Escape")
        expect(editor.locator(".hunk")).to_have_count(left)
    saved(editor)

    assert desk.text != TEXT
    assert desk.text != TEXT.replace(SENTENCE, BETTER)


def test_a_change_can_be_edited_before_it_is_used(editor: Page, desk: Desk) -> None:
    ask(editor)
    arrived(editor)
    editor.keyboard.press("Alt+Enter")
    editor.get_by_role("textbox", name="The text of this change").fill("climbs")
    button(editor, "Use this").click()
    saved(editor)

    assert "climbs" in desk.text


def test_what_is_typed_elsewhere_meanwhile_moves_the_suggestion(
    editor: Page, desk: Desk, model: ScriptedServer
) -> None:
    model.script = Reply(BETTER, count=4, hold_after=2)
    ask(editor)
    expect(editor.locator("ins.preview")).to_be_visible()
    content(editor).focus()
    editor.keyboard.press("Control+Home")
    editor.keyboard.type("Before it all. ")
    to_end(editor)
    editor.keyboard.type(" And after.")
    model.release()
    arrived(editor)
    button(editor, "Accept all").click()
    saved(editor)

    assert desk.text == f"Before it all. {TEXT.replace(SENTENCE, BETTER)} And after."


def test_stop_stops_the_provider_and_leaves_the_text(editor: Page, desk: Desk, model: ScriptedServer) -> None:
    model.script = Reply(BETTER, count=4, every_s=60)
    before = len(model.requests)
    ask(editor)
    expect(editor.locator("ins.preview")).to_be_visible()
    button(editor, "Stop").click()

    model.wait_for(lambda: any(asked.disconnected_at for asked in model.requests[before:]))
    expect(tray(editor).get_by_role("status")).to_have_text("Rewrite: stopped")
    button(editor, "Close").click()
    assert desk.text == TEXT


def test_several_suggestions_stand_side_by_side(editor: Page, desk: Desk) -> None:
    ask(editor)
    arrived(editor)
    ask(editor, "It was a very cold winter in the harbour.", "Shorten")
    expect(tray(editor).get_by_role("group", name=re.compile("^Suggestion"))).to_have_count(2)
    expect(tray(editor).get_by_role("status")).to_have_text([re.compile("change"), re.compile("change")])
    tray(editor).get_by_role("group", name="Suggestion: Rewrite").get_by_role("button", name="Accept all").click()
    tray(editor).get_by_role("group", name="Suggestion: Shorten").get_by_role("button", name="Reject all").click()
    saved(editor)

    assert desk.text == TEXT.replace(SENTENCE, BETTER)


def test_the_menu_offers_everything_and_takes_an_instruction(editor: Page, desk: Desk, model: ScriptedServer) -> None:
    select(editor, SENTENCE)
    editor.keyboard.press("Control+j")
    menu = editor.get_by_role("dialog", name="Ask for a suggestion")
    menu.get_by_role("button", name=re.compile("instruction", re.I)).click()
    menu.get_by_role("textbox", name="What should be done").fill("Say it for sailors.")
    editor.keyboard.press("Enter")
    arrived(editor)

    assert "Say it for sailors." in model.requests[-1].prompt
    button(editor, "Accept all").click()
    saved(editor)
    assert desk.text == TEXT.replace(SENTENCE, BETTER)


def test_a_pass_over_the_whole_draft_is_decided_change_by_change(editor: Page, desk: Desk) -> None:
    desk.put('It is "very" cold...\n\n## Ice\n\nThe "ice" melts...')
    editor.reload()
    ready(editor)
    content(editor).focus()
    editor.keyboard.press("Control+j")
    editor.get_by_role("dialog", name="Ask for a suggestion").get_by_role(
        "button", name=re.compile("^Typography")
    ).last.click()
    arrived(editor)
    editor.keyboard.press("F8")
    expect(editor.locator(".hunk.active")).to_have_count(1)
    editor.keyboard.press("Control+Shift+Enter")
    saved(editor)

    assert '"' not in desk.text


def test_a_provider_that_fails_is_told_in_words(editor: Page, desk: Desk, model: ScriptedServer) -> None:
    model.script = Reply(status=401)
    ask(editor)

    expect(tray(editor).locator(".tray-note.failed")).not_to_be_empty()
    assert desk.text == TEXT


def kept_prompt(desk: Desk, name: str, text: str) -> None:
    body = json.dumps({"name": name, "folder": "Edits", "prompt": text}).encode()
    urllib.request.urlopen(
        urllib.request.Request(f"{desk.url}/api/prompts", body, {"Content-Type": "application/json"})
    )


def test_a_saved_prompt_fills_the_instruction_and_what_is_in_braces_is_replaced_first(
    editor: Page, desk: Desk, model: ScriptedServer
) -> None:
    kept_prompt(desk, "For readers", "Rewrite {{selection}} for {{audience}}.")
    select(editor, SENTENCE)
    editor.keyboard.press("Control+j")
    menu = editor.get_by_role("dialog", name="Ask for a suggestion")
    menu.get_by_role("button", name=re.compile("instruction", re.I)).click()
    menu.get_by_label("Saved prompts").select_option(label="Edits/For readers")
    field = menu.get_by_role("textbox", name="What should be done")
    expect(field).to_have_value("Rewrite the passage for {{audience}}.")
    before = len(model.requests)
    button(menu, "Ask").click()
    expect(menu.get_by_role("status")).to_have_text("Replace {{audience}} with what is meant.")
    editor.keyboard.type("sailors")
    editor.keyboard.press("Enter")
    arrived(editor)

    assert len(model.requests) == before + 1
    assert "Rewrite the passage for sailors." in model.requests[-1].prompt


def test_a_model_beside_the_rules_of_a_pass_is_a_choice_with_its_cost(
    editor: Page, desk: Desk, model: ScriptedServer
) -> None:
    long = "The tide is going up two times in a day, and that is what it does on every day of the whole year."
    desk.put(long)
    editor.reload()
    ready(editor)
    model.script = Reply("The tide rises twice a day, all the year.")
    content(editor).focus()
    editor.keyboard.press("Control+j")
    menu = editor.get_by_role("dialog", name="Ask for a suggestion")
    menu.get_by_role("button", name=re.compile("^Style guide")).click()
    expect(menu.get_by_role("status")).to_have_text("Cost: n/a, the price of this route is not known.")
    menu.get_by_label("Rules of your own for the model").fill("No word above ten letters.")
    menu.get_by_role("button", name=re.compile("and a model")).click()
    arrived(editor)

    assert "No word above ten letters." in model.requests[-1].prompt
