"""`usage`: what calls to models used and cost, as lines, as JSON, or every call as CSV."""

import argparse
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from writer.cli.console import DONE, emit, opened, show
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.analytics import Dimension, Figures, Filter, Group
from writer.domain.money import money
from writer.domain.usage import Outcome

if TYPE_CHECKING:
    from writer.cli.console import Commands

_USUAL = (Dimension.DAY, Dimension.ROUTE, Dimension.PURPOSE, Dimension.OUTCOME)
_NARROWED = (
    ("route", "of this route, such as openai:gpt-5-mini"),
    ("purpose", "for this purpose, such as section or edit"),
    ("action", "of edits of this kind, such as shorten"),
    ("draft", "for the draft with this id"),
    ("type", "for articles of this type"),
    ("error", "that failed in this way, such as RateLimited"),
)


def add_to(commands: "Commands") -> None:
    using = commands.add_parser("usage", help="what calls to models used and cost")
    using.add_argument("--since", type=_moment, metavar="DAY", help="from this day or moment on, such as 2026-11-21")
    using.add_argument(
        "--until", type=_moment, metavar="DAY", help="before this day or moment; UTC where it does not say"
    )
    by = [dimension.value for dimension in Dimension]
    using.add_argument(
        "--by", choices=by, action="append", metavar="WHAT", help=f"sums by {', '.join(by)}; may be given again"
    )
    for name, what in _NARROWED:
        using.add_argument(f"--{name}", action="append", default=[], help=f"only calls {what}; may be given again")
    outcomes = [outcome.value for outcome in Outcome]
    using.add_argument("--outcome", choices=outcomes, action="append", default=[], help="only calls that ended so")
    form = using.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON document on standard output")
    form.add_argument("--csv", action="store_true", help="every call as a line of CSV on standard output, newest first")
    using.set_defaults(run=usage)


def usage(args: argparse.Namespace) -> int:
    wanted = _filter(args)
    with opened() as app:
        if args.csv:
            from writer.services.analytics.files import calls_csv

            sys.stdout.writelines(calls_csv(app.analytics.every_call(LOCAL_ACTOR, wanted)))
            return DONE
        total = app.analytics.totals(LOCAL_ACTOR, wanted)
        asked = tuple(map(Dimension, args.by)) if args.by else _USUAL
        groups = {by: app.analytics.groups(LOCAL_ACTOR, wanted, by, limit=500) for by in asked}
    if args.json:
        emit({"total": asdict(total), **{f"by_{by}": [_json(group) for group in some] for by, some in groups.items()}})
        return DONE
    show(_line("All", total))
    for by, some in groups.items():
        for group in some:
            show(_line(f"  {by} {group.label or group.key or '(none)'}", group.figures))
    return DONE


def _filter(args: argparse.Namespace) -> Filter:
    return Filter(
        args.since,
        args.until,
        routes=tuple(args.route),
        purposes=tuple(args.purpose),
        actions=tuple(args.action),
        drafts=tuple(args.draft),
        content_types=tuple(args.type),
        outcomes=tuple(map(Outcome, args.outcome)),
        errors=tuple(args.error),
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            "a time is a day like 2026-11-21 or a moment like 2026-11-21T12:00:00Z"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _json(group: Group) -> dict[str, object]:
    return {"key": group.key, "label": group.label, **asdict(group.figures)}


def _line(name: str, figures: Figures) -> str:
    cost = money(figures.cost_micros) if not figures.unpriced else "n/a"
    kept = f", {figures.words_kept:,} words kept" if figures.words_kept is not None else ""
    tokens = f"{figures.input_tokens:,} tokens in, {figures.output_tokens:,} out"
    return f"{name}: {figures.calls} calls ({figures.failed} failed), {tokens}, cost {cost}{kept}"
