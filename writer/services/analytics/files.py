"""Calls as a CSV file, one line for each."""

from collections.abc import Iterable, Iterator

from writer.domain.usage import UsageEvent
from writer.security.spreadsheets import Cell, csv_pieces

HEAD = (
    "Time (UTC)",
    "Person",
    "Draft",
    "Job",
    "Step",
    "Route",
    "Purpose",
    "Action",
    "Kind of article",
    "Outcome",
    "Error",
    "From the cache",
    "Tokens read",
    "Tokens read from the provider's cache",
    "Tokens written",
    "Estimated",
    "Cost in $",
    "Price version",
    "First token in ms",
    "Total in ms",
    "Thrown away",
    "Call",
)
_MICROS = 1_000_000


def calls_csv(calls: Iterable[UsageEvent]) -> Iterator[str]:
    """In pieces, as the calls are read. An empty cost is one that is not known."""
    return csv_pieces(HEAD, map(_cells, calls))


def _cells(call: UsageEvent) -> tuple[Cell, ...]:
    return (
        call.at.strftime("%Y-%m-%d %H:%M:%S.%f"),
        call.caller.user,
        call.caller.draft_id,
        call.caller.job_id,
        call.caller.step,
        call.route,
        call.purpose.value,
        call.action,
        call.content_type,
        call.outcome.value,
        call.error,
        _yes(call.cached),
        call.tokens.input,
        call.tokens.cached_input,
        call.tokens.output,
        _yes(call.tokens.estimated),
        None if call.cost_micros is None else call.cost_micros / _MICROS,
        call.price_version,
        call.first_token_ms,
        call.total_ms,
        _yes(call.wasted),
        call.id,
    )


def _yes(value: bool) -> str:
    return "yes" if value else "no"
