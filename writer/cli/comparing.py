"""`compare`: one prompt on several routes, each reply with its times and cost."""

import argparse
from typing import TYPE_CHECKING

from writer.cli.console import DONE, PROVIDER_FAILED, STOPPED, emit, opened, say, show, stoppable
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.money import money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from writer.cli.console import Commands
    from writer.domain.playground import Comparison, Reply


def add_to(commands: "Commands") -> None:
    comparing = commands.add_parser("compare", help="ask several models the same")
    comparing.add_argument(
        "prompt", metavar="PROMPT", help="what they are asked, in quotes; {{variables}} are filled in"
    )
    comparing.add_argument(
        "--route", action="append", default=[], metavar="ROUTE", help="provider:model; give two to four"
    )
    comparing.add_argument("--system", default="", metavar="TEXT", help="what holds for every reply")
    comparing.add_argument(
        "--value", action="append", default=[], metavar="NAME=VALUE", help="of a variable; may be given again"
    )
    comparing.add_argument("--temperature", type=float, default=0.7, metavar="T", help="0.7 when not given")
    comparing.add_argument(
        "--longest", type=int, default=1024, metavar="N", help="tokens of a reply; 1024 if not given"
    )
    comparing.add_argument("--json", action="store_true", help="one JSON document on standard output")
    comparing.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """3 when no route gave a reply."""
    from writer.domain.playground import Contender
    from writer.domain.prompt_library import PromptText
    from writer.services.playground.telling import comparison_json

    contenders = [Contender(route, args.temperature, args.longest) for route in args.route]
    prompt = PromptText(args.prompt, args.system, args.temperature, args.longest)
    stopped = False
    with stoppable(), opened(start=True) as app:
        one = app.playground.compare(prompt, contenders, LOCAL_ACTOR, values=_values(args.value))
        try:
            for _ in app.jobs.follow(one.job_id, LOCAL_ACTOR):
                pass
        except KeyboardInterrupt:
            stopped = True
            app.jobs.stop(one.job_id, LOCAL_ACTOR)
            say("Stopped.")
        replies = app.playground.replies(one)
        if args.json:
            emit(comparison_json(one, app.playground.job(one), replies, []))
        else:
            _print(one, replies)
    if stopped:
        return STOPPED
    return DONE if any(reply.text and not reply.error for reply in replies) else PROVIDER_FAILED


def _values(stated: "Sequence[str]") -> dict[str, str]:
    from writer.domain.errors import UserMistake

    pairs = [one.partition("=") for one in stated]
    if bad := [name for name, equals, _ in pairs if not equals]:
        raise UserMistake(f"“{bad[0]}” is no value: write --value name=text.")
    return {name: value for name, _, value in pairs}


def _print(one: "Comparison", replies: "Sequence[Reply]") -> None:
    for reply in replies:
        show(f"## {one.name_of(reply.column)}\n")
        if reply.text:
            show(f"{reply.text}\n")
        if reply.error:
            say(reply.error)
        say(_facts(reply))


def _facts(reply: "Reply") -> str:
    told = [f"{reply.total_ms / 1000:.1f} s"] if reply.total_ms is not None else []
    if reply.tokens:
        told.append(f"{reply.tokens.input} tokens in, {reply.tokens.output} out")
        told += ["estimated"] if reply.tokens.estimated else []
    told.append("cost n/a" if reply.cost_micros is None else money(reply.cost_micros))
    return ", ".join(told)
