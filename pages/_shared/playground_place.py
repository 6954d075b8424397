"""Which part of the playground, and which comparison, the person is looking at: both stand in the address."""

import streamlit as st

SHOWN = "playground:comparison"
VIEW, VIEWS = "view", ("Compare", "Prompts", "Ratings")


def current_comparison() -> str:
    comparison_id = str(st.query_params.get("comparison") or st.session_state.get(SHOWN, ""))
    if comparison_id:
        show_comparison(comparison_id)
    return comparison_id


def show_comparison(comparison_id: str) -> None:
    st.session_state[SHOWN] = comparison_id
    if st.query_params.get("comparison") != comparison_id:
        st.query_params["comparison"] = comparison_id


def leave_comparison() -> None:
    st.session_state.pop(SHOWN, None)
    st.query_params.pop("comparison", None)
