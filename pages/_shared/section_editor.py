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
    """What this session knows of the draft it edits: the revision it last saw, and each section as it was then.

    A section's `epoch` rises when its field has to begin afresh, since the text became another one elsewhere."""

    def __init__(self, draft: Draft) -> None:
        self._state: dict[str, Any] = st.session_state.setdefault(f"desk:{draft.id}", {"draft": draft, "epochs": {}})
        if (draft.revision, draft.state) != (self.draft.revision, self.draft.state):
            for section in self.draft.sections:
                take_in(self, section)  # what was typed before the others' change was seen
            self.show(get_app().drafts.open(draft.id, current_actor()))

    @property
    def draft(self) -> Draft:
        return self._state["draft"]  # type: ignore[no-any-return]  # session state is untyped

    def epoch(self, key: str) -> int:
        return int(self._state["epochs"].get(key, 0))

    def saw(self, draft: Draft) -> None:
        self._state["draft"] = draft

    def show(self, draft: Draft) -> None:
        """Take over what others changed; a text that is not saved yet stays on the screen until the writer decides."""
        for section in draft.sections:
            before = self.draft.section(section.key)
            if before is None or digest(before) == digest(section) or self._unsaved(section.key):
                continue
            if typed := self.untaken(section.key):
                self.note(before, typed, "conflict")
            else:
                self.begin_afresh(section.key)
        if draft.title != self.draft.title:
            self.begin_afresh("")
        if draft.state != self.draft.state:
            self.begin_afresh("status")
        self.saw(draft)

    def begin_afresh(self, key: str) -> None:
        self._state["epochs"][key] = self.epoch(key) + 1

    def field(self, key: str) -> str:
        return f"text:{self.draft.id}:{key}:{self.epoch(key)}"

    def known(self, key: str) -> dict[str, Any]:
        """What became of the field's last message: its number, its text, and "saved", "conflict" or "failed"."""
        known: dict[str, Any] = st.session_state.setdefault(f"{self.field(key)}:known", {"seq": 0, "state": ""})
        return known

    def untaken(self, key: str) -> dict[str, Any] | None:
        """The field's message that is not dealt with yet: each counts once, by its number, since reruns bring the last
        one again; what failed is tried again."""
        typed, known = (st.session_state.get(self.field(key)) or {}).get("typed"), self.known(key)
        least = known["seq"] + (known["state"] != "failed")
        return typed if isinstance(typed, dict) and typed.get("seq", 0) >= least else None

    def note(self, section: Section, typed: dict[str, Any], state: str) -> tuple[str, str]:
        """What becomes of a message; returns the heading and the text in it."""
        text, heading = str(typed.get("text", "")), str(typed.get("heading", "")).strip() or section.heading
        self.known(section.key).update(seq=typed["seq"], typed=(heading, text), state=state)
        return heading, text

    def _unsaved(self, key: str) -> bool:
        return self.known(key)["state"] in ("conflict", "failed")


def digest(section: Section) -> str:
    return hashlib.sha256(f"{section.heading}\0{section.text}".encode()).hexdigest()[:16]


def edit_section(desk: Desk, key: str) -> None:
    """A fragment of its own: typing redraws this section only."""
    with st.container(key=f"section:{key}"):  # a stable place: events of a fragment that moved would be dropped
        st.fragment(_drawn, key=f"edit:{key}")(desk, key)


def _drawn(desk: Desk, key: str) -> None:
    section = desk.draft.section(key)
    if section is None:
        return
    name = desk.field(key)
    known = desk.known(key)
    with banners():
        take_in(desk, section)
    if known["state"] == "conflict":
        _conflict(desk, key, known)
    _mount(name, desk, section, known)


def _mount(name: str, desk: Desk, section: Section, known: dict[str, Any]) -> None:
    now = desk.draft.section(section.key) or section
    unsaved = known["state"] in ("conflict", "failed")
    heading, text = known["typed"] if unsaved else (now.heading, now.text)
    data = {
        "doc": name,
        "journal": f"{desk.draft.id}:{section.key}",
        "heading": heading,
        "text": text,
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


def take_in(desk: Desk, section: Section) -> None:
    """Saves what was typed into the section, which is given as its writer sees it. What others changed elsewhere in the
    draft is shown afterwards: a field must never go on showing a text that is not there any more."""
    typed, known = desk.untaken(section.key), desk.known(section.key)
    if typed is None:
        return
    heading, text = desk.note(section, typed, "failed")
    if typed.get("restored", digest(section)) != digest(section):
        known["state"] = "conflict"
        return
    try:
        desk.show(saved(desk.draft, section, heading, text))
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
    args = (desk, key, known)
    bar.button("Save mine over it", key=f"mine:{key}", type="primary", on_click=_save_mine, args=args)
    bar.button("Show theirs", key=f"theirs:{key}", on_click=_show_theirs, args=args)


def _save_mine(desk: Desk, key: str, known: dict[str, Any]) -> None:
    with banners():
        app, actor = get_app(), current_actor()
        now = app.drafts.open(desk.draft.id, actor)
        heading, text = known["typed"]
        desk.show(app.drafts.save_section(now.id, now.revision, actor, key=key, heading=heading, text=text))
        known["state"] = "saved"


def _show_theirs(desk: Desk, key: str, known: dict[str, Any]) -> None:
    with banners():
        known["state"] = ""
        desk.show(get_app().drafts.open(desk.draft.id, current_actor()))
        desk.begin_afresh(key)
