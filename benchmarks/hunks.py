"""Hunks against a second, simple model of a merge, on the server and in the editor as it is built, and how long a whole
draft takes: `python -m benchmarks.hunks`."""

import random
import sys
import time
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, settings

from benchmarks.browsing import chromium
from benchmarks.report import at_least, at_most, exactly
from tests.support.editor_trials import trials, tried
from tests.support.hunk_cases import CHECKS, Case, cases
from writer.domain.hunks import diff, merged

CASES = 12_000
WORDS = 20_000


def failures(check: Callable[[Case], None], number: int) -> tuple[int, int]:
    """(cases, failures): each case is looked at, also after one that failed."""
    seen = failed = 0

    @settings(
        max_examples=number, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck]
    )
    @given(case=cases())
    def look(case: Case) -> None:
        nonlocal seen, failed
        seen += 1
        try:
            check(case)
        except (AssertionError, ValueError):
            failed += 1
            print(f"     {check.__name__} fails for {case!r}")

    look()
    return seen, failed


def failures_in_editor(number: int) -> int:
    with chromium() as browser:
        wrong = tried(browser.new_page(), list(trials(number)))
    for one in wrong[:3]:
        print(f"     {one}")
    return len(wrong)


def rewritten(kind: str) -> tuple[str, str]:
    chance = random.Random(1)
    old = [f"w{chance.randrange(4000)}" for _ in range(WORDS)]
    new = [f"w{chance.randrange(4000)}" if kind == "new" or chance.random() < 0.2 else word for word in old]
    return _paragraphs(old), _paragraphs(new)


def _paragraphs(words: list[str]) -> str:
    return "\n\n".join(" ".join(words[at : at + 150]) for at in range(0, len(words), 150))


def seconds(kind: str) -> float:
    old, new = rewritten(kind)
    begun = time.perf_counter()
    hunks = diff(old, new)
    took = time.perf_counter() - begun
    if merged(old, hunks, range(len(hunks))) != new:
        raise SystemExit("accepting all did not give the proposal")
    return took


def main(number: int = CASES) -> None:
    each = -(-number // len(CHECKS))
    results = {check.__name__.removeprefix("check_"): failures(check, each) for check in CHECKS}
    for name, (seen, failed) in results.items():
        exactly(f"hunks: {name.replace('_', ' ')}: failures in {seen:,} cases", failed, 0)
    at_least("hunks: cases in all", sum(seen for seen, _ in results.values()), 10_000)
    exactly(f"the same in the editor, in Chromium: failures in {number:,} cases", failures_in_editor(number), 0)
    at_most(f"hunks of {WORDS:,} words, every fifth word changed", seconds("changed"), 2, " s")
    at_most(f"hunks of {WORDS:,} words, nothing left as it was", seconds("new"), 5, " s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES)
