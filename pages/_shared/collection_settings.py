"""One collection: its name, how its documents are cut, and what can be done with all of it."""

from collections.abc import Sequence

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.collections import ALL, look_at
from pages._shared.text import counted
from writer.domain.collections import FEWEST_TOKENS, MAX_NAME, MOST_OVERLAP, MOST_TOKENS, Collection, Cut
from writer.domain.scopes import Scope
from writer.security.render import as_markdown, plain
from writer.services.knowledge.portable import left_out
from writer.services.knowledge.previews import Preview

_SAMPLES = 50
_SAID = 5


def draw_settings(collection: Collection, others: Sequence[Collection]) -> None:
    if collection.description:
        st.caption(as_markdown(collection.description, 1000))
    with st.expander("Collection settings", icon=":material/tune:"):
        _draw_form(collection)
        st.divider()
        _draw_actions(collection, others)


def _draw_form(collection: Collection) -> None:
    key = f"collection:{collection.id}"
    name = st.text_input("Name", collection.name, max_chars=MAX_NAME, key=f"{key}:name")
    description = st.text_area("Description", collection.description, key=f"{key}:description", height=68)
    left, right = st.columns(2)
    tokens = left.number_input(
        "Passage size, in tokens at most",
        FEWEST_TOKENS,
        MOST_TOKENS,
        collection.cut.tokens,
        step=16,
        key=f"{key}:tokens",
        help="Smaller passages are found more exactly, larger ones say more. Citations of unchanged passages stay.",
    )
    overlap = right.number_input(
        "Overlap, in sentences",
        0,
        MOST_OVERLAP,
        collection.cut.overlap,
        key=f"{key}:overlap",
        help="Sentences before a passage that are indexed with it. They are never quoted twice.",
    )
    cut = Cut(int(tokens), int(overlap))
    if collection.sources and st.toggle("Preview on one of its sources", key=f"{key}:preview"):
        with banners():
            _draw_preview(collection, cut)
    if st.button("Save", type="primary", icon=":material/check:", key=f"{key}:save"):
        with banners():
            get_app().collections.change(collection.id, current_actor(), name=name, description=description, cut=cut)
            st.rerun()


def _draw_preview(collection: Collection, cut: Cut) -> None:
    app, actor = get_app(), current_actor()
    sources = app.sources.listing(actor, _SAMPLES, within=Scope(collections=(collection.id,)))
    titles = {source.id: plain(source.title, 80) for source in sources}
    chosen = st.selectbox(
        "Sample", list(titles), format_func=lambda id_: titles[id_], key=f"collection:{collection.id}:sample"
    )
    with st.spinner("Cutting the beginning of it …"):
        found = app.collections.preview(chosen, cut, actor)
    st.caption(_told(found, cut))
    for size, passage in zip(found.sizes, found.first, strict=False):
        with st.container(border=True, gap="xxsmall"):
            place = " › ".join(passage.heading_path)
            st.caption(as_markdown(f"{passage.ordinal} · {counted(size, 'token')}" + (f" · {place}" if place else "")))
            st.markdown(as_markdown(_ends(passage.text), 700))


def _told(found: Preview, asked: Cut) -> str:
    sizes = found.sizes
    whole = "" if found.whole else " in its first 40,000 characters"
    average = sum(sizes) // len(sizes)
    told = f"{counted(len(sizes), 'passage')}{whole}, {min(sizes)} to {max(sizes)} tokens, {average} on average."
    if found.cut.tokens < asked.tokens:
        told += f" The embedding model reads {found.cut.tokens} tokens, so passages are no longer than that."
    return told


def _ends(text: str) -> str:
    """A long passage by its beginning and its end: the boundaries are what is being looked at."""
    return text if len(text) <= 420 else f"{text[:240].rsplit(' ', 1)[0]} […] {text[-140:].split(' ', 1)[-1]}"


def _draw_actions(collection: Collection, others: Sequence[Collection]) -> None:
    key = f"collection:{collection.id}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if others:
            names = {one.id: plain(one.name, 60) for one in others}
            into = st.selectbox(
                "Merge into", list(names), format_func=lambda id_: names[id_], key=f"{key}:into", width=260
            )
            if st.button("Merge", icon=":material/merge:", key=f"{key}:merge"):
                with banners():
                    get_app().collections.merge(collection.id, into, current_actor())
                    look_at(into)
                    st.rerun()
        st.link_button("Export", _address(collection), icon=":material/download:", key=f"{key}:export")
        if st.button("Delete collection", icon=":material/delete:", type="tertiary", key=f"{key}:delete"):
            _confirm_delete(collection)
    _say_what_an_export_leaves_out(collection)


def _say_what_an_export_leaves_out(collection: Collection) -> None:
    missing = get_app().portable.left_out(collection.id, current_actor())
    for source in missing[:_SAID]:
        st.caption(f":material/warning: In an export {as_markdown(left_out(source), 300)}")
    if len(missing) > _SAID:
        st.caption(f":material/warning: So are {counted(len(missing) - _SAID, 'other source')}.")


def _address(collection: Collection) -> str:
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"{'/' + base if base else ''}/api/collections/{collection.id}/export"


@st.dialog("Delete this collection?")
def _confirm_delete(collection: Collection) -> None:
    st.markdown(f"**{as_markdown(collection.name)}**")
    st.caption("Its sources stay, and so does everything written from them.")
    bar = st.container(horizontal=True)
    if bar.button("Delete", type="primary", icon=":material/delete:", key="collection_delete_now"):
        with banners():
            get_app().collections.delete(collection.id, current_actor())
            look_at(ALL)
            st.rerun()
    if bar.button("Keep it", key="collection_delete_not"):
        st.rerun()
