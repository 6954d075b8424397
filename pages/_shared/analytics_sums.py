"""The sums of the time, each with how it changed against the other time."""

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from pages._shared.analytics_address import Asked
from pages._shared.analytics_answers import Answers
from pages._shared.analytics_names import change, cost, per_word, points, span, words
from pages._shared.text import counted, duration
from writer.domain.analytics import Figures, Latency
from writer.security.render import as_markdown

Value = Callable[[Figures], float | None]
Change = Callable[[float | None, float | None], str]


def draw_sums(answers: Answers, asked: Asked, at: datetime) -> None:
    now = answers.totals(asked.wanted)
    then = answers.totals(asked.other) if asked.other else None

    def draw(
        label: str, text: str, value: Value, help: str = "", *, less_is_better: bool = False, by: Change = change
    ) -> None:
        changed = by(value(now), value(then)) if then else ""
        st.metric(
            label,
            as_markdown(text, 40),
            0 if changed == "0%" else changed or None,
            delta_color="inverse" if less_is_better else "off",
            border=True,
            help=help or None,
            height="stretch",
        )

    with st.grid(4, min_column_width=150):
        draw("Cost", cost(now), _priced, _unpriced(now))
        draw("Tokens", f"{now.tokens:,}", lambda f: f.tokens, "Read and written together")
        draw("Calls", f"{now.calls:,}", lambda f: f.calls, f"{now.failed:,} of them failed")
        draw("Words kept", words(now), lambda f: f.words_kept, "Written by models, and in your drafts today")
        draw("Cost of a kept word", per_word(now), lambda f: f.micros_per_kept_word, less_is_better=True)
        draw(
            "Failed",
            _percent(now),
            _rate,
            f"{now.failed:,} of {counted(now.calls, 'call')}",
            less_is_better=True,
            by=points,
        )
        draw("First token p50", _half(now.first_token), _first, _rarely(now.first_token), less_is_better=True)
        draw("Reply p50", _half(now.total), _whole, _rarely(now.total), less_is_better=True)
    if asked.other:
        st.caption(f"Compared with {span(asked.other.since, asked.other.until)} (UTC). {_not_over(asked, at)}".strip())


def _not_over(asked: Asked, at: datetime) -> str:
    return "This time is not over yet." if asked.wanted.until and asked.wanted.until > at else ""


def _priced(figures: Figures) -> float | None:
    """Sums that lack some calls' prices cannot be compared."""
    return None if figures.unpriced else figures.cost_micros


def _unpriced(figures: Figures) -> str:
    return f"{counted(figures.unpriced, 'call')} without a known price" if figures.unpriced else ""


def _percent(figures: Figures) -> str:
    rate = _rate(figures)
    return "n/a" if rate is None else f"{rate:.1%}"


def _rate(figures: Figures) -> float | None:
    return figures.failed / figures.calls if figures.calls else None


def _first(figures: Figures) -> float | None:
    return figures.first_token.p50 if figures.first_token else None


def _whole(figures: Figures) -> float | None:
    return figures.total.p50 if figures.total else None


def _half(latency: Latency | None) -> str:
    return duration(latency.p50 if latency else None)


def _rarely(latency: Latency | None) -> str:
    """What p50 means, and the other two."""
    if latency is None:
        return "No call was answered in this time"
    often, mostly = duration(latency.p95), duration(latency.p99)
    return f"Half of the answered calls took no longer; 95 of 100 no longer than {often}, 99 of 100 than {mostly}"
