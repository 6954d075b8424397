"""The checks beside the text: a component that talks to the API by itself, and to the editor beside it."""

import streamlit as st

from pages._shared.paper import web_file
from writer.domain.drafts import Draft

_component = st.components.v2.component(
    "writer_checks", html='<div class="root"></div>', css=web_file("checks.css"), js=web_file("checks.js")
)


def show_checks(draft: Draft, *, live: bool) -> None:
    """`live` where the editor is on the page: places can be selected there, and the text is checked as it is typed."""
    base = st.get_option("server.baseUrlPath").strip("/")
    with st.container(key="checks"):
        _component(
            key=f"checks:{draft.id}",
            data={
                "draft": draft.id,
                "api": f"/{base}/api" if base else "/api",
                "revision": draft.revision,
                "live": live,
            },
        )
