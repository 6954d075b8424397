"""`ask`: a question to the sources, and what they say, or that they do not."""

import argparse
from typing import TYPE_CHECKING, Any

from writer.cli.console import DONE, PROVIDER_FAILED, STOPPED, UNEXPECTED, emit, opened, say, show, stoppable
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.scopes import Scope

if TYPE_CHECKING:
    from writer.bootstrap import App
    from writer.cli.console import Commands
    from writer.domain.jobs import Job
    from writer.domain.questions import Question


def add_to(commands: "Commands") -> None:
    asking = commands.add_parser("ask", help="ask the sources a question")
    asking.add_argument("question", metavar="QUESTION", help="what you want to know, in quotes")
    asking.add_argument(
        "--source", action="append", default=[], metavar="ID", help="only this source, such as S7; may be given again"
    )
    asking.add_argument("--collection", action="append", default=[], metavar="NAME", help="only this collection")
    asking.add_argument("--tag", action="append", default=[], metavar="TAG", help="only sources with this tag")
    asking.add_argument("--route", default="", help="provider:model; “built-in” for quotations without a model")
    asking.add_argument("--keep", action="store_true", help="keep the question at hand, to be asked again")
    asking.add_argument("--json", action="store_true", help="one JSON document on standard output")
    asking.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 also when the sources do not say: that is an answer."""
    from writer.cli.ingesting import settle_library

    with stoppable(), opened(start=True) as app:
        settle_library(app)
        question = app.questions.ask(args.question, LOCAL_ACTOR, _scope(app, args), args.route)
        if args.keep:
            app.questions.keep(question.id, LOCAL_ACTOR)
        try:
            for _ in app.jobs.follow(question.job_id, LOCAL_ACTOR):
                pass
        except KeyboardInterrupt:
            app.jobs.stop(question.job_id, LOCAL_ACTOR)
            say("Stopped.")
        return _told(app, app.questions.get(question.id, LOCAL_ACTOR), args)


def _scope(app: "App", args: argparse.Namespace) -> Scope:
    return Scope(
        source_ids=tuple(_source_id(text) for text in args.source),
        collections=app.collections.ids_of(args.collection, LOCAL_ACTOR),
        tags=tuple(args.tag),
    )


def _source_id(text: str) -> int:
    from writer.domain.errors import UserMistake

    number = text.removeprefix("S")
    if not number.isdecimal() or len(number) > 9:
        raise UserMistake(f"“{text}” is no source: give its number, such as 7 or S7.")
    return int(number)


def _told(app: "App", question: "Question", args: argparse.Namespace) -> int:
    from writer.domain.jobs import JobState
    from writer.services.questions.telling import question_json, told_of

    told = told_of(app.questions, question)
    job = app.jobs.get(question.job_id, LOCAL_ACTOR)
    document = question_json(told)
    if args.json:
        emit(document)
    elif job.state is JobState.DONE and document["answer"]:
        _print(document["answer"])
    if job.state is JobState.FAILED:
        say(f"{job.error or 'The answer failed.'} The question is kept: ask it again.")
    return _code(app, job)


def _print(answer: dict[str, Any]) -> None:
    from writer.domain.citations import TOKEN, ids_of

    numbers = {reference["passage_id"]: reference["number"] for reference in answer["references"]}
    if answer["refusal"]:
        searched = answer["searched"]
        show(answer["refusal"])
        say(f"Searched {searched['sources']} sources with {searched['passages']} passages.")
        for words in answer["suggested_searches"]:
            say(f"  Look for: {words}")
        return
    show(TOKEN.sub(lambda token: "".join(f"[{numbers.get(id_, id_)}]" for id_ in ids_of(token[1])), answer["text"]))
    show("")
    for reference in answer["references"]:
        show(f"[{reference['number']}] {reference['title']}, {reference['passage_id']}")
    for claim in answer["claims"]:
        if claim["status"] != "supported":
            say(f"{claim['status']}: {' '.join(claim['sentence'].split())}")
    for note in (*answer["flags"], *answer["notes"]):
        say(note)


def _code(app: "App", job: "Job") -> int:
    from writer.cli.reports import failed_by_provider
    from writer.domain.jobs import JobState

    if job.state is JobState.FAILED:
        return PROVIDER_FAILED if failed_by_provider(app.jobs.steps(job.id, LOCAL_ACTOR)) else UNEXPECTED
    return {JobState.DONE: DONE, JobState.STOPPED: STOPPED}.get(job.state, UNEXPECTED)
