"""A ledger of any number of calls over a year, written by the database itself, and summed up as Writer does."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, text

from writer.domain.actors import LOCAL_OWNER
from writer.storage import Database
from writer.storage.rows import UsageRow
from writer.storage.usage_cubes import DAY, Additions
from writer.storage.usage_folding import USED, at_micros

DAYS = 365
FIRST_DAY = 20_400  # 2025-11-08
CALLS_OF_A_DRAFT = 60
_CHUNK = 50_000
_ROUTES = ("openai:gpt-5-mini", "anthropic:claude-sonnet-4-5", "gemini:gemini-2.5-flash", "ollama:llama3.2", "vllm:own")
_PURPOSES = (
    "section",
    "section",
    "section",
    "edit",
    "edit",
    "asking",
    "outline",
    "plan",
    "repair",
    "title",
    "research",
)
_ACTIONS = ("shorten", "expand", "grammar", "rewrite")
_TYPES = ("blog-post", "how-to", "news", "review", "comparison", "newsletter")
_ERRORS = ("RateLimited", "ProviderTimeout", "ProviderUnavailable", "ReplyInvalid")


def fill(database: Database, calls: int) -> None:
    """`folded` from the start: sums are made once, in `sum_up`."""
    is_sqlite = database.engine.dialect.name == "sqlite"
    for first in range(0, calls, 500_000):
        last = min(calls, first + 500_000) - 1
        numbers = (
            f"WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"
            if is_sqlite
            else f"WITH numbers AS (SELECT n FROM generate_series({first}::bigint, {last}::bigint) AS s(n))"
        )
        with database.writing(durable=False) as session:
            session.execute(text(f"INSERT INTO usage_events ({', '.join(_COLUMNS)}) {numbers} {_rows(calls)}"))
    with database.writing() as session:
        session.execute(text("ANALYZE"))


def sum_up(database: Database, calls: int) -> None:
    """A part of the year after the other, each read to its end before it is written: SQLite clears its log only when
    nobody reads."""
    parts = -(-calls // _CHUNK)
    for part in range(parts):
        additions = Additions()
        for row in _between(database, part * DAYS * DAY // parts, (part + 1) * DAYS * DAY // parts):
            additions.call(row)
        with database.writing(durable=False) as session:
            additions.write(database, session)
    with database.writing() as session:
        session.execute(text("ANALYZE"))


def _between(database: Database, first: int, end: int) -> Sequence[Any]:
    """In microseconds of the year."""
    at = at_micros()
    since = FIRST_DAY * DAY
    calls = select(at, *USED).where(
        UsageRow.owner_id == LOCAL_OWNER, at.element >= since + first, at.element < since + end
    )
    with database.reading() as session:
        return session.execute(calls.order_by(UsageRow.at)).all()


def _rows(calls: int) -> str:
    return f"SELECT {', '.join(value.replace('$CALLS', str(calls)) for value in _COLUMNS.values())} FROM mixed".replace(
        "FROM mixed", "FROM (SELECT n, (n * 2654435761) % 4294967296 AS r, (n * 40503) % 65536 AS q FROM numbers) AS m"
    )


def _one_of(values: tuple[str, ...], number: str) -> str:
    cases = " ".join(f"WHEN {at} THEN '{value}'" for at, value in enumerate(values))
    return f"CASE ({number}) % {len(values)} {cases} ELSE '' END"


_FAILED = "r % 100 < 3"
_EDIT = f"({_one_of(_PURPOSES, 'q / 7')}) = 'edit'"
_COLUMNS = {
    "id": "'call-' || CAST(n AS TEXT)",
    "at": f"{FIRST_DAY} * {DAY} + n * ({DAYS} * {DAY} / $CALLS)",
    "owner_id": f"'{LOCAL_OWNER}'",
    "job_id": f"'job-' || CAST(n / {CALLS_OF_A_DRAFT} AS TEXT)",
    "step": "'section:s1'",
    "draft_id": f"'draft-' || CAST(n / {CALLS_OF_A_DRAFT} AS TEXT)",
    "route": f"CASE WHEN q % 10 < 6 THEN '{_ROUTES[0]}' ELSE {_one_of(_ROUTES, 'q / 16')} END",
    "purpose": _one_of(_PURPOSES, "q / 7"),
    "input_tokens": "500 + r % 4000",
    "output_tokens": "20 + r % 900",
    "cached_input": "0",
    "estimated": "(q % 9 = 0)",
    "cost_micros": "CASE WHEN q % 50 = 1 THEN NULL ELSE 200 + r % 9000 END",
    "first_token_ms": "150.0 + (r % 7919) * (r % 3) / 2.0",
    "total_ms": "900.0 + (r % 7919) * (1 + q % 9)",
    "outcome": f"CASE WHEN {_FAILED} THEN 'failed' WHEN r % 100 = 3 THEN 'stopped' ELSE 'ok' END",
    "error": f"CASE WHEN {_FAILED} THEN {_one_of(_ERRORS, 'q / 3')} ELSE '' END",
    "cached": "(r % 100 > 97)",
    "wasted": "(r % 100 = 1)",
    "price_version": "'genai-prices'",
    "prompt_version": "'section@3'",
    "action": f"CASE WHEN {_EDIT} THEN {_one_of(_ACTIONS, 'q / 5')} ELSE '' END",
    "content_type": _one_of(_TYPES, f"n / {CALLS_OF_A_DRAFT}"),
    "folded": "(1 = 1)",
}
