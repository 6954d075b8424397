"""Who writes: a route, the fallback order, or the built-in drafter."""

from collections.abc import Sequence

import streamlit as st

from writer.domain.drafting import BUILT_IN

BUILT_IN_NOTE = "Built-in drafter: a source brief of cited extracts. Add a model in Settings for prose."
_KEY = "brief:route"


def pick_route(routes: Sequence[str], label: str = "Written by") -> None:
    """Nothing to pick where only the built-in drafter can write."""
    if not routes:
        return
    labels = {"": f"{routes[0]}, then the fallback order" if len(routes) > 1 else routes[0]}
    labels |= {route: f"Only {route}" for route in routes} if len(routes) > 1 else {}
    labels[BUILT_IN] = "Built-in drafter (cited extracts, no model)"
    st.selectbox(
        label,
        list(labels),
        format_func=lambda route: labels.get(route, route),
        key=_KEY,
        persist_state="session",
    )


def route_chosen() -> str:
    return str(st.session_state.get(_KEY) or "")
