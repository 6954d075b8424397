"""How long replies took: half of them, 95 and 99 of 100, and until the first token."""

from collections.abc import Sequence

import streamlit as st

from pages._shared import charts
from pages._shared.analytics_address import Asked
from pages._shared.analytics_answers import Answers, of_step
from pages._shared.analytics_calls import Look, look_at
from pages._shared.analytics_names import DIMENSIONS, STEPS, moment, name_of, quick, span
from pages._shared.charts import Series
from writer.domain.analytics import Dimension, Group, Latency, Point
from writer.security.render import as_markdown

_MOST = 12
_UNTIMED = (Dimension.OUTCOME, Dimension.ERROR, Dimension.CACHED, Dimension.DRAFT, Dimension.DAY, Dimension.HOUR)
_RANKS = {"Half of the calls": "p50", "95 of 100": "p95", "99 of 100": "p99"}


def draw_speed(answers: Answers, asked: Asked) -> None:
    """By the dimension that was chosen where calls of it are timed, else by route."""
    by = Dimension.ROUTE if asked.dimension in _UNTIMED else asked.dimension
    timed = [group for group in answers.groups(asked.wanted, by) if group.figures.total]
    if not timed:
        st.caption("No call was answered in this time, so there is nothing to time.")
        return
    _speed_over_time(answers, asked)
    names = [name_of(by, group.key, group.label) for group in timed]
    totals = [group.figures.total for group in timed[:_MOST]]
    charts.ranked(
        f"Seconds until a reply is complete, by {DIMENSIONS[by].lower()}",
        names[:_MOST],
        [Series(name, [_seconds(latency, which) for latency in totals]) for name, which in _RANKS.items()],
        key="speed",
        unit="s",
        words="Seconds until a reply is complete. " + ". ".join(map(_speed_in_words, timed[:_MOST], names)),
    )
    st.table(
        [_speed_row(group, name, DIMENSIONS[by]) for group, name in zip(timed, names, strict=True)],
        border="horizontal",
        hide_index=True,
        alt=f"Speed by {DIMENSIONS[by].lower()}",
    )
    st.caption(
        "Of calls that a service answered; at most 2.5 % off. Of few calls, 95 and 99 of 100 mean the slowest one."
    )


def _speed_over_time(answers: Answers, asked: Asked) -> None:
    points = [point for point in answers.series(asked.wanted, asked.step) if point.figures.total]
    first = [point.figures.first_token for point in points]
    total = [point.figures.total for point in points]
    title = f"Seconds until a reply is complete, by {STEPS[asked.step]}"
    charts.over_time(
        title,
        [point.at for point in points],
        [
            *(Series(n, [_seconds(t, w) for t in total], _looks(asked, points), "line") for n, w in _RANKS.items()),
            Series(
                "First token, half of the calls", [_seconds(f, "p50") for f in first], _looks(asked, points), "line"
            ),
        ],
        key="speed_time",
        step=asked.step,
        unit="s",
        words=f"{title}, {span(asked.wanted.since, asked.wanted.until)} UTC. The table below has the figures.",
        span=(asked.wanted.since, asked.wanted.until),
        on_pick=look_at,
    )


def _looks(asked: Asked, points: Sequence[Point]) -> list[Look | None]:
    return [Look(of_step(asked.wanted, point.at, asked.step), moment(point.at, asked.step)) for point in points]


def _seconds(latency: Latency | None, rank: str) -> float | None:
    value: float | None = getattr(latency, rank, None)
    return None if value is None else value / 1000


def _speed_row(group: Group, name: str, title: str) -> dict[str, str]:
    first, total = quick(group.figures.first_token), quick(group.figures.total)
    texts = {title: name, "Calls": f"{group.figures.total.calls:,}" if group.figures.total else "0"}
    texts |= dict(zip(("First token p50", "p95", "p99"), first, strict=True))
    texts |= dict(zip(("Reply p50", "Reply p95", "Reply p99"), total, strict=True))
    return {head: as_markdown(text, 60) for head, text in texts.items()}


def _speed_in_words(group: Group, name: str) -> str:
    half, often, mostly = quick(group.figures.total)
    return f"{name}: half within {half}, 95 of 100 within {often}, 99 within {mostly}"
