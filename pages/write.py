"""Write: from a brief over an outline to a finished, cited draft."""

import streamlit as st

from pages._shared import place
from pages._shared.app import current_actor, get_app
from pages._shared.article import brief_facts, facts, show_article
from pages._shared.banner import banners, show_error
from pages._shared.claims import chips_of, wait_for_checks
from pages._shared.costs import budget_choices, cap_field, estimate_line, set_cap
from pages._shared.exporting import export_popover
from pages._shared.findings import show_findings
from pages._shared.gaps import gap_cards
from pages._shared.header import title_row
from pages._shared.live import step_list, watch
from pages._shared.new_article import new_article
from pages._shared.outline_form import OutlineForm
from pages._shared.research import research_view
from pages._shared.routes import route_chosen
from writer.domain.drafts import Draft, DraftState
from writer.domain.errors import NotFound
from writer.domain.jobs import Job, JobState
from writer.domain.outlines import Outline
from writer.security.render import as_markdown
from writer.services.articles.steps import KIND as ARTICLE
from writer.services.research.steps import KIND as RESEARCH

app, actor = get_app(), current_actor()


def heading(draft: Draft, job: Job | None) -> None:
    with title_row(as_markdown(draft.title)):
        if job and job.state is JobState.RUNNING:
            if st.button("Stop", icon=":material/stop_circle:", key="stop"):
                with banners():
                    app.jobs.stop(job.id, actor)
                    st.rerun()
        elif draft.word_count and st.button("Open in editor", icon=":material/ink_pen:", type="primary", key="edit"):
            place.go_to(place.EDITOR, draft.id)


def caption_row(draft: Draft, text: str) -> None:
    """What is shown, the file to take along, and the way back to an empty brief."""
    with st.container(horizontal=True, vertical_alignment="center", key="caption_row"):
        st.caption(text, width="stretch")
        if draft.word_count:
            export_popover(draft, type="tertiary")
        if st.button("New article", icon=":material/add:", type="tertiary", key="new"):
            place.leave_draft(place.WRITING)
            st.rerun()


def shape_outline(draft: Draft, outline: Outline, job: Job | None) -> None:
    caption_row(draft, "Rename, reorder, add or remove sections. Writing begins when you approve.")
    left, right = st.columns([2, 1], gap="large")
    with left:
        form = OutlineForm(draft, outline)
        form.draw()
        cap = cap_field(draft)
        estimate_line(draft, outline, job)
        bar = st.container(horizontal=True)
        if bar.button("Approve and write", type="primary", icon=":material/check:", key="approve"):
            with banners():
                set_cap(job, cap)
                app.articles.approve(draft.id, form.edited(), actor)
                st.rerun()
        if bar.button("Make another outline", icon=":material/refresh:", key="redo"):
            with banners():
                app.articles.redo_outline(draft.id, actor, route=route_chosen())
                st.rerun()
    with right:
        st.header("Brief", anchor=False)
        brief_facts(draft.brief)


def not_running(draft: Draft, job: Job) -> None:
    """Stopped or failed: what there is, why, and how to go on."""
    what = "research" if job.kind == RESEARCH else "article"
    reason = job.error or f"You stopped this {what}. What was finished is kept."
    st.warning(as_markdown(reason, 600), icon=":material/pause_circle:")
    beside = budget_choices(draft, job)
    if st.button("Go on", icon=":material/play_arrow:", type="secondary" if beside else "primary", key="go_on"):
        with banners():
            app.jobs.resume(job.id, actor)
            st.rerun()


def result(draft: Draft, job: Job | None) -> None:
    caption_row(draft, facts(draft))
    left, right = st.columns([2.3, 1], gap="medium")
    chips = chips_of(draft)
    with left, st.container(border=True, key="paper"):
        show_article(draft, key="article", chips=chips)
    with left:
        gap_cards(draft)
    with right:
        steps, checks, brief = st.tabs(
            [":material/checklist: Steps", ":material/rule: Checks", ":material/assignment: Brief"]
        )
        with checks:
            show_findings(draft)
        with steps:
            if job:
                step_list(app.jobs.snapshot(job.id, actor).steps)
        with brief:
            brief_facts(draft.brief)
        wait_for_checks(draft, chips)


def researching(draft: Draft, job: Job) -> None:
    heading(draft, job)
    caption_row(draft, "What the article must know, and what your sources hold of it. Go on whenever you like.")
    if job.state in (JobState.STOPPED, JobState.FAILED):
        not_running(draft, job)
    research_view(draft, job.id)


def existing(draft_id: str) -> None:
    draft = app.drafts.open(draft_id, actor)
    job = app.jobs.for_draft(draft_id, actor, ARTICLE)
    research = app.jobs.for_draft(draft_id, actor, RESEARCH) if job is None else None
    if draft.state is DraftState.RESEARCHING and research:
        researching(draft, research)
        return
    heading(draft, job)
    if job and job.state is JobState.RUNNING:
        watch(job, "Writing" if draft.outline else "Making the outline")
    elif job and job.state is JobState.WAITING and draft.outline:
        shape_outline(draft, draft.outline, job)
    else:
        if job and job.state is not JobState.DONE:
            not_running(draft, job)
        if draft.sections:
            result(draft, job)


draft_id = place.current_draft(place.WRITING)
with banners():
    if draft_id:
        try:
            existing(draft_id)
        except NotFound as error:
            place.leave_draft(place.WRITING)
            show_error(error)
            new_article()
    else:
        new_article()
