"""A draft's history: listed by sittings, named, compared, restored, branched, and asked who wrote which sentence."""

from collections.abc import Sequence

from writer.domain.actors import Actor
from writer.domain.comparing import Comparison, compared
from writer.domain.drafts import Draft, Origin, Section, Version, VersionSummary
from writer.domain.errors import NotFound, UserMistake
from writer.domain.ports.versions import VersionStore
from writer.domain.text import joined_surrogates
from writer.domain.versions import KINDS, Origins, Sitting, Variant, VersionFilter, first_seen
from writer.services.drafts import MAX_TITLE, Drafts, at_rest

MAX_NAME = 120
MAX_NOTE = 1000
ALL = VersionFilter()


class Versions:
    """What somebody may not read or change is not found, like what is not there."""

    def __init__(self, drafts: Drafts, store: VersionStore) -> None:
        self._drafts = drafts
        self._store = store

    def listing(
        self, draft_id: str, by: Actor, wanted: VersionFilter = ALL, *, limit: int = 50, offset: int = 0
    ) -> list[VersionSummary]:
        """Newest first."""
        self._drafts.open(draft_id, by)
        return self._store.listing(draft_id, _known(wanted), limit=limit, offset=offset)

    def sittings(
        self, draft_id: str, by: Actor, wanted: VersionFilter = ALL, *, limit: int = 50, offset: int = 0
    ) -> list[Sitting]:
        """The same, with what one person saved within ten minutes told as one."""
        self._drafts.open(draft_id, by)
        return self._store.sittings(draft_id, _known(wanted), limit=limit, offset=offset)

    def count(self, draft_id: str, by: Actor, wanted: VersionFilter = ALL) -> int:
        self._drafts.open(draft_id, by)
        return self._store.count(draft_id, _known(wanted))

    def describe(
        self, draft_id: str, number: int, by: Actor, *, name: str | None = None, note: str | None = None
    ) -> VersionSummary:
        """Another name or note for a version; "" takes it away, None leaves it. The text never changes."""
        self._drafts.writable(draft_id, by)
        name, note = _line(name, MAX_NAME, "name"), _line(note, MAX_NOTE, "note")
        return self._store.describe(draft_id, number, name=name, note=note)

    def compare(
        self, draft_id: str, by: Actor, before: int, after: int | None = None, *, other_id: str = ""
    ) -> Comparison:
        """Version `before` of this draft and version `after`, or what is there now, of this one or of another."""
        first = self._drafts.version(draft_id, before, by)
        title, sections = self._state(other_id or draft_id, after, by)
        return compared(first.title, first.sections, title, sections)

    def restore_section(self, draft_id: str, number: int, key: str, by: Actor) -> Draft:
        """One section as it was then; the rest stays. One that is gone comes back behind its predecessor."""
        version = self._drafts.version(draft_id, number, by)
        note = f"Restored “%s” from version {number}"
        return self._with_section(draft_id, by, version.sections, key, note, Origin("restored", by.user))

    def merge_section(self, draft_id: str, by: Actor, *, from_id: str, key: str, number: int | None = None) -> Draft:
        """A section of another draft, as it is now or was in one of its versions, in the place of this draft's."""
        title, sections = self._state(from_id, number, by)
        note = f"“%s” taken from “{title.replace('%', '%%')}”"
        return self._with_section(draft_id, by, sections, key, note, Origin("copied", by.user))

    def branch(self, draft_id: str, by: Actor, number: int | None = None, *, title: str = "") -> Draft:
        """A variant: a draft of its own with the text of version `number`, or of now, that knows where it began."""
        draft = self._drafts.open(draft_id, by)
        title_then, sections = self._state(draft_id, number, by)
        newest = self._store.listing(draft_id, ALL, limit=1)
        parent = number if number is not None else newest[0].number if newest else 0
        name = title.strip() or f"{title_then[: MAX_TITLE - 10]} (variant)"
        note = f"Variant of “{title_then}”" + (f", version {parent}" if parent else "")
        copy = self._drafts.copied(draft, by, title=name, sections=sections, note=note)
        self._store.add_variant(copy.id, by.user, draft_id, parent)
        return copy

    def variants(self, draft_id: str, by: Actor) -> list[Variant]:
        self._drafts.open(draft_id, by)
        return self._store.variants(draft_id)

    def parent(self, draft_id: str, by: Actor) -> Variant | None:
        """What this draft is a variant of."""
        self._drafts.open(draft_id, by)
        return self._store.parent(draft_id)

    def origins(self, draft_id: str, by: Actor) -> Origins:
        """For each sentence the version that it first appeared in. Reads every version once."""
        draft = self._drafts.open(draft_id, by)
        with self._store.touched(draft_id) as changes:
            sentences = first_seen(draft.sections, changes)
        numbers = {sentence.version for sentence in sentences if sentence.version is not None}
        return Origins(sentences, self._store.summaries(draft_id, numbers))

    def _state(self, draft_id: str, number: int | None, by: Actor) -> tuple[str, tuple[Section, ...]]:
        there: Draft | Version = (
            self._drafts.open(draft_id, by) if number is None else self._drafts.version(draft_id, number, by)
        )
        return there.title, there.sections

    def _with_section(
        self, draft_id: str, by: Actor, theirs: Sequence[Section], key: str, note: str, origin: Origin
    ) -> Draft:
        draft = self._drafts.open(draft_id, by)
        section = next((section for section in theirs if section.key == key), None)
        if section is None:
            raise NotFound("There is no such section in that version.")
        sections = _put(draft.sections, at_rest(section), [section.key for section in theirs])
        told = note % (section.heading or section.role)
        return self._drafts.save(
            draft_id, draft.revision, by, title=draft.title, sections=sections, note=told, origin=origin
        )


def _put(sections: Sequence[Section], new: Section, order: Sequence[str]) -> list[Section]:
    keys = [section.key for section in sections]
    if new.key in keys:
        return [new if section.key == new.key else section for section in sections]
    before = [keys.index(key) for key in order[: order.index(new.key)] if key in keys]
    at = before[-1] + 1 if before else 0
    return [*sections[:at], new, *sections[at:]]


def _known(wanted: VersionFilter) -> VersionFilter:
    for kind in wanted.kinds:
        if kind not in KINDS:
            raise UserMistake(f"There are no versions of this origin. The origins are: {', '.join(KINDS)}.")
    return wanted


def _line(text: str | None, most: int, what: str) -> str | None:
    if text is None:
        return None
    line = " ".join(joined_surrogates(text).split())
    if len(line) > most:
        raise UserMistake(f"A version's {what} has {most:,} characters at the most. Make it shorter.")
    return line
