"""Editor: a draft section by section, saved while you type, with its citations and versions beside it."""

import streamlit as st

from pages._shared import place
from pages._shared.app import current_actor, get_app
from pages._shared.article import brief_facts, export_button, show_article
from pages._shared.banner import banners, show_error
from pages._shared.claims import chips_of, claims_panel
from pages._shared.findings import show_findings
from pages._shared.header import title_row
from pages._shared.paper import where
from pages._shared.section_editor import Desk, edit_section
from pages._shared.sources import read_source
from pages._shared.text import counted, words_of
from pages._shared.versions import version_list
from writer.domain.drafts import Draft, DraftState
from writer.domain.errors import EditConflict, NotFound
from writer.domain.jobs import JobState
from writer.security.render import as_markdown

STATES = [DraftState.DRAFTING, DraftState.IN_REVIEW, DraftState.FACT_CHECK, DraftState.READY, DraftState.PUBLISHED]
app, actor = get_app(), current_actor()


def nothing_open() -> None:
    title_row("Editor")
    with st.container(horizontal_alignment="center", key="empty"):
        st.space("medium")
        st.markdown("No draft is open.", text_alignment="center")
        if st.button("Choose a draft", type="primary", icon=":material/article:", key="choose"):
            place.go_to(place.DRAFTS)


def heading(desk: Desk) -> None:
    draft = desk.draft
    with title_row(as_markdown(draft.title)):
        export_button(draft, key="export", label="Export")
    job = app.jobs.for_draft(draft.id, actor)
    if job and job.state in (JobState.RUNNING, JobState.WAITING):
        note = st.container(horizontal=True, vertical_alignment="center")
        note.caption("This draft is still being written. What you change here is kept.", width="stretch")
        if note.button("Watch it", icon=":material/visibility:", type="tertiary", key="watch"):
            place.go_to(place.WRITE, draft.id)


def title_and_state(desk: Desk) -> None:
    draft = desk.draft
    left, right = st.columns([3, 1])
    title = left.text_input("Title", draft.title, key=f"title:{draft.id}:{desk.epoch('')}", max_chars=300)
    states = list(dict.fromkeys([draft.state, *STATES]))
    state = right.selectbox(
        "Status", states, format_func=lambda s: words_of(s.value), key=f"state:{draft.id}:{desk.epoch('status')}"
    )
    if state != draft.state:
        desk.saw(app.drafts.set_state(draft.id, state, actor))
    if title and title.strip() != draft.title:
        rename(desk, title.strip())


def rename(desk: Desk, title: str) -> None:
    draft = desk.draft
    try:
        desk.saw(app.drafts.save(draft.id, draft.revision, actor, title=title, sections=draft.sections))
    except EditConflict:
        now = app.drafts.open(draft.id, actor)
        desk.show(app.drafts.save(now.id, now.revision, actor, title=title, sections=now.sections))
    st.rerun()


def citations(draft: Draft) -> None:
    references = app.drafts.references(app.drafts.open(draft.id, actor))
    if not references:
        st.caption("Nothing is cited. A citation is a mark like [[S1.p4]] in the text: the ids stand in Sources.")
    for reference in references:
        st.markdown(f"**{reference.number}** {as_markdown(reference.source.title, 90)}")
        with st.container(horizontal=True, vertical_alignment="center", key=f"cited:{reference.passage.id}"):
            st.caption(as_markdown(where(reference)), width="stretch")
            if st.button("Read", type="tertiary", icon=":material/menu_book:", key=f"passage:{reference.passage.id}"):
                read_source(reference.source, reference.passage.id)


def page(draft_id: str) -> None:
    desk = Desk(app.drafts.open(draft_id, actor))
    heading(desk)
    with st.container(horizontal=True, vertical_alignment="center", key="caption_row"):
        st.caption(f"{counted(desk.draft.word_count, 'word')} · saved by itself while you type", width="stretch")
        reading = st.toggle("Reading view", key="reading")
    left, right = st.columns([2.3, 1], gap="large")
    with left:
        if reading:
            with st.container(border=True, key="paper"):
                draft = app.drafts.open(draft_id, actor)
                show_article(draft, key="preview", chips=chips_of(draft))
        else:
            title_and_state(desk)
            for section in desk.draft.sections:
                edit_section(desk, section.key)
    with right:
        cited, checks, versions = st.tabs(["Citations", "Checks", "Versions"])
        with checks:
            show_findings(app.drafts.open(draft_id, actor))
        with cited:
            claims_panel(desk)
            citations(desk.draft)
        with versions:
            version_list(desk)
        with st.expander("Brief", icon=":material/assignment:"):
            brief_facts(desk.draft.brief)


draft_id = place.current_draft(place.EDITING)
with banners():
    if draft_id:
        try:
            page(draft_id)
        except NotFound as error:
            place.leave_draft(place.EDITING)
            show_error(error)
            nothing_open()
    else:
        nothing_open()
