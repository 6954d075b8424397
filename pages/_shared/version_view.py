"""One version beside the text: read it, compare it, name it, restore it or a part of it, branch from it."""

import streamlit as st

from pages._shared import drawers, place
from pages._shared.app import current_actor, get_app
from pages._shared.comparing import comparison_blocks, told
from pages._shared.paper import section_blocks, show_paper
from pages._shared.section_editor import Desk
from pages._shared.sentence_origins import made_by
from pages._shared.text import ago, counted
from writer.domain.comparing import Comparison
from writer.domain.drafts import Section, Version, VersionSummary
from writer.domain.versions import Sitting, VersionFilter
from writer.security.render import as_markdown, plain

READ, INLINE, BESIDE = LOOKS = ("Text", "Changes", "Side by side")
NOW = 0
_MOST_SAVES = 200


def look_at(desk: Desk, sitting: Sitting) -> None:
    newest = sitting.newest

    def version_of_it() -> None:
        number = _which(desk, sitting)
        version = get_app().drafts.version(desk.draft.id, number, current_actor())
        _facts(version.summary)
        _description(desk, version.summary)
        _restoring(desk, version)
        look = st.segmented_control("View of the version", LOOKS, default=READ, key="version:look") or READ
        if look == READ:
            texts = [section.text for section in version.sections]
            cited = get_app().drafts.references_in(desk.draft.owner_id, texts)
            show_paper(section_blocks(version.sections, cited), cited, key="version", label=f"Version {number}")
        else:
            _compared(desk, number, beside=look == BESIDE)

    drawers.show(f"Version {newest.number}", version_of_it)


def look_at_variant(desk: Desk, other_id: str) -> None:
    def variant() -> None:
        app, actor = get_app(), current_actor()
        newest = app.versions.listing(desk.draft.id, actor, limit=1)
        if not newest:
            st.caption("This draft has no version to compare yet.")
            return
        other = app.drafts.open(other_id, actor)
        st.caption(f"Red is in this draft alone, green in “{as_markdown(other.title, 120)}”.")
        _taking(desk, other_id, other.sections)
        beside = st.toggle(BESIDE, key="variant:beside")
        found = app.versions.compare(desk.draft.id, actor, newest[0].number, other_id=other_id)
        _drawn(found, beside=beside, label="This draft and its variant")

    drawers.show("Variant", variant)


def _which(desk: Desk, sitting: Sitting) -> int:
    """Each save of a sitting can be looked at."""
    if sitting.count == 1:
        return sitting.newest.number
    wanted = VersionFilter(session=sitting.newest.session)
    saves = get_app().versions.listing(desk.draft.id, current_actor(), wanted, limit=_MOST_SAVES)
    times = {save.number: f"{save.number}, {save.created_at:%H:%M:%S} UTC" for save in saves}
    return int(st.selectbox("Save of this sitting", list(times), format_func=times.__getitem__, key="version:save"))


def _facts(summary: VersionSummary) -> None:
    facts = [ago(summary.created_at), counted(summary.word_count, "word"), made_by(summary.origin)]
    facts += [f"prompt {summary.origin.prompt_version}"] if summary.origin.prompt_version else []
    st.caption(as_markdown(" · ".join(facts), 300))


def _description(desk: Desk, summary: VersionSummary) -> None:
    with st.popover("Name and note", icon=":material/label:"):
        name = st.text_input("Name", summary.name, max_chars=120, key=f"version:name:{summary.number}")
        note = st.text_input("Note", summary.note, max_chars=1000, key=f"version:note:{summary.number}")
        if st.button("Keep", type="primary", key="version:keep"):
            get_app().versions.describe(desk.draft.id, summary.number, current_actor(), name=name, note=note)
            drawers.close()


def _restoring(desk: Desk, version: Version) -> None:
    app, actor, number = get_app(), current_actor(), version.summary.number
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.button("Restore this version", type="primary", icon=":material/restore:", key="restore"):
            desk.show(app.drafts.restore(desk.draft.id, number, actor))
            drawers.close(f"Version {number} is back. What was there is kept as a version too.")
        if st.button("Variant from here", icon=":material/call_split:", key="version:branch"):
            place.go_to(place.EDITOR, app.versions.branch(desk.draft.id, actor, number).id)
        with st.popover("Restore a section", icon=":material/restore_page:"):
            key = _section("Section to restore", version.sections, "version:section")
            if st.button("Restore the section", type="primary", disabled=not key, key="version:restore-section"):
                desk.show(app.versions.restore_section(desk.draft.id, number, key, actor))
                drawers.close("The section is back; the rest of the draft stayed.")


def _taking(desk: Desk, other_id: str, sections: tuple[Section, ...]) -> None:
    key = _section("Section to take over", sections, "variant:section")
    if st.button("Take this section over", icon=":material/merge:", disabled=not key, key="variant:take"):
        app, actor = get_app(), current_actor()
        desk.show(app.versions.merge_section(desk.draft.id, actor, from_id=other_id, key=key))
        drawers.close("The section is in this draft now. What was there is kept as a version.")


def _section(label: str, sections: tuple[Section, ...], key: str) -> str:
    names = {section.key: plain(section.heading) or section.role for section in sections}
    return st.selectbox(label, list(names), format_func=lambda one: names.get(one, one), key=key) or ""


def _compared(desk: Desk, number: int, *, beside: bool) -> None:
    app, actor = get_app(), current_actor()
    other = st.number_input(
        "Compare with version (0: the text as it is now)", min_value=NOW, value=NOW, key="version:other"
    )
    found = app.versions.compare(desk.draft.id, actor, number, int(other) or None)
    _drawn(found, beside=beside, label=f"What changed since version {number}")


def _drawn(found: Comparison, *, beside: bool, label: str) -> None:
    st.caption(told(found))
    show_paper(comparison_blocks(found, beside=beside), key="compared", label=label)
