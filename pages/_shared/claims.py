"""The panel of checked sentences beside the editor, and what a writer can do about each."""

from collections.abc import Callable

import streamlit as st

from pages._shared import drawers
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.chips import LOOKS, Chips, told, words_of
from pages._shared.paper import diff_block, marked_block, show_paper
from pages._shared.section_editor import Desk
from pages._shared.sources import place_of
from pages._shared.text import counted, shortened
from writer.domain.claims import CheckedDraft, Claim, ClaimStatus, counts
from writer.domain.drafts import Draft
from writer.domain.errors import EditConflict
from writer.security.render import as_markdown, plain
from writer.services.claims.segments import plain_text
from writer.services.claims.service import Alternative, notes

_ORDER = (
    ClaimStatus.BROKEN, ClaimStatus.NOT_FOUND, ClaimStatus.WEAK, ClaimStatus.UNCITED, ClaimStatus.UNCHECKED,
    ClaimStatus.SUPPORTED,
)  # fmt: skip
_LISTED = 60


def chips_of(draft: Draft) -> Chips:
    """For the reading view; sentences that are still to be checked say so."""
    claims = get_app().claims.soon(draft.id, current_actor()).claims
    found = get_app().claims.quoted(draft.id, current_actor(), claims)
    return Chips(claims, found)


def wait_for_checks(draft: Draft, chips: Chips) -> None:
    """Draws the page again when a check that is still running has ended."""
    if chips.waiting:
        st.fragment(_until_checked, run_every=1.0, key="claims:waiting")(draft.id)


def _until_checked(draft_id: str) -> None:
    with banners():
        checked = get_app().claims.of(draft_id, current_actor())
        if not any(claim.status is ClaimStatus.UNCHECKED for claim in checked.claims):
            st.rerun()
        st.caption("The citations are being checked…")


def claims_panel(desk: Desk) -> None:
    checked = get_app().claims.soon(desk.draft.id, current_actor())
    waiting = any(claim.status is ClaimStatus.UNCHECKED for claim in checked.claims)
    with st.container(key="claims"):
        st.fragment(_panel, run_every=1.0 if waiting else None, key="claims:panel")(desk, waiting)


def _panel(desk: Desk, waited: bool) -> None:
    with banners():
        checked = get_app().claims.soon(desk.draft.id, current_actor())
        if waited and not any(claim.status is ClaimStatus.UNCHECKED for claim in checked.claims):
            st.rerun()
        _summary(checked)
        ordered = sorted(
            enumerate(checked.claims), key=lambda pair: (not pair[1].changed, _ORDER.index(pair[1].status))
        )
        for number, claim in ordered[:_LISTED]:
            with st.container(key=f"claim:{number}", border=True, gap="small"):
                _one(desk, number, claim)


def _summary(checked: CheckedDraft) -> None:
    numbers = counts(checked.claims)
    said = [f"{number} {status}" for status, number in numbers.items() if number]
    row = st.container(horizontal=True, vertical_alignment="center", key="claims:summary")
    row.caption(" · ".join(said) if said else "No sentence cites anything yet.", width="stretch")
    if row.button("Check again", type="tertiary", icon=":material/refresh:", key="claims:again"):
        st.rerun()


def _one(desk: Desk, number: int, claim: Claim) -> None:
    icon, colour = LOOKS[claim.status]
    st.badge(words_of(claim), icon=icon, color=colour, help=as_markdown(told(claim), 600))
    st.markdown(as_markdown(shortened(plain_text(claim.sentence), 160)))
    for note in notes(claim)[:3]:
        st.caption(as_markdown(note, 300))
    with st.container(horizontal=True, gap="small", key=f"claim:{number}:actions"):
        if claim.verdict.quote_passage and _action("Open the passage", "menu_book", f"open:{number}"):
            open_passage(claim)
        if claim.status is not ClaimStatus.SUPPORTED and _action("Find a source", "search", f"find:{number}"):
            find_source(desk, claim)
        if claim.status is not ClaimStatus.SUPPORTED and _action("Soften", "spa", f"soften:{number}"):
            soften(desk, claim)
        if claim.changed and _action("I have read it", "done_all", f"stand:{number}"):
            get_app().claims.stand_by(desk.draft.id, current_actor(), claim)
            st.rerun()


def _action(label: str, icon: str, key: str) -> bool:
    return st.button(label, type="tertiary", icon=f":material/{icon}:", key=f"claim:{key}")


def open_passage(claim: Claim) -> None:
    def passage_of_it() -> None:
        passage = get_app().sources.passage(claim.verdict.quote_passage, current_actor())
        st.caption(f"Your sentence: {as_markdown(plain_text(claim.sentence), 400)}")
        block = marked_block(place_of(passage), passage.text, "", sentence=claim.verdict.quote)
        show_paper([block], key="claim:passage", label=plain(passage.source_title))

    drawers.show("The passage", passage_of_it)


def find_source(desk: Desk, claim: Claim) -> None:
    def others() -> None:
        st.markdown(as_markdown(plain_text(claim.sentence), 600))
        found = get_app().claims.alternatives(desk.draft.id, current_actor(), claim)
        st.caption(f"{counted(len(found), 'other passage')} in your sources may speak of it.")
        for number, one in enumerate(found):
            _alternative(desk, claim, number, one)

    drawers.show("Find a source for this", others)


def _alternative(desk: Desk, claim: Claim, number: int, one: Alternative) -> None:
    icon, colour = LOOKS[one.verdict.status]
    with st.container(border=True, key=f"alternative:{number}"):
        st.badge(one.verdict.status.value, icon=icon, color=colour)
        st.markdown(f"**{as_markdown(one.hit.passage.source_title, 90)}** {as_markdown(one.hit.passage.id)}")
        st.markdown(as_markdown(one.verdict.quote or shortened(one.hit.passage.text, 300), 500))
        if st.button("Cite this", key=f"cite:{number}", icon=":material/add_link:"):
            _mend(
                desk,
                lambda now: get_app().claims.cite(now.id, now.revision, current_actor(), claim, one.hit.passage.id),
            )
            drawers.close()


def soften(desk: Desk, claim: Claim) -> None:
    def softer() -> None:
        suggestion = get_app().claims.softening(claim)
        if suggestion is None:
            st.markdown("It is a quotation, or already said with reserve. Change it by hand, or cite another source.")
            return
        block = diff_block("", plain_text(suggestion.before), plain_text(suggestion.after))
        show_paper([block], key="claim:softer", label="The sentence before and after")
        if st.button("Use this wording", type="primary", key="claim:use"):
            _mend(desk, lambda now: get_app().claims.soften(now.id, now.revision, current_actor(), claim))
            drawers.close()

    drawers.show("Soften this claim", softer, position="center")


def _mend(desk: Desk, change: Callable[[Draft], Draft]) -> None:
    """On the draft as it is now: what is typed beside it may be saved between the look and the change."""
    for is_last in (False, False, True):
        try:
            desk.show(change(get_app().drafts.open(desk.draft.id, current_actor())))
            return
        except EditConflict:
            if is_last:
                raise
