"""Dialogs that stay open while the page behind them is drawn anew.

Streamlit closes a dialog at the next full run of its page, whatever caused that run: a save, a check or an import that
ended would take away what somebody is reading. So the open dialog is remembered, and drawn again at the end of each run
of its page until somebody closes it or leaves the page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NoReturn

import streamlit as st

from pages._shared.banner import banners

_PAGE = "drawers:page"
_OPEN = "drawers:open"
_SAID = "drawers:said"
_DRAWN = "drawers:drawn"  # in this run: there can be one dialog only


@dataclass(frozen=True, slots=True)
class _Drawer:
    title: str
    body: Callable[[], None]
    position: Literal["right", "center"]


def begin_run(page: str) -> None:
    if st.session_state.get(_PAGE) != page:
        forget()
    st.session_state[_PAGE] = page
    st.session_state[_DRAWN] = False
    if said := st.session_state.pop(_SAID, ""):
        st.toast(said)


def show(title: str, body: Callable[[], None], *, position: Literal["right", "center"] = "right") -> None:
    """`body` draws what is in it, errors included, and closes it by `close`."""
    drawer = _Drawer(title, body, position)
    st.session_state[_OPEN] = drawer
    _draw(drawer)


def close(said: str = "") -> NoReturn:
    """Draws the page again without the dialog; `said` is told then: this run's own message might be lost."""
    st.session_state[_SAID] = said
    forget()
    st.rerun()


def forget() -> None:
    st.session_state.pop(_OPEN, None)


def draw_again() -> None:
    """The end of each page that opens drawers: Streamlit counts a widget drawn outside its page as another widget."""
    drawer: _Drawer | None = st.session_state.get(_OPEN)
    if drawer and not st.session_state.get(_DRAWN):
        _draw(drawer)


def _draw(drawer: _Drawer) -> None:
    st.session_state[_DRAWN] = True

    @st.dialog(drawer.title, position=drawer.position, width="large", on_dismiss=forget)
    def dialog() -> None:
        with banners():
            drawer.body()

    dialog()
