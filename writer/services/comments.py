"""Comments on spans of a draft: they follow their text while it is edited, and say so when it is gone."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from writer.domain import manuscript
from writer.domain.actors import Actor
from writer.domain.anchors import Anchor, Found, anchor_at, find, surroundings
from writer.domain.comments import MAX_BODY, MAX_QUOTE, Comment, PlacedComment
from writer.domain.drafts import Draft, Section
from writer.domain.errors import UserMistake
from writer.domain.ports.comments import CommentStore
from writer.domain.text import joined_surrogates
from writer.services.drafts import Drafts

MAX_COMMENTS = 1_000


class Comments:
    def __init__(self, store: CommentStore, drafts: Drafts) -> None:
        self._store = store
        self._drafts = drafts

    def add(self, draft_id: str, by: Actor, *, quote: str, body: str, prefix: str = "", suffix: str = "") -> Comment:
        """`quote` is the text as the editor has it, which may not be saved yet: its place is found when it is."""
        draft = self._drafts.open(draft_id, by)
        body, quote = _said(body), manuscript.plain_lines(joined_surrogates(quote))
        if not quote.strip():
            raise UserMistake("Select the text that the comment is about.")
        if len(quote) > MAX_QUOTE:
            raise UserMistake(f"A comment is about at most {MAX_QUOTE:,} characters. Select less.")
        if len(self._store.of_draft(draft_id)) >= MAX_COMMENTS:
            raise UserMistake(f"A draft has at most {MAX_COMMENTS:,} comments. Delete resolved ones.")
        anchor = Anchor(quote, joined_surrogates(prefix)[-60:], joined_surrogates(suffix)[:60])
        placed = _place(draft.sections, "", anchor)
        key, at = (placed[0].key, placed[1].start) if placed else ("", 0)
        return self._store.add(
            draft_id, draft.owner_id, section_key=key, anchor=replace(anchor, start=at), body=body, author=by.user
        )

    def of_draft(self, draft_id: str, by: Actor) -> list[PlacedComment]:
        """Oldest first. What moved with its text is remembered where it is now; what is gone keeps its quote."""
        draft = self._drafts.open(draft_id, by)
        offsets = dict(_offsets(draft))
        placed, moved = [], {}
        for comment in self._store.of_draft(draft_id):
            place = _place(draft.sections, comment.section_key, comment.anchor)
            if place is None:
                placed.append(PlacedComment(comment))
                continue
            section, found = place
            anchor = anchor_at(section.text, found.start, found.end)
            if found.exact and (section.key, anchor) != (comment.section_key, comment.anchor):
                moved[comment.id] = (section.key, anchor)
            at = offsets[section.key]
            placed.append(PlacedComment(comment, at + found.start, at + found.end, found.exact))
        if moved:
            self._store.move(draft_id, moved)
        return placed

    def reply(self, draft_id: str, comment_id: str, body: str, by: Actor) -> Comment:
        self._drafts.open(draft_id, by)
        return self._store.reply(draft_id, comment_id, _said(body), by.user)

    def resolve(self, draft_id: str, comment_id: str, by: Actor, *, resolved: bool = True) -> Comment:
        self._drafts.open(draft_id, by)
        return self._store.set_resolved(draft_id, comment_id, resolved)

    def delete(self, draft_id: str, comment_id: str, by: Actor) -> None:
        self._drafts.open(draft_id, by)
        self._store.delete(draft_id, comment_id)


def _said(body: str) -> str:
    said = joined_surrogates(body).strip()
    if not said:
        raise UserMistake("The comment is empty: say what it is about.")
    if len(said) > MAX_BODY:
        raise UserMistake(f"A comment has at most {MAX_BODY:,} characters; this has {len(said):,}.")
    return said


def _place(sections: Sequence[Section], key: str, anchor: Anchor) -> tuple[Section, Found] | None:
    """Its own section first; an exact place in another beats a changed one in its own: text is moved about whole."""
    own = [section for section in sections if section.key == key]
    others = [section for section in sections if section.key != key]
    found = [(section, place) for section in own if (place := find(section.text, anchor))]
    if found and found[0][1].exact:
        return found[0]
    elsewhere = [(section, place) for section in others if (place := _exact(section, anchor))]
    if elsewhere:
        return max(elsewhere, key=lambda one: surroundings(one[0].text, anchor, one[1].start))
    return found[0] if found else None


def _exact(section: Section, anchor: Anchor) -> Found | None:
    place = find(section.text, anchor) if anchor.quote in section.text else None
    return place if place and place.exact else None


def _offsets(draft: Draft) -> Iterator[tuple[str, int]]:
    """Where each section's text begins in the draft as one text."""
    whole, at = manuscript.join(draft.sections), 0
    for section in draft.sections:
        body = section.text.strip()
        found = whole.find(body, at) if body else -1
        at = max(at, found)
        yield section.key, at - (len(section.text) - len(section.text.lstrip()))
        at += len(body)
