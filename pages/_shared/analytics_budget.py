"""What this month has cost, what it will have cost if it goes on like this, and what budgets leave of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import streamlit as st

from pages._shared import charts
from pages._shared.analytics_answers import Answers, end_of
from pages._shared.analytics_calls import Look
from pages._shared.charts import Series
from pages._shared.text import counted
from writer.domain.analytics import Filter, Step
from writer.domain.budgets import Standing
from writer.domain.forecasts import COVERAGE, FEWEST_DAYS, Forecast, month_end
from writer.domain.money import MICROS, money
from writer.security.render import plain


@dataclass(frozen=True, slots=True)
class Month:
    """Cost by the day, days without calls too, the last being today."""

    begin: datetime
    end: datetime
    days: Sequence[int]
    unpriced: int
    forecast: Forecast | None

    @property
    def spent(self) -> int:
        return sum(self.days)


def draw_months(answers: Answers, standings: Sequence[Standing], now: datetime) -> None:
    """Everything, then each budget of a single route. `standings` are those of this month."""
    whole = [standing for standing in standings if not standing.budget.route]
    limit = min((standing.budget.limit_micros for standing in whole), default=None)
    _draw(_month(answers, (), now), limit, "Cost so far this month", "month")
    if not standings:
        st.caption("No budget is set. Set one in Settings to be warned before it is used up.")
    for place, standing in enumerate(standing for standing in standings if standing.budget.route):
        route, most = standing.budget.route, standing.budget.limit_micros
        _draw(_month(answers, (route,), now), most, f"{plain(route, 60)} so far this month", f"month:{place}")


def _month(answers: Answers, routes: tuple[str, ...], now: datetime) -> Month:
    """Of one's own calls, whatever the page's filters say: a budget knows nothing of those."""
    begin = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = end_of(begin, Step.MONTH)
    points = answers.series(Filter(begin, end, routes=routes), Step.DAY)
    costs = {(point.at - begin).days: point.figures.cost_micros for point in points}
    days = [costs.get(day, 0) for day in range((now - begin).days + 1)]
    left = (end - begin).days - len(days) + 1
    unpriced = sum(point.figures.unpriced for point in points)
    return Month(begin, end, days, unpriced, month_end(days[:-1], days[-1], left))


def _draw(month: Month, limit_micros: int | None, title: str, key: str) -> None:
    """The chart of one budget, or of everything where none is set."""
    at = [month.begin + timedelta(days=day) for day in range(len(month.days))]
    lines: list[Series[Look | None]] = [
        Series("Spent so far", [total / MICROS for total in accumulate(month.days)], kind="line", moments=at)
    ]
    last = month.end - timedelta(days=1)
    if month.forecast:
        ends = {"Forecast": month.forecast.expected, "Low": month.forecast.low, "High": month.forecast.high}
        lines += [
            Series(name, [month.spent / MICROS, end / MICROS], kind="dotted", moments=[at[-1], last])
            for name, end in ends.items()
        ]
    if limit_micros is not None:
        lines.append(Series("Budget", [limit_micros / MICROS] * 2, kind="line", moments=[month.begin, last]))
    charts.over_time(
        title,
        [],
        lines,
        key=key,
        step=Step.DAY,
        unit="$",
        words=f"{title}. {spent_sentence(month)} {forecast_sentence(month, limit_micros)}",
        span=(month.begin, month.end),
    )
    st.caption(f"{spent_sentence(month)} {forecast_sentence(month, limit_micros)}".replace("$", "\\$"))


def spent_sentence(month: Month) -> str:
    said = f"{money(month.spent)} since {month.begin:%-d %B %Y} (UTC)."
    if month.unpriced:
        said += f" {counted(month.unpriced, 'call')} without a known price are not in it."
    return said


def forecast_sentence(month: Month, limit_micros: int | None) -> str:
    """Honest about what a straight line knows."""
    forecast = month.forecast
    if forecast is None:
        return f"A forecast needs {FEWEST_DAYS} whole days of the month; there are {len(month.days) - 1}."
    said = (
        f"If its other days are like the {forecast.days} so far, the month will cost about "
        f"{money(forecast.expected)}, and in {COVERAGE:.0%} of such months between {money(forecast.low)} and "
        f"{money(forecast.high)}. A straight line knows nothing of what you plan."
    )
    if limit_micros is None:
        return said
    return f"{said} {_against(forecast, limit_micros)}"


def _against(forecast: Forecast, limit_micros: int) -> str:
    limit = money(limit_micros)
    if forecast.low > limit_micros:
        return f"That is above the budget of {limit}."
    if forecast.high > limit_micros:
        return f"The budget of {limit} may not be enough."
    return f"That is within the budget of {limit}."
