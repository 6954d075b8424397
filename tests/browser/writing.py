"""A draft open in the editor, with any text, and what tests ask of both."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Served, settled

PLAIN = "It begins here.\n\n## Tides\n\nThe moon pulls the water.\n\n## Ice\n\nIt is cold in winter."


@dataclass
class Desk:
    """One draft of a served app."""

    url: str
    draft: str

    def read(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/api/drafts/{self.draft}/text") as answer:
            return dict(json.load(answer))

    @property
    def text(self) -> str:
        return str(self.read()["text"])

    def put(self, text: str, title: str = "A draft") -> None:
        """Whatever the draft holds, by somebody else than the page, which may be saving just now."""
        for _ in range(5):
            try:
                return self._put(text, title, self.read()["revision"])
            except urllib.error.HTTPError as error:
                if error.code != 412:
                    raise
        raise AssertionError("somebody else saves again and again")

    def _put(self, text: str, title: str, revision: int) -> None:
        body = json.dumps({"text": text, "title": title}).encode()
        headers = {"Content-Type": "application/json", "If-Match": f'"{revision}"'}
        request = urllib.request.Request(f"{self.url}/api/drafts/{self.draft}/text", body, headers, method="PUT")
        urllib.request.urlopen(request).close()

    @property
    def address(self) -> str:
        return f"/editor?draft={self.draft}"


Writing = Callable[..., Page]


def desk_of(served: Served) -> Desk:
    """The finished draft of a furnished app."""
    return Desk(served.url, served.furnished.written_id)


def ready(page: Page) -> Page:
    content(page).wait_for()
    expect(status(page)).to_have_text("Saved")
    settled(page)
    return page


def content(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Text of the draft")


def status(page: Page) -> Locator:
    return page.locator(".writer .bar .status")


def to_end(page: Page) -> None:
    content(page).focus()
    page.keyboard.press("Control+End")


def select(page: Page, words: str) -> None:
    """Selects the words in the text, as a double click or a drag would."""
    content(page).evaluate(
        """(root, words) => {
            const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
            for (let node = walk.nextNode(); node; node = walk.nextNode()) {
                const at = node.data.indexOf(words)
                if (at < 0) continue
                root.focus()
                getSelection().setBaseAndExtent(node, at, node, at + words.length)
                return
            }
            throw new Error("not in the text: " + words)
        }""",
        words,
    )


def saved(page: Page) -> None:
    expect(status(page)).to_have_text("Saved")
