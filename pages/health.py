"""Health: whether everything that Writer needs is there, what waits, and how its providers do."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.header import title_row
from pages._shared.installation import draw_findings, draw_route
from pages._shared.text import ago, counted, shortened
from writer.domain.models import said_seconds
from writer.domain.reliability import Opening
from writer.security.render import as_markdown

app, actor = get_app(), current_actor()
_SHOWN = 20


def installation() -> None:
    found = app.doctor()
    missing = [finding for finding in found if not finding.ok]
    if missing:
        st.warning(f"{counted(len(missing), 'thing needs', 'things need')} a look.", icon=":material/error:")
    else:
        st.success("Everything that Writer needs is there.", icon=":material/check_circle:")
    draw_findings(sorted(found, key=lambda finding: finding.ok))


def work() -> None:
    load = app.workload()
    first, second, third = st.columns(3)
    first.metric("Steps running", load.running)
    second.metric("Steps waiting", load.waiting)
    third.metric("Longest wait", said_seconds(load.oldest_s) if load.waiting else "none")
    if not load.runners:
        st.caption("Nothing that runs jobs was heard of within a minute.")
    for sign in load.runners:
        st.caption(f"Runner {as_markdown(sign.worker)}: heard of {said_seconds(sign.seconds_ago)} ago.")


def providers() -> None:
    routes = app.providers.health(actor)
    if not routes:
        st.caption("No route is set: the built-in drafter writes. Providers are added in Settings.")
    for route in routes:
        draw_route(route)
    week = datetime.now(UTC) - timedelta(days=7)
    openings = app.reliability.openings(week)
    if not openings:
        st.caption("No route had to rest in the last seven days.")
        return
    st.subheader("Rests of the last seven days", anchor=False)
    for opening in reversed(openings[-_SHOWN:]):
        _opening(opening)
    if len(openings) > _SHOWN:
        st.caption(f"and {len(openings) - _SHOWN:,} before that.")


def _opening(opening: Opening) -> None:
    rested = f"rested {said_seconds(opening.open_for)}"
    why = shortened(opening.reason, 300)
    st.caption(as_markdown(f"{opening.route}, {ago(opening.at)}: {rested}. {why}", 500))


def page() -> None:
    with title_row("Health"):
        if st.button("Look again", icon=":material/refresh:", key="again"):
            st.toast("Looked again.")
    st.caption(
        f"Writer {app.settings.version}. Opening this page asks no provider that charges. Programs read the same at "
        "/api/ready, and figures for Prometheus at /metrics."
    )
    with banners():
        st.header("This installation", anchor=False)
        installation()
    with banners():
        st.header("Work", anchor=False)
        work()
    with banners():
        st.header("Providers", anchor=False)
        providers()


with banners():
    page()
