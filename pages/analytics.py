"""Analytics: what was used, what it cost, how fast and how reliable it was. Counted calls only, nothing simulated."""

from datetime import UTC, date, datetime, time, timedelta

import streamlit as st

from pages._shared import charts, place
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.header import title_row
from pages._shared.text import counted, duration, money
from writer.domain.ports.usage import UsageKey
from writer.domain.usage import UsageBucket, UsageEvent
from writer.security.render import plain

RANGES = {"Last 7 days": 7, "Last 30 days": 30, "Last 90 days": 90, "All time": 0}
CHOSEN = "From … to …"
app, actor = get_app(), current_actor()


def title_and_time() -> tuple[datetime | None, datetime | None]:
    """What the figures are of. UTC; both None for all of it."""
    with title_row("Analytics"):
        name = st.selectbox("Time", [*RANGES, CHOSEN], index=1, key="range", label_visibility="collapsed", width=180)
    if name in RANGES:
        days = RANGES[name]
        return (start_of(datetime.now(UTC).date() - timedelta(days=days - 1)) if days else None), None
    today = datetime.now(UTC).date()
    picked = st.date_input("From and to", (today - timedelta(days=6), today), key="dates")
    first, last = (picked[0], picked[-1]) if isinstance(picked, tuple) and picked else (today, today)
    return start_of(first), start_of(last + timedelta(days=1))


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def totals(total: UsageBucket) -> None:
    with st.grid(4, min_column_width=150):
        st.metric("Calls", f"{total.calls:,}", border=True, help=f"{total.failed:,} of them failed")
        st.metric(
            "Tokens", f"{total.input_tokens + total.output_tokens:,}", border=True, help="Read and written together"
        )
        st.metric(
            "Cost",
            money(total.cost_micros, total.unpriced_calls, total.calls),
            border=True,
            help=f"{counted(total.unpriced_calls, 'call')} without a known price" if total.unpriced_calls else None,
        )
        st.metric(
            "Reply, half within",
            duration(total.total_ms_p50),
            border=True,
            help=f"95 of 100 within {duration(total.total_ms_p95)}",
        )


def nothing() -> None:
    with st.container(horizontal_alignment="center", key="empty"):
        st.space("medium")
        st.header("No calls to a model in this time", anchor=False, text_alignment="center")
        st.markdown("The built-in drafter uses none, and what is not used is not counted.", text_alignment="center")
        if st.button("Set up a provider", icon=":material/settings:", key="to_settings"):
            place.go_to(place.SETTINGS)


def overview(since: datetime | None, until: datetime | None) -> None:
    days = app.usage.buckets(actor, "day", since, until)
    left, right = st.columns(2, gap="large")
    with left:
        charts.tokens_by_day(days)
        charts.latency_by_route(app.usage.buckets(actor, "route", since, until))
    with right:
        charts.cost_by_day(days)
        charts.outcomes(app.usage.buckets(actor, "outcome", since, until))


def tables(since: datetime | None, until: datetime | None) -> None:
    keys: dict[str, UsageKey] = {
        "Day": "day",
        "Route": "route",
        "Purpose": "purpose",
        "Outcome": "outcome",
        "Error": "error",
    }
    for tab, (name, key) in zip(st.tabs([*keys, "Calls"]), [*keys.items(), ("Calls", None)], strict=True):
        with tab:
            if key:
                charts.figures(app.usage.buckets(actor, key, since, until), name)
            else:
                calls(app.usage.calls(actor, since, until, limit=200))


def calls(events: list[UsageEvent]) -> None:
    rows = [
        {
            "When (UTC)": event.at.strftime("%Y-%m-%d %H:%M:%S"),
            "Route": plain(event.route, 60),
            "Purpose": event.purpose.value,
            "Outcome": event.outcome.value + (f": {event.error}" if event.error else ""),
            "Tokens read": event.tokens.input,
            "Tokens written": event.tokens.output,
            "Estimated": event.tokens.estimated,
            "Cost": money(event.cost_micros or 0, int(event.cost_micros is None), 1),
            "First word": duration(event.first_token_ms),
            "Reply": duration(event.total_ms),
        }
        for event in events
    ]
    st.dataframe(rows, hide_index=True, alt="The latest calls")


def page() -> None:
    since, until = title_and_time()
    total = app.usage.total(actor, since, until)
    if not total.calls:
        nothing()
        return
    totals(total)
    overview(since, until)
    st.header("Figures", anchor=False)
    tables(since, until)


with banners():
    page()
