"""Nothing typed is lost, whatever is killed while somebody types: the server, the tab or the network.

`python -m benchmarks editor_kills` takes about five minutes. Each round types numbered words, kills something, puts it
right again, opens the draft anew and compares what is there with what was typed and with what the server had
acknowledged ("Saved", and every answered PUT).
"""

import os
import random
import re
import signal
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Response

from benchmarks.browsing import TEXTBOX, Served, chromium, draft_in, opened
from benchmarks.report import at_most, exactly

ROUNDS = int(os.environ.get("EDITOR_KILLS", "100"))
WORDS = 24
KEY_S = 0.012
SEED = 7
_WORD = re.compile(r"\bw(\d+)x")


@dataclass
class Round:
    """Which words were typed when, and which of them the server said it has."""

    typed: dict[int, float] = field(default_factory=dict)
    acknowledged: set[int] = field(default_factory=set)

    def heard(self, response: Response) -> None:
        if response.request.method == "PUT" and response.ok:
            body = response.request.post_data or ""
            self.acknowledged |= {int(number) for number in _WORD.findall(body)}


class Lost:
    def __init__(self) -> None:
        self.acknowledged = 0
        self.typed_s = 0.0

    def count(self, one: Round, text: str, ended: float) -> None:
        there = {int(number) for number in _WORD.findall(text)}
        self.acknowledged += len(one.acknowledged - there)
        missing = [moment for number, moment in one.typed.items() if number not in there]
        self.typed_s = max([self.typed_s, *(ended - moment for moment in missing)])


def type_words(page: Page, first: int, one: Round, chance: random.Random) -> int:
    """Up to a random word; returns the number of the next one."""
    page.locator(TEXTBOX).focus()
    page.keyboard.press("Control+End")
    last = first + chance.randint(4, WORDS)
    for number in range(first, last):
        page.keyboard.type(f" w{number}x", delay=KEY_S * 1000)
        one.typed[number] = time.monotonic()
    return last


def kill_the_server(served: Served, page: Page) -> None:
    served.kill()


def kill_the_tab(served: Served, page: Page) -> None:
    """SIGKILL to the processes that draw pages: nothing in them has a chance to save."""
    browser = page.context.browser
    assert browser is not None
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    for process in processes:
        if process["type"] == "renderer":
            os.kill(int(process["id"]), signal.SIGKILL)


def kill_the_network(served: Served, page: Page) -> None:
    page.context.set_offline(True)


KILLS = (kill_the_server, kill_the_tab, kill_the_network)


def played(number: int, served: Served, context: BrowserContext, draft: str, first: int, lost: Lost) -> int:
    chance = random.Random(SEED * 1000 + number)
    kill = KILLS[number % len(KILLS)]
    one = Round()
    page = opened(context, served.url, draft)
    page.on("response", one.heard)
    following = type_words(page, first, one, chance)
    ended = time.monotonic()
    kill(served, page)
    if kill is not kill_the_tab:  # one goes on typing while nothing answers
        following = type_words(page, following, one, chance)
        ended = time.monotonic()
    page.close()
    if kill is kill_the_server:
        served.start()
    context.set_offline(False)
    again = opened(context, served.url, draft)
    again.locator(".writer[data-state=saved]").wait_for(timeout=30_000)
    again.wait_for_timeout(1000)
    again.locator(".writer[data-state=saved]").wait_for(timeout=30_000)
    again.close()
    lost.count(one, served.text(draft), ended)
    return following


def main() -> None:
    lost, first = Lost(), 0
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        draft = draft_in(Path(folder), "It begins.")
        served = Served(Path(folder))
        context = browser.new_context()
        for number in range(ROUNDS):
            first = played(number, served, context, draft, first, lost)
        served.close()
    exactly(f"Words lost that the server had acknowledged, {ROUNDS} kills, {first:,} words typed", lost.acknowledged, 0)
    at_most(f"Typing lost, longest of {ROUNDS} kills", lost.typed_s, 2, " s")


if __name__ == "__main__":
    main()
