"""What the list of drafts is narrowed by. Each choice stands in the address: a reload or a link shows the same list."""

from collections.abc import Sequence

import streamlit as st

from pages._shared.text import words_of
from writer.domain.library import Shelf, Sort, Wanted
from writer.security.render import plain

PAGE = "page"
ORDERS = {
    Sort.CHANGED: "Last changed",
    Sort.CREATED: "Newest",
    Sort.TITLE: "Title",
    Sort.DUE: "Due date",
    Sort.PLANNED: "Planned date",
}


def draw_find() -> tuple[str, bool]:
    """The words that are looked for, and whether the trash is."""
    with st.container(horizontal=True, vertical_alignment="center"):
        query = st.text_input(
            "Find drafts",
            key="find",
            icon=":material/search:",
            placeholder="Words of the title or the text",
            label_visibility="collapsed",
            width="stretch",
            bind="query-params",
            on_change=to_first_page,
        )
        trashed = st.toggle("Trash", key="trash", bind="query-params", on_change=to_first_page)
    return query, trashed


def draw_filters(shelf: Shelf, query: str, trashed: bool) -> Wanted:
    """Drawn for what there is: without tags nothing asks for tags."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        folder = _folder([name for name, _ in shelf.folders])
        states = _several("Status", "status", [words_of(state.value) for state, _ in shelf.states], 180)
        tags = _several("Tags", "tag", [name for name, _ in shelf.tags], 180)
        order = st.selectbox(
            "Order", list(ORDERS.values()), key="sort", width=150, bind="query-params", on_change=to_first_page
        )
    chosen = tuple(state for state, _ in shelf.states if words_of(state.value) in states)
    sort = next((sort for sort, name in ORDERS.items() if name == order), Sort.CHANGED)
    return Wanted(query, chosen, tuple(tags), folder, trashed, sort)


def to_first_page() -> None:
    st.session_state[PAGE] = 1


def is_narrowed(wanted: Wanted) -> bool:
    return bool(wanted.query.strip() or wanted.states or wanted.tags or wanted.folder)


def _folder(folders: Sequence[str]) -> str:
    if not folders:
        return ""
    _forget_unknown("folder", folders)
    return (
        st.selectbox(
            "Folder",
            folders,
            index=None,
            placeholder="All folders",
            format_func=plain,
            key="folder",
            width=200,
            bind="query-params",
            on_change=to_first_page,
        )
        or ""
    )


def _several(label: str, key: str, options: Sequence[str], width: int) -> list[str]:
    if not options:
        return []
    _forget_unknown(key, options)
    return st.multiselect(
        label,
        options,
        placeholder="Any",
        format_func=plain,
        key=key,
        width=width,
        bind="query-params",
        on_change=to_first_page,
    )


def _forget_unknown(key: str, options: Sequence[str]) -> None:
    """What was chosen may be gone since: a tag that no draft has any more cannot be asked for."""
    chosen = st.session_state.get(key)
    if isinstance(chosen, list):
        st.session_state[key] = [one for one in chosen if one in options]
    elif chosen is not None and chosen not in options:
        st.session_state[key] = None
