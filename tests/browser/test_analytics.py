"""Analytics over a ledger that has something in it: clicks on charts, links that are shared, files, both themes."""

import csv
import io
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Opened, Served, button, opened_at, settled
from tests.browser.test_every_page import violations
from tests.support.calls import GPT, LLAMA, call, record
from tests.support.data_folder import warmed
from writer import bootstrap
from writer.domain.completions import Purpose
from writer.domain.usage import Outcome
from writer.settings import read_settings

EVIL = "evil:<b>bold</b>|=1+1"
PATIENCE_MS = 30_000
VIEWS = ("Speed", "Reliability", "Suggestions", "This month", "All calls")


@pytest.fixture(scope="module")
def served_with_calls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served_with_calls")
    app = bootstrap.build(read_settings({"WRITER_DATA_DIR": str(warmed(folder / "data"))}))
    record(
        app,
        *(call(n, days_ago=n % 12, cached=n % 7 == 0) for n in range(30)),
        *(call(n, days_ago=n % 9, cost=None, purpose=Purpose.EDIT) for n in range(30, 40)),
        *(call(n, days_ago=n % 5, outcome=Outcome.FAILED) for n in range(40, 46)),
        call(46, route=EVIL),
    )
    app.close()
    served = Served(folder)
    yield served
    served.stop()


@pytest.fixture
def visit_calls(browser: Browser, served_with_calls: Served) -> Iterator[Opened]:
    yield from opened_at(browser, served_with_calls.url)


def drawn(page: Page) -> None:
    """Plotly comes late on a busy machine."""
    page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=PATIENCE_MS)
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0, timeout=PATIENCE_MS)
    settled(page)


def click_first_bar(page: Page) -> None:
    bar = page.locator(".js-plotly-plot").nth(1).locator(".barlayer .point path").first
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_a_click_on_a_bar_shows_its_calls_and_again_when_they_were_closed(visit_calls: Opened) -> None:
    page = visit_calls("/analytics?show=calls")
    drawn(page)
    for _ in range(2):
        click_first_bar(page)
        dialog = page.get_by_role("dialog")
        dialog.get_by_text(GPT).first.wait_for(timeout=PATIENCE_MS)
        dialog.get_by_role("button", name="Older").click()
        dialog.get_by_text("Page 2").wait_for(timeout=PATIENCE_MS)
        dialog.get_by_role("button", name="Close").click()
        expect(page.get_by_role("dialog")).to_have_count(0, timeout=PATIENCE_MS)
        drawn(page)


def test_what_is_chosen_stands_in_the_address_and_a_reload_shows_it_again(visit_calls: Opened) -> None:
    page = visit_calls("/analytics")
    drawn(page)
    page.get_by_role("radio", name="Tokens").or_(page.get_by_role("button", name="Tokens", exact=True)).first.click()
    page.wait_for_url(re.compile("show=tokens"))
    page.get_by_role("tab", name="Reliability").click()
    page.wait_for_url(re.compile("view=Reliability"))
    page.reload()

    page.get_by_text("Tokens by day, by route").wait_for(timeout=PATIENCE_MS)
    page.get_by_text("Errors by kind, by day").wait_for(timeout=PATIENCE_MS)


def test_a_route_with_markup_in_its_name_is_shown_as_it_is(visit_calls: Opened) -> None:
    page = visit_calls("/analytics?show=calls&time=7d")
    drawn(page)

    labels = page.locator(".js-plotly-plot text", has_text="<b>bold</b>")
    expect(labels.first).to_be_attached(timeout=PATIENCE_MS)
    assert page.locator(".js-plotly-plot a").count() == 0


def test_figures_and_calls_are_taken_along_as_files_that_run_nothing(visit_calls: Opened) -> None:
    page = visit_calls("/analytics?show=calls")
    drawn(page)
    button(page, "Export").click()
    with page.expect_download() as download:
        button(page, "Figures by route").click()
    figures = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig"), newline="")))
    address = page.get_by_role("link", name="Every call").get_attribute("href")
    assert address is not None
    calls = list(csv.DictReader(io.StringIO(page.request.get(page.url.split("/analytics")[0] + address).text())))

    assert {line["Route"]: line["Calls"] for line in figures} == {GPT: "36", LLAMA: "10", EVIL: "1"}
    assert len(calls) == 47


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_view_has_accessibility_violations(visit_calls: Opened, dark: bool) -> None:
    page = visit_calls("/analytics", dark=dark)
    drawn(page)
    found: dict[str, list[str]] = {}
    for view in VIEWS:
        page.get_by_role("tab", name=view).click()
        settled(page)
        drawn(page)
        found[view] = violations(Axe().run(page).response)
    button(page, "Show the calls").click()
    page.get_by_role("dialog").get_by_text("When (UTC)").wait_for(timeout=PATIENCE_MS)
    found["drawer"] = violations(Axe().run(page).response)

    assert {view: problems for view, problems in found.items() if problems} == {}


def test_a_phone_needs_no_sideways_scrolling_with_figures_on_it(visit_calls: Opened) -> None:
    page = visit_calls("/analytics?view=All+calls", width=390)
    drawn(page)

    overflow = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth")
    assert overflow <= 0
