"""A brief that is being typed, kept over a reload: read before the form is drawn, written down after it."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.brief_form import FIELDS, LANGUAGES, LEVELS, LISTS, VIEWPOINTS
from writer.domain.briefs import MAX_WORDS
from writer.services.articles.content_types import ContentType

_FORM = "brief"
_KEPT = "brief:kept"  # what was kept last; not there before this session has asked
_DUE = "brief:due"


def bring_back(kinds: Mapping[str, ContentType]) -> None:
    """What cannot stand in the form any more is left out."""
    if _KEPT in st.session_state:
        return
    kept = st.session_state[_KEPT] = get_app().unfinished.kept(_FORM, current_actor())
    for key, value in kept.items():
        if key not in st.session_state and _fits(key, value, kinds):
            st.session_state[key] = value
    with suppress(ValueError):
        st.session_state.setdefault(_DUE, date.fromisoformat(str(kept.get(_DUE))))


def keep_typed() -> None:
    keys = [f"brief:{name}" for name in (*FIELDS, *LISTS)]
    keys += [str(key) for key in st.session_state if str(key).startswith("extra:")]
    typed = {key: st.session_state.get(key) for key in keys}
    values = {key: str(value) if key == _DUE else value for key, value in typed.items() if value not in (None, "")}
    if values != st.session_state.get(_KEPT):
        st.session_state[_KEPT] = values
        get_app().unfinished.keep(_FORM, current_actor(), values)


def forget_typed() -> None:
    """The brief has become a draft."""
    st.session_state[_KEPT] = {}
    get_app().unfinished.forget(_FORM, current_actor())


def _fits(key: str, value: Any, kinds: Mapping[str, ContentType]) -> bool:
    if key == "brief:words":
        return isinstance(value, int) and 100 <= value <= MAX_WORDS
    choices = {"content_type": kinds, "language": LANGUAGES, "point_of_view": VIEWPOINTS, "reading_level": LEVELS}
    known = key.startswith("extra:") or key in [f"brief:{name}" for name in (*FIELDS, *LISTS)]
    allowed = choices.get(key.removeprefix("brief:"), (value,))
    return known and key != _DUE and isinstance(value, str) and value in allowed
