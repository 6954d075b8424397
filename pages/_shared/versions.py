"""The history of a draft: its versions by sittings, a part at a time, and its variants."""

import streamlit as st

from pages._shared import place
from pages._shared.app import current_actor, get_app
from pages._shared.section_editor import Desk
from pages._shared.sentence_origins import made_by, who_wrote_what
from pages._shared.text import ago, counted
from pages._shared.version_view import look_at, look_at_variant
from writer.domain.drafts import VersionSummary
from writer.domain.money import money
from writer.domain.versions import Sitting, VersionFilter
from writer.security.render import as_markdown

PART = 15
SHOWN = {
    "All": VersionFilter(),
    "Named": VersionFilter(named=True),
    "Yours": VersionFilter(("person",)),
    "Written": VersionFilter(("generated",)),
    "Suggested": VersionFilter(("suggestion",)),
    "Restored": VersionFilter(("restored",)),
    "Brought in": VersionFilter(("imported", "copied")),
}


def version_list(desk: Desk) -> None:
    with st.container(key="versions", gap="small"):
        _tools(desk)
        _listed(desk)
        _variants(desk)


def _tools(desk: Desk) -> None:
    if st.button("Who wrote what", icon=":material/ink_highlighter:", key="origins", width="stretch"):
        who_wrote_what(desk.draft)
    if st.button("Make a variant", icon=":material/call_split:", key="branch", width="stretch"):
        variant = get_app().versions.branch(desk.draft.id, current_actor())
        st.toast("The variant is a draft of its own. It is open now.")
        place.go_to(place.EDITOR, variant.id)


def _listed(desk: Desk) -> None:
    name = st.selectbox("Show versions", list(SHOWN), key="versions:shown")
    asked, parts = st.session_state.get("versions:parts", ((desk.draft.id, name), 1))
    shown = PART * (parts if asked == (desk.draft.id, name) else 1)
    found = get_app().versions.sittings(desk.draft.id, current_actor(), SHOWN[name], limit=shown + 1)
    if not found:
        st.caption("The first version is kept when the text changes." if name == "All" else "There are none of these.")
    for sitting in found[:shown]:
        _row(desk, sitting)
    if len(found) > shown and st.button("Show more", icon=":material/expand_more:", key="versions:more"):
        st.session_state["versions:parts"] = ((desk.draft.id, name), shown // PART + 1)
        st.rerun()


def _row(desk: Desk, sitting: Sitting) -> None:
    newest = sitting.newest
    with st.container(horizontal=True, vertical_alignment="center", key=f"version:{newest.number}", gap="small"):
        st.markdown(f"**{newest.number}** {as_markdown(title_of(newest), 80)}", width="stretch")
        if st.button("View", type="tertiary", icon=":material/history:", key=f"view:{newest.number}"):
            look_at(desk, sitting)
    facts = [ago(newest.created_at), counted(newest.word_count, "word")]
    facts += [f"{sitting.count} saves"] if sitting.count > 1 else []
    facts += [made_by(newest.origin)] if newest.name or newest.note else []
    cost = newest.origin.cost_micros
    facts += [money(cost)] if cost else []
    st.caption(as_markdown(" · ".join(facts), 200))


def title_of(summary: VersionSummary) -> str:
    return summary.name or summary.note or made_by(summary.origin)


def _variants(desk: Desk) -> None:
    versions, actor = get_app().versions, current_actor()
    parent = versions.parent(desk.draft.id, actor)
    if parent and parent.title:
        _other(desk, parent.parent_id, f"Variant of “{parent.title}”, version {parent.parent_version}")
    for variant in versions.variants(desk.draft.id, actor):
        _other(desk, variant.draft_id, f"Variant “{variant.title}”, {counted(variant.word_count, 'word')}")


def _other(desk: Desk, draft_id: str, title: str) -> None:
    st.caption(as_markdown(title, 200))
    with st.container(horizontal=True, key=f"variant:{draft_id}", gap="small"):
        if st.button("Open", type="tertiary", icon=":material/ink_pen:", key=f"variant:open:{draft_id}"):
            place.go_to(place.EDITOR, draft_id)
        if st.button("Compare", type="tertiary", icon=":material/difference:", key=f"variant:compare:{draft_id}"):
            look_at_variant(desk, draft_id)
