"""What a writer feels in the editor: from a key to the next frame, and from asking to the first suggested word."""

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.browsing import TEXTBOX, Served, chromium, draft_in, opened
from benchmarks.report import at_most
from tests.support.scripted_replies import Asked, Reply
from tests.support.scripted_server import ServerProcess

WORDS, SECTIONS = 20_000, 100
KEYS = 300
ASKED = 15
FIRST_TOKEN_S = 0.2

# From the keydown until the frame that shows it has been handed over: a message from a frame callback comes behind it.
FRAMES = """() => {
    window.frames_ms = []
    document.addEventListener("keydown", () => {
        const pressed = performance.now()
        requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel()
            port1.onmessage = () => window.frames_ms.push(performance.now() - pressed)
            port2.postMessage(0)
        })
    }, true)
}"""
# From the press of the button until words of the suggestion are on the screen.
FIRST_WORDS = """() => {
    const hosts = [...document.querySelectorAll("*")]
    const root = hosts.find((node) => node.shadowRoot?.querySelector(".writer")).shadowRoot
    window.asked_ms = 0
    root.addEventListener("mousedown", (event) => {
        if (event.target.closest(".ask-bar")) window.asked_ms = performance.now()
    }, true)
    new MutationObserver(() => {
        if (!window.asked_ms || !root.querySelector("ins")) return
        const asked = window.asked_ms
        window.asked_ms = 0
        requestAnimationFrame(() => { window.first_words = performance.now() - asked })
    }).observe(root, { childList: true, subtree: true })
}"""


def long_text() -> str:
    word = WORDS // SECTIONS
    paragraph = "The harbour gives its heat to the town, and the town gives thanks in winter. "
    body = (paragraph * (word // 15 + 1)).split()[:word]
    half = len(body) // 2
    one = f"{' '.join(body[:half])} [[S1.p1]]\n\n{' '.join(body[half:])}"
    return "\n\n".join(f"## Section {number}\n\n{one}" for number in range(SECTIONS))


def steady(asked: Asked) -> Reply:
    """200 ms to the first token, as a quick provider takes."""
    return Reply(
        "The harbour warms the town, which is thankful in winter.", count=10, first_s=FIRST_TOKEN_S, every_s=0.01
    )


def frames(page: Page, where: str) -> list[float]:
    page.locator(TEXTBOX).focus()
    page.keyboard.press(where)
    page.evaluate("window.frames_ms = []")
    for number in range(KEYS):
        page.keyboard.press("Space" if number % 6 == 5 else "abcdefghij"[number % 10])
        time.sleep(0.03)  # a quick typist
    return sorted(float(ms) for ms in page.evaluate("window.frames_ms"))


def measure_keys(page: Page) -> None:
    page.evaluate(FRAMES)
    for where, name in (("Control+End", "at the end"), ("Control+Home", "at the beginning")):
        took = frames(page, where)
        figure = f"Keystroke to frame {name} of {WORDS:,} words, {len(took)} keys"
        at_most(f"{figure}, median", statistics.median(took), 16, " ms")
        at_most(f"{figure}, 95th percentile", took[int(len(took) * 0.95)], 35, " ms")


def measure_asking(page: Page, while_running: bool) -> None:
    """The provider's own 200 ms taken off. `while_running`: the page's script has begun its two seconds just before."""
    page.evaluate(FIRST_WORDS)
    took = []
    for _ in range(ASKED):
        page.locator(TEXTBOX).focus()
        page.keyboard.press("Control+End")
        page.keyboard.press("Shift+ArrowUp")
        rewrite = page.get_by_role("button", name="Rewrite", exact=True).first
        rewrite.wait_for()
        page.evaluate("window.first_words = 0")
        if while_running:
            page.get_by_role("button", name="Check again").click()
            page.locator("[data-testid=stApp][data-test-script-state=running]").wait_for()
        rewrite.click()
        page.wait_for_function("() => window.first_words > 0")
        took.append(float(page.evaluate("window.first_words")) - 1000 * FIRST_TOKEN_S)
        page.get_by_role("button", name="Reject all").click()
        page.locator("ins").first.wait_for(state="detached")
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    when = " while the page's script runs" if while_running else ""
    at_most(f"Asking to first words{when}, beyond the provider, median of {ASKED}", statistics.median(took), 80, " ms")


def main() -> None:
    with ServerProcess("benchmarks.editor:steady") as model, chromium() as browser:
        settings = {
            "WRITER_OPENAI__API_KEY": "sk-scripted-0123456789",
            "WRITER_OPENAI__BASE_URL": model.url,
            "WRITER_ROUTES": "openai:scripted-1",
        }
        for slow in (False, True):
            with tempfile.TemporaryDirectory() as folder:
                draft = draft_in(Path(folder), long_text())
                served = Served(Path(folder), slow=slow, **settings)
                page = opened(browser, served.url, draft)
                if not slow:
                    measure_keys(page)
                measure_asking(page, while_running=slow)
                page.close()
                served.close()


if __name__ == "__main__":
    main()
