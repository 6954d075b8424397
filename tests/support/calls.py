"""Calls to models as the ledger keeps them."""

from datetime import UTC, datetime, timedelta

from writer.bootstrap import App
from writer.domain.actors import LOCAL_OWNER
from writer.domain.completions import Caller, Purpose, Tokens
from writer.domain.usage import Outcome, UsageEvent
from writer.storage import Stores

NOW = datetime.now(UTC)
GPT, LLAMA = "openai:gpt-5-mini", "ollama:llama"


def call(
    number: int,
    *,
    days_ago: int = 0,
    cost: int | None = 1500,
    outcome: Outcome = Outcome.OK,
    purpose: Purpose = Purpose.SECTION,
    owner: str = LOCAL_OWNER,
    draft_id: str = "",
    cached: bool = False,
    route: str = "",
) -> UsageEvent:
    return UsageEvent(
        id=f"call-{number}",
        at=NOW - timedelta(days=days_ago),
        caller=Caller(owner, draft_id=draft_id),
        route=route or (GPT if cost is not None else LLAMA),
        purpose=purpose,
        tokens=Tokens(1000, 500),
        cost_micros=cost,
        first_token_ms=300.0,
        total_ms=2000.0,
        outcome=outcome,
        error="" if outcome is Outcome.OK else "RateLimited",
        cached=cached,
    )


def record(app: App, *events: UsageEvent) -> None:
    Stores(app.database, None).usage.record(events)  # type: ignore[arg-type]  # no keys are sealed here
