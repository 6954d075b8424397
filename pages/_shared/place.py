"""Which draft the person is looking at. The address carries it over reloads, the session over page switches."""

import streamlit as st

from pages._shared import drawers

WRITE, EDITOR, DRAFTS, SOURCES, SETTINGS = (
    f"pages/{name}.py" for name in ("write", "editor", "drafts", "sources", "settings")
)
WRITING, EDITING = "write:draft", "editor:draft"  # what the session remembers for either page


def current_draft(remembered: str) -> str:
    """The draft in the address, else the one that this page showed last in this session ("" when there is none)."""
    draft_id = st.query_params.get("draft") or st.session_state.get(remembered, "")
    if draft_id:
        show_draft(remembered, draft_id)
    return draft_id


def show_draft(remembered: str, draft_id: str) -> None:
    st.session_state[remembered] = draft_id
    if st.query_params.get("draft") != draft_id:
        st.query_params["draft"] = draft_id


def leave_draft(remembered: str) -> None:
    st.session_state.pop(remembered, None)
    st.query_params.pop("draft", None)


def go_to(page: str, draft_id: str = "") -> None:
    """Ends this run of the page."""
    drawers.forget()
    st.switch_page(page, query_params={"draft": draft_id} if draft_id else None)
