"""Drafts: find one, open it, copy it, take it along, throw it away, take it back."""

import streamlit as st

from pages._shared import place
from pages._shared.app import current_actor, get_app
from pages._shared.article import export_button
from pages._shared.banner import banners
from pages._shared.draft_search import draw_close
from pages._shared.exporting import export_button
from pages._shared.header import title_row
from pages._shared.text import Colour, ago, counted, day, words_of
from writer.domain.drafts import DraftState, DraftSummary
from writer.security.render import as_markdown
from writer.services.articles.content_types import content_types
from writer.services.drafts import TRASH_DAYS

COLOURS: dict[DraftState, Colour] = {
    DraftState.READY: "green",
    DraftState.PUBLISHED: "green",
    DraftState.IN_REVIEW: "blue",
    DraftState.DRAFTING: "orange",
}
PART = 50
app, actor = get_app(), current_actor()


def act(name: str, summary: DraftSummary) -> None:
    with banners():
        match name:
            case "Duplicate":
                app.drafts.duplicate(summary.id, actor)
                st.toast("Copied.")
            case "Move to trash":
                app.drafts.trash(summary.id, actor)
                st.toast(f"In the trash for {TRASH_DAYS} days.")
            case "Restore":
                app.drafts.untrash(summary.id, actor)
                st.toast("Restored.")


def facts(summary: DraftSummary) -> str:
    kind = content_types().get(summary.content_type)
    told = [kind.title if kind else words_of(summary.content_type), counted(summary.word_count, "word")]
    if summary.section_count and summary.sections_done < summary.section_count:
        told.append(f"{summary.sections_done} of {counted(summary.section_count, 'section')}")
    told.append(f"changed {ago(summary.updated_at)}")
    if summary.due:
        told.append(f"due {day(summary.due)}")
    return as_markdown(" · ".join([*told, *summary.tags]), 400)


def row(summary: DraftSummary, trashed: bool) -> None:
    with st.container(border=True, key=f"draft:{summary.id}", gap="xsmall"):
        top = st.container(horizontal=True, vertical_alignment="center")
        with top:
            st.markdown(f"**{as_markdown(summary.title, 160)}**", width="stretch")
            st.badge(words_of(summary.state.value), color=COLOURS.get(summary.state, "gray"))
        bottom = st.container(horizontal=True, vertical_alignment="center")
        with bottom:
            st.caption(facts(summary), width="stretch")
            with st.container(horizontal=True, width="content", key=f"actions:{summary.id}"):
                buttons(summary, trashed)


def buttons(summary: DraftSummary, trashed: bool) -> None:
    if trashed:
        st.button(
            "Restore",
            icon=":material/restore_from_trash:",
            key=f"restore:{summary.id}",
            on_click=act,
            args=("Restore", summary),
        )
        return
    written = summary.section_count > 0
    label, page = ("Edit", place.EDITOR) if written else ("Go on", place.WRITE)
    if st.button(label, icon=":material/ink_pen:", type="tertiary", key=f"open:{summary.id}"):
        place.go_to(page, summary.id)
    if written:
        export_button(summary, key=f"export:{summary.id}", type="tertiary")
    for name, icon in (("Duplicate", ":material/content_copy:"), ("Move to trash", ":material/delete:")):
        st.button(name, icon=icon, type="tertiary", key=f"{name}:{summary.id}", on_click=act, args=(name, summary))


def page() -> None:
    with title_row("Drafts"):
        if st.button("New article", type="primary", icon=":material/add:", key="new"):
            place.leave_draft(place.WRITING)
            place.go_to(place.WRITE)
    find = st.container(horizontal=True, vertical_alignment="center")
    with find:
        query = st.text_input(
            "Find drafts",
            key="drafts:query",
            icon=":material/search:",
            placeholder="Words of the title or the text",
            label_visibility="collapsed",
            width="stretch",
        )
        trashed = st.toggle("Trash", key="drafts:trashed")
    show_found(query, trashed)
    if query.strip() and not trashed:
        draw_close(query)


def show_found(query: str, trashed: bool) -> None:
    """Part by part: each row is several widgets. Another search begins with its first part again."""
    asked, parts = st.session_state.get("drafts:parts", ((query, trashed), 1))
    shown = PART * (parts if asked == (query, trashed) else 1)
    found = app.drafts.listing(actor, query, trashed, limit=shown + 1)
    if not found:
        nothing(query, trashed)
    for summary in found[:shown]:
        row(summary, trashed)
    if len(found) > shown and st.button("Show more", icon=":material/expand_more:", key="drafts:more", width="stretch"):
        st.session_state["drafts:parts"] = ((query, trashed), shown // PART + 1)
        st.rerun()


def nothing(query: str, trashed: bool) -> None:
    with st.container(horizontal_alignment="center", key="empty"):
        st.space("medium")
        if query.strip():
            st.markdown(f"No draft has “{as_markdown(query, 80)}” in its title or text.", text_alignment="center")
        elif trashed:
            st.markdown(
                f"The trash is empty. What you throw away stays here for {TRASH_DAYS} days.", text_alignment="center"
            )
        else:
            st.header("No drafts yet", anchor=False, text_alignment="center")
            st.markdown("An article begins with a brief: a topic is enough.", text_alignment="center")


with banners():
    page()
