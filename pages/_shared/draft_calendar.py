"""Which drafts are due and planned, month by month."""

import calendar
from collections import Counter
from datetime import date, timedelta
from itertools import groupby

import streamlit as st

from pages._shared import place
from pages._shared.app import current_actor, get_app
from pages._shared.text import Colour, words_of
from writer.domain.library import DayEntry, today
from writer.security.render import as_markdown

MONTH = "month"
KINDS: dict[str, tuple[str, Colour]] = {"due": ("Due", "orange"), "planned": ("Planned", "blue")}


def draw_calendar() -> None:
    first = _month()
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    _draw_turning(first, last)
    entries = get_app().library.calendar(first, last, current_actor())
    st.markdown(month_table(first, entries, today()))
    if not entries:
        st.caption("Nothing is due or planned in this month. Organise a draft to plan its day.")
    for day, of_day in groupby(entries, key=lambda entry: entry.day):
        st.markdown(f"**{day:%A, %-d %B}**")
        for entry in of_day:
            _draw_entry(entry)


def month_table(first: date, entries: list[DayEntry], now: date) -> str:
    """A Markdown table with a row for each week; a day that has drafts is marked and says how many."""
    number = Counter(entry.day for entry in entries)
    due = {entry.day for entry in entries if entry.kind == "due"}
    rows = ["| " + " | ".join(calendar.day_abbr) + " |", "|" + "---|" * 7]
    for week in calendar.Calendar().monthdatescalendar(first.year, first.month):
        cells = [_cell(day, number[day], day in due, day == now) if day.month == first.month else " " for day in week]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _cell(day: date, number: int, due: bool, now: bool) -> str:
    text = f"**{day.day}**" if now else str(day.day)
    if not number:
        return text
    return f":{'orange' if due else 'blue'}-background[{text} ({number})]"


def _draw_entry(entry: DayEntry) -> None:
    card = entry.card
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"day:{entry.kind}:{card.id}"):
        label, colour = KINDS[entry.kind]
        st.badge(label, color=colour)
        st.markdown(as_markdown(card.title, 160), width="stretch")
        st.caption(words_of(card.state.value), width="content")
        if st.button("Edit", icon=":material/ink_pen:", type="tertiary", key=f"open:{entry.kind}:{card.id}"):
            place.go_to(place.EDITOR, card.id)


def _draw_turning(first: date, last: date) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="turning"):
        if st.button("Month before", icon=":material/chevron_left:", type="tertiary", key="month:before"):
            _turn_to(first - timedelta(days=1))
        st.header(f"{first:%B %Y}", anchor=False, width="content")
        if st.button("Month after", icon=":material/chevron_right:", type="tertiary", key="month:after"):
            _turn_to(last + timedelta(days=1))


def _month() -> date:
    try:
        return date.fromisoformat(f"{st.query_params.get(MONTH, '')}-01")
    except ValueError:
        return today().replace(day=1)


def _turn_to(day: date) -> None:
    st.query_params[MONTH] = f"{day:%Y-%m}"
    st.rerun()
