"""`verify`: what the check says of each cited sentence of a draft, computed anew and offline."""

import argparse
from typing import TYPE_CHECKING

from writer.cli.console import DONE, emit, opened, say, show
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.claims import Claim, ClaimStatus, counts

if TYPE_CHECKING:
    from writer.cli.console import Commands

UNSUPPORTED = 4
_SHOWN = 100


def add_to(commands: "Commands") -> None:
    verifying = commands.add_parser("verify", help="check each sentence of a draft against the passages it cites")
    verifying.add_argument("draft", metavar="DRAFT", help="the draft's id")
    verifying.add_argument("--strict", action="store_true", help="sentences that seem to need a citation count too")
    verifying.add_argument("--json", action="store_true", help="one JSON document on standard output")
    verifying.set_defaults(run=verify)


def verify(args: argparse.Namespace) -> int:
    """4 when a sentence is not found in its passages, or cites one that is not there."""
    from writer.services.claims.service import claim_json, notes

    with opened() as app:
        draft = app.drafts.open(args.draft, LOCAL_ACTOR)
        checked = app.claims.check(args.draft, LOCAL_ACTOR, afresh=True)
    worse = [claim for claim in checked.claims if _is_worse(claim, strict=args.strict)]
    numbers = {status.value: number for status, number in counts(checked.claims).items()}
    if args.json:
        claims = [claim_json(claim) for claim in checked.claims]
        emit({"draft_id": draft.id, "revision": checked.revision, "counts": numbers, "claims": claims})
    else:
        headings = {section.key: section.heading for section in draft.sections}
        for claim in checked.claims:
            score = "" if claim.verdict.score is None else f" {claim.verdict.score:.2f}"
            show(f"{claim.status}{score}  {headings.get(claim.section_key, '')}: {_line(claim.sentence)}")
            for note in notes(claim):
                show(f"    {note}")
            if claim.verdict.quote and claim.status is not ClaimStatus.SUPPORTED:
                show(f"    {claim.verdict.quote_passage} says: {_line(claim.verdict.quote)}")
    say(_summary(numbers))
    return UNSUPPORTED if worse else DONE


def _is_worse(claim: Claim, *, strict: bool) -> bool:
    return claim.status.needs_work or (strict and claim.status is ClaimStatus.UNCITED)


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1].rsplit(" ", 1)[0] + "…"


def _summary(numbers: dict[str, int]) -> str:
    told = [f"{number} {status}" for status, number in numbers.items() if number]
    return f"{sum(numbers.values())} sentences: {', '.join(told)}." if told else "No sentence cites anything."
