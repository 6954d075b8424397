"""Comments beside the text: a component that talks to the API by itself, and to the editor beside it."""

import streamlit as st

from pages._shared.app import current_actor
from pages._shared.paper import web_file
from writer.domain.drafts import Draft

_component = st.components.v2.component(
    "writer_comments", html='<div class="root"></div>', css=web_file("comments.css"), js=web_file("comments.js")
)


def show_comments(draft: Draft, *, live: bool) -> None:
    """`live` where the editor is on the page: places are marked and can be selected there."""
    base = st.get_option("server.baseUrlPath").strip("/")
    with st.container(key="comments"):
        _component(
            key=f"comments:{draft.id}",
            data={
                "draft": draft.id,
                "api": f"/{base}/api" if base else "/api",
                "revision": draft.revision,
                "live": live,
                "me": current_actor().user,
            },
        )
