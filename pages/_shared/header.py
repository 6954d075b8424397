"""The first row of every page."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def title_row(text: str) -> DeltaGenerator:
    """Title on the left; what is put into the returned row stands on the right."""
    row = st.container(horizontal=True, vertical_alignment="center", key="title_row")
    row.title(text, anchor=False, width="stretch")
    return row
