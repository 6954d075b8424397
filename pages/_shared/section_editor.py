"""One section under the writer's hands: saved by itself, never over somebody else's change."""

import hashlib
from typing import Any

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.paper import web_file
from writer.domain.drafts import Draft, Section
from writer.domain.errors import EditConflict
from writer.security.render import plain

_field = st.components.v2.component(
    "writer_section", html='<div class="root"></div>', css=web_file("section.css"), js=web_file("section.js")
)


class Desk:
    """What this session knows of the draft it edits: the revision it last saw, and each section as it was then."""

    def __init__(self, draft: Draft) -> None:
        self._name = f"desk:{draft.id}"
        state = st.session_state.setdefault(self._name, {"epoch": 0})
        if "draft" not in state:
            state["draft"] = draft
        self._state: dict[str, Any] = state

    @property
    def draft(self) -> Draft:
        return self._state["draft"]  # type: ignore[no-any-return]  # session state is untyped

    @property
    def epoch(self) -> int:
        return int(self._state["epoch"])

    def saw(self, draft: Draft) -> None:
        self._state["draft"] = draft

    def reload(self, draft: Draft) -> None:
        """Show the draft as it is: fields begin afresh."""
        self.saw(draft)
        self._state["epoch"] += 1


def digest(section: Section) -> str:
    return hashlib.sha256(f"{section.heading}\0{section.text}".encode()).hexdigest()[:16]


def edit_section(desk: Desk, key: str) -> None:
    """A fragment of its own: typing redraws this section only."""
    st.fragment(_drawn, key=f"section:{key}")(desk, key)


def _drawn(desk: Desk, key: str) -> None:
    section = desk.draft.section(key)
    if section is None:
        return
    name = f"text:{desk.draft.id}:{key}:{desk.epoch}"
    known = st.session_state.setdefault(
        f"{name}:known", {"seq": 0, "state": "", "text": section.text, "heading": section.heading}
    )
    with banners():
        _take_in(desk, section, known, (st.session_state.get(name) or {}).get("typed"))
    if known["state"] == "conflict":
        _conflict(desk, key, known)
    _mount(name, desk, section, known)


def _mount(name: str, desk: Desk, section: Section, known: dict[str, Any]) -> None:
    now = desk.draft.section(section.key) or section
    data = {
        "doc": name.removeprefix("text:"),
        "heading": known["heading"],
        "text": known["text"],
        "headed": section.role == "body",
        "base": digest(now),
        "seq": known["seq"],
        "state": known["state"],
        "label": plain(section.heading) or section.role,
        "placeholder": "Write this section, or leave it out.",
    }
    with st.container(key=f"slot:{name}"):
        _field(key=name, data=data, on_typed_change=_noticed)


def _noticed() -> None:
    """What was typed is taken in while the section is drawn, which is what this event causes."""


def _take_in(desk: Desk, section: Section, known: dict[str, Any], typed: Any) -> None:
    """Each message once, by its number: reruns bring the last one again."""
    if not isinstance(typed, dict) or typed.get("seq", 0) <= known["seq"]:
        return
    text, heading = str(typed.get("text", "")), str(typed.get("heading", "")).strip() or section.heading
    known.update(seq=typed["seq"], typed=(heading, text), state="failed")
    try:
        desk.saw(saved(desk.draft, section, heading, text))
        known["state"] = "saved"
    except EditConflict:
        known["state"] = "conflict"


def saved(seen: Draft, section: Section, heading: str, text: str) -> Draft:
    """Somebody else's change to another section is no conflict: the save is tried again on top of it."""
    if (heading, text) == (section.heading, section.text):
        return seen
    app, actor = get_app(), current_actor()
    try:
        return app.drafts.save_section(seen.id, seen.revision, actor, key=section.key, heading=heading, text=text)
    except EditConflict:
        now = app.drafts.open(seen.id, actor)
        theirs = now.section(section.key)
        if theirs is None or (theirs.text, theirs.heading) != (section.text, section.heading):
            raise
        return app.drafts.save_section(seen.id, now.revision, actor, key=section.key, heading=heading, text=text)


def _conflict(desk: Desk, key: str, known: dict[str, Any]) -> None:
    st.warning(
        "This section was changed somewhere else since you opened it. Your text is still here and is not saved.",
        icon=":material/sync_problem:",
    )
    bar = st.container(horizontal=True)
    if bar.button("Save mine over it", key=f"mine:{key}", type="primary"):
        with banners():
            app, actor = get_app(), current_actor()
            now = app.drafts.open(desk.draft.id, actor)
            heading, text = known["typed"]
            desk.saw(app.drafts.save_section(now.id, now.revision, actor, key=key, heading=heading, text=text))
            known["state"] = "saved"
            st.rerun(scope="fragment")
    if bar.button("Show theirs", key=f"theirs:{key}"):
        with banners():
            desk.reload(get_app().drafts.open(desk.draft.id, current_actor()))
            st.rerun()
