"""What calls to models used, and what that cost."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from writer.domain.completions import Caller, Purpose, Tokens


class Outcome(StrEnum):
    OK = "ok"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class UsageEvent:
    """One vendor call, failed and stopped ones too.

    `cost_micros` is in millionths of a US dollar, None when the price is not known. `first_token_ms` is None when no
    text came. `error` is the kind of failure ("RateLimited"), "" when there was none. `wasted` marks text that was
    paid for and thrown away (an interrupted stream, a step taken over by another worker). `action` is that of an edit
    ("shorten"); `content_type` is the draft's at the time, filled in by the ledger.
    """

    id: str
    at: datetime
    caller: Caller
    route: str
    purpose: Purpose
    tokens: Tokens
    cost_micros: int | None
    first_token_ms: float | None
    total_ms: float
    outcome: Outcome
    error: str = ""
    cached: bool = False
    wasted: bool = False
    price_version: str = ""
    prompt_version: str = ""
    action: str = ""
    content_type: str = ""
