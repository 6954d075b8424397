"""The library of drafts: opening, saving, versions, trash, and the references a draft cites."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

from writer.domain import manuscript
from writer.domain.actors import Action, Actor, authorize
from writer.domain.briefs import Brief
from writer.domain.citations import numbered
from writer.domain.drafts import Draft, DraftState, DraftSummary, Origin, Section, SectionState, Version, VersionSummary
from writer.domain.errors import EditConflict, NotFound, UserMistake
from writer.domain.ports.drafts import DraftStore
from writer.domain.ports.sources import SourceStore
from writer.domain.sources import Passage, Source
from writer.domain.text import joined_surrogates
from writer.domain.text import slug as made_slug

TRASH_DAYS = 30
MAX_TITLE = 300
MAX_DESCRIPTION = 500
_SLUG = re.compile(r"(?=.{1,75}$)[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_CHARACTERS = 5_000_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reference:
    """What a number in the text stands for. `number` counts from 1, by first appearance."""

    number: int
    passage: Passage
    source: Source


class Drafts:
    def __init__(self, drafts: DraftStore, sources: SourceStore) -> None:
        self._drafts = drafts
        self._sources = sources

    def listing(
        self, by: Actor, query: str = "", trashed: bool = False, *, limit: int | None = None, offset: int = 0
    ) -> list[DraftSummary]:
        """All of them, or `limit` of them after the first `offset`."""
        asked = joined_surrogates(query).strip()
        return self._drafts.listing(by.user, asked, trashed=trashed, limit=limit, offset=offset)

    def open(self, draft_id: str, by: Actor) -> Draft:
        return self._owned(draft_id, by, "read")

    def writable(self, draft_id: str, by: Actor) -> Draft:
        """The draft, where `by` may change it."""
        return self._owned(draft_id, by, "write")

    def save(
        self,
        draft_id: str,
        revision: int,
        by: Actor,
        *,
        title: str,
        sections: Sequence[Section],
        note: str = "",
        origin: Origin | None = None,
    ) -> Draft:
        """Raises EditConflict when somebody saved since `revision`; nothing is changed then. `origin` None says that
        the person made all of it."""
        self._owned(draft_id, by, "write")
        kept = tuple(_storable(section) for section in sections)
        _check_keys(kept)
        _check_length(kept)
        who = origin or _person(by)
        return self._drafts.save(draft_id, revision, who, title=_title(title), sections=kept, note=note)

    def begin(self, topic: str, by: Actor, *, source_ids: Sequence[int] = ()) -> Draft:
        """An empty draft with nothing but a topic, for texts that come from elsewhere in Writer."""
        brief = Brief(_title(topic), source_ids=tuple(source_ids))
        return self._drafts.create(by.user, brief, brief.topic, DraftState.IN_REVIEW)

    def append(self, draft_id: str, by: Actor, *, heading: str, text: str, origin: Origin, note: str) -> Draft:
        """A section more, before the conclusion where there is one. Others' changes in between are kept."""
        draft = self._owned(draft_id, by, "write")
        taken = {section.key for section in draft.sections}
        key = next(name for number in count(1) if (name := f"answer{number}") not in taken)
        new = _storable(Section(key, heading, text, SectionState.DONE, route=origin.route))
        at = next((n for n, s in enumerate(draft.sections) if s.role == "conclusion"), len(draft.sections))
        sections = (*draft.sections[:at], new, *draft.sections[at:])
        _check_length(sections)
        try:
            return self._drafts.save(draft_id, draft.revision, origin, title=draft.title, sections=sections, note=note)
        except EditConflict:
            return self.append(draft_id, by, heading=heading, text=text, origin=origin, note=note)

    def save_section(
        self,
        draft_id: str,
        revision: int,
        by: Actor,
        *,
        key: str,
        heading: str,
        text: str,
        origin: Origin | None = None,
    ) -> Draft:
        draft = self._owned(draft_id, by, "write")
        if draft.section(key) is None:
            raise NotFound("There is no such section in this draft.")
        sections = [edited(s, heading, text) if s.key == key else s for s in draft.sections]
        return self.save(draft_id, revision, by, title=draft.title, sections=sections, origin=origin)

    def save_text(
        self, draft_id: str, revision: int, by: Actor, *, title: str, text: str, origin: Origin | None = None
    ) -> Draft:
        """The whole draft as one text, its sections at `## ` headings. What nobody changed makes no new revision."""
        _check_length_of(text)
        draft = self._owned(draft_id, by, "write")
        sections = [_taken_over(draft.section(s.key), s) for s in manuscript.split(text, draft.sections)]
        return self.save(draft_id, revision, by, title=title, sections=sections, origin=origin)

    def versions(self, draft_id: str, by: Actor) -> list[VersionSummary]:
        self._owned(draft_id, by, "read")
        return self._drafts.versions(draft_id)

    def version(self, draft_id: str, number: int, by: Actor) -> Version:
        self._owned(draft_id, by, "read")
        return self._drafts.version(draft_id, number)

    def restore(self, draft_id: str, number: int, by: Actor) -> Draft:
        """The draft as it was then, as a new version: what is there now stays in the history."""
        draft = self._owned(draft_id, by, "write")
        version = self._drafts.version(draft_id, number)
        return self._drafts.save(
            draft_id,
            draft.revision,
            Origin("restored", by.user),
            title=version.title,
            sections=version.sections,
            note=f"Restored version {number}",
        )

    def duplicate(self, draft_id: str, by: Actor) -> Draft:
        draft = self._owned(draft_id, by, "read")
        title = f"{draft.title[: MAX_TITLE - 7]} (copy)"
        return self.copied(draft, by, title=title, sections=draft.sections, note=f"Copied from “{draft.title}”")

    def copied(self, draft: Draft, by: Actor, *, title: str, sections: Sequence[Section], note: str) -> Draft:
        """A new draft with the same brief, outline and tags, and this text."""
        title = _title(title)
        state = DraftState.IN_REVIEW if any(section.text for section in sections) else DraftState.BRIEFED
        copy = self._drafts.create(by.user, draft.brief, title, state)
        if draft.outline:
            copy = self._drafts.set_outline(copy.id, copy.revision, draft.outline.retitled(title))
        if draft.tags:
            copy = self._drafts.set_tags(copy.id, draft.tags)
        kept, origin = [at_rest(section) for section in sections], Origin("copied", by.user)
        return self._drafts.save(copy.id, copy.revision, origin, title=title, sections=kept, note=note)

    def set_state(self, draft_id: str, state: DraftState, by: Actor) -> Draft:
        self._owned(draft_id, by, "write")
        return self._drafts.set_state(draft_id, state)

    def set_tags(self, draft_id: str, tags: Sequence[str], by: Actor) -> Draft:
        self._owned(draft_id, by, "write")
        return self._drafts.set_tags(draft_id, list(dict.fromkeys(tag.strip() for tag in tags if tag.strip())))

    def set_details(self, draft_id: str, by: Actor, *, description: str, slug: str) -> Draft:
        """What search engines are told of it: the meta description, and the end of the address ("" is made of the
        title)."""
        self._owned(draft_id, by, "write")
        told, address = " ".join(joined_surrogates(description).split()), slug.strip()
        if len(told) > MAX_DESCRIPTION:
            raise UserMistake(
                f"The meta description has {len(told)} characters; search engines show about 155, {MAX_DESCRIPTION} "
                "are the most that is kept."
            )
        if address and not _SLUG.fullmatch(address):
            raise UserMistake(
                "The end of the address may hold small letters, digits and single hyphens only, 75 at most: like "
                f"{made_slug(address)}."
            )
        return self._drafts.set_details(draft_id, description=told, slug=address)

    def trash(self, draft_id: str, by: Actor) -> None:
        self._owned(draft_id, by, "delete")
        self._drafts.trash(draft_id)

    def untrash(self, draft_id: str, by: Actor) -> None:
        self._owned(draft_id, by, "delete")
        self._drafts.untrash(draft_id)

    def purge(self, older_than_days: int = TRASH_DAYS) -> int:
        """Delete for good what has been in the trash for longer; housekeeping, for all owners."""
        gone = self._drafts.purge(older_than_days)
        if gone:
            logger.info("trash emptied", extra={"drafts": gone})
        return gone

    def references(self, draft: Draft) -> list[Reference]:
        """In order of first appearance. A citation whose source was deleted has none: its neighbours close up."""
        return self.references_in(draft.owner_id, [section.text for section in draft.sections])

    def references_in(self, owner_id: str, texts: Sequence[str]) -> list[Reference]:
        ids = list(numbered(texts))
        passages = self._sources.passages_by_id(owner_id, ids)
        sources = {id_: self._source(id_) for id_ in {passage.source_id for passage in passages.values()}}
        known = [(passages[id_], sources[passages[id_].source_id]) for id_ in ids if id_ in passages]
        there = [(passage, source) for passage, source in known if source is not None]
        return [Reference(number, passage, source) for number, (passage, source) in enumerate(there, start=1)]

    def _source(self, source_id: int) -> Source | None:
        try:
            return self._sources.get(source_id)
        except NotFound:  # deleted between the two questions
            return None

    def _owned(self, draft_id: str, by: Actor, action: Action) -> Draft:
        try:
            draft = self._drafts.get(draft_id)
        except NotFound:
            raise NotFound("There is no such draft.") from None
        authorize(by, action, draft.owner_id, "draft")
        return draft


