"""Questions that were asked before: saved ones and recent ones, with what became of them and of their sources."""

from collections.abc import Iterable

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.ask import show_question, state_badges
from pages._shared.banner import banners
from pages._shared.text import ago, shortened
from writer.domain.jobs import Job
from writer.domain.questions import Question
from writer.security.render import as_markdown

_WORKING = "ask:at_work"
_POLL_S = 1.0


def draw_earlier() -> None:
    """Asks again only while something is being answered."""
    app, actor = get_app(), current_actor()
    questions = [*app.questions.kept(actor), *app.questions.recent(actor)]
    working = _at_work(app.questions.jobs(questions, actor).values())
    st.session_state[_WORKING] = working
    st.fragment(_earlier, run_every=_POLL_S if working else None)()


def _earlier() -> None:
    """Saved ones first."""
    app, actor = get_app(), current_actor()
    with banners():
        kept, recent = app.questions.kept(actor), app.questions.recent(actor)
        outdated = app.questions.outdated([*kept, *recent])
        jobs = app.questions.jobs([*kept, *recent], actor)
        if st.session_state.get(_WORKING) and not _at_work(jobs.values()):
            st.session_state[_WORKING] = False
            st.rerun()
        if outdated and st.button("Ask all changed again", icon=":material/sync:", key="ask:all"):
            app.questions.again_where_changed(actor)
            st.rerun()
        for title, questions in (("Saved", kept), ("Recent", recent)):
            if questions:
                st.subheader(title, anchor=False)
            for question in questions:
                _row(question, jobs.get(question.id), question.id in outdated)


def _row(question: Question, job: Job | None, outdated: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"ask:row:{question.id}"):
        if st.button(as_markdown(shortened(question.text, 110)), type="tertiary", key=f"ask:open:{question.id}"):
            show_question(question.id)
            st.rerun()
        st.space("stretch")
        state_badges(question, job, outdated)
        st.caption(ago(question.asked_at), width="content")


def _at_work(jobs: Iterable[Job]) -> bool:
    return any(not job.state.is_over for job in jobs)
