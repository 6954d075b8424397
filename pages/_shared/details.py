"""What search engines are told of a draft: its meta description, and the end of its page's address."""

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from writer.domain.drafts import Draft
from writer.services.drafts import MAX_DESCRIPTION


def draw_details(draft: Draft) -> None:
    saved = f"{draft.id}:{hash((draft.description, draft.slug))}"  # another field where another page changed it
    with st.form(f"details:{draft.id}", border=False):
        description = st.text_area(
            "Meta description",
            draft.description,
            key=f"details:description:{saved}",
            max_chars=MAX_DESCRIPTION,
            height=120,
            help="What search engines show below the title: 120 to 155 characters. Files and sites get it too.",
        )
        slug = st.text_input(
            "End of the address",
            draft.slug,
            key=f"details:slug:{saved}",
            max_chars=75,
            placeholder=draft.address,
            help="Small letters, digits and hyphens. Without it, it is made of the title.",
        )
        asked = st.form_submit_button("Save details", icon=":material/save:")
    if asked:
        with banners():
            get_app().drafts.set_details(draft.id, current_actor(), description=description or "", slug=slug or "")
            st.toast("Saved.")
            st.rerun()
