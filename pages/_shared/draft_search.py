"""Paragraphs of the writer's own drafts that say something in other words."""

import streamlit as st

from pages._shared import place
from pages._shared.app import current_actor, get_app
from pages._shared.paper import show_paper
from pages._shared.source_search import spans_block
from writer.security.render import as_markdown, plain

CLOSE = 5


def draw_close(query: str) -> None:
    hits = get_app().draft_search.search(query, current_actor(), CLOSE)
    if hits:
        st.subheader("Close in meaning", anchor=False)
    for hit in hits:
        with st.container(border=True, key=f"close:{hit.draft_id}:{hit.section_key}:{hit.start}", gap="xsmall"):
            top = st.container(horizontal=True, vertical_alignment="center")
            top.markdown(f"**{as_markdown(hit.title, 120)}**", width="stretch")
            top.badge(f"{hit.score:.2f}", color="blue", help="How close the paragraph is to the words, from 0 to 1")
            if hit.heading:
                st.caption(as_markdown(hit.heading))
            text = spans_block(hit.text, hit.spans)
            show_paper([text], key=f"close_text:{hit.draft_id}:{hit.start}:{hit.section_key}", label=plain(hit.title))
            if st.button(
                "Edit",
                icon=":material/ink_pen:",
                type="tertiary",
                key=f"edit:{hit.draft_id}:{hit.section_key}:{hit.start}",
            ):
                place.go_to(place.EDITOR, hit.draft_id)
