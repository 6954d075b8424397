"""A draft as a file: which kind, how its citations look, and the two ways that need no file."""

from typing import Literal

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.paper import web_file
from writer.domain.drafts import Draft, DraftSummary
from writer.security.render import as_markdown
from writer.services.exports import FORMATS, STYLES, filename_of

_NO_CITATIONS = ("json",)
_copy = st.components.v2.component(
    "writer_copy", html='<div class="root"></div>', css=web_file("copy.css"), js=web_file("copy.js")
)


def export_popover(draft: Draft, *, type: Literal["secondary", "tertiary"] = "secondary") -> None:
    """For a page about one draft: it stays open when the page runs again, as it does after each autosave."""
    with st.popover("Export", icon=":material/download:", type=type, key="export"):
        _choices(draft)


def export_button(draft: DraftSummary, *, key: str, type: Literal["secondary", "tertiary"] = "secondary") -> None:
    """For a list: the choices are drawn for the one that is asked for."""
    if st.button("Export", key=key, type=type, icon=":material/download:"):
        export_dialog(draft)


@st.dialog("Export")
def export_dialog(draft: DraftSummary) -> None:
    st.caption(as_markdown(draft.title, 120))
    _choices(draft)


def _choices(draft: Draft | DraftSummary) -> None:
    left, right = st.columns(2)
    format = left.selectbox("Format", list(FORMATS), format_func=lambda one: FORMATS[one].label, key="export:format")
    style = right.selectbox(
        "Citations",
        list(STYLES),
        format_func=lambda one: STYLES[one],
        key="export:style",
        disabled=format in _NO_CITATIONS,
    )
    why_not = get_app().exports.why_not(format)
    if why_not:
        st.info(as_markdown(why_not, 400), icon=":material/extension_off:")
    with st.container(horizontal=True, vertical_alignment="center", key="export_ways"):
        _download(draft, format, style, disabled=bool(why_not))
        st.link_button("Print view", f"{_api()}/drafts/{draft.id}/print?style={style}", icon=":material/print:")
        _copy(key=f"copy:{draft.id}", data={"address": f"{_api()}/drafts/{draft.id}/export", "style": style})


def _download(draft: Draft | DraftSummary, format: str, style: str, *, disabled: bool) -> None:
    """The file is made when it is asked for, outside this page's run; Streamlit says so if it cannot be made."""
    exports, actor = get_app().exports, current_actor()
    st.download_button(
        "Download",
        lambda: exports.export(draft.id, format, actor, style).content,
        filename_of(draft, format),
        FORMATS[format].media_type.partition(";")[0],
        key=f"download:{draft.id}:{format}:{style}",
        type="primary",
        icon=":material/download:",
        on_click="ignore",
        disabled=disabled,
    )


def _api() -> str:
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"/{base}/api" if base else "/api"
