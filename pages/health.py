"""Health: whether everything that Writer needs is there, what waits, and how its providers do."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.header import title_row
from pages._shared.text import Colour, ago, counted, shortened
from writer.domain.reliability import Opening
from writer.security.render import as_markdown
from writer.services.providers import RouteHealth

app, actor = get_app(), current_actor()
BREAKER: dict[str, tuple[str, Colour]] = {
    "closed": ("Works", "green"),
    "open": ("Resting", "red"),
    "half-open": ("Being tried", "orange"),
}
_SHOWN = 20


def installation() -> None:
    found = app.doctor()
    missing = [finding for finding in found if not finding.ok]
    if missing:
        st.warning(f"{counted(len(missing), 'thing needs', 'things need')} a look.", icon=":material/error:")
    else:
        st.success("Everything that Writer needs is there.", icon=":material/check_circle:")
    for finding in sorted(found, key=lambda finding: finding.ok):
        icon = ":green[:material/check_circle:]" if finding.ok else ":orange[:material/error:]"
        st.markdown(f"{icon} **{as_markdown(finding.name)}**  \n{as_markdown(finding.sentence, 500)}")


def work() -> None:
    load = app.workload()
    first, second, third = st.columns(3)
    first.metric("Steps running", load.running)
    second.metric("Steps waiting", load.waiting)
    third.metric("Longest wait", f"{load.oldest_s:.0f} s" if load.waiting else "none")
    if not load.runners:
        st.caption("Nothing that runs jobs was heard of within a minute.")
    for sign in load.runners:
        st.caption(f"Runner {as_markdown(sign.worker)}: heard of {sign.seconds_ago:.0f} seconds ago.")


def providers() -> None:
    routes = app.providers.health(actor)
    if not routes:
        st.caption("No route is set: the built-in drafter writes. Providers are added in Settings.")
    for route in routes:
        _route(route)
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


def _route(route: RouteHealth) -> None:
    label, colour = BREAKER[route.state]
    with st.container(horizontal=True, vertical_alignment="center", key=f"health:{route.route}"):
        st.markdown(as_markdown(route.route), width="stretch")
        if route.retry_in:
            st.caption(f"tried again in {route.retry_in:.0f} s", width="content")
        st.badge(label, color=colour)
    if route.reason:
        st.caption(f"Last failure: {as_markdown(route.reason, 400)}")


def _opening(opening: Opening) -> None:
    rested = f"rested {opening.open_for:.0f} s"
    why = shortened(opening.reason, 300)
    st.caption(as_markdown(f"{opening.route}, {ago(opening.at)}: {rested}. {why}", 500))


def page() -> None:
    with title_row("Health"):
        if st.button("Look again", icon=":material/refresh:", key="again"):
            st.toast("Looked again.")
    st.caption(
        f"Writer {app.settings.version}. Nobody who charges is asked. Programs read the same at /api/ready, and "
        "figures for Prometheus at /metrics."
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
