"""A job belongs to nobody's tab: leaving, coming back, stopping and going on. The model is a scripted one."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened, button, go, settled
from tests.support.scripted_article import quick, slow_article
from tests.support.scripted_server import ScriptedServer

pytestmark = pytest.mark.furnished


@pytest.fixture
def writing(visit_with_model: Opened, model: ScriptedServer) -> Iterator[Page]:
    """An article whose sections are appearing."""
    model.script = quick
    page = visit_with_model()
    page.get_by_label("Topic or working title").fill("Tides at work")
    page.keyboard.press("Tab")
    settled(page)
    button(page, "Make an outline").click()
    button(page, "Approve and write").wait_for()
    settled(page)
    model.script = slow_article
    button(page, "Approve and write").click()
    expect(parts(page).first).to_contain_text(re.compile(r"\w{4,}.+\w{4,}"), timeout=20_000)
    yield page
    model.script = quick


def parts(page: Page):  # tests are not typed
    return page.locator(".part:not(.wide) .text > p:not(.waiting)")


def test_sections_appear_together(writing: Page) -> None:
    expect(writing.locator(".part[data-state=running]").nth(2)).to_be_visible()


def test_a_reload_attaches_to_the_running_job_again(writing: Page) -> None:
    writing.reload()

    expect(parts(writing).first).to_be_visible()


def test_another_page_and_back_finds_the_job_still_running(writing: Page) -> None:
    go(writing, "Drafts")
    go(writing, "Write")

    expect(parts(writing).first).to_be_visible()


def test_a_second_tab_sees_the_same_job(writing: Page, visit_with_model: Opened) -> None:
    path = "/" + writing.url.split("/", 3)[3]
    second = visit_with_model(path, beside=writing)

    expect(parts(second).first).to_be_visible()


def test_stop_keeps_what_is_written_and_go_on_finishes_it(writing: Page, model: ScriptedServer) -> None:
    button(writing, "Stop").click()
    button(writing, "Go on").wait_for()
    model.wait_for(lambda: model.open == 0)
    model.script = quick
    button(writing, "Go on").click()

    button(writing, "Open in editor").wait_for(timeout=30_000)
    expect(writing.get_by_role("article").locator("sup.citation").first).to_be_visible()