def _person(by: Actor) -> Origin:
    return Origin("person", by.user)


def _title(title: str) -> str:
    """Never refused for being empty or long: an autosave must not lose the text because of its title."""
    return " ".join(joined_surrogates(title).split())[:MAX_TITLE] or "Untitled"


def _storable(section: Section) -> Section:
    heading, text = joined_surrogates(section.heading).strip(), joined_surrogates(section.text)
    return (
        section if (heading, text) == (section.heading, section.text) else replace(section, heading=heading, text=text)
    )


def edited(section: Section, heading: str, text: str) -> Section:
    """What the checks said of the old text does not hold for the new one; a gap that was filled is none."""
    if text.strip() == section.text.strip():
        return replace(section, heading=heading)
    gap = None if text.strip() else section.gap
    return replace(section, heading=heading, text=text, state=SectionState.DONE, gap=gap, flags=())


def _taken_over(before: Section | None, section: Section) -> Section:
    return edited(before, section.heading, section.text) if before and before != section else section


def at_rest(section: Section) -> Section:
    """A copy has no job that would go on writing it."""
    return replace(section, state=SectionState.STOPPED) if section.state is SectionState.WRITING else section


def _check_keys(sections: Sequence[Section]) -> None:
    keys = [section.key for section in sections]
    if len(set(keys)) != len(keys) or not all(keys):
        raise UserMistake("Each section of a draft needs a key of its own.")


def _check_length(sections: Sequence[Section]) -> None:
    _check_length_of(*(part for section in sections for part in (section.heading, section.text)))


def _check_length_of(*texts: str) -> None:
    length = sum(map(len, texts))
    if length > MAX_CHARACTERS:
        raise UserMistake(
            f"The draft would have {length:,} characters; {MAX_CHARACTERS:,} is the most. Split it into two drafts."
        )
