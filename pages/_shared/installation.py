"""How this installation and its routes are doing, as Health and Settings show it."""

from collections.abc import Iterable

import streamlit as st

from pages._shared.text import Colour
from writer.domain.models import said_seconds
from writer.security.render import as_markdown
from writer.services.doctor import Finding
from writer.services.providers import RouteHealth

_BREAKERS: dict[str, tuple[str, Colour]] = {
    "closed": ("In use", "green"),
    "open": ("Resting", "red"),
    "half-open": ("Being tried", "orange"),
}


def draw_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        icon = ":green[:material/check_circle:]" if finding.ok else ":orange[:material/error:]"
        st.markdown(f"{icon} **{as_markdown(finding.name)}**  \n{as_markdown(finding.sentence, 500)}")


def draw_route(route: RouteHealth) -> None:
    label, colour = _BREAKERS[route.state]
    with st.container(horizontal=True, vertical_alignment="center", key=f"route:{route.route}"):
        st.markdown(as_markdown(route.route), width="stretch")
        if route.retry_in:
            st.caption(f"tried again in {said_seconds(route.retry_in)}", width="content")
        st.badge(label, color=colour)
    if route.reason:
        st.caption(f"Last failure: {as_markdown(route.reason, 400)}")
