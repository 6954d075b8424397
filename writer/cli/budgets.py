"""`budget`: how much may be spent, and what is left of it."""

import argparse
from typing import TYPE_CHECKING

from writer.cli.console import DONE, emit, opened, show
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.errors import UserMistake

if TYPE_CHECKING:
    from writer.cli.console import Commands


def add_to(commands: "Commands") -> None:
    parser = commands.add_parser("budget", help="how much may be spent, and what is left of it")
    parser.add_argument("--set", metavar="DOLLARS", help="set a budget, or change the one for the same route and month")
    parser.add_argument("--route", default="", help="for this route only: provider:model")
    parser.add_argument("--month", default="", metavar="YYYY-MM", help="for this month only, instead of every month")
    parser.add_argument(
        "--unpriced", choices=("refuse", "allow"), help="what becomes of calls without a known price (default: refuse)"
    )
    parser.add_argument("--delete", metavar="ID", help="delete a budget by its id")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from writer.domain.money import micros_of, money

    if args.set and args.delete:
        raise UserMistake("Set a budget or delete one, not both at once.")
    limit = micros_of(args.set, "A budget") if args.set else None
    with opened() as app:
        if args.delete:
            app.budgets.delete(args.delete, LOCAL_ACTOR)
        if limit is not None:
            app.budgets.put(limit, LOCAL_ACTOR, route=args.route, month=args.month, unpriced=args.unpriced)
        standings = app.budgets.standings(LOCAL_ACTOR, args.month)
    if args.json:
        emit({"budgets": standings})
        return DONE
    for one in standings:
        spent, most = money(one.spent_micros), money(one.budget.limit_micros)
        show(f"{one.budget.id}  {one.budget.name}: {spent} of {most} in {one.month} ({one.share:.0%})")
    if not standings:
        show("No budget is set.")
    return DONE
