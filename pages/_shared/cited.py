"""What a draft cites, in the order of its numbers, each to be read in its source."""

import streamlit as st

from pages._shared.app import get_app
from pages._shared.paper import where
from pages._shared.sources import read_source
from writer.domain.drafts import Draft
from writer.security.render import as_markdown


def draw_cited(draft: Draft) -> None:
    references = get_app().drafts.references(draft)
    if not references:
        st.caption("Nothing is cited. A citation is a mark like [[S1.p4]] in the text: the ids stand in Sources.")
    for reference in references:
        st.markdown(f"**{reference.number}** {as_markdown(reference.source.title, 90)}")
        with st.container(horizontal=True, vertical_alignment="center", key=f"cited:{reference.passage.id}"):
            st.caption(as_markdown(where(reference)), width="stretch")
            if st.button("Read", type="tertiary", icon=":material/menu_book:", key=f"passage:{reference.passage.id}"):
                read_source(reference.source, reference.passage.id)
