"""Collections as the Sources page shows them: choosing one, making one, bringing one in."""

import io
from collections.abc import Sequence

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from writer.domain.collections import MAX_NAME, Collection
from writer.domain.scopes import Scope
from writer.security.render import as_markdown, plain

ALL = 0
CHOSEN, TAGS, PAGE = "sources:collection", "sources:tags", "sources:page"
_NEXT = "sources:collection:next"
_MADE = "collections:made"
_AS_PILLS = 6


def draw_bar(collections: Sequence[Collection]) -> Collection | None:
    """The collection that is looked at, None for all sources."""
    by_id = {one.id: one for one in collections}
    if (following := st.session_state.pop(_NEXT, None)) is not None:
        st.session_state[CHOSEN] = following
    if st.session_state.get(CHOSEN, ALL) not in (ALL, *by_id):
        st.session_state[CHOSEN] = ALL
    bar = st.container(horizontal=True, vertical_alignment="center", key="collections_bar")
    with bar:
        chosen = _choice(by_id) if by_id else ALL
        made = st.session_state.get(_MADE, 0)  # a popover with another key is another one, and closed
        with st.popover("New collection", icon=":material/add:", type="tertiary", key=f"collections:new:{made}"):
            _draw_new()
    _say_what_came()
    return by_id.get(chosen)


def look_at(collection_id: int) -> None:
    """From the next run on: a widget's value cannot change once it is drawn."""
    st.session_state[_NEXT] = collection_id


def scope_of(collection: Collection | None, tags: Sequence[str]) -> Scope:
    return Scope(collections=(collection.id,) if collection else (), tags=tuple(tags))


def pick_tags(tags: Sequence[str]) -> list[str]:
    """Those that sources must have, any of them; drawn where there are tags at all."""
    if not tags:
        return []
    st.session_state[TAGS] = [tag for tag in st.session_state.get(TAGS, ()) if tag in tags]
    return st.multiselect(
        "Tags",
        tags,
        key=TAGS,
        placeholder="All tags",
        format_func=plain,
        label_visibility="collapsed",
        on_change=to_first_page,
        width=320,
    )


def to_first_page() -> None:
    st.session_state[PAGE] = 1


def _choice(by_id: dict[int, Collection]) -> int:
    options = [ALL, *by_id]

    def shown(id_: int) -> str:
        return f"{plain(by_id[id_].name, 40)} · {by_id[id_].sources:,}" if id_ in by_id else "All sources"

    st.session_state.setdefault(CHOSEN, ALL)
    if len(options) <= _AS_PILLS:
        found = st.pills(
            "Collection",
            options,
            format_func=shown,
            key=CHOSEN,
            required=True,
            label_visibility="collapsed",
            on_change=to_first_page,
            persist_state="session",
        )
        return int(found or ALL)
    return st.selectbox(
        "Collection",
        options,
        format_func=shown,
        key=CHOSEN,
        label_visibility="collapsed",
        on_change=to_first_page,
        persist_state="session",
        width=320,
    )


def _draw_new() -> None:
    app, actor = get_app(), current_actor()
    with st.form("collections:make", border=False, clear_on_submit=True):
        name = st.text_input("Name", key="collections:name", max_chars=MAX_NAME, placeholder="Harbour board", width=360)
        made = st.form_submit_button("Create", icon=":material/create_new_folder:")
    if made:
        with banners():
            look_at(app.collections.add(name, actor).id)
            to_first_page()
            st.session_state[_MADE] = st.session_state.get(_MADE, 0) + 1
            st.rerun()
    if st.button("Bring in an exported one", icon=":material/unarchive:", type="tertiary", key="collections:import"):
        _draw_import()


@st.dialog("Bring in a collection")
def _draw_import() -> None:
    st.caption("An exported collection, as one .zip file. It becomes a new collection; what you have stays as it is.")
    file = st.file_uploader("File", ["zip"], key="collections:zip", label_visibility="collapsed")
    if file is not None:
        with banners():
            imported = get_app().portable.take(io.BytesIO(file.getvalue()), current_actor())
            look_at(imported.collection.id)
            said = f"{imported.added:,} new sources, {imported.here:,} that you had already."
            st.session_state["collections:came"] = [f"“{imported.collection.name}”: {said}", *imported.refused[:20]]
            st.rerun()


def _say_what_came() -> None:
    for sentence in st.session_state.pop("collections:came", ()):
        st.info(as_markdown(sentence, 400), icon=":material/inventory_2:")
