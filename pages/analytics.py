"""Analytics: what was used, what it cost, how fast and how reliable it was. Counted calls only, nothing simulated."""

from datetime import UTC, datetime

import streamlit as st

from pages._shared import place
from pages._shared.analytics_address import VIEWS, Asked, params, read
from pages._shared.analytics_answers import ALL, Answers
from pages._shared.analytics_budget import draw_months
from pages._shared.analytics_calls import draw_asked, draw_calls
from pages._shared.analytics_export import draw_export
from pages._shared.analytics_filters import draw_days, draw_filters, draw_time, draw_view, say_ignored, unfilter
from pages._shared.analytics_panels import draw_breakdown, draw_over_time
from pages._shared.analytics_reliability import draw_reliability
from pages._shared.analytics_speed import draw_speed
from pages._shared.analytics_suggestions import draw_suggestions
from pages._shared.analytics_sums import draw_sums
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.budgets import budget_banner
from pages._shared.header import title_row
from writer.domain.budgets import Standing
from writer.domain.errors import NotFound

app, actor = get_app(), current_actor()


def page() -> None:
    now, answers = datetime.now(UTC), Answers(app.analytics, actor)
    asked = read(params(), answers.choices(), now, is_draft=is_draft, first_call=answers.first_call)
    some = answers.totals(asked.wanted).calls > 0
    with title_row("Analytics"):
        draw_time(asked)
        if some:
            draw_export(answers, asked)
    draw_days(asked)
    budget_banner()
    say_ignored(asked)
    if not some and not answers.totals(ALL).calls:
        nothing_yet()
        return
    draw_filters(asked, answers.choices())
    if some:
        figures(answers, asked, now)
    else:
        nothing_here(asked)


def figures(answers: Answers, asked: Asked, now: datetime) -> None:
    draw_sums(answers, asked, now)
    draw_view(asked)
    for draw in (draw_over_time, draw_breakdown):
        with banners():
            draw(answers, asked)
    speed, reliability, suggestions, month, calls = st.tabs(VIEWS, key="view", bind="query-params")
    if speed.open:
        with speed, banners():
            draw_speed(answers, asked)
    if reliability.open:
        with reliability, banners():
            draw_reliability(answers, asked)
    if suggestions.open:
        with suggestions, banners():
            draw_suggestions(answers, asked)
    if month.open:
        with month, banners():
            draw_months(answers, standings(), now)
    if calls.open:
        with calls, banners():
            draw_calls(asked.wanted, "analytics:calls")


def nothing_yet() -> None:
    with st.container(horizontal_alignment="center", key="empty"):
        st.space("medium")
        st.header("No calls to a model yet", anchor=False, text_alignment="center")
        st.markdown("The built-in drafter uses none, and what is not used is not counted.", text_alignment="center")
        if st.button("Set up a provider", icon=":material/settings:", key="to_settings"):
            place.go_to(place.SETTINGS)


def nothing_here(asked: Asked) -> None:
    with st.container(horizontal_alignment="center", key="empty"):
        st.space("medium")
        st.header("No calls to a model in this time", anchor=False, text_alignment="center")
        if asked.narrowed:
            st.markdown("No call is like your filters say.", text_alignment="center")
            st.button("Take the filters away", key="empty:unfilter", on_click=unfilter)
        if asked.time != "all":
            st.button("Show all time", key="empty:all", on_click=show_all_time)


def show_all_time() -> None:
    for name in ("from", "to"):
        st.query_params.pop(name, None)
    st.query_params["time"] = "all"


def standings() -> list[Standing]:
    """Of the budgets of this month."""
    return [standing for standing in app.budgets.standings(actor) if standing.month == app.budgets.month]


def is_draft(draft_id: str) -> bool:
    try:
        app.drafts.open(draft_id, actor)
    except NotFound:
        return False
    return True


with banners():
    page()
draw_asked()
