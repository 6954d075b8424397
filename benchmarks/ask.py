"""How questions to the sample documents are answered without a model: `python -m benchmarks.ask [--tuning] [--list]`.

Through the app: its sources, its search, its jobs, its store. A right first quote stands in one of the passages named
in ask_sets.py; of the questions that the documents do not answer, those count as refused that got no answer at all.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.ask_sets import HELD_OUT, TUNING
from benchmarks.report import at_least
from writer.bootstrap import App, build
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.citations import cited_ids
from writer.domain.claims import ClaimStatus
from writer.domain.drafting import BUILT_IN
from writer.domain.questions import Question
from writer.settings import read_settings


@dataclass(frozen=True)
class Outcome:
    """`first` is the heading over the first quote, "" where the question was refused."""

    asked: str
    truth: tuple[str, ...]
    first: str
    supported: int
    sentences: int
    seconds: float

    @property
    def right(self) -> bool:
        return self.first in self.truth if self.truth else not self.first


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="How questions are answered without a model")
    parser.add_argument("--tuning", action="store_true", help="the questions that the gate was chosen on")
    parser.add_argument("--list", action="store_true", help="every question that went wrong")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        app = build(read_settings({"WRITER_DATA_DIR": folder}))
        try:
            app.start()
            add_samples(app)
            outcomes = [outcome(app, text, truth) for text, truth in (TUNING if asked.tuning else HELD_OUT)]
        finally:
            app.close()
    report(outcomes)
    for one in outcomes if asked.list else ():
        if not one.right:
            print(f"     {one.asked} -> {one.first or 'refused'}; right: {', '.join(one.truth) or 'refused'}")


def add_samples(app: App) -> None:
    for source in app.sources.add_samples(LOCAL_ACTOR):
        job = app.jobs.for_source(source.id, LOCAL_ACTOR)
        for _ in app.jobs.follow(job.id, LOCAL_ACTOR) if job else ():
            pass


def outcome(app: App, text: str, truth: tuple[str, ...]) -> Outcome:
    began = time.perf_counter()
    question = app.questions.ask(text, LOCAL_ACTOR, route=BUILT_IN)
    for _ in app.jobs.follow(question.job_id, LOCAL_ACTOR):
        pass
    seconds = time.perf_counter() - began
    question = app.questions.get(question.id, LOCAL_ACTOR)
    claims = question.answer.claims if question.answer else ()
    supported = sum(claim.status is ClaimStatus.SUPPORTED for claim in claims)
    return Outcome(text, truth, first_heading(app, question), supported, len(claims), seconds)


def first_heading(app: App, question: Question) -> str:
    ids = cited_ids(question.answer.text) if question.answer else []
    return app.questions.passages(question)[ids[0]].heading_path[-1] if ids else ""


def report(outcomes: Sequence[Outcome]) -> None:
    there = [one for one in outcomes if one.truth]
    silent = [one for one in outcomes if not one.truth]
    right = sum(one.right for one in there)
    wrong = sum(bool(one.first) and not one.right for one in there)
    refused = sum(one.right for one in silent)
    sentences = sum(one.sentences for one in outcomes)
    supported = sum(one.supported for one in outcomes)
    at_least(f"first quote from the right passage, {len(there)} answerable questions", right / len(there), 0.8)
    print(f"     {wrong} first quotes from another passage, {len(there) - right - wrong} questions refused")
    at_least(f"refused, of {len(silent)} questions that the documents do not answer", refused / len(silent), 0.8)
    at_least(f"quoted sentences supported by their passages, of {sentences}", supported / max(1, sentences), 1.0)
    print(f"     from the question to the checked answer: median {median(one.seconds for one in outcomes):.2f} s")


if __name__ == "__main__":
    main()
