"""What became of suggestions: how many were accepted, and what a word that was kept has cost."""

from collections.abc import Sequence

import streamlit as st

from pages._shared import charts
from pages._shared.analytics_address import Asked
from pages._shared.analytics_answers import Answers
from pages._shared.analytics_names import name_of
from pages._shared.charts import Series
from writer.domain.analytics import Dimension
from writer.domain.money import money
from writer.domain.suggestions import Acceptance
from writer.security.render import as_markdown

_MOST = 12


def draw_suggestions(answers: Answers, asked: Asked) -> None:
    by_route = answers.acceptance(asked.wanted, "route")
    if not by_route:
        st.caption(
            "No suggestion was made in this time. Ask for one in the Editor: mark some text, and choose an action."
        )
        return
    left, right = st.columns(2, gap="large")
    with left:
        _acceptance(by_route, "model", Dimension.ROUTE)
    with right:
        _acceptance(answers.acceptance(asked.wanted, "action"), "action", Dimension.ACTION)
    st.caption("Of changes that somebody decided on. Of the filters, only the time counts here.")


def _acceptance(found: Sequence[Acceptance], what: str, by: Dimension) -> None:
    names = [name_of(by, one.key) for one in found]
    rates = [None if one.rate is None else one.rate * 100 for one in found]
    title = f"Suggestions accepted, by {what}"
    if any(rate is not None for rate in rates):
        charts.ranked(
            title,
            names[:_MOST],
            [Series("Accepted", rates[:_MOST])],
            key=f"accepted:{what}",
            unit="%",
            words=f"{title}. " + ". ".join(f"{n}: {_percent(o.rate)}" for n, o in zip(names, found, strict=True)),
        )
    else:
        st.markdown(f"**{title}**")
        st.caption("Nobody has decided on one yet.")
    st.table(
        [_accepted_row(one, name, what.capitalize()) for one, name in zip(found, names, strict=True)],
        border="horizontal",
        hide_index=True,
        alt=title,
    )


def _accepted_row(one: Acceptance, name: str, head: str) -> dict[str, str]:
    each = one.micros_per_kept_word
    texts = {
        head: name,
        "Suggestions": f"{one.suggestions:,}",
        "Accepted": _percent(one.rate),
        "Words kept": f"{one.kept_words:,}",
        "Cost of a kept word": "n/a" if each is None else money(each),
    }
    return {title: as_markdown(text, 60) for title, text in texts.items()}


def _percent(rate: float | None) -> str:
    return "n/a" if rate is None else f"{rate:.0%}"
