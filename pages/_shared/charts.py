"""Charts. Plotly is loaded when the first one is drawn; every chart says in words what it shows.

A click on a bar or a point asks its caller what is behind it. A chart that was clicked on is drawn anew, so that the
same bar can be clicked on again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import streamlit as st

from writer.domain.analytics import Step
from writer.security.render import as_markdown

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

T = TypeVar("T")
COLOURS = tuple(f"#00000{number}" for number in range(1, 8))  # Streamlit puts the theme's chart colours in their place
_HEIGHT, _LEGEND_LINE = 260, 22
_CLICKS = "charts:clicks"
_MOMENT = timedelta(microseconds=1)
_HOVER_TIME = {Step.HOUR: "%-d %b %Y, %H:%M", Step.DAY: "%-d %b %Y", Step.MONTH: "%B %Y"}
_WIDTH_MS = {Step.HOUR: 3_600_000, Step.DAY: 86_400_000, Step.MONTH: 28 * 86_400_000}


@dataclass(frozen=True, slots=True)
class Series(Generic[T]):
    """`picks` are what a click on each value gives to the caller. A value of None is not drawn."""

    name: str
    values: Sequence[float | None]
    picks: Sequence[T] = ()
    kind: Literal["bar", "line", "dotted", "mark"] = "bar"
    moments: Sequence[datetime] | None = None
    """Its own, where they are not those of the chart."""
    texts: Sequence[str] = ()
    """What is told of each value of a mark."""


def over_time(
    title: str,
    moments: Sequence[datetime],
    series: Sequence[Series[T]],
    *,
    key: str,
    step: Step,
    unit: str,
    words: str,
    span: tuple[datetime | None, datetime | None] = (None, None),
    on_pick: Callable[[T], None] | None = None,
) -> None:
    """Bars are stacked. `words` says what it shows to whoever does not see it."""
    import plotly.graph_objects as go

    traces = [_over_time(go, one, moments, colour, step, unit) for colour, one in _coloured(series)]
    figure = go.Figure(traces)
    _styled(figure, unit, legend=len(series))
    axis: dict[str, Any] = {"type": "date"}
    if span[0] and span[1]:
        half = timedelta(milliseconds=_WIDTH_MS[step] / 2)
        axis["range"] = [_begin(span[0], step) - half, _begin(span[1] - _MOMENT, step) + half]
    figure.update_layout(barmode="stack", xaxis=axis)
    _draw(figure, title, key, words, [one.picks for one in series], on_pick)


def ranked(
    title: str,
    names: Sequence[str],
    series: Sequence[Series[T]],
    *,
    key: str,
    unit: str,
    words: str,
    on_pick: Callable[[T], None] | None = None,
) -> None:
    """Bars from left to right, the first on top: there is room for the names."""
    figure = _by_name(names, series, unit, lying=True)
    figure.update_layout(
        height=90 + len(names) * (26 + 14 * (len(series) - 1)),
        yaxis={"type": "category", "autorange": "reversed", "automargin": True, "tickprefix": "", "ticksuffix": ""},
        xaxis={"type": "linear", "tickprefix": _prefix(unit), "ticksuffix": _suffix(unit), "rangemode": "tozero"},
    )
    _draw(figure, title, key, words, [one.picks for one in series], on_pick)


def in_order(title: str, names: Sequence[str], series: Sequence[Series[T]], *, key: str, unit: str, words: str) -> None:
    """Upright bars, for short names whose order means something."""
    figure = _by_name(names, series, unit, lying=False)
    figure.update_layout(xaxis={"type": "category"})
    _draw(figure, title, key, words, [], None)


def _begin(at: datetime, step: Step) -> datetime:
    if step is Step.HOUR:
        return at.replace(minute=0, second=0, microsecond=0)
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return day.replace(day=1) if step is Step.MONTH else day


def _by_name(names: Sequence[str], series: Sequence[Series[T]], unit: str, *, lying: bool) -> "Figure":
    import plotly.graph_objects as go

    along, across = ("y", "x") if lying else ("x", "y")
    told = f"%{{{along}}}: {_hovered(unit, across)}<extra></extra>"
    traces = [
        go.Bar(
            **{along: [_safe(name) for name in names], across: list(one.values)},
            name=_safe(one.name),
            orientation="h" if lying else "v",
            marker_color=colour,
            hovertemplate=told,
        )
        for colour, one in _coloured(series)
    ]
    figure = go.Figure(traces)
    _styled(figure, unit, legend=len(series))
    figure.update_layout(barmode="group", bargap=0.3)
    return figure


def _over_time(go: Any, one: Series[T], moments: Sequence[datetime], colour: str, step: Step, unit: str) -> "Figure":
    x = [moment.strftime("%Y-%m-%d %H:%M:%S") for moment in (one.moments or moments)]
    told = f"%{{x|{_HOVER_TIME[step]}}}<br>%{{fullData.name}}: {_hovered(unit, 'y')}<extra></extra>"
    shared = {"name": _safe(one.name), "x": x, "y": list(one.values), "hovertemplate": told}
    match one.kind:
        case "bar":
            return go.Bar(**shared, marker_color=colour, width=0.8 * _WIDTH_MS[step])
        case "mark":
            texts = [_safe(text) for text in one.texts]
            marker = {"symbol": "triangle-up", "size": 11, "color": colour}
            told = "%{x|%-d %b %Y, %H:%M}<br>%{fullData.name}: %{text}<extra></extra>"
            return go.Scatter(**{**shared, "hovertemplate": told}, mode="markers", marker=marker, text=texts)
        case _:
            dash = "dot" if one.kind == "dotted" else "solid"
            mode = "lines" if one.kind == "dotted" else "lines+markers"
            return go.Scatter(**shared, mode=mode, line={"color": colour, "dash": dash, "width": 2})


def _coloured(series: Sequence[Series[T]]) -> list[tuple[str, Series[T]]]:
    """What things are compared with is grey, whatever their number."""
    return [(COLOURS[-1] if one.kind == "dotted" else COLOURS[n % len(COLOURS)], one) for n, one in enumerate(series)]


def _styled(figure: "Figure", unit: str, *, legend: int) -> None:
    figure.update_layout(
        height=_HEIGHT + (_LEGEND_LINE * (legend // 2) if legend > 1 else 0),
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        bargap=0.2,
        showlegend=legend > 1,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        xaxis={"fixedrange": True},
        yaxis={
            "fixedrange": True,
            "rangemode": "tozero",
            "tickprefix": _prefix(unit),
            "ticksuffix": _suffix(unit),
            "title": None,
        },
        dragmode=False,
        clickmode="event+select",
    )


def _prefix(unit: str) -> str:
    return "$" if unit == "$" else ""


def _suffix(unit: str) -> str:
    return f" {unit}" if unit in ("s", "%") else ""


def _hovered(unit: str, axis: str) -> str:
    number = {"$": f"$%{{{axis}:,.4~f}}", "s": f"%{{{axis}:,.3~f}} s", "%": f"%{{{axis}:.0f}} %"}
    return number.get(unit, f"%{{{axis}:,}} {unit}")


def _safe(text: str) -> str:
    """Plotly takes tags for markup, links included."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _draw(
    figure: "Figure",
    title: str,
    key: str,
    words: str,
    picks: Sequence[Sequence[T]],
    on_pick: Callable[[T], None] | None,
) -> None:
    st.markdown(f"**{as_markdown(title, 120)}**")
    config = {"displayModeBar": False}
    if on_pick is None:
        st.plotly_chart(figure, key=f"chart:{key}", config=config, alt=words)
        return
    name = f"chart:{key}:{st.session_state.get(_CLICKS, 0)}"
    st.plotly_chart(
        figure,
        key=name,
        config=config,
        alt=words,
        on_select=partial(_picked, name, picks, on_pick),
        selection_mode="points",
    )


def _picked(name: str, picks: Sequence[Sequence[T]], on_pick: Callable[[T], None]) -> None:
    points = st.session_state[name].selection.points
    if not points:
        return
    st.session_state[_CLICKS] = st.session_state.get(_CLICKS, 0) + 1
    trace, place = points[0]["curve_number"], points[0]["point_index"]
    if trace < len(picks) and place < len(picks[trace]):
        on_pick(picks[trace][place])
