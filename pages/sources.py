"""Sources: what Writer writes from. Add, watch, search, read in place, delete."""

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.header import title_row
from pages._shared.research import find_on_web
from pages._shared.source_imports import draw_add, draw_import, draw_sync, is_at_work, origin_of, recent_imports
from pages._shared.source_search import draw_search
from pages._shared.sources import AT_WORK, facts, read_source, state_badge
from pages._shared.text import counted
from writer.domain.sources import Source, SourceState
from writer.security.render import as_markdown

POLL_S = 0.7
app, actor = get_app(), current_actor()


def add_samples() -> None:
    with banners():
        app.sources.add_samples(actor)


@st.dialog("Delete this source?")
def confirm_delete(source: Source) -> None:
    st.markdown(as_markdown(source.title))
    st.caption(
        "Its passages and its place in the index go with it. Drafts that cite it keep their text and lose the citation."
    )
    bar = st.container(horizontal=True)
    if bar.button("Delete", type="primary", icon=":material/delete:", key="delete_now"):
        with banners():
            app.sources.delete(source.id, actor)
            st.rerun()
    if bar.button("Keep it", key="delete_not"):
        st.rerun()


def empty() -> None:
    with st.container(horizontal_alignment="center", key="empty"):
        st.header("No sources yet", anchor=False, text_alignment="center")
        st.markdown("Everything Writer claims comes from documents that you add here.", text_alignment="center")
        st.button(
            "Add sample documents", type="primary", icon=":material/auto_awesome:", key="samples", on_click=add_samples
        )
    draw_add()


def row(source: Source) -> None:
    with st.container(border=True, key=f"source:{source.id}", gap="xsmall"):
        top = st.container(horizontal=True, vertical_alignment="center")
        with top:
            st.markdown(f"**{as_markdown(source.title, 120)}**", width="stretch")
            state_badge(source)
        bottom = st.container(horizontal=True, vertical_alignment="center")
        with bottom:
            st.caption(facts(source), width="stretch")
            with st.container(horizontal=True, width="content", key=f"actions:{source.id}"):
                buttons(source)
        if origin_of(source):
            st.caption(f":material/language: {origin_of(source)}")
        if source.note:
            st.caption(
                (":material/error: " if source.state is SourceState.FAILED else "") + as_markdown(source.note, 400)
            )


def buttons(source: Source) -> None:
    if source.state is SourceState.FAILED and st.button(
        "Retry", icon=":material/refresh:", type="tertiary", key=f"retry:{source.id}"
    ):
        with banners():
            app.sources.retry(source.id, actor)
            st.rerun()
    if source.url:
        st.link_button("Web page", source.url, icon=":material/open_in_new:", type="tertiary")
    if source.passages and st.button("Read", icon=":material/menu_book:", type="tertiary", key=f"read:{source.id}"):
        read_source(source)
    if st.button("Delete", icon=":material/delete:", type="tertiary", key=f"delete:{source.id}"):
        confirm_delete(source)


def library() -> None:
    """Asks again only while something is being worked on."""
    with banners():
        sources, imports = app.sources.listing(actor), recent_imports()
        if st.session_state.get("sources:at_work") and not busy(sources) and not is_at_work(imports):
            st.session_state["sources:at_work"] = False
            st.rerun()
        for one in imports:
            draw_import(one)
        for source in sources:
            row(source)


def busy(sources: list[Source]) -> bool:
    return any(source.state in AT_WORK for source in sources)


def page() -> None:
    title_row("Sources")
    sources, imports = app.sources.listing(actor), recent_imports()
    if not sources and not imports:
        empty()
        return
    st.caption(f"{counted(len(sources), 'source')} · {counted(sum(s.passages for s in sources), 'passage')} to cite")
    query = st.text_input(
        "Search in your sources", key="sources:query", icon=":material/search:", placeholder="What do you want to know?"
    )
    if query.strip():
        draw_search(query)
        return
    with st.expander("Add sources", icon=":material/add:"):
        draw_add()
    with st.expander("Find sources on the web", icon=":material/travel_explore:"):
        find_on_web()
    draw_sync(sources)
    working = busy(sources) or is_at_work(imports)
    st.session_state["sources:at_work"] = working
    st.fragment(library, run_every=POLL_S if working else None)()


with banners():
    page()
