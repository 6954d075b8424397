"""Drafts: find one, open it, put it in its place, copy it, take it along, throw it away, take it back."""

import streamlit as st

from pages._shared import place
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.draft_calendar import draw_calendar
from pages._shared.draft_filters import PAGE, draw_filters, draw_find, is_narrowed
from pages._shared.draft_import import import_button
from pages._shared.draft_rows import draw_row
from pages._shared.draft_search import draw_close
from pages._shared.draft_selection import draw_selected, select_all_as_asked
from pages._shared.header import title_row
from pages._shared.text import counted
from writer.domain.library import Card, Wanted, shelf_of
from writer.security.render import as_markdown
from writer.services.drafts import TRASH_DAYS
from writer.services.library import Found

ON_A_PAGE = 30
LIST, CALENDAR = VIEWS = ("List", "Calendar")
app, actor = get_app(), current_actor()


def page() -> None:
    with title_row("Drafts"):
        import_button()
        if st.button("New article", type="primary", icon=":material/add:", key="new"):
            place.leave_draft(place.WRITING)
            place.go_to(place.WRITE)
    view = st.radio("View", VIEWS, key="view", horizontal=True, label_visibility="collapsed", bind="query-params")
    if view == CALENDAR:
        draw_calendar()
        return
    query, trashed = draw_find()
    cards = app.library.cards(actor, trashed=trashed)
    wanted = draw_filters(shelf_of(cards), query, trashed)
    show_found(wanted, cards)
    if query.strip() and not trashed:
        draw_close(query)


def show_found(wanted: Wanted, cards: list[Card]) -> None:
    number = max(1, int(st.session_state.get(PAGE) or 1))
    found = app.library.find(wanted, actor, limit=ON_A_PAGE, offset=(number - 1) * ON_A_PAGE, cards=cards)
    pages = max(1, -(-found.total // ON_A_PAGE))
    if number > pages:
        st.session_state[PAGE] = pages
        found = app.library.find(wanted, actor, limit=ON_A_PAGE, offset=(pages - 1) * ON_A_PAGE, cards=cards)
    if found.total:
        show_page(found, wanted, cards)
    else:
        nothing(wanted)
    if pages > 1:
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.pagination(pages, key=PAGE, on_change="rerun", bind="query-params")


def show_page(found: Found, wanted: Wanted, cards: list[Card]) -> None:
    shown = {entry.card.id for entry in found.entries}
    twins = {} if wanted.trashed else app.library.twins(actor, of=shown, cards=cards)
    select_all_as_asked()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(counted(found.total, "draft"), width="stretch")
        selecting = st.toggle("Select", key="drafts:selecting")
    if selecting:
        draw_selected(found.entries, found.shelf, trashed=wanted.trashed)
    for entry in found.entries:
        draw_row(entry, found.shelf, twins.get(entry.card.id, []), selecting=selecting)


def nothing(wanted: Wanted) -> None:
    with st.container(horizontal_alignment="center", key="empty"):
        st.space("medium")
        if wanted.query.strip():
            st.markdown(
                f"No draft has “{as_markdown(wanted.query, 80)}” in its title or text.", text_alignment="center"
            )
        elif is_narrowed(wanted):
            st.markdown("No draft is like this. Take a filter away to see more.", text_alignment="center")
        elif wanted.trashed:
            st.markdown(
                f"The trash is empty. What you throw away stays here for {TRASH_DAYS} days.", text_alignment="center"
            )
        else:
            st.header("No drafts yet", anchor=False, text_alignment="center")
            st.markdown("An article begins with a brief: a topic is enough.", text_alignment="center")


with banners():
    page()
