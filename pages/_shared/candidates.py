"""Pages of the web: searches before they are sent, then what was found. Strangers' words are shown as text."""

from collections.abc import Sequence

import streamlit as st

from pages._shared import place
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.text import counted
from writer.domain.jobs import JobState
from writer.domain.research import Candidate, Research
from writer.security.render import as_markdown
from writer.services.research.service import worth_searching

SHOWN = 40


def draw_web(found: Research, *, key: str) -> None:
    """What would be sent, before it is; then what was found."""
    app, actor = get_app(), current_actor()
    setup = app.web_search.setup(actor)
    st.header("Pages on the web", anchor=False)
    if not setup.kind:
        st.caption("No web search is set up. You can choose one in Settings, or add addresses under Sources.")
        _ways_on(key)
    elif found.questions and found.job.state is JobState.DONE:
        _ask_web(found, setup.host, key)
    for one in found.searched:
        if one.problem:
            st.warning(as_markdown(f"{one.query}: {one.problem}", 400), icon=":material/search_off:")
    pick_candidates(found, key=key)


def _ways_on(key: str) -> None:
    with st.container(horizontal=True, key=f"no_web:{key}"):
        if st.button("Set one up", icon=":material/settings:", key=f"to_settings:{key}"):
            place.go_to(place.SETTINGS)
        if st.button("Add sources", icon=":material/add:", key=f"to_sources:{key}"):
            place.go_to(place.SOURCES)


def _ask_web(found: Research, host: str, key: str) -> None:
    open_ = worth_searching(found) or list(range(len(found.questions)))
    sent = {one.query for one in found.searched if not one.problem}
    left = [n for n in open_ if found.questions[n].question.text not in sent]
    if not left:
        return
    with st.expander(f"Search the web: {counted(len(left), 'question')}", expanded=not found.candidates):
        st.caption(f"These words are sent to **{as_markdown(host)}**, and nothing else. Untick what should stay here.")
        chosen = [n for n in left if _to_send(found, n, key)]
        name = f"Send {counted(len(chosen), 'search', 'searches')}"
        if st.button(name, icon=":material/travel_explore:", key=f"send:{key}", disabled=not chosen):
            _send(found, chosen)


def _to_send(found: Research, n: int, key: str) -> bool:
    text = as_markdown(found.questions[n].question.text, 220)
    return st.checkbox(text, value=True, key=f"send:{key}:{n}")


def _send(found: Research, chosen: Sequence[int]) -> None:
    with banners():
        get_app().research.search_web(found.job.id, chosen, current_actor())
        st.rerun()


def pick_candidates(found: Research, *, key: str) -> None:
    if not found.candidates:
        if found.searched and not any(one.problem for one in found.searched):
            st.caption("The search found nothing for these questions.")
        return
    st.caption(f"{counted(len(found.candidates), 'page')} found. Only those that you tick are fetched.")
    ticked = [one.url for n, one in enumerate(found.candidates[:SHOWN]) if _candidate(one, f"{key}:{n}")]
    if len(found.candidates) > SHOWN:
        st.caption(f"The {SHOWN} that serve most questions are shown.")
    name = f"Add {counted(len(ticked), 'page')} to my sources" if ticked else "Add pages to my sources"
    if st.button(name, icon=":material/download:", key=f"accept:{key}", disabled=not ticked):
        with banners():
            get_app().research.accept(found.job.id, ticked, current_actor())
            st.rerun()


def _candidate(one: Candidate, key: str) -> bool:
    with st.container(border=True, key=f"candidate:{key}", gap="xsmall"):
        title = as_markdown(one.title, 140) or as_markdown(one.site)
        if one.source_id:
            st.markdown(f"**{title}**")
            ticked = False
        else:
            ticked = st.checkbox(f"**{title}**", key=f"tick:{key}")
        here = f"already in your sources as S{one.source_id}" if one.source_id else ""
        serves = "for " + counted(len(one.serves), "question")
        facts = " · ".join(filter(None, (_site(one.site), one.date or "no date", serves, here)))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(as_markdown(facts, 300), width="stretch")
            st.link_button("Open", one.url, icon=":material/open_in_new:", type="tertiary")
        if one.snippet:
            st.caption(as_markdown(one.snippet, 320))
    return ticked


def _site(site: str) -> str:
    """Without what would make a link of it in running text."""
    return site.removeprefix("www.")
