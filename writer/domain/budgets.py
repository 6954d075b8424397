"""How much may be spent, and what is left. Money is in millionths of a US dollar, months are of the UTC calendar."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Literal

from writer.domain.errors import BudgetReached, PriceUnknown, UserMistake
from writer.domain.money import MOST_MICROS, money
from writer.domain.text import joined_surrogates

WARN_AT = 0.8
_MONTH = re.compile(r"2[0-9]{3}-(?:0[1-9]|1[0-2])")
_ROUTE = re.compile(r"[^\s:]{1,40}:\S{1,200}")

Level = Literal["ok", "near", "reached"]


class Unpriced(StrEnum):
    """What a budget does with calls whose price is not known."""

    REFUSE = "refuse"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `limit_micros` for what it covers: a `person`, a `route`, a `month` ("2026-11"), or any combination; ""
    covers all. A budget without a month holds in every month anew. `owner_id` is who set it."""

    id: str
    owner_id: str
    limit_micros: int
    person: str = ""
    route: str = ""
    month: str = ""
    unpriced: Unpriced = Unpriced.REFUSE

    def __post_init__(self) -> None:
        for name in ("person", "route"):  # as they are kept: what is checked is what is read again
            _check_name(name, getattr(self, name))
            object.__setattr__(self, name, joined_surrogates(getattr(self, name)))
        if not 0 <= self.limit_micros <= MOST_MICROS:
            raise UserMistake("A budget is from $0 to $1,000,000,000.")
        if self.month and not _MONTH.fullmatch(self.month):
            raise UserMistake("Write the month of a budget as year and month, such as 2026-11.")
        if self.route and not _ROUTE.fullmatch(self.route):
            raise UserMistake("Write the route of a budget as provider:model, such as openai:gpt-5-mini.")

    @property
    def name(self) -> str:
        """Such as "The budget for openai:gpt-5-mini in November 2026"."""
        told = ["The budget"]
        if self.route:
            told.append(f"for {self.route}")
        if self.month:
            told.append(f"in {month_name(self.month)}")
        return " ".join(told) if len(told) > 1 else "The monthly budget"


@dataclass(frozen=True, slots=True)
class Standing:
    """A budget in one month. `reserved_micros` is set aside for calls in flight."""

    budget: Budget
    month: str
    spent_micros: int
    reserved_micros: int = 0

    @property
    def left_micros(self) -> int:
        return max(0, self.budget.limit_micros - self.spent_micros)

    @property
    def share(self) -> float:
        """Of the limit, 1.0 for one of nothing."""
        return self.spent_micros / self.budget.limit_micros if self.budget.limit_micros else 1.0

    @property
    def level(self) -> Level:
        if self.share >= 1:
            return "reached"
        return "near" if self.share >= WARN_AT else "ok"

    @property
    def sentence(self) -> str:
        """For whoever is about to start paid work."""
        spent, limit = money(self.spent_micros), money(self.budget.limit_micros)
        when = "" if self.budget.month else f" in {month_name(self.month)}"
        if self.level == "reached":
            return f"{self.budget.name} is used up: {spent} of {limit}{when}."
        return f"{self.budget.name} is used to {self.share:.0%}: {spent} of {limit}{when}."


@dataclass(frozen=True, slots=True)
class JobCap:
    """What one job may cost; `spent_micros` is what it has."""

    job_id: str
    cap_micros: int
    spent_micros: int = 0


@dataclass(frozen=True, slots=True)
class Hold:
    """What is set aside for one call before it is made. `micros` is the most it can cost, None when its price is not
    known."""

    id: str
    person: str
    route: str
    month: str
    job_id: str
    micros: int | None


@dataclass(frozen=True, slots=True)
class Granted:
    """`held` says whether anything was set aside: nothing is where no budget and no cap covers the call."""

    held: bool


@dataclass(frozen=True, slots=True)
class Busy:
    """There is enough, if calls in flight cost less than what is set aside for them: ask again when one has ended."""


@dataclass(frozen=True, slots=True)
class Refused:
    """By a budget, or by its job's cap."""

    by: Standing | JobCap
    unpriced: bool = False


Answer = Granted | Busy | Refused


def _check_name(what: str, name: str) -> None:
    """A name that nothing is left of would stand for everybody, or for everything."""
    if "\0" in name or (name and not name.strip()):
        raise UserMistake(f"Write the {what} of a budget in letters that can be kept, or leave it out for all.")


def month_of(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m")


def month_start(month: str) -> datetime:
    return datetime(int(month[:4]), int(month[5:]), 1, tzinfo=UTC)


def next_month(month: str) -> date:
    """Its first day: when the budgets of every month hold anew."""
    year, number = int(month[:4]), int(month[5:])
    return date(year + number // 12, number % 12 + 1, 1)


def month_name(month: str) -> str:
    return month_start(month).strftime("%B %Y")


def refusal(hold: Hold, refused: Refused) -> BudgetReached:
    """The choices, in words."""
    if refused.unpriced:
        return _price_unknown(hold, refused.by)
    most = f"the next call of {hold.route} may cost {money(hold.micros or 0)}"
    if isinstance(refused.by, JobCap):
        cap = refused.by
        return BudgetReached(
            hold.route,
            f"This may cost {money(cap.cap_micros)} at most, and {money(cap.spent_micros)} of it is spent: {most}. "
            "What was finished is kept. Allow it more and go on, or go on with another route or the built-in drafter.",
        )
    standing = refused.by
    until = "" if standing.budget.month else f", or wait until {_day(next_month(standing.month))}"
    return BudgetReached(
        hold.route,
        f"{standing.budget.name} leaves {money(standing.left_micros)} of {money(standing.budget.limit_micros)}, and "
        f"{most}. Nothing more was asked, and what was finished is kept. Raise the budget in Settings, go on with "
        f"another route or without a model{until}.",
    )


def _price_unknown(hold: Hold, by: Standing | JobCap) -> PriceUnknown:
    if isinstance(by, JobCap):
        return PriceUnknown(
            hold.route,
            f"What {hold.route} costs is not known, so it cannot be kept under {money(by.cap_micros)}. Nothing was "
            "asked. Take the limit of this job away, or choose a route whose price is known.",
        )
    return PriceUnknown(
        hold.route,
        f"What {hold.route} costs is not known, and {_lower(by.budget.name)} lets no calls through that have no "
        "price. Nothing was asked. Choose in Settings that it lets them through, or take another route.",
    )


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _day(day: date) -> str:
    return f"{day.day} {day.strftime('%B %Y')}"
