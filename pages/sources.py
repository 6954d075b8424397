"""Sources: what Writer writes from. Add, put together, watch, search, read in place, delete."""

from collections.abc import Sequence

import streamlit as st

from pages._shared import drawers
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.collection_settings import draw_settings
from pages._shared.collections import draw_bar, pick_tags, scope_of
from pages._shared.header import title_row
from pages._shared.research import find_on_web
from pages._shared.search_model import draw_search_model_notice
from pages._shared.source_imports import draw_add, draw_import, draw_sync, is_at_work, recent_imports
from pages._shared.source_list import SELECTING, draw_list, select_all_as_asked
from pages._shared.source_search import draw_search
from pages._shared.text import counted
from writer.domain.collections import Collection
from writer.domain.scopes import Scope
from writer.domain.sources import Tally

POLL_S = 0.7
app, actor = get_app(), current_actor()


def add_samples() -> None:
    with banners():
        app.sources.add_samples(actor)


def empty() -> None:
    with st.container(horizontal_alignment="center", key="empty"):
        st.header("No sources yet", anchor=False, text_alignment="center")
        st.markdown("Everything Writer claims comes from documents that you add here.", text_alignment="center")
        st.button(
            "Add sample documents", type="primary", icon=":material/auto_awesome:", key="samples", on_click=add_samples
        )
    draw_add()
    with st.expander("Find sources on the web", icon=":material/travel_explore:"):
        find_on_web()


def library(within: Scope, chosen: Collection | None, collections: Sequence[Collection]) -> None:
    """Asks again only while something is being worked on."""
    with banners():
        imports, recuts = recent_imports(), app.collections.recuts(actor)
        if st.session_state.get("sources:at_work") and not (
            app.sources.tally(actor).at_work or is_at_work(imports) or recuts
        ):
            st.session_state["sources:at_work"] = False
            st.rerun()
        for one in imports:
            draw_import(one)
        for job in recuts:
            st.caption(f":material/content_cut: {job.args['what']} …")
        draw_list(within, app.sources.tally(actor, within).sources, chosen, collections)


def told(tally: Tally) -> str:
    return f"{counted(tally.sources, 'source')} · {counted(tally.passages, 'passage')} to cite"


def page() -> None:
    title_row("Sources")
    total, imports, collections = app.sources.tally(actor), recent_imports(), app.collections.listing(actor)
    if not total.sources and not imports and not collections:
        empty()
        return
    chosen = draw_bar(collections)
    st.caption(told(app.sources.tally(actor, scope_of(chosen, ()))))
    draw_search_model_notice(at_work=bool(total.at_work))
    query = st.text_input(
        "Search in your sources", key="sources:query", icon=":material/search:", placeholder="What do you want to know?"
    )
    if query.strip():
        draw_search(query, chosen.id if chosen else None)
        return
    if chosen:
        draw_settings(chosen, [one for one in collections if one.id != chosen.id])
    with st.expander("Add sources", icon=":material/add:"):
        draw_add(chosen.id if chosen else None)
    with st.expander("Find sources on the web", icon=":material/travel_explore:"):
        find_on_web()
    if not chosen:
        draw_sync(total.web_pages)
    with st.container(horizontal=True, vertical_alignment="center", key="list_bar"):
        tags = pick_tags(list(app.collections.tags(actor)))
        st.toggle("Select several", key=SELECTING)
    working = bool(total.at_work or is_at_work(imports) or app.collections.recuts(actor))
    st.session_state["sources:at_work"] = working
    select_all_as_asked()
    st.fragment(library, run_every=POLL_S if working else None)(scope_of(chosen, tags), chosen, collections)


with banners():
    page()
drawers.draw_again()
