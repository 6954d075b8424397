"""The outline in the writer's hands: rename, reorder, add, remove, change promises, then approve."""

from itertools import count

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from writer.domain.drafts import Draft
from writer.domain.outlines import Outline, OutlineSection


class OutlineForm:
    """The order of the sections is kept in the session, headings and promises by their widgets. A new outline (another
    revision of the draft) starts afresh."""

    def __init__(self, draft: Draft, outline: Outline) -> None:
        self._outline = outline
        self._name = f"outline:{draft.id}:{draft.revision}"
        self._known = {section.key: section for section in outline.sections}
        self._keys: list[str] = st.session_state.setdefault(self._name, list(self._known))

    def draw(self) -> None:
        st.text_input("Title", self._outline.title, key=f"{self._name}:title", persist_state="session")
        for place, key in enumerate(self._keys):
            self._row(place, key)
        st.button("Add a section", icon=":material/add:", key=f"{self._name}:add", on_click=self._add)

    def edited(self) -> Outline:
        """Raises UserMistake where headings are missing or repeated."""
        return Outline(
            title=self._value("title", self._outline.title).strip() or self._outline.title,
            sections=tuple(self._section(key) for key in self._keys),
            thesis=self._outline.thesis,
        )

    def _row(self, place: int, key: str) -> None:
        section = self._known.get(key)
        with st.container(border=True, key=f"{self._name}:row:{key}", gap="small"):
            top = st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall")
            top.text_input(
                f"Section {place + 1}",
                section.heading if section else "",
                key=f"{self._name}:heading:{key}",
                placeholder="Heading",
                persist_state="session",
            )
            self._mover(top, "Up", ":material/arrow_upward:", place, -1, disabled=place == 0)
            self._mover(top, "Down", ":material/arrow_downward:", place, 1, disabled=place == len(self._keys) - 1)
            top.button(
                "Remove",
                icon=":material/close:",
                type="tertiary",
                key=f"{self._name}:remove:{key}",
                on_click=self._keys.remove,
                args=(key,),
                disabled=len(self._keys) == 1,
            )
            st.text_area(
                "What the reader gets from it",
                section.promise if section else "",
                key=f"{self._name}:promise:{key}",
                height=68,
                placeholder="One sentence",
                persist_state="session",
            )

    def _mover(self, at: DeltaGenerator, label: str, icon: str, place: int, by: int, *, disabled: bool) -> None:
        key = f"{self._name}:{label}:{self._keys[place]}"
        at.button(
            label, icon=icon, type="tertiary", key=key, on_click=self._swap, args=(place, place + by), disabled=disabled
        )

    def _swap(self, one: int, other: int) -> None:
        self._keys[one], self._keys[other] = self._keys[other], self._keys[one]

    def _add(self) -> None:
        self._keys.append(next(key for n in count(1) if (key := f"s{n}") not in {*self._keys, *self._known}))

    def _section(self, key: str) -> OutlineSection:
        known = self._known.get(key)
        return OutlineSection(
            key,
            self._value(f"heading:{key}", known.heading if known else "").strip(),
            self._value(f"promise:{key}", known.promise if known else "").strip(),
            known.key_points if known else (),
        )

    def _value(self, name: str, otherwise: str) -> str:
        return str(st.session_state.get(f"{self._name}:{name}", otherwise))
