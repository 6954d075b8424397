"""The playground on a real screen: columns come live, each has a Stop of its own, votes tell the names."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened, button, settled
from tests.browser.test_every_page import violations
from tests.support.scripted_server import Asked, Reply, ScriptedServer, failing

SLOW = 20_000
OVERFLOW = (
    "() => { const main = document.querySelector('[data-testid=stMain]');"
    " return Math.max(document.documentElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth) }"
)


def script(asked: Asked) -> Reply:
    return failing(401) if asked.model == "refused" else Reply(f"{asked.model} says that it is warm.", count=4)


def held(asked: Asked) -> Reply:
    return Reply("Word by word by word.", count=7, hold_after=4)


def fill(page: Page, prompt: str, *routes: str) -> None:
    field = page.get_by_label("Prompt", exact=True)
    field.fill(prompt)
    field.press("Control+Enter")
    settled(page)
    for number, route in enumerate(routes, start=1):
        if number > 2:
            button(page, "Add a route").click()
            settled(page)
        box = page.get_by_role("combobox", name=f"Route {number}")
        box.click()
        box.fill(route)
        box.press("Enter")
        settled(page)


def compare(page: Page) -> None:
    button(page, "Compare").click()
    button(page, "Ask again").wait_for(timeout=SLOW)
    settled(page)


@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 390)], ids=["light", "dark and narrow"])
def test_replies_a_vote_and_the_words_that_differ_break_no_rule(
    visit_with_model: Opened, model: ScriptedServer, dark: bool, width: int
) -> None:
    model.script = script
    page = visit_with_model("/playground", dark=dark, width=width)
    fill(page, "How warm is it?", "openai:one", "openai:two", "openai:refused")
    page.get_by_text("Hide names and vote").click()
    settled(page)
    compare(page)
    expect(page.get_by_text("openai:one", exact=False).filter(has_text="A ·")).to_have_count(0)
    assert violations(Axe().run(page).response) == []
    assert page.evaluate(OVERFLOW) <= 0

    page.get_by_role("button", name=re.compile("^[AB] is better|^B is better|^C is better")).first.click()

    expect(page.get_by_role("heading", name=re.compile("· openai:refused"))).to_be_visible(timeout=SLOW)
    page.get_by_text("Word by word").click()
    expect(page.get_by_text(re.compile("words? out, "))).to_be_visible(timeout=SLOW)
    page.get_by_text("Side by side").click()
    expect(page.get_by_role("group", name="Before").first).to_be_visible(timeout=SLOW)
    settled(page)
    assert violations(Axe().run(page).response) == []
    assert page.evaluate(OVERFLOW) <= 0


def test_one_column_is_stopped_and_the_other_goes_on_over_a_reload(
    visit_with_model: Opened, model: ScriptedServer
) -> None:
    model.script = held
    page = visit_with_model("/playground")
    fill(page, "How warm is it?", "openai:one", "openai:two")
    button(page, "Compare").click()
    stop = page.get_by_role("button", name=re.compile("Stop openai:two"))
    stop.wait_for(timeout=SLOW)
    expect(page.get_by_text("Word by word")).to_have_count(2, timeout=SLOW)
    stop.click()
    expect(stop).to_be_hidden(timeout=SLOW)
    page.reload()
    expect(page.get_by_role("button", name=re.compile("Stop openai:one"))).to_be_visible(timeout=SLOW)
    model.release()

    expect(page.get_by_text("Stopped: this is what had come.")).to_have_count(1, timeout=SLOW)
    expect(page.get_by_text("Word by word by word.")).to_have_count(1, timeout=SLOW)


@pytest.mark.parametrize(("dark", "width"), [(True, 1280), (False, 390)], ids=["dark", "light and narrow"])
def test_the_library_and_the_ratings_break_no_rule(visit_with_model: Opened, dark: bool, width: int) -> None:
    page = visit_with_model("/playground?view=Prompts", dark=dark, width=width)
    button(page, "New prompt").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Greeting ![x](http://elsewhere.example/x.png)")  # never fetched
    dialog.get_by_label("Prompt text").fill("Say {{what}} kindly")
    dialog.get_by_label("Tags, with commas").fill("short, kind")
    assert violations(Axe().run(page).response) == []
    dialog.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=SLOW)
    button(page, "Versions").first.wait_for()
    toast = page.get_by_test_id("stToast")  # Streamlit gives it no name
    toast.get_by_role("button").first.click(timeout=SLOW)
    expect(toast).to_have_count(0, timeout=SLOW)
    settled(page)
    assert violations(Axe().run(page).response) == []
    assert page.evaluate(OVERFLOW) <= 0
    with page.expect_download() as coming:
        button(page, "Export as YAML").click()
    file = {"name": "prompts.yaml", "mimeType": "text/yaml", "buffer": coming.value.path().read_bytes()}
    button(page, "Import").click()
    page.locator("input[type=file]").set_input_files(files=[file])
    button(page, "Import them").click(timeout=SLOW)
    expect(toast).to_contain_text(re.compile("[1-9] new, 0 with"), timeout=SLOW)
    toast.get_by_role("button").first.click()
    expect(page.get_by_text("Greeting").nth(1)).to_be_visible(timeout=SLOW)
    expect(toast).to_have_count(0, timeout=SLOW)
    page.get_by_role("tab", name="Ratings").click()
    settled(page)
    page.get_by_text("No ratings yet").or_(page.get_by_text("95 in 100 lie between")).first.wait_for()

    assert violations(Axe().run(page).response) == []
    assert page.evaluate(OVERFLOW) <= 0
