"""Figures and calls as CSV files: made when they are asked for, outside the page's run."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import streamlit as st

from pages._shared.analytics_address import Asked, calls_address
from pages._shared.analytics_answers import Answers
from pages._shared.analytics_names import DIMENSIONS
from writer.domain.analytics import Dimension, Figures, Latency, Step
from writer.security.spreadsheets import Cell, csv_pieces

FIGURES = (
    "Calls",
    "Failed",
    "Stopped",
    "From the cache",
    "Estimated",
    "Tokens read",
    "Tokens read from the provider's cache",
    "Tokens written",
    "Cost in $",
    "Calls without a known price",
    "Cost of text thrown away in $",
    "Words kept",
    "First token p50 in ms",
    "First token p95 in ms",
    "First token p99 in ms",
    "Reply p50 in ms",
    "Reply p95 in ms",
    "Reply p99 in ms",
)
_MICROS = 1_000_000


def draw_export(answers: Answers, asked: Asked) -> None:
    by = DIMENSIONS[asked.dimension].lower()
    with st.popover("Export", icon=":material/download:", key="analytics:export"):
        st.caption("CSV files, of what the filters leave. Times are UTC.")
        _download("Figures over time", "figures-over-time", lambda: over_time_csv(answers, asked))
        _download(f"Figures by {by}", f"figures-by-{asked.by}", lambda: groups_csv(answers, asked))
        st.link_button("Every call", calls_address(asked.wanted), width="stretch")


def _download(label: str, name: str, pieces: Callable[[], Iterator[str]]) -> None:
    def content() -> bytes:
        return "".join(pieces()).encode("utf-8-sig")  # with a mark: without it Excel takes it for its own code page

    st.download_button(
        label, content, f"{name}.csv", "text/csv", key=f"analytics:csv:{name}", on_click="ignore", width="stretch"
    )


def over_time_csv(answers: Answers, asked: Asked) -> Iterator[str]:
    divided = asked.divided
    head = ["Time (UTC)", *([DIMENSIONS[divided]] if divided else []), *FIGURES]
    labels = {group.key: group.label for group in answers.groups(asked.wanted, divided)} if divided else {}
    named = divided is Dimension.DRAFT
    return csv_pieces(
        [*head, "Title"] if named else head,
        (
            [
                written(point.at, asked.step),
                *([point.key] if divided else []),
                *figure_cells(point.figures),
                *([labels.get(point.key, "")] if named else []),
            ]
            for point in answers.series(asked.wanted, asked.step, divided)
        ),
    )


def groups_csv(answers: Answers, asked: Asked) -> Iterator[str]:
    """With the same figures of the other time beside them, where one is compared with."""
    other = {group.key: group.figures for group in answers.groups(asked.other, asked.dimension)} if asked.other else {}
    named = asked.dimension is Dimension.DRAFT
    head = [DIMENSIONS[asked.dimension], *(["Title"] if named else []), *FIGURES]
    if asked.other:
        head += [f"{name}, time before" for name in FIGURES]
    return csv_pieces(
        head,
        (
            [
                group.key,
                *([group.label] if named else []),
                *figure_cells(group.figures),
                *(figure_cells(other.get(group.key, Figures())) if asked.other else ()),
            ]
            for group in answers.groups(asked.wanted, asked.dimension)
        ),
    )


def figure_cells(figures: Figures) -> Sequence[Cell]:
    return (
        figures.calls,
        figures.failed,
        figures.stopped,
        figures.cached,
        figures.estimated,
        figures.input_tokens,
        figures.cached_input_tokens,
        figures.output_tokens,
        figures.cost_micros / _MICROS,
        figures.unpriced,
        figures.wasted_micros / _MICROS,
        figures.words_kept,
        *_ranks(figures.first_token),
        *_ranks(figures.total),
    )


def _ranks(latency: Latency | None) -> Sequence[Cell]:
    return (latency.p50, latency.p95, latency.p99) if latency else (None, None, None)


def written(at: datetime, step: Step) -> str:
    return {Step.HOUR: f"{at:%Y-%m-%d %H:%M}", Step.DAY: f"{at:%Y-%m-%d}", Step.MONTH: f"{at:%Y-%m}"}[step]
