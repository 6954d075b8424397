"""Asking on a real screen: the answer comes where the question was asked, its chips open the passage, Stop stops."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened, button, settled
from tests.browser.test_every_page import violations
from tests.support.scripted_server import Reply, ScriptedServer

pytestmark = pytest.mark.furnished

COST = "How much did the plant and the network cost?"


def ask(page: Page, text: str) -> None:
    page.get_by_label("Your question").fill(text)
    page.get_by_label("Your question").press("Enter")


@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 390)], ids=["light", "dark and narrow"])
def test_an_answer_its_chip_and_a_refusal_break_no_rule(visit: Opened, dark: bool, width: int) -> None:
    page = visit("/ask", dark=dark, width=width)
    ask(page, COST)
    chip = page.locator("button.claim").first
    chip.wait_for()
    settled(page)
    assert violations(Axe().run(page).response) == []
    chip.click()
    expect(page.get_by_role("dialog", name="What the check says").locator("mark")).to_contain_text("46.8 million")
    page.keyboard.press("Escape")

    ask(page, "What is the director of Harbour Heat paid?")

    expect(page.get_by_role("heading", name="Your sources do not say.")).to_be_visible()
    settled(page)
    assert violations(Axe().run(page).response) == []


def test_an_answer_goes_into_a_draft_and_survives_a_reload(visit: Opened) -> None:
    page = visit("/ask")
    ask(page, COST)
    page.locator("button.claim").first.wait_for()
    page.reload()
    page.locator("button.claim").first.wait_for()
    settled(page)
    button(page, "Put into a draft").click()
    button(page, "Put it there").click()

    expect(page).to_have_url(re.compile("/editor"))


def test_text_comes_live_and_stop_keeps_it(visit_with_model: Opened, model: ScriptedServer) -> None:
    model.script = Reply("The plant cost a lot of money and took some years.", count=6, hold_after=4)
    page = visit_with_model("/ask")
    ask(page, COST)
    expect(page.get_by_text("The plant cost a lot")).to_be_visible()

    button(page, "Stop").click()

    expect(page.get_by_text("You stopped this answer.")).to_be_visible()
    expect(page.get_by_text("The plant cost a lot")).to_be_visible()
    model.wait_for(lambda: model.requests[0].disconnected_at is not None)
