"""The calls behind a figure: a page of them at a time, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from pages._shared import drawers
from pages._shared.analytics_address import calls_address
from pages._shared.analytics_names import DIMENSIONS, name_of, span
from pages._shared.app import current_actor, get_app
from pages._shared.text import cost_of, duration, words_of
from writer.domain.analytics import Dimension, Filter
from writer.domain.usage import UsageEvent
from writer.security.render import as_markdown

ON_A_PAGE = 20
_LOOK = "analytics:look"


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody wants to see the calls of; `of` says it in words."""

    wanted: Filter
    of: str


def look_at(look: Look | None) -> None:
    """From a callback: the drawer is drawn by the run that follows. None where nothing can be shown."""
    if look is not None:
        st.session_state[_LOOK] = look


def draw_asked() -> None:
    """The end of the page: the drawer that was asked for, or the one that is still open."""
    look: Look | None = st.session_state.pop(_LOOK, None)
    if look is not None:
        st.session_state.pop("analytics:drawer:of", None)
        drawers.show("Calls", partial(_drawer, look))
    drawers.draw_again()


def _drawer(look: Look) -> None:
    st.markdown(f"**{as_markdown(look.of, 200)}**")
    st.caption(f"Newest first, {span(look.wanted.since, look.wanted.until)} (UTC).")
    draw_calls(look.wanted, "analytics:drawer")


def draw_calls(wanted: Filter, key: str) -> None:
    """`key` names this list: where it has been turned to, and its buttons."""
    cursors = _cursors(wanted, key)
    page = get_app().analytics.calls(current_actor(), wanted, cursor=cursors[-1], limit=ON_A_PAGE)
    if not page.calls:
        st.caption("No calls here.")
    else:
        _table(page.calls)
    with st.container(horizontal=True, vertical_alignment="center"):
        _turn("Newer", ":material/chevron_left:", key, cursors[:-1], disabled=len(cursors) == 1)
        st.caption(f"Page {len(cursors)}", width="content")
        _turn("Older", ":material/chevron_right:", key, [*cursors, page.cursor], disabled=not page.cursor)
        st.link_button("All of them as CSV", calls_address(wanted), type="tertiary", icon=":material/download:")


def _cursors(wanted: Filter, key: str) -> list[str]:
    """Of the pages up to the one that is shown. Another question begins at its first page."""
    if st.session_state.get(f"{key}:of") != wanted:
        st.session_state[f"{key}:of"] = wanted
        st.session_state[f"{key}:cursors"] = [""]
    cursors: list[str] = st.session_state[f"{key}:cursors"]
    return cursors


def _turn(label: str, icon: str, key: str, to: list[str], *, disabled: bool) -> None:
    def turn() -> None:
        st.session_state[f"{key}:cursors"] = to

    st.button(label, icon=icon, key=f"{key}:{label}", on_click=turn, disabled=disabled, type="tertiary")


def _table(calls: Sequence[UsageEvent]) -> None:
    st.table([_row(call) for call in calls], border="horizontal", hide_index=True, alt="Calls, newest first")


def _row(call: UsageEvent) -> dict[str, str]:
    what = words_of(call.purpose.value) + (f": {words_of(call.action)}" if call.action else "")
    outcome = words_of(call.outcome.value) + (f": {name_of(Dimension.ERROR, call.error).lower()}" if call.error else "")
    about = "≈ " if call.tokens.estimated else ""
    cells = {
        "When (UTC)": f"{call.at:%Y-%m-%d %H:%M:%S}",
        DIMENSIONS[Dimension.ROUTE]: name_of(Dimension.ROUTE, call.route),
        DIMENSIONS[Dimension.PURPOSE]: what,
        "Outcome": "From the cache" if call.cached else outcome,
        "Tokens read": f"{about}{call.tokens.input:,}",
        "Tokens written": f"{about}{call.tokens.output:,}",
        "Cost": cost_of(call.cost_micros or 0, int(call.cost_micros is None), 1),
        "First token": duration(call.first_token_ms),
        "Reply": duration(call.total_ms),
    }
    return {name: as_markdown(cell, 80) for name, cell in cells.items()}
