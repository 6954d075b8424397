"""Comparing four routes against the slowest of them alone: `python -m benchmarks compare_routes [--rounds 5]`.

Four scripted services, each in a process of its own, answer at four speeds over real sockets. Compared: from the call
of `Playground.compare` to the end of the job as a watcher hears of it. Alone: the slowest route through the same
wrappers. Both are measured in turns; figures are medians of the rounds.
"""

import argparse
import statistics
import sys
import time
from contextlib import ExitStack

from benchmarks.report import at_most, exactly
from benchmarks.rooms import installation
from tests.support.scripted_server import Reply, ServerProcess
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.playground import Contender, ReplyState
from writer.domain.ports.settings import ProviderAccount
from writer.domain.prompt_library import PromptText

PROMPT = PromptText("Explain {{what}} in three sentences.")


def paced(first_s: float, every_s: float) -> Reply:
    return Reply("word " * 250, count=50, first_s=first_s, every_s=every_s)


FAST, QUICK, EVEN, SLOW = paced(0.1, 0.01), paced(0.3, 0.02), paced(0.5, 0.03), paced(0.8, 0.04)
NAMES = ("FAST", "QUICK", "EVEN", "SLOW")


def add_routes(app: App, stack: ExitStack) -> list[Contender]:
    made = []
    for name in NAMES:
        server = stack.enter_context(ServerProcess(f"benchmarks.compare_routes:{name}"))
        account = ProviderAccount(name.lower(), "openai-compatible", server.url, "sk-of-the-benchmark", ("model",))
        app.providers.save(account, LOCAL_ACTOR)
        made.append(Contender(f"{name.lower()}:model"))
    return made


def compared(app: App, contenders: list[Contender]) -> tuple[float, int]:
    """(seconds, replies that did not come whole)"""
    began = time.perf_counter()
    one = app.playground.compare(PROMPT, contenders, LOCAL_ACTOR, values={"what": "tides"})
    for _ in app.jobs.follow(one.job_id, LOCAL_ACTOR):
        pass
    took = time.perf_counter() - began
    return took, sum(reply.state is not ReplyState.DONE for reply in app.playground.replies(one))


def alone(app: App, contender: Contender) -> float:
    began = time.perf_counter()
    report = app.providers.test(contender.route, LOCAL_ACTOR)
    assert report.ok, report.sentence
    return time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with ExitStack() as stack:
        app = stack.enter_context(installation("http://127.0.0.1:9/v1", samples=False))
        contenders = add_routes(app, stack)
        compared(app, contenders)  # imports, first connections
        together, apart, broken = [], [], 0
        for _ in range(options.rounds):
            apart.append(alone(app, contenders[-1]))
            took, failed = compared(app, contenders)
            together.append(took)
            broken += failed
        ratio = statistics.median(together) / statistics.median(apart)
    print(f"     four routes {statistics.median(together):.2f} s, the slowest alone {statistics.median(apart):.2f} s")
    at_most("wall-clock of comparing 4 routes / the slowest route alone", ratio, 1.1)
    exactly(f"replies of {4 * options.rounds} that did not come whole", broken, 0)
    return int(ratio > 1.1 or broken > 0)


if __name__ == "__main__":
    sys.exit(main())
