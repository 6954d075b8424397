"""Evidence for a gap: passages of the writer's sources, pages of the web, and new sources, without leaving the card."""

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.candidates import draw_web
from pages._shared.routes import route_chosen
from pages._shared.source_imports import draw_import
from pages._shared.sources import draw_paste, draw_upload, place_of, read_source
from pages._shared.text import counted, shortened
from writer.domain.drafts import Draft
from writer.domain.jobs import JobState
from writer.domain.sources import Hit
from writer.security.render import as_markdown, plain
from writer.services.articles.gaps import OpenPart

_HITS = 5


def search_sources(draft: Draft, part: OpenPart) -> None:
    """Suggested searches are buttons; what is found can be ticked, and the section is written from it."""
    name = f"gap:{draft.id}:{part.key}"
    with st.container(horizontal=True, key=f"gap_queries:{part.key}"):
        for n, query in enumerate(part.gap.suggested_queries):
            st.button(
                as_markdown(query, 80),
                icon=":material/search:",
                key=f"{name}:suggested:{n}",
                on_click=_search_for,
                args=(name, query),
            )
    query = st.text_input("Search my sources for it", key=f"{name}:query", icon=":material/search:")
    if not (query or "").strip():
        return
    hits = get_app().sources.search(query, current_actor(), limit=_HITS)
    if not hits:
        st.caption("Nothing in your sources is close enough. Try other words, or add a source.")
        return
    chosen = [hit.passage.id for hit in hits if _hit(hit, name, query)]
    told = f"Write from {counted(len(chosen), 'ticked passage')}"
    if st.button(told, icon=":material/edit_note:", key=f"{name}:use", type="primary", disabled=not chosen):
        get_app().gaps.retry(draft.id, part.key, current_actor(), chosen, route_chosen())
        st.rerun()


def _search_for(name: str, query: str) -> None:
    st.session_state[f"{name}:query"] = plain(query)


def _hit(hit: Hit, name: str, query: str) -> bool:
    passage = hit.passage
    with st.container(border=True, key=f"{name}:hit:{passage.id}", gap="xsmall"):
        top = st.container(horizontal=True, vertical_alignment="center")
        with top:
            with st.container(width="stretch"):
                used = st.checkbox("Use this passage", key=f"{name}:use:{passage.id}")
            if st.button("Read", type="tertiary", icon=":material/menu_book:", key=f"{name}:read:{passage.id}"):
                app, actor = get_app(), current_actor()
                read_source(app.sources.get(passage.source_id, actor), passage.id, query)
        st.caption(as_markdown(f"{passage.source_title} · {place_of(passage)}", 200))
        st.markdown(as_markdown(shortened(passage.text, 360), 400))
    return bool(used)


def search_web(draft: Draft, part: OpenPart) -> None:
    """Where a web search is set up. The searches are shown first, and sent by a second click."""
    app, actor, name = get_app(), current_actor(), _web_name(draft, part)
    if not app.web_search.setup(actor).kind:
        return
    if st.button("Search the web for it", icon=":material/travel_explore:", key=name):
        st.session_state[f"{name}:job"] = app.research.for_gap(draft.id, part.key, actor).id
        st.rerun()
    job_id = st.session_state.get(f"{name}:job")
    if not job_id:
        return
    found = app.research.get(job_id, actor)
    if found.job.state is JobState.RUNNING:
        st.caption(":material/sync: Searching…")
    for one in found.imports:
        draw_import(one)
    draw_web(found, key=job_id)


def busy_jobs(draft: Draft, part: OpenPart) -> list[str]:
    """Ids of the searches and imports for this gap that are at work."""
    job_id = st.session_state.get(f"{_web_name(draft, part)}:job")
    if not job_id:
        return []
    found = get_app().research.get(job_id, current_actor())
    return [job.id for job in (found.job, *(one.job for one in found.imports)) if job.state is JobState.RUNNING]


def _web_name(draft: Draft, part: OpenPart) -> str:
    return f"gap_web:{draft.id}:{part.key}"


def add_here(name: str) -> None:
    """A source for this gap, added in place; the section is tried again once it is ready."""
    with st.expander("Add a source for it", icon=":material/add:"):
        upload, paste, web = st.tabs(
            [":material/upload_file: Upload", ":material/content_paste: Paste text", ":material/language: Web"]
        )
        with upload:
            draw_upload(f"{name}:upload")
        with paste:
            draw_paste(name)
        with web, st.form(f"{name}:address", border=False):
            address = st.text_input("Address of the page", key=f"{name}:url", placeholder="https://…")
            if st.form_submit_button("Fetch this page", icon=":material/download:"):
                with banners():
                    get_app().sources.add_address(address or "", current_actor())
                    st.toast("The page is being fetched. Try the section again when it is read.")
