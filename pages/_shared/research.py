"""Research on the Write page: questions with how far the sources answer them, and pages to accept from the web."""

from contextlib import suppress

import streamlit as st

from pages._shared import place
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.candidates import draw_web
from pages._shared.costs import research_line
from pages._shared.routes import route_chosen
from pages._shared.source_imports import draw_import, is_at_work
from pages._shared.sources import AT_WORK
from pages._shared.text import Colour, counted
from writer.domain.briefs import MAX_TOPIC, Brief
from writer.domain.drafts import Draft
from writer.domain.errors import UserMistake
from writer.domain.jobs import JobState
from writer.domain.research import Coverage, Readiness, Research
from writer.security.render import as_markdown

POLL_S = 1.0
_BADGES: dict[Coverage, tuple[str, Colour]] = {
    Coverage.ENOUGH: ("Enough", "green"),
    Coverage.THIN: ("Thin", "orange"),
    Coverage.NOTHING: ("Nothing", "red"),
}


def readiness(brief: Brief) -> Readiness | None:
    """Asked again only for another brief or other sources; None while the brief says too little."""
    app, actor = get_app(), current_actor()
    with suppress(UserMistake):
        key = (brief, tuple(source.id for source in app.sources.listing(actor) if source.state not in AT_WORK))
        known = st.session_state.get("research:readiness")
        if known is None or known[0] != key:
            known = st.session_state["research:readiness"] = (key, app.research.readiness(brief, actor))
        found: Readiness = known[1]
        return found
    return None


def start_research(brief: Brief) -> None:
    """Ends this run of the page."""
    job = get_app().research.start(brief, current_actor(), route_chosen())
    place.show_draft(place.WRITING, job.draft_id)
    place.go_to(place.WRITE, job.draft_id)


def find_on_web() -> None:
    """From the Sources page: a topic is enough to begin with."""
    with st.form("research:topic", border=False):
        topic = st.text_input("What do you want to know about?", key="research:asked", max_chars=MAX_TOPIC)
        st.caption(
            "You get questions and what your sources hold of them. Nothing is sent or fetched before you say so."
        )
        research_line(Brief("A topic of usual length"), route_chosen())
        asked = st.form_submit_button("Research this topic", icon=":material/travel_explore:")
    if asked:
        with banners():
            start_research(Brief((topic or "").strip()))


def research_view(draft: Draft, job_id: str) -> None:
    found = get_app().research.get(job_id, current_actor())
    busy = _is_busy(found)
    st.session_state["research:busy"] = busy
    for note in found.notes:
        st.info(as_markdown(note, 500), icon=":material/info:")
    st.fragment(_progress, run_every=POLL_S if busy else None)(job_id)
    left, right = st.columns([1.4, 1], gap="large")
    with left:
        ticked = question_list(draft, found)
    with right:
        draw_web(found, key=job_id)
    bar = st.container(horizontal=True)
    if found.questions and bar.button("Go on to the outline", type="primary", icon=":material/toc:", key="to_outline"):
        with banners():
            get_app().research.go_on(job_id, ticked, current_actor(), route_chosen())
            st.rerun()
    if not busy and bar.button("Look into my sources again", icon=":material/refresh:", key="look_again"):
        with banners():
            get_app().research.look_again(job_id, current_actor())
            st.rerun()


def _is_busy(found: Research) -> bool:
    return found.job.state is JobState.RUNNING or is_at_work(found.imports)


def _progress(job_id: str) -> None:
    """What is being done; the page is drawn anew once it is over."""
    with banners():
        app, actor = get_app(), current_actor()
        found = app.research.get(job_id, actor)
        if st.session_state.get("research:busy") and not _is_busy(found):
            st.session_state["research:busy"] = False
            st.rerun()
        if found.job.state is JobState.RUNNING:
            snapshot = app.jobs.snapshot(job_id, actor)
            now = next((step.label for step in snapshot.steps if step.state.value == "running"), "Waiting")
            share = snapshot.done / max(1, len(snapshot.steps))
            st.progress(share, text=as_markdown(f"{snapshot.done} of {len(snapshot.steps)}: {now}", 160))
        for one in found.imports:
            draw_import(one)


def question_list(draft: Draft, found: Research) -> list[int]:
    """By whose questions they are. Returns those that are ticked for the brief."""
    st.header("Questions", anchor=False)
    if not found.questions:
        st.caption("The questions are being collected.")
        return []
    answered = sum(one.coverage is Coverage.ENOUGH for one in found.questions)
    st.caption(
        f"Your sources answer {answered} of {counted(len(found.questions), 'question')} well. "
        "Tick what the article should answer; it goes into the brief."
    )
    ticked: list[int] = []
    for perspective in dict.fromkeys(one.question.perspective for one in found.questions):
        st.subheader(as_markdown(perspective.capitalize(), 60), anchor=False)
        for n, one in enumerate(found.questions):
            if one.question.perspective == perspective and _question_row(draft, found, n):
                ticked.append(n)
    return ticked


def _question_row(draft: Draft, found: Research, n: int) -> bool:
    one = found.questions[n]
    label, colour = _BADGES[one.coverage]
    with st.container(horizontal=True, vertical_alignment="center", key=f"question:{n}"):
        with st.container(width="stretch"):
            if one.coverage is Coverage.NOTHING or one.question.text in draft.brief.questions:
                st.markdown(as_markdown(one.question.text, 220))
                ticked = False
            else:
                ticked = st.checkbox(as_markdown(one.question.text, 220), key=f"brief_question:{found.job.id}:{n}")
        st.badge(label, color=colour, help=counted(len(one.passage_ids), "passage") + " of your sources")
    return ticked
