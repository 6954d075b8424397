"""The whole draft in one editor. It talks to the API by itself: text goes over HTTP and never through a page's run."""

import json
from functools import cache
from typing import Any

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.paper import EDITOR, web_file
from pages._shared.sources import read_source
from writer.domain.drafts import Draft
from writer.domain.errors import NotFound

_HEARD = "manuscript:heard"  # by name of message, the newest that was dealt with: each comes again until it is

_component = st.components.v2.component("writer_manuscript", js=web_file("manuscript.js"))


@cache
def bundle() -> str:
    """The file's name holds a digest of its content: a browser never mixes versions."""
    return str(json.loads((EDITOR / "manifest.json").read_text("utf-8"))["bundle"])


def write_text(draft: Draft) -> None:
    """`draft` as this run knows it: a newer revision than the editor has makes it take in what changed."""
    key = f"manuscript:{draft.id}"
    base = st.get_option("server.baseUrlPath").strip("/")
    root = f"/{base}" if base else ""
    with st.container(key="manuscript"):  # a stable place: what stands above must not mount the editor anew
        _component(
            key=key,
            data={
                "draft": draft.id,
                "api": f"{root}/api",
                "module": f"{root}/assets/editor/{bundle()}",
                "revision": draft.revision,
                "heard": {name: _message(draft.id, name).get("n", 0) for name in ("saved", "opened")},
            },
            on_saved_change=_redraw,
            on_opened_change=_redraw,
            on_failed_change=_redraw,
        )
    opened = _unheard(draft.id, "opened")
    if opened:
        _open_passage(str(opened.get("passage", "")))


def could_not_start(draft_id: str) -> str:
    """Why the editor does not run in this browser; "" while it does."""
    failed = _message(draft_id, "failed")
    return str(failed.get("why", "")) if failed.get("draft") == draft_id else ""


def _redraw() -> None:
    """The run itself is what these messages are for."""


def _message(draft_id: str, name: str) -> dict[str, Any]:
    said = (st.session_state.get(f"manuscript:{draft_id}") or {}).get(name)
    return said if isinstance(said, dict) else {}


def _unheard(draft_id: str, name: str) -> dict[str, Any]:
    message = _message(draft_id, name)
    heard: dict[str, int] = st.session_state.setdefault(_HEARD, {})
    if not message or message.get("n", 0) <= heard.get(f"{draft_id}:{name}", 0):
        return {}
    heard[f"{draft_id}:{name}"] = message["n"]
    return message


def _open_passage(passage_id: str) -> None:
    try:
        passage = get_app().sources.passage(passage_id, current_actor())
        read_source(get_app().sources.get(passage.source_id, current_actor()), passage.id)
    except NotFound:
        st.toast("This passage is not in your sources any more.", icon=":material/link_off:")
