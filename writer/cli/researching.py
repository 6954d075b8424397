"""`research`: what an article must know, what the sources hold of it, and pages that might hold the rest."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from writer.cli.console import DONE, UNEXPECTED, emit, opened, say, show, stoppable
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.errors import UserMistake

if TYPE_CHECKING:
    from writer.bootstrap import App
    from writer.cli.console import Commands
    from writer.domain.jobs import Job
    from writer.domain.research import Research


def add_to(commands: "Commands") -> None:
    parser = commands.add_parser("research", help="what an article must know, and where it might be found")
    parser.add_argument("brief", type=Path, metavar="BRIEF.yaml", help="the brief; only its topic is required")
    parser.add_argument("--route", default="", help="provider:model that puts the questions; “built-in” for rules")
    parser.add_argument("--web", action="store_true", help="send the open questions to the web search that is set up")
    parser.add_argument(
        "--accept", type=int, nargs="+", default=[], metavar="N", help="import these pages, by their numbers"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=research)


def research(args: argparse.Namespace) -> int:
    from functools import partial

    from writer.cli.generate import brief_in, read_data
    from writer.cli.ingesting import settle_library
    from writer.domain.jobs import JobState

    data = read_data(args.brief)
    brief_in(data, lambda named: ())  # what is wrong with it is said before anything is opened
    with stoppable(), opened(start=True) as app:
        settle_library(app)
        brief = brief_in(data, partial(app.collections.ids_of, by=LOCAL_ACTOR))
        job = _finished(app, app.research.start(brief, LOCAL_ACTOR, args.route))
        if args.web:
            job = _searched(app, job)
        if args.accept:
            _accepted(app, app.research.get(job.id, LOCAL_ACTOR), args.accept)
        found = app.research.get(job.id, LOCAL_ACTOR)
    if args.json:
        from writer.services.research.facts import research_json

        emit(research_json(found))
    else:
        _shown(found)
    return DONE if found.job.state is JobState.DONE else UNEXPECTED


def _finished(app: "App", job: "Job") -> "Job":
    for _ in app.jobs.follow(job.id, LOCAL_ACTOR):
        pass
    return app.jobs.get(job.id, LOCAL_ACTOR)


def _searched(app: "App", job: "Job") -> "Job":
    """What is sent is said before it is."""
    from writer.services.research.service import worth_searching

    found = app.research.get(job.id, LOCAL_ACTOR)
    asked = worth_searching(found)
    host = app.web_search.setup(LOCAL_ACTOR).host
    if asked and host:
        say(f"Sent to {host}:")
        for n in asked:
            say(f"  {found.questions[n].question.text}")
    return _finished(app, app.research.search_web(job.id, asked, LOCAL_ACTOR))


def _accepted(app: "App", found: "Research", numbers: list[int]) -> None:
    if any(not 1 <= n <= len(found.candidates) for n in numbers):
        raise UserMistake(f"There are {len(found.candidates)} pages to accept; their numbers begin with 1.")
    job = _finished(app, app.research.accept(found.job.id, [found.candidates[n - 1].url for n in numbers], LOCAL_ACTOR))
    for one in app.research.get(found.job.id, LOCAL_ACTOR).imports:
        for row in one.rows if one.job.id == job.id else ():
            say(f"{row.place}: {row.sentence}")


def _shown(found: "Research") -> None:
    for note in found.notes:
        say(note)
    for n, one in enumerate(found.questions, start=1):
        show(f"{n:>3}  {one.coverage.value:<8} {one.question.text} ({one.question.perspective})")
    for searched in found.searched:
        if searched.problem:
            say(f"{searched.query}: {searched.problem}")
    for n, page in enumerate(found.candidates, start=1):
        here = f" (here already as S{page.source_id})" if page.source_id else ""
        serves = ", ".join(str(q + 1) for q in page.serves)
        show(f"[{n}] {page.title}{here}")
        show(f"     {page.site}, {page.date or 'no date'}; for questions {serves}: {page.url}")
