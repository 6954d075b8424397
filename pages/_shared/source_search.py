"""Searching in the writer's sources: what is found, where, and how close it is."""

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.paper import marked_block, show_paper
from pages._shared.sources import place_of, read_source
from writer.domain.sources import Hit
from writer.security.render import as_markdown, plain


def draw_search(query: str) -> None:
    hits = get_app().sources.search(query, current_actor(), limit=10)
    if not hits:
        st.caption("Nothing in your sources is close enough. Try other words.")
    for hit in hits:
        show_hit(hit, query)


def show_hit(hit: Hit, query: str) -> None:
    passage = hit.passage
    with st.container(border=True, key=f"hit:{passage.id}", gap="xsmall"):
        top = st.container(horizontal=True, vertical_alignment="center")
        with top:
            st.markdown(f"**{as_markdown(passage.source_title, 100)}**", width="stretch")
            st.badge(f"{hit.score:.2f}", color="blue", help="How close the passage is to the words, from 0 to 1")
            if st.button("Read here", icon=":material/menu_book:", type="tertiary", key=f"open:{passage.id}"):
                read_source(get_app().sources.get(passage.source_id, current_actor()), passage.id, query)
        st.caption(as_markdown(place_of(passage)))
        show_paper([marked_block("", passage.text, query)], key=f"hit_text:{passage.id}", label=plain(passage.id))
