"""Charts of usage. Plotly is loaded when the first one is drawn; every chart says in words what it shows."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._shared.text import duration, money
from writer.domain.usage import UsageBucket
from writer.security.render import plain

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_HEIGHT = 260
_MICROS = 1_000_000
_THEME_COLOURS = ("#000001", "#000002", "#000003")  # Streamlit puts the theme's chart colours in their place


def tokens_by_day(days: Sequence[UsageBucket]) -> None:
    series = {"Read": [d.input_tokens for d in days], "Written": [d.output_tokens for d in days]}
    _bars([_day(d) for d in days], series, "Tokens by day", "tokens_by_day", stacked=True)


def cost_by_day(days: Sequence[UsageBucket]) -> None:
    priced = [d for d in days if d.unpriced_calls < d.calls]
    if not priced:
        st.markdown("**Cost by day**")
        st.caption("No call in this time has a known price: the cost is n/a.")
        return
    _bars(
        [_day(d) for d in priced],
        {"Cost in $": [d.cost_micros / _MICROS for d in priced]},
        "Cost by day",
        "cost_by_day",
    )


def latency_by_route(routes: Sequence[UsageBucket]) -> None:
    timed = [r for r in routes if r.total_ms_p50 is not None]
    series = {
        "Half of the calls": [(r.total_ms_p50 or 0) / 1000 for r in timed],
        "95 of 100": [(r.total_ms_p95 or 0) / 1000 for r in timed],
    }
    if timed:
        _bars([plain(r.key, 40) for r in timed], series, "Seconds until a reply is complete, by route", "latency")


def outcomes(found: Sequence[UsageBucket]) -> None:
    _bars(
        [plain(o.key, 40).capitalize() for o in found],
        {"Calls": [o.calls for o in found]},
        "Calls by outcome",
        "outcomes",
    )


def figures(buckets: Sequence[UsageBucket], name: str) -> None:
    """The same as a table: for screen readers, and for whoever wants the numbers."""
    rows = [
        {
            name: plain(b.key, 60),
            "Calls": b.calls,
            "Failed": b.failed,
            "Tokens read": b.input_tokens,
            "Tokens written": b.output_tokens,
            "Cost": money(b.cost_micros, b.unpriced_calls, b.calls),
            "First word, half within": duration(b.first_token_ms_p50),
            "Reply, half within": duration(b.total_ms_p50),
            "Reply, 95 of 100 within": duration(b.total_ms_p95),
        }
        for b in buckets
    ]
    st.dataframe(rows, hide_index=True, alt=f"Usage by {name.lower()}")


def _bars(labels: Sequence[str], series: dict[str, list[Any]], title: str, key: str, *, stacked: bool = False) -> None:
    import plotly.graph_objects as go

    figure = go.Figure(
        [
            go.Bar(name=name, x=list(labels), y=values, marker_color=colour)
            for colour, (name, values) in zip(_THEME_COLOURS, series.items(), strict=False)
        ]
    )
    _styled(figure, legend=len(series) > 1, stacked=stacked, bars=len(labels))
    st.markdown(f"**{title}**")
    st.plotly_chart(figure, key=f"chart:{key}", config={"displayModeBar": False}, alt=_in_words(labels, series, title))


def _day(bucket: UsageBucket) -> str:
    return f"{date.fromisoformat(bucket.key):%-d %b}"


def _styled(figure: "Figure", *, legend: bool, stacked: bool, bars: int) -> None:
    figure.update_layout(
        height=_HEIGHT,
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        barmode="stack" if stacked else "group",
        bargap=0.35 if bars > 4 else 0.75,
        showlegend=legend,
        legend={"orientation": "h", "y": 1.12, "x": 0},
        xaxis={"type": "category", "fixedrange": True},
        yaxis={"fixedrange": True, "rangemode": "tozero"},
    )


def _in_words(labels: Sequence[str], series: dict[str, list[Any]], title: str) -> str:
    parts = [
        f"{name}: " + ", ".join(f"{label} {v:,.4g}" for label, v in zip(labels, values, strict=True))
        for name, values in series.items()
    ]
    return f"{title}. " + ". ".join(parts)
