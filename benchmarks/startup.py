"""The served app on an installed environment: first painted page, memory, idle CPU: `python -m benchmarks.startup`.

Chromium is started first: what is timed is Writer, from the command to the page's heading on the screen.
"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.report import at_most, exactly

REPEATS = 3
SETTLE_S = 20.0
IDLE_S = 30.0
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@contextmanager
def served(folder: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {**os.environ, "WRITER_DATA_DIR": f"{folder}/data", "WRITER_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "writer", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def painted(browser: Any, url: str) -> None:
    from playwright.sync_api import Error

    page = browser.new_page()
    while True:
        try:
            page.goto(url, wait_until="commit")
            break
        except Error:  # not listening yet
            time.sleep(0.02)
    page.get_by_role("heading", level=1).first.wait_for(timeout=30_000)


def memory_mb(pid: int) -> float:
    """Resident, of the process and its children."""
    return sum(_resident_kb(member) for member in _family(pid)) / 1024


def cpu_seconds(pid: int) -> float:
    ticks = 0
    for member in _family(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def loads_torch(pid: int) -> bool:
    return any("libtorch" in Path(f"/proc/{member}/maps").read_text() for member in _family(pid))


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(grandchild for child in children for grandchild in _family(int(child)))]


def _resident_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def main() -> None:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("This needs Chromium: make browser.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        times = []
        for _ in range(REPEATS):
            with tempfile.TemporaryDirectory() as folder:
                began = time.perf_counter()
                with served(folder) as (process, url):
                    painted(browser, url)
                    times.append(time.perf_counter() - began)
                    if len(times) == REPEATS:
                        after_page(process.pid)
        browser.close()
    at_most(f"the command to the first painted page, median of {REPEATS}", statistics.median(times), 3.0, " s")


def after_page(pid: int) -> None:
    at_most("memory at the first painted page", memory_mb(pid), 250, " MB")
    time.sleep(SETTLE_S)
    at_most(f"memory {SETTLE_S:.0f} s later", memory_mb(pid), 250, " MB")
    exactly("torch loaded", int(loads_torch(pid)), 0)
    before = cpu_seconds(pid)
    time.sleep(IDLE_S)
    at_most("idle CPU with the runner on and a page open", (cpu_seconds(pid) - before) / IDLE_S * 100, 1.0, " %")


if __name__ == "__main__":
    main()
