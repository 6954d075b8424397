"""A draft in the list: what it is, where it stands, what can be done with it."""

from collections.abc import Sequence

import streamlit as st

from pages._shared import place
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.draft_selection import organise
from pages._shared.exporting import export_button
from pages._shared.text import Colour, ago, counted, day, words_of
from writer.domain.drafts import DraftState, DraftSummary
from writer.domain.library import Shelf, Twin
from writer.security.render import as_markdown
from writer.services.articles.content_types import content_types
from writer.services.drafts import TRASH_DAYS
from writer.services.library import Entry

COLOURS: dict[DraftState, Colour] = {
    DraftState.READY: "green",
    DraftState.PUBLISHED: "green",
    DraftState.IN_REVIEW: "blue",
    DraftState.DRAFTING: "orange",
}


def _act(name: str, summary: DraftSummary) -> None:
    app, actor = get_app(), current_actor()
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


def _facts(entry: Entry) -> str:
    summary, card = entry.summary, entry.card
    kind = content_types().get(summary.content_type)
    told = [kind.title if kind else words_of(summary.content_type), counted(summary.word_count, "word")]
    if summary.section_count and summary.sections_done < summary.section_count:
        told.append(f"{summary.sections_done} of {counted(summary.section_count, 'section')}")
    told.append(f"changed {ago(summary.updated_at)}")
    told += [f"due {day(card.due)}"] if card.due else []
    told += [f"planned for {day(card.planned)}"] if card.planned else []
    told += [f"in {card.folder}"] if card.folder else []
    return as_markdown(" · ".join([*told, *summary.tags]), 400)


def draw_row(entry: Entry, shelf: Shelf, twins: Sequence[Twin], *, selecting: bool) -> None:
    summary = entry.summary
    with st.container(border=True, key=f"draft:{summary.id}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            title = f"**{as_markdown(summary.title, 160)}**"
            if selecting:
                st.checkbox(title, key=f"pick:{summary.id}", width="stretch")
            else:
                st.markdown(title, width="stretch")
            st.badge(words_of(summary.state.value), color=COLOURS.get(summary.state, "gray"))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_facts(entry), width="stretch")
            with st.container(horizontal=True, width="content", key=f"actions:{summary.id}"):
                _buttons(entry, shelf)
        for twin in twins:
            how = "The same title as" if twin.score == 1.0 else "Close in meaning to the title"
            st.caption(f":material/content_copy: {how} “{as_markdown(twin.title, 160)}”")


def _buttons(entry: Entry, shelf: Shelf) -> None:
    summary = entry.summary
    if entry.card.deleted_at:
        icon = ":material/restore_from_trash:"
        st.button("Restore", icon=icon, key=f"restore:{summary.id}", on_click=_act, args=("Restore", summary))
        return
    written = summary.section_count > 0
    label, page = ("Edit", place.EDITOR) if written else ("Go on", place.WRITE)
    if st.button(label, icon=":material/ink_pen:", type="tertiary", key=f"open:{summary.id}"):
        place.go_to(page, summary.id)
    if written:
        export_button(summary, key=f"export:{summary.id}", type="tertiary")
    if st.button("Organise", icon=":material/folder_managed:", type="tertiary", key=f"organise:{summary.id}"):
        organise(entry.card, shelf)
    for name, icon in (("Duplicate", ":material/content_copy:"), ("Move to trash", ":material/delete:")):
        st.button(name, icon=icon, type="tertiary", key=f"{name}:{summary.id}", on_click=_act, args=(name, summary))
