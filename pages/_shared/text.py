"""Texts for people: counted, dated, priced. Escaping is `writer.security.render`'s."""

from datetime import UTC, date, datetime
from typing import Literal

from writer.domain.money import money

Colour = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray"]

_SPANS = ((60, "minute", 60), (3600, "hour", 24), (86400, "day", 31))


def shortened(text: str, limit: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def ago(moment: datetime, now: datetime | None = None) -> str:
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 60:
        return "just now"
    for size, unit, most in _SPANS:
        if (number := int(seconds // size)) < most:
            return f"{counted(number, unit)} ago"
    return f"{moment:%-d %B %Y}"


def day(of: date, today: date | None = None) -> str:
    """The year only where it is another one."""
    return f"{of:%-d %b}" if of.year == (today or datetime.now(UTC).date()).year else f"{of:%-d %b %Y}"


def cost_of(micros: int, unpriced_calls: int, calls: int) -> str:
    """Unknown is "n/a", partly unknown is a lower bound."""
    if calls and unpriced_calls == calls:
        return "n/a"
    return f"≥ {money(micros)}" if unpriced_calls else money(micros)


def duration(milliseconds: float | None) -> str:
    if milliseconds is None:
        return "n/a"
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def lines(text: str) -> tuple[str, ...]:
    """One entry per line, empty ones dropped."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def words_of(state: str) -> str:
    """ "in_review" as people write it."""
    return state.replace("_", " ").capitalize()
