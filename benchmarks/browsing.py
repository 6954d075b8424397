"""The app in a process of its own and a Chromium before it, for figures of what a writer feels."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from writer.bootstrap import build
from writer.domain.actors import LOCAL_ACTOR
from writer.settings import read_settings

ROOT = Path(__file__).parents[1]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
]
TEXTBOX = ".cm-content"
START_S = 60


class Served:
    """`streamlit run`, to be killed and started again on the same port and data."""

    def __init__(self, folder: Path, *, slow: bool = False, **settings: str) -> None:
        """`slow`: each run of the editor's page takes two seconds more."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._folder, self._settings = folder, settings
        self._module = "benchmarks.slow_page" if slow else "streamlit"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", self._module, "run", "streamlit_app.py", f"--server.port={self._port}"]
        environ = {k: v for k, v in os.environ.items() if not k.startswith("WRITER_")}
        environ |= {"WRITER_DATA_DIR": str(self._folder), **self._settings}
        with (self._folder / "server.log").open("a") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=subprocess.STDOUT)
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("The app did not start.")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(20)

    def text(self, draft: str) -> str:
        with urllib.request.urlopen(f"{self.url}/api/drafts/{draft}/text", timeout=10) as answer:
            return str(json.load(answer)["text"])


def draft_in(folder: Path, text: str) -> str:
    """A data folder with one draft of that text."""
    app = build(read_settings({"HOME": str(folder), "WRITER_DATA_DIR": str(folder)}))
    draft = app.drafts.begin("Measured", LOCAL_ACTOR)
    app.drafts.save_text(draft.id, draft.revision, LOCAL_ACTOR, title="Measured", text=text)
    app.close()
    return draft.id


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


def opened(browser: Any, url: str, draft: str) -> Page:
    """`browser` may be a context, too."""
    page: Page = browser.new_page()
    page.goto(f"{url}/editor?draft={draft}")
    page.locator(TEXTBOX).wait_for(timeout=30_000)
    page.locator(".writer[data-state=saved]").wait_for(timeout=30_000)
    return page
