"""A whole article against the bare SDK, side by side in one run: `python -m benchmarks.article`.

The scripted server takes 200 ms to the first of 50 chunks at 5 ms, in a process of its own.
"""

import asyncio
import statistics
import time

from benchmarks.report import at_least, at_most
from benchmarks.rooms import installation, postgres
from tests.support.scripted_server import ServerProcess
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.briefs import Brief
from writer.domain.jobs import JobState, Step
from writer.services.jobs import RunnerPolicy

REPEATS = 5
CRITICAL_PATH = 4  # outline, plan, the sections, what is written from the finished text


async def bare_calls(url: str, count: int) -> float:
    """Seconds that `count` streamed calls of the bare SDK take, one after another."""
    from openai import AsyncOpenAI

    async with AsyncOpenAI(base_url=url, api_key="sk-bare", max_retries=0) as client:
        began = time.perf_counter()
        for _ in range(count):
            stream = await client.chat.completions.create(
                model="gpt-5-mini", messages=[{"role": "user", "content": "Write."}], stream=True
            )
            async for _chunk in stream:
                pass
        return time.perf_counter() - began


def whole_article(app: App, number: int) -> tuple[float, list[Step]]:
    """Seconds from the order to the finished draft, and the steps it took."""
    began = time.perf_counter()
    job = app.articles.write(Brief(topic=f"Harbour heat, run {number}", words=900), LOCAL_ACTOR)
    for _ in app.jobs.follow(job.id, LOCAL_ACTOR):
        pass
    took = time.perf_counter() - began
    end = app.jobs.get(job.id, LOCAL_ACTOR)
    if end.state is not JobState.DONE:
        raise SystemExit(f"the article did not get done: {end.error}")
    return took, app.jobs.steps(job.id, LOCAL_ACTOR)


def section_phase(steps: list[Step]) -> float:
    sections = [step for step in steps if step.kind == "article.section"]
    starts = [step.started_at for step in sections if step.started_at]
    ends = [step.finished_at for step in sections if step.finished_at]
    return (max(ends) - min(starts)).total_seconds()


def article_ratio(engine: str, url: str, database_url: str) -> float:
    """Prints the ratio for one engine; returns the median length of the section phase, in seconds."""
    with installation(url, database_url) as app:
        whole_article(app, 0)  # imports, connections, first embedding
        ratios, phases = [], []
        for number in range(1, REPEATS + 1):
            bare = asyncio.run(bare_calls(url, CRITICAL_PATH))
            took, steps = whole_article(app, number)
            ratios.append(took / bare)
            phases.append(section_phase(steps))
    at_most(
        f"article of 6 sections / {CRITICAL_PATH} bare SDK calls in a row, {engine}", statistics.median(ratios), 1.15
    )
    return statistics.median(phases)


def main() -> None:
    with ServerProcess("tests.support.scripted_article:steady_article") as server:
        parallel = article_ratio("SQLite", server.url, "")
        with postgres() as address:
            article_ratio("Postgres", server.url, address)
        with installation(server.url, policy=RunnerPolicy(slots=1)) as app:
            whole_article(app, 0)
            one_by_one = statistics.median(section_phase(whole_article(app, n)[1]) for n in range(1, 4))
        at_least("section phase one by one / in parallel, 6 sections", one_by_one / parallel, 5)


if __name__ == "__main__":
    main()
