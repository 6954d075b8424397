"""What failed and when, which breakers opened, and what came from the cache."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from pages._shared import charts
from pages._shared.analytics_address import Asked
from pages._shared.analytics_answers import FROM_CACHE, Answers, narrowed, of_step
from pages._shared.analytics_calls import Look, look_at
from pages._shared.analytics_names import STEPS, moment, name_of
from pages._shared.charts import Series
from pages._shared.text import counted
from writer.domain.analytics import Dimension, Filter, Group, Point
from writer.domain.reliability import Opening
from writer.domain.usage import Outcome
from writer.security.render import as_markdown, plain

_MOST_KINDS = 6
_MOST_OPENINGS = 10


def draw_reliability(answers: Answers, asked: Asked) -> None:
    total = answers.totals(asked.wanted)
    openings = answers.openings(asked.wanted)
    with st.grid(4, min_column_width=150):
        st.metric("Failed", f"{total.failed:,}", border=True)
        st.metric("Stopped", f"{total.stopped:,}", border=True)
        st.metric("From the cache", f"{total.cached:,}", border=True, help="Answered without asking a service")
        st.metric("Breakers opened", f"{len(openings):,}", border=True, help="A route was left alone for a while")
    if total.failed or openings:
        _errors(answers, asked, openings)
    else:
        st.caption("No call failed in this time, and no breaker opened.")
    if openings:
        _openings(openings)
    if total.cached:
        _cache(answers, asked)
    else:
        st.caption("No reply came from the cache in this time.")


def _errors(answers: Answers, asked: Asked, openings: Sequence[Opening]) -> None:
    wanted = narrowed(asked.wanted, Dimension.OUTCOME, (Outcome.FAILED.value,)) or asked.wanted
    kinds = sorted(answers.groups(wanted, Dimension.ERROR), key=lambda group: -group.figures.calls)
    points = answers.series(wanted, asked.step, Dimension.ERROR)
    series = [_kind(asked, wanted, keys, points) for keys in _parts(kinds)]
    if openings:
        series.append(_opened(openings))
    title = f"Errors by kind, by {STEPS[asked.step]}"
    told = [f"{name_of(Dimension.ERROR, kind.key)}: {kind.figures.calls:,}" for kind in kinds]
    charts.over_time(
        title,
        [],
        series,
        key="errors",
        step=asked.step,
        unit="calls",
        words=". ".join([title, *told, f"{counted(len(openings), 'breaker')} opened."]),
        span=(asked.wanted.since, asked.wanted.until),
        on_pick=look_at,
    )


def _parts(kinds: Sequence[Group]) -> list[tuple[str, ...]]:
    """The most frequent kinds by themselves, all others together."""
    keys = [kind.key for kind in kinds]
    if len(keys) <= _MOST_KINDS:
        return [(key,) for key in keys]
    return [*((key,) for key in keys[: _MOST_KINDS - 1]), tuple(keys[_MOST_KINDS - 1 :])]


def _kind(asked: Asked, wanted: Filter, keys: tuple[str, ...], points: Sequence[Point]) -> Series[Look | None]:
    name = name_of(Dimension.ERROR, keys[0]) if len(keys) == 1 else "Others"
    only = narrowed(wanted, Dimension.ERROR, keys) or wanted
    counts: dict[datetime, float] = {}
    for point in points:
        if point.key in keys:
            counts[point.at] = counts.get(point.at, 0) + point.figures.calls
    looks = [Look(of_step(only, at, asked.step), f"{name}, {moment(at, asked.step)}") for at in counts]
    return Series(name, list(counts.values()), looks, moments=list(counts))


def _opened(openings: Sequence[Opening]) -> Series[Look | None]:
    moments: list[datetime] = [opening.at for opening in openings]
    texts = [plain(f"{opening.route}: {opening.reason}", 80) for opening in openings]
    return Series("Breaker opened", [0] * len(moments), kind="mark", moments=moments, texts=texts)


def _openings(openings: Sequence[Opening]) -> None:
    rows = [
        {
            "Opened (UTC)": f"{opening.at:%Y-%m-%d %H:%M:%S}",
            "Route": as_markdown(opening.route, 60),
            "Because": as_markdown(opening.reason, 120),
        }
        for opening in reversed(openings[-_MOST_OPENINGS:])
    ]
    st.markdown("**Breakers that opened**")
    st.table(rows, border="horizontal", hide_index=True, alt="Breakers that opened, latest first")


def _cache(answers: Answers, asked: Asked) -> None:
    wanted = narrowed(asked.wanted, Dimension.CACHED, (FROM_CACHE,)) or asked.wanted
    points, total = answers.series(wanted, asked.step), answers.totals(asked.wanted)
    title = f"Replies from the cache, by {STEPS[asked.step]}"
    charts.over_time(
        title,
        [point.at for point in points],
        [Series("From the cache", [point.figures.calls for point in points], _looks(asked, wanted, points))],
        key="cache",
        step=asked.step,
        unit="calls",
        words=f"{title}: {total.cached:,} of {counted(total.calls, 'call')}, {total.cached / total.calls:.0%}.",
        span=(asked.wanted.since, asked.wanted.until),
        on_pick=look_at,
    )


def _looks(asked: Asked, wanted: Filter, points: Sequence[Point]) -> list[Look | None]:
    return [Look(of_step(wanted, p.at, asked.step), f"From the cache, {moment(p.at, asked.step)}") for p in points]
