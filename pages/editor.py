"""Editor: a draft as one text, saved while you type, with its citations, checks and versions beside it."""

import streamlit as st

from pages._shared import drawers, place
from pages._shared.app import current_actor, get_app
from pages._shared.article import brief_facts, show_article
from pages._shared.banner import banners, show_error
from pages._shared.budgets import paid_work_banner
from pages._shared.checks import show_checks
from pages._shared.cited import draw_cited
from pages._shared.claims import chips_of, claims_panel
from pages._shared.comments import show_comments
from pages._shared.details import draw_details
from pages._shared.exporting import export_popover
from pages._shared.gaps import gap_cards
from pages._shared.header import title_row
from pages._shared.manuscript import could_not_start, write_text
from pages._shared.publishing import publish_button
from pages._shared.section_editor import Desk, edit_section
from pages._shared.still_writing import still_writing
from pages._shared.style_guide_form import draw_guide_of
from pages._shared.text import words_of
from pages._shared.versions import version_list
from pages._shared.voices import draw_voice_of
from writer.domain.drafts import DraftState
from writer.domain.errors import EditConflict, NotFound
from writer.security.render import as_markdown

STATES = [DraftState.DRAFTING, DraftState.IN_REVIEW, DraftState.FACT_CHECK, DraftState.READY, DraftState.PUBLISHED]
TEXT, SECTIONS, READING = VIEWS = ("Text", "Sections", "Reading view")
app, actor = get_app(), current_actor()


def nothing_open() -> None:
    title_row("Editor")
    with st.container(horizontal_alignment="center", key="empty"):
        st.space("medium")
        st.markdown("No draft is open.", text_alignment="center")
        if st.button("Choose a draft", type="primary", icon=":material/article:", key="choose"):
            place.go_to(place.DRAFTS)


def heading(desk: Desk) -> str:
    """The first row; returns which view of the draft was chosen."""
    with title_row("Editor"):
        view = st.radio("View", VIEWS, key="view", horizontal=True, label_visibility="collapsed")
        status(desk)
        export_popover(desk.draft)
        publish_button(desk.draft.id)
    with st.container(key="notices"):  # always there: what comes and goes in it must not mount the editor anew
        still_writing(desk.draft)
        paid_work_banner()
    return view


def status(desk: Desk) -> None:
    draft = desk.draft
    states = list(dict.fromkeys([draft.state, *STATES]))
    key = f"state:{draft.id}:{desk.epoch('status')}"
    state = st.selectbox(
        "Status", states, format_func=lambda s: words_of(s.value), key=key, label_visibility="collapsed", width=150
    )
    if state != draft.state:
        desk.saw(app.drafts.set_state(draft.id, state, actor))


def sections_view(desk: Desk) -> None:
    title = st.text_input("Title", desk.draft.title, key=f"title:{desk.draft.id}:{desk.epoch('')}", max_chars=300)
    if title and title.strip() != desk.draft.title:
        rename(desk, title.strip())
    for section in desk.draft.sections:
        edit_section(desk, section.key)


def rename(desk: Desk, title: str) -> None:
    draft = desk.draft
    try:
        desk.saw(app.drafts.save(draft.id, draft.revision, actor, title=title, sections=draft.sections))
    except EditConflict:
        now = app.drafts.open(draft.id, actor)
        desk.show(app.drafts.save(now.id, now.revision, actor, title=title, sections=now.sections))
    st.rerun()


def text_view(desk: Desk) -> None:
    """Section by section where the editor cannot run: the text can be written in any browser."""
    if could_not_start(desk.draft.id):
        st.caption("The editor cannot run in this browser. Here is the draft section by section.")
        sections_view(desk)
    else:
        write_text(app.drafts.open(desk.draft.id, actor))


def reading_view(desk: Desk) -> None:
    with st.container(border=True, key="paper"):
        draft = app.drafts.open(desk.draft.id, actor)
        st.header(as_markdown(draft.title), anchor=False)
        show_article(draft, key="preview", chips=chips_of(draft))


def panels(desk: Desk, view: str) -> None:
    cited, checks, comments, versions = st.tabs(["Citations", "Checks", "Comments", "Versions"])
    live = view == TEXT and not could_not_start(desk.draft.id)
    with checks:
        show_checks(app.drafts.open(desk.draft.id, actor), live=live)
    with comments:
        show_comments(app.drafts.open(desk.draft.id, actor), live=live)
    with cited:
        claims_panel(desk)
        draw_cited(app.drafts.open(desk.draft.id, actor))
    with versions:
        version_list(desk)
    with st.expander("Details", icon=":material/search:"):
        draw_details(app.drafts.open(desk.draft.id, actor))
        draw_guide_of(app.drafts.open(desk.draft.id, actor))
    with st.expander("Voice", icon=":material/record_voice_over:"):
        draw_voice_of(app.drafts.open(desk.draft.id, actor))
    with st.expander("Brief", icon=":material/assignment:"):
        brief_facts(desk.draft.brief)


def page(draft_id: str) -> None:
    desk = Desk(app.drafts.open(draft_id, actor))
    view = heading(desk)
    left, right = st.columns([1.9, 1], gap="medium")
    with left:
        {TEXT: text_view, SECTIONS: sections_view, READING: reading_view}[view](desk)
        gap_cards(app.drafts.open(draft_id, actor))
    with right:
        panels(desk, view)


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
drawers.draw_again()
