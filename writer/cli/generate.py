"""`generate`: the whole main job without a browser. Run again after a kill, it goes on where it was."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from writer.cli.console import DONE, PROVIDER_FAILED, STOPPED, UNEXPECTED, opened, say, stoppable
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.errors import UserMistake
from writer.domain.jobs import StepState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from writer.bootstrap import App
    from writer.cli.console import Commands
    from writer.domain.briefs import Brief
    from writer.domain.jobs import Job
    from writer.services.jobs.events import StepView

MAX_BRIEF_BYTES = 1_000_000


def add_to(commands: "Commands") -> None:
    parser = commands.add_parser("generate", help="write an article from a brief")
    parser.add_argument("brief", type=Path, metavar="BRIEF.yaml", help="the brief; only its topic is required")
    parser.add_argument(
        "--sources", type=Path, action="append", default=[], metavar="PATH", help="a file or folder to write from"
    )
    parser.add_argument(
        "--collection",
        dest="collections",
        action="append",
        default=[],
        metavar="NAME",
        help="write from this collection, by its name or id",
    )
    parser.add_argument("--route", default="", help="provider:model; “built-in” for the drafter that needs none")
    parser.add_argument("--max-cost", metavar="DOLLARS", help="end before it costs more, with what is finished")
    parser.add_argument("--out", type=Path, metavar="FILE.md", help="where the article goes (default: standard output)")
    parser.add_argument("--report", type=Path, metavar="FILE.json", help="sections, citations, tokens, cost, timings")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    data = read_data(args.brief)
    cap = _cap(data, args.max_cost)
    brief_in(data, lambda named: ())  # what is wrong with it is said before anything is opened
    for target in (args.out, args.report):
        _check_folder(target)
    from writer.cli.ingesting import settle_library

    with stoppable(), opened(start=True) as app:
        brief = brief_in(data, partial(app.collections.ids_of, by=LOCAL_ACTOR))
        if args.collections:
            named = app.collections.ids_of(args.collections, LOCAL_ACTOR)
            brief = replace(brief, collection_ids=tuple(dict.fromkeys((*brief.collection_ids, *named))))
        if args.sources:
            brief = replace(brief, source_ids=_sources(app, args.sources))
        else:
            settle_library(app)
        job = app.articles.write(brief, LOCAL_ACTOR, args.route, cap)
        try:
            job = _watched(app, job)
        except KeyboardInterrupt:
            job = _stopped(app, job)
            say("Stopped. What was written is kept; run the same command again to go on.")
        return _delivered(app, job, args)


def _cap(data: object, given: str | None) -> int | None:
    """The command line wins over the brief's “max_cost”."""
    from writer.domain.money import micros_of
    from writer.services.briefs import cap_in

    named = cap_in(data)
    return micros_of(given, "--max-cost") if given else named


def brief_in(data: object, ids_of: "Callable[[Sequence[str | int]], Sequence[int]]") -> "Brief":
    """`ids_of` finds the collections that it names."""
    from writer.services.briefs import brief_from, with_collections

    return brief_from(with_collections(data, ids_of))


