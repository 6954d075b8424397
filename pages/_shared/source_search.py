"""Searching in the writer's sources: what is found, where, why, how close it is, and more like it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.paper import Block, escaped, show_paper
from pages._shared.sources import place_of, read_source
from pages._shared.text import counted
from writer.domain.scopes import Scope
from writer.domain.sources import Hit, Source, Span
from writer.security.render import as_markdown, plain, render_markdown

SHOWN = 10
_LIKE = "search:like"
_FIRST_DAY = date(1000, 1, 1)
Option = TypeVar("Option", int, str)


def draw_search(query: str, looked_at: int | None = None) -> None:
    """Within the collection that is looked at, unless the filter names others."""
    scope = draw_filter()
    if looked_at is not None and not scope.collections:
        scope = replace(scope, collections=(looked_at,))
    if not scope.is_everything:
        within = len(get_app().sources.in_scope(scope, current_actor()))
        st.caption(f":material/filter_alt: Only in {counted(within, 'source')}")
    asked, like = st.session_state.get(_LIKE, ("", ""))
    if like and asked == query:
        draw_similar(like, query)
        return
    hits = get_app().sources.search(query, current_actor(), limit=SHOWN, scope=scope, nearest_sentence=True)
    if not hits:
        narrowed = "" if scope.is_everything else " within what you chose"
        st.caption(f"Nothing in your sources{narrowed} is close enough. Try other words.")
    for hit in hits:
        show_hit(hit, query)


def draw_filter() -> Scope:
    """Offers only what the writer's sources have."""
    sources = get_app().sources.listing(current_actor())
    collections = {one.id: one.name for one in get_app().collections.listing(current_actor())}
    with st.popover("Filter", icon=":material/filter_list:", key="search:filter"):
        since, until = _dates(sources)
        return Scope(
            collections=_chosen("Collections", list(collections), collections),
            tags=_chosen("Tags", sorted({tag for source in sources for tag in source.tags})),
            kinds=_chosen("Kinds", sorted({source.kind for source in sources})),
            languages=_chosen("Languages", sorted({source.language for source in sources} - {""})),
            since=since,
            until=until,
        )


def _chosen(label: str, options: Sequence[Option], names: Mapping[int, str] | None = None) -> tuple[Option, ...]:
    """Nothing to choose from is not shown."""
    if not options:
        return ()
    shown = {
        option: plain(str(names[option] if names and isinstance(option, int) else option), 80) for option in options
    }
    return tuple(
        st.multiselect(label, options, key=f"search:{label}", format_func=shown.__getitem__, placeholder="Any")
    )


def _dates(sources: Sequence[Source]) -> tuple[date | None, date | None]:
    if not any(source.published for source in sources):
        return None, None
    bar = st.container(horizontal=True)
    since = bar.date_input("Dated from", None, key="search:since", min_value=_FIRST_DAY)
    until = bar.date_input("Dated until", None, key="search:until", min_value=_FIRST_DAY)
    return since, until


def draw_similar(passage_id: str, query: str) -> None:
    top = st.container(horizontal=True, vertical_alignment="center")
    top.caption(f"Passages elsewhere that are like {as_markdown(passage_id)}", width="stretch")
    top.button("Back to the search", icon=":material/arrow_back:", key="search:back", on_click=_forget_like)
    hits = get_app().sources.similar(passage_id, current_actor(), SHOWN)
    if not hits:
        st.caption("No other passage is close enough.")
    for hit in hits:
        show_hit(hit, query)


def _look_for_like(passage_id: str, query: str) -> None:
    st.session_state[_LIKE] = (query, passage_id)


def _forget_like() -> None:
    st.session_state.pop(_LIKE, None)


def show_hit(hit: Hit, query: str) -> None:
    passage = hit.passage
    with st.container(border=True, key=f"hit:{passage.id}", gap="xsmall"):
        top = st.container(horizontal=True, vertical_alignment="center")
        top.markdown(f"**{as_markdown(passage.source_title, 100)}**", width="stretch")
        top.badge(f"{hit.score:.2f}", color="blue", help="How close the passage is to the words, from 0 to 1")
        st.caption(as_markdown(place_of(passage)))
        show_paper([hit_block(hit)], key=f"hit_text:{passage.id}", label=plain(passage.id))
        _buttons(hit, query)


def _buttons(hit: Hit, query: str) -> None:
    passage = hit.passage
    bar = st.container(horizontal=True, key=f"actions:{passage.id}")
    if bar.button("Read here", icon=":material/menu_book:", type="tertiary", key=f"open:{passage.id}"):
        with banners():
            read_source(get_app().sources.get(passage.source_id, current_actor()), passage.id, query)
    bar.button(
        "More like this",
        icon=":material/join_inner:",
        type="tertiary",
        key=f"like:{passage.id}",
        on_click=_look_for_like,
        args=(passage.id, query),
    )


def hit_block(hit: Hit) -> Block:
    return spans_block(hit.passage.text, hit.spans, hit.sentence or (0, 0))


def spans_block(text: str, spans: Sequence[Span], sentence: Span = (0, 0)) -> Block:
    """Plain text: the words that were found marked, the sentence nearest in meaning underlined."""
    begin, end = sentence
    parts = ((0, begin), (begin, end), (end, len(text)))
    before, nearest, after = (_spans_marked(text, spans, part) for part in parts)
    return {"heading": "", "html": render_markdown(f"{before}<u>{nearest}</u>{after}" if nearest else after)}


def _spans_marked(text: str, spans: Sequence[Span], part: Span) -> str:
    first, last = part
    marked, at = "", first
    for start, end in spans:
        if first <= start and end <= last:
            marked += f"{escaped(text[at:start])}<mark>{escaped(text[start:end])}</mark>"
            at = end
    return marked + escaped(text[at:last])
