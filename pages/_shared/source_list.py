"""The list of sources, a page of it at a time, and what can be done with several of them at once."""

from collections.abc import Sequence

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.collections import PAGE
from pages._shared.source_imports import origin_of
from pages._shared.sources import facts, read_source, state_badge
from pages._shared.text import counted
from writer.domain.collections import Collection
from writer.domain.scopes import Scope
from writer.domain.sources import Source, SourceState
from writer.security.render import as_markdown, plain

ON_A_PAGE = 30
SELECTING = "sources:selecting"


def draw_list(within: Scope, number: int, collection: Collection | None, collections: Sequence[Collection]) -> None:
    """`number` is that of the sources within the scope."""
    pages = max(1, -(-number // ON_A_PAGE))
    st.session_state[PAGE] = min(max(1, int(st.session_state.get(PAGE, 1))), pages)
    start = (st.session_state[PAGE] - 1) * ON_A_PAGE
    sources = get_app().sources.listing(current_actor(), ON_A_PAGE, start, within)
    selecting = st.session_state.get(SELECTING, False)
    if selecting:
        _draw_selected(sources, collection, collections)
    for source in sources:
        draw_row(source, selecting=selecting)
    if not sources:
        st.caption("No source is here yet. Add some above, or select some of all sources and add them.")
    if pages > 1:
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.pagination(pages, key=PAGE, on_change="rerun")


def draw_row(source: Source, *, selecting: bool) -> None:
    with st.container(border=True, key=f"source:{source.id}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            title = f"**{as_markdown(source.title, 120)}**"
            if selecting:
                st.checkbox(title, key=f"select:{source.id}", width="stretch")
            else:
                st.markdown(title, width="stretch")
            state_badge(source)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(facts(source), width="stretch")
            with st.container(horizontal=True, width="content", key=f"actions:{source.id}"):
                _buttons(source)
        if source.tags:
            with st.container(horizontal=True, gap="xsmall", key=f"tags:{source.id}"):
                for tag in source.tags:
                    st.badge(as_markdown(tag, 60), icon=":material/sell:", color="gray")
        if origin_of(source):
            st.caption(f":material/language: {origin_of(source)}")
        if source.note:
            mark = ":material/error: " if source.state is SourceState.FAILED else ""
            st.caption(mark + as_markdown(source.note, 400))


def _buttons(source: Source) -> None:
    app, actor = get_app(), current_actor()
    if source.state is SourceState.FAILED and _button("Retry", "refresh", f"retry:{source.id}"):
        with banners():
            app.sources.retry(source.id, actor)
            st.rerun()
    if source.url:
        st.link_button("Web page", source.url, icon=":material/open_in_new:", type="tertiary")
    if source.passages and _button("Read", "menu_book", f"read:{source.id}"):
        read_source(source)
    if _button("Delete", "delete", f"delete:{source.id}"):
        confirm_delete([source])


def _button(label: str, icon: str, key: str, *, disabled: bool = False) -> bool:
    return st.button(label, icon=f":material/{icon}:", type="tertiary", key=key, disabled=disabled)


def _draw_selected(sources: Sequence[Source], collection: Collection | None, collections: Sequence[Collection]) -> None:
    """Only what is in sight can be selected: nobody deletes what they do not see."""
    chosen = [source for source in sources if st.session_state.get(f"select:{source.id}")]
    ids = [source.id for source in chosen]
    with st.container(horizontal=True, vertical_alignment="center", key="selected"):
        st.caption(f"{len(chosen)} selected", width="content")
        if _button("All on this page", "select_all", "selected:all"):
            st.session_state["sources:select_all"] = [source.id for source in sources]
            st.rerun()
        with st.popover("Collection", icon=":material/folder:", type="tertiary", disabled=not ids, key="selected:join"):
            _draw_join(ids, collections)
        if collection and _button("Take out", "folder_off", "selected:leave", disabled=not ids):
            with banners():
                get_app().collections.leave(collection.id, ids, current_actor())
                _done()
        with st.popover("Tags", icon=":material/sell:", type="tertiary", disabled=not ids, key="selected:tags"):
            _draw_tagging(ids)
        if _button("Delete selected", "delete", "selected:delete", disabled=not ids):
            confirm_delete(chosen)


def select_all_as_asked() -> None:
    """Before the boxes are drawn."""
    for id_ in st.session_state.pop("sources:select_all", ()):
        st.session_state[f"select:{id_}"] = True


def _draw_join(ids: Sequence[int], collections: Sequence[Collection]) -> None:
    if not collections:
        st.caption("There is no collection yet: make one first.")
        return
    names = {one.id: plain(one.name, 60) for one in collections}
    into = st.selectbox("Add to", list(names), format_func=lambda id_: names[id_], key="selected:into")
    if st.button("Add", icon=":material/add:", key="selected:add"):
        with banners():
            get_app().collections.join(into, ids, current_actor())
            _done()


def _draw_tagging(ids: Sequence[int]) -> None:
    app, actor = get_app(), current_actor()
    tags = st.multiselect(
        "Tags",
        list(app.collections.tags(actor)),
        accept_new_options=True,
        key="selected:which",
        placeholder="Name tags",
    )
    bar = st.container(horizontal=True)
    if bar.button("Add tags", icon=":material/new_label:", key="selected:tag"):
        with banners():
            app.collections.tag(ids, tags, actor)
            _done()
    if bar.button("Take off", icon=":material/label_off:", key="selected:untag"):
        with banners():
            app.collections.untag(ids, tags, actor)
            _done()


def _done() -> None:
    for key in [str(key) for key in st.session_state if str(key).startswith("select:")]:
        del st.session_state[key]
    st.rerun()


@st.dialog("Delete for good?")
def confirm_delete(sources: Sequence[Source]) -> None:
    for source in sources[:5]:
        st.markdown(as_markdown(source.title))
    if len(sources) > 5:
        st.caption(f"and {counted(len(sources) - 5, 'other source')}")
    st.caption(
        "Its passages and its place in the index go with it. Drafts that cite it keep their text and lose the citation."
        if len(sources) == 1
        else "Their passages and places in the index go with them. Drafts keep their text and lose the citations."
    )
    bar = st.container(horizontal=True)
    if bar.button("Delete", type="primary", icon=":material/delete:", key="delete_now"):
        with banners():
            for source in sources:
                get_app().sources.delete(source.id, current_actor())
            _done()
    if bar.button("Keep it", key="delete_not"):
        st.rerun()
