"""The first minutes: no sources yet. One click brings sample documents, a brief and an outline."""

import streamlit as st

from pages._shared import place
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.research import find_on_web
from pages._shared.sources import AT_WORK, draw_paste, draw_upload
from pages._shared.text import counted
from writer.domain.briefs import Brief
from writer.samples import brief_fields

_TRYING = "try_it"
_POLL_S = 0.4


def trying() -> bool:
    return bool(st.session_state.get(_TRYING))


def begin() -> None:
    """A callback, so that the form is filled before it is drawn."""
    with banners():
        get_app().sources.add_samples(current_actor())
        st.session_state[_TRYING] = True


def draw_first_run() -> None:
    with st.container(horizontal_alignment="center", key="first_run", gap="medium"):
        st.space("small")
        st.header("Writer writes from your sources", anchor=False, text_alignment="center")
        st.markdown(
            "Every claim leads to a passage of a document that you chose. "
            "Add your own, or see how it works with five short samples.",
            text_alignment="center",
        )
        st.button(
            "Try it with sample documents",
            type="primary",
            icon=":material/auto_awesome:",
            key="try_it_button",
            on_click=begin,
        )
        st.caption(
            "Needs no key and no network: you get an outline to shape and a cited draft in a few seconds.",
            text_alignment="center",
        )
        st.space("small")
    st.header("Begin with your own documents", anchor=False)
    upload, paste, research = st.tabs(
        [
            ":material/upload_file: Upload",
            ":material/content_paste: Paste text",
            ":material/travel_explore: Research a topic",
        ]
    )
    with upload:
        draw_upload("first:upload")
    with paste:
        draw_paste("first")
    with research:
        find_on_web()


def draw_try_it() -> None:
    st.fragment(_prepared, run_every=_POLL_S)()


def _prepared() -> None:
    with banners():
        app, actor = get_app(), current_actor()
        sources = app.sources.listing(actor)
        waiting = sum(source.state in AT_WORK for source in sources)
        if waiting:
            ready = f"{len(sources) - waiting} of {counted(len(sources), 'document')} ready"
            st.progress(1 - waiting / len(sources), text=f"Reading and indexing the samples: {ready}")
            return
        st.session_state.pop(_TRYING)
        start(Brief(**brief_fields()))


def start(brief: Brief) -> None:
    draft = get_app().articles.start(brief, current_actor())
    place.show_draft(place.WRITING, draft.id)
    st.rerun()
