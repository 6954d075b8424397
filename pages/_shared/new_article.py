"""Where an article begins: the brief, its sources, and who writes."""

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from pages._shared import place
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.brief_form import brief_as_typed, draw_brief, draw_more, pick_sources
from pages._shared.brief_kept import bring_back, forget_typed, keep_typed
from pages._shared.budgets import paid_work_banner
from pages._shared.costs import research_line
from pages._shared.header import title_row
from pages._shared.research import readiness, start_research
from pages._shared.routes import BUILT_IN_NOTE, pick_route, route_chosen
from pages._shared.sources import AT_WORK, draw_upload
from pages._shared.text import counted
from pages._shared.try_it import draw_first_run, draw_try_it, trying
from writer.domain.errors import UserMistake
from writer.domain.sources import Source, SourceState
from writer.security.render import as_markdown
from writer.services.articles.content_types import ContentType, content_types


def new_article() -> None:
    title_row("Write an article")
    sources = get_app().sources.listing(current_actor())
    routes = get_app().providers.routes(current_actor())
    st.caption("You shape the outline before anything is written." + ("" if routes else f" {BUILT_IN_NOTE}"))
    paid_work_banner()
    if trying():
        draw_try_it()
    elif not sources:
        draw_first_run()
    else:
        brief_page(sources, routes)


def brief_page(sources: Sequence[Source], routes: Sequence[str]) -> None:
    left, right = st.columns([2, 1], gap="large")
    with left, st.container(key="brief"):
        bring_back(content_types())
        kind = draw_brief(content_types())
        draw_more(kind)
        keep_typed()
        pick_route(routes)
    with right:
        chosen = source_panel(sources)
    with left:
        begin(chosen, kind)


def begin(chosen: tuple[int, ...], kind: ContentType) -> None:
    """An outline now; where the sources seem too few for the brief, research first is offered beside it."""
    lacking = None
    with suppress(UserMistake):  # a brief that is not one yet
        lacking = readiness(brief_as_typed(chosen, kind))
    bar = st.container(horizontal=True)
    if bar.button("Make an outline", type="primary", icon=":material/toc:", key="make_outline"):
        start(chosen, kind)
    if lacking and not lacking.enough:
        if bar.button("Research this first", icon=":material/travel_explore:", key="research_first"):
            with banners():
                brief = brief_as_typed(chosen, kind)
                forget_typed()
                start_research(brief)
        st.caption(f":material/lightbulb: {as_markdown(lacking.sentence, 400)}")
        research_line(brief_as_typed(chosen, kind), route_chosen())


def source_panel(sources: Sequence[Source]) -> tuple[int, ...]:
    st.header("Sources", anchor=False)
    chosen = pick_sources([source for source in sources if source.state is SourceState.READY])
    waiting = sum(source.state in AT_WORK for source in sources)
    if waiting:
        st.caption(f"{counted(waiting, 'source is', 'sources are')} being read and indexed.")
    draw_upload("write:upload")
    return chosen


def start(source_ids: tuple[int, ...], kind: ContentType) -> None:
    with banners():
        brief = brief_as_typed(source_ids, kind)
        draft = get_app().articles.start(brief, current_actor(), route=route_chosen())
        forget_typed()
        place.show_draft(place.WRITING, draft.id)
        st.rerun()
