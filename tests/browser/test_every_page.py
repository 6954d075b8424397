"""Every page, light and dark, wide and narrow: no accessibility violations of ours, no sideways scrolling."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Opened, button, go, settled

pytestmark = pytest.mark.furnished

PAGES = ("Write", "Drafts", "Editor", "Ask", "Sources", "Playground", "Analytics", "Models", "Settings", "Health")
STREAMLITS_OWN = {"presentation-role-conflict"}  # its file uploader's


def violations(results: dict[str, Any]) -> list[str]:
    return [
        f"{found['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:200]}"
        for found in results["violations"]
        if found["id"] not in STREAMLITS_OWN
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_page_has_accessibility_violations(visit: Opened, dark: bool) -> None:
    page = visit("/drafts", dark=dark)
    button(page, "Edit").first.click()
    page.get_by_role("textbox", name="Title", exact=True).wait_for()
    found: dict[str, list[str]] = {}
    for name in PAGES:
        go(page, name)
        page.get_by_role("heading", level=1).wait_for()
        settled(page)
        found[name] = violations(Axe().run(page).response)

    assert {name: problems for name, problems in found.items() if problems} == {}


def test_a_phone_needs_no_sideways_scrolling(visit: Opened) -> None:
    wide: dict[str, int] = {}
    for name in PAGES:
        page = visit(f"/{name.lower()}" if name != "Write" else "/", width=390)
        page.get_by_role("heading", level=1).wait_for()
        settled(page)
        overflow = page.evaluate(
            "() => { const main = document.querySelector('[data-testid=stMain]');"
            " return Math.max(document.documentElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth) }"
        )
        wide |= {name: overflow} if overflow > 0 else {}
        page.close()

    assert wide == {}