def read_data(path: Path) -> object:
    """YAML, and so JSON too."""
    import yaml

    try:
        if path.stat().st_size > MAX_BRIEF_BYTES:
            raise UserMistake(f"{path} is too large for a brief.")
        data: object = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UserMistake(f"The brief {path} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a ValueError: such as the date 2026-02-31
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        raise UserMistake(f"The brief {path} is not YAML that can be read{where}.") from None
    return data


def _check_folder(target: Path | None) -> None:
    """Before an hour of work, not after it."""
    if target and not target.absolute().parent.is_dir():
        raise UserMistake(f"There is no folder {target.absolute().parent} to write {target.name} to.")
    if target and target.is_dir():
        raise UserMistake(f"{target} is a folder: give the name of a file in it.")


@contextmanager
def _written_or_told(target: Path, job: "Job") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserMistake(
            f"{target} cannot be written: {error.strerror}. The article is in draft {job.draft_id}."
        ) from None


def _sources(app: "App", paths: list[Path]) -> tuple[int, ...]:
    from writer.cli.ingesting import ingested

    ready = [source.id for source in ingested(app, paths) if source.state == "ready"]
    if not ready:
        raise UserMistake("None of the sources can be used, so there is nothing to write from.")
    return tuple(dict.fromkeys(ready))


def _watched(app: "App", job: "Job") -> "Job":
    from writer.services.jobs.events import JobSnapshot, StepChanged

    states: dict[str, StepState] = {}
    for event in app.jobs.follow(job.id, LOCAL_ACTOR):
        if isinstance(event, JobSnapshot):
            states = {step.key: step.state for step in event.steps}
            say(f"Job {event.job.id}: {event.done} of {len(event.steps)} steps are done.")
        elif isinstance(event, StepChanged):
            states[event.step.key] = event.step.state
            _tell(event.step, states)
    return app.jobs.get(job.id, LOCAL_ACTOR)


def _stopped(app: "App", job: "Job") -> "Job":
    now = app.jobs.get(job.id, LOCAL_ACTOR)
    return now if now.state.is_over else app.jobs.stop(job.id, LOCAL_ACTOR)


def _tell(step: "StepView", states: dict[str, StepState]) -> None:
    if step.state is StepState.READY and step.attempt == 0:
        return
    done = sum(state is StepState.DONE for state in states.values())
    words = f", {step.words} words" if step.words and step.state is not StepState.RUNNING else ""
    again = f", attempt {step.attempt}" if step.attempt > 1 else ""
    trouble = f": {step.error}" if step.error else ""
    say(f"  [{done}/{len(states)}] {step.label}: {step.state.value}{again}{words}{trouble}")


def _delivered(app: "App", job: "Job", args: argparse.Namespace) -> int:
    from writer.cli.reports import failed_by_provider, report_of
    from writer.domain.jobs import JobState

    exported = app.exports.export(job.draft_id, "markdown", LOCAL_ACTOR)
    report = report_of(app, job, LOCAL_ACTOR)
    if args.report:
        with _written_or_told(args.report, job):
            _write_json(args.report, report)
    if args.out:
        _write_article(args.out, exported.content, report, job)
    elif job.state is JobState.DONE:
        _to_stdout(exported.content)
    if job.state is JobState.FAILED:
        say(f"{job.error or 'The job failed.'} What was finished is kept in draft {job.draft_id}.")
        return PROVIDER_FAILED if failed_by_provider(app.jobs.steps(job.id, LOCAL_ACTOR)) else UNEXPECTED
    return {JobState.DONE: DONE, JobState.STOPPED: STOPPED}.get(job.state, UNEXPECTED)


def _write_article(target: Path, content: bytes, report: dict[str, Any], job: "Job") -> None:
    """A job that did not end well writes what was finished, unless a file that is there already holds more."""
    from writer.domain.jobs import JobState

    finished = sum(1 for section in report["sections"] if section["state"] == "done" and section["words"])
    less = job.state is not JobState.DONE and target.is_file() and target.stat().st_size > len(content)
    if not finished:
        say(f"There is no text yet: {target} was not written.")
    elif less:
        say(
            f"{target} was left as it is: it holds more than was finished now. To write that out all the same: "
            f"python -m writer export {job.draft_id} --out FILE"
        )
    else:
        with _written_or_told(target, job):
            target.write_bytes(content)
        say(f"Wrote {target}: {report['words']} words in {finished} finished sections.")


def _write_json(path: Path, document: dict[str, Any]) -> None:
    import json

    from writer.cli.console import as_json

    path.write_text(json.dumps(document, ensure_ascii=False, indent=2, default=as_json) + "\n", encoding="utf-8")


def _to_stdout(content: bytes) -> None:
    import sys

    sys.stdout.write(content.decode())
