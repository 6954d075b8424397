"""Ask: a question to one's own sources, an answer with checked citations, or a plain word that they do not say."""

from collections.abc import Sequence

import streamlit as st

from pages._shared import drawers
from pages._shared.app import current_actor, get_app
from pages._shared.ask import (
    confirm_delete,
    current_question,
    leave_question,
    no_sources,
    pick_scope,
    put_into_draft,
    show_answer,
    show_partial,
    show_question,
    state_badges,
    wait_for_sources,
)
from pages._shared.ask_earlier import draw_earlier
from pages._shared.banner import banners, show_error
from pages._shared.budgets import paid_work_banner
from pages._shared.header import title_row
from pages._shared.live import watch
from pages._shared.routes import pick_route, route_chosen
from writer.domain.errors import NotFound
from writer.domain.jobs import Job, JobState
from writer.domain.questions import Question
from writer.domain.sources import Source, SourceState
from writer.security.render import as_markdown

BUILT_IN_NOTE = "Without a model, answers are quoted from them word for word."
app, actor = get_app(), current_actor()


def box(sources: Sequence[Source]) -> None:
    """The question, what it is asked of, and who answers."""
    routes = app.providers.routes(actor)
    paid_work_banner()
    with st.form("ask:form", border=False, enter_to_submit=True):
        row = st.container(horizontal=True, vertical_alignment="bottom")
        text = row.text_input("Your question", key="ask:text", placeholder="What did the works in the street cost?")
        asked = row.form_submit_button("Ask", type="primary", icon=":material/send:", key="ask:ask")
    with st.container(horizontal=True, vertical_alignment="bottom", key="ask:options"):
        scope = pick_scope(sources)
        pick_route(routes, "Answered by")
    if asked:
        with banners():
            show_question(app.questions.ask(text, actor, scope, route_chosen() if routes else "").id)
            st.rerun()


def one(question: Question) -> None:
    job = app.questions.job(question)
    outdated = app.questions.is_outdated(question)
    with st.container(horizontal=True, vertical_alignment="center", key="ask:heading"):
        st.header(as_markdown(question.text, 300), anchor=False, width="stretch")
        state_badges(question, job, outdated)
    if job and job.state is JobState.RUNNING:
        if st.button("Stop", icon=":material/stop_circle:", key="ask:stop"):
            with banners():
                app.jobs.stop(job.id, actor)
                st.rerun()
        watch(job, "Answering")
        return
    ended_early(question, job)
    if question.answer:
        if outdated:
            st.warning("Sources have changed since this was answered. Ask again.", icon=":material/sync_problem:")
        show_answer(question, question.answer)
    actions(question)


def ended_early(question: Question, job: Job | None) -> None:
    if job and job.state is JobState.DONE:
        return
    reason = job.error if job and job.error else "You stopped this answer."
    kept = " The earlier answer is below." if question.answer else ""
    st.warning(as_markdown(reason + kept, 600), icon=":material/pause_circle:")
    partial = app.jobs.snapshot(job.id, actor).steps[0].text if job else ""
    if partial.strip():
        show_partial(partial)


def actions(question: Question) -> None:
    with st.container(horizontal=True, gap="small", key="ask:actions"):
        if st.button("Ask again", icon=":material/refresh:", key="ask:again"):
            with banners():
                app.questions.again(question.id, actor)
                st.rerun()
        label, act = ("Saved", app.questions.unkeep) if question.kept else ("Save", app.questions.keep)
        icon = ":material/bookmark_added:" if question.kept else ":material/bookmark:"
        if st.button(label, icon=icon, key="ask:keep", help="Saved questions stay at hand, to be asked again."):
            act(question.id, actor)
            st.rerun()
        usable = bool(question.answer and question.answer.text)
        if usable and st.button("Put into a draft", icon=":material/post_add:", key="ask:into_draft"):
            put_into_draft(question)
        if st.button("Delete", icon=":material/delete:", type="tertiary", key="ask:delete"):
            confirm_delete(question)


def page() -> None:
    title_row("Ask")
    sources = app.sources.listing(actor)
    st.caption(
        "Answers come from your sources, or not at all. " + ("" if app.providers.routes(actor) else BUILT_IN_NOTE)
    )
    if not sources:
        no_sources()
    elif not any(source.state is SourceState.READY for source in sources):
        wait_for_sources()
    else:
        box(sources)
    if question_id := current_question():
        try:
            one(app.questions.get(question_id, actor))
        except NotFound as error:
            leave_question()
            show_error(error)
    draw_earlier()


with banners():
    page()
drawers.draw_again()
