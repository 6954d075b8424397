"""Every version of a draft: look at it, compare it with now, restore it."""

from collections.abc import Iterator, Sequence

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.paper import Block, diff_block, section_blocks, show_paper
from pages._shared.section_editor import Desk
from pages._shared.text import ago, counted
from writer.domain.drafts import Draft, Section, Version, VersionSummary
from writer.security.render import as_markdown

_MADE = {"person": "you", "generated": "written", "restored": "restored", "imported": "imported"}


def version_list(desk: Desk) -> None:
    versions = get_app().drafts.versions(desk.draft.id, current_actor())
    if not versions:
        st.caption("The first version is kept when the text changes.")
    for summary in versions[:50]:
        with st.container(horizontal=True, vertical_alignment="center", key=f"version:{summary.number}", gap="small"):
            st.markdown(f"**{summary.number}** {as_markdown(summary.note or made_by(summary), 80)}", width="stretch")
            if st.button("View", type="tertiary", icon=":material/history:", key=f"view:{summary.number}"):
                look_at(desk, summary)
        st.caption(f"{ago(summary.created_at)} · {counted(summary.word_count, 'word')}")


def made_by(summary: VersionSummary) -> str:
    who = _MADE.get(summary.origin.kind, summary.origin.kind)
    return f"{who} by {summary.origin.route}" if summary.origin.route else who


def look_at(desk: Desk, summary: VersionSummary) -> None:
    @st.dialog(f"Version {summary.number}", position="right", width="large")
    def drawer() -> None:
        with banners():
            version = get_app().drafts.version(desk.draft.id, summary.number, current_actor())
            now = get_app().drafts.open(desk.draft.id, current_actor())
            st.caption(
                f"{ago(summary.created_at)} · {counted(summary.word_count, 'word')} · {as_markdown(made_by(summary))}"
            )
            restore_button(desk, summary)
            compare = st.toggle("Compare with the text as it is now", key="compare")
            blocks = list(changes(version, now)) if compare else section_blocks(version.sections)
            show_paper(blocks, key="version", label=f"Version {summary.number}")

    drawer()


def restore_button(desk: Desk, summary: VersionSummary) -> None:
    if st.button("Restore this version", type="primary", icon=":material/restore:", key="restore"):
        desk.show(get_app().drafts.restore(desk.draft.id, summary.number, current_actor()))
        st.toast(f"Version {summary.number} is back. What was there is kept as a version too.")
        st.rerun()


def changes(version: Version, now: Draft) -> Iterator[Block]:
    """Red was in the version and is gone, green has come since."""
    if version.title != now.title:
        yield diff_block("Title", version.title, now.title)
    before, after = _by_key(version.sections), _by_key(now.sections)
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if (old and old.text) != (new and new.text):
            shown = new or old
            yield diff_block(shown.heading if shown else key, old.text if old else "", new.text if new else "")


def _by_key(sections: Sequence[Section]) -> dict[str, Section]:
    return {section.key: section for section in sections}
