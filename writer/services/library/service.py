"""What a person asks of their library. Drafts of others are as if they were not there."""

import io
import zipfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from writer.domain.actors import Actor
from writer.domain.drafts import DraftState, DraftSummary
from writer.domain.errors import NotFound, UserMistake
from writer.domain.library import (
    Card,
    DayEntry,
    Shelf,
    Twin,
    Wanted,
    arranged,
    calendar,
    folder_path,
    shelf_of,
    tag_names,
)
from writer.domain.ports.library import LibraryStore
from writer.domain.text import joined_surrogates, slug
from writer.services.drafts import Drafts
from writer.services.exports import Exports
from writer.services.library.titles import TitleIndex

MOST_AT_ONCE = 500
Change = Callable[[str, Actor], object]
_EARLIEST = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the list."""

    card: Card
    summary: DraftSummary


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the list; `total` counts all that match, `shelf` everything that is there."""

    entries: tuple[Entry, ...]
    total: int
    shelf: Shelf


@dataclass(frozen=True, slots=True)
class Packed:
    filename: str
    content: bytes
    drafts: int


class Library:
    def __init__(self, store: LibraryStore, drafts: Drafts, exports: Exports, titles: TitleIndex) -> None:
        self._store = store
        self._drafts = drafts
        self._exports = exports
        self._titles = titles

    def cards(self, by: Actor, *, trashed: bool = False) -> list[Card]:
        """All of them, to be handed to the questions below by who asks several at once."""
        return self._store.cards(by.user, trashed=trashed)

    def find(
        self, wanted: Wanted, by: Actor, *, limit: int = 50, offset: int = 0, cards: Sequence[Card] | None = None
    ) -> Found:
        cards = self.cards(by, trashed=wanted.trashed) if cards is None else cards
        query = joined_surrogates(wanted.query).strip()
        matching = self._store.cards(by.user, query, trashed=wanted.trashed) if query else cards
        found = arranged(matching, wanted)
        part = found[offset : offset + limit]
        summaries = self._store.summaries(by.user, [card.id for card in part])
        entries = tuple(Entry(card, summaries[card.id]) for card in part if card.id in summaries)
        return Found(entries, len(found), shelf_of(cards))

    def twins(
        self, by: Actor, *, of: Collection[str] | None = None, cards: Sequence[Card] | None = None
    ) -> dict[str, list[Twin]]:
        """By draft (or only for the drafts `of` these ids), others whose title says the same, closest first."""
        return self._titles.twins(by.user, self.cards(by) if cards is None else cards, of)

    def calendar(self, first: date, last: date, by: Actor) -> list[DayEntry]:
        return calendar(self._store.cards(by.user), first, last)

    def card(self, draft_id: str, by: Actor) -> Card:
        draft = self._drafts.open(draft_id, by)
        cards = self._store.cards(by.user, trashed=draft.deleted_at is not None)
        return next(card for card in cards if card.id == draft_id)

    def move(self, ids: Sequence[str], folder: str, by: Actor) -> int:
        """`folder` "" takes them out of any. Returns how many there were; NotFound when there is none."""
        return _counted(self._store.place(by.user, _some(ids), folder_path(joined_surrogates(folder))))

    def plan(self, ids: Sequence[str], day: date | None, by: Actor) -> int:
        return _counted(self._store.plan(by.user, _some(ids), day))

    def tag(self, ids: Sequence[str], by: Actor, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> int:
        added = tag_names(joined_surrogates(tag) for tag in add)
        return _counted(self._store.tag(by.user, _some(ids), added, [" ".join(tag.split()) for tag in remove]))

    def set_state(self, ids: Sequence[str], state: DraftState, by: Actor) -> int:
        return _counted(self._store.set_state(by.user, _some(ids), state))

    def trash(self, ids: Sequence[str], by: Actor) -> int:
        return _counted(sum(self._done(self._drafts.trash, draft_id, by) for draft_id in _some(ids)))

    def untrash(self, ids: Sequence[str], by: Actor) -> int:
        return _counted(sum(self._done(self._drafts.untrash, draft_id, by) for draft_id in _some(ids)))

    def rename_folder(self, old: str, new: str, by: Actor) -> int:
        """What is nested in it comes along."""
        before, after = folder_path(old), folder_path(joined_surrogates(new))
        moved = self._store.rename_folder(by.user, before, after) if before else 0
        if not moved:
            raise NotFound("There is no such folder.")
        return moved

    def packed(self, ids: Sequence[str], by: Actor, at: datetime) -> Packed:
        """Each as Markdown, in one ZIP file, in the folders they stand in."""
        cards = {card.id: card for trashed in (False, True) for card in self._store.cards(by.user, trashed=trashed)}
        mine = [cards[draft_id] for draft_id in _some(ids) if draft_id in cards]
        _counted(len(mine))
        buffer, names = io.BytesIO(), set[str]()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for card in mine:
                file = self._exports.export(card.id, "markdown", by)
                name = _free(_path(card.folder, file.filename), names)
                archive.writestr(zipfile.ZipInfo(name, max(_EARLIEST, card.updated_at.timetuple()[:6])), file.content)
        return Packed(f"drafts-{at:%Y-%m-%d}.zip", buffer.getvalue(), len(mine))

    def _done(self, change: Change, draft_id: str, by: Actor) -> bool:
        try:
            change(draft_id, by)
        except NotFound:
            return False
        return True


def _some(ids: Sequence[str]) -> list[str]:
    if len(ids) > MOST_AT_ONCE:
        raise UserMistake(f"At most {MOST_AT_ONCE} drafts can be changed at once; these are {len(ids):,}.")
    return list(dict.fromkeys(ids))


def _counted(number: int) -> int:
    if not number:
        raise NotFound("None of these drafts is in your library.")
    return number


def _path(folder: str, filename: str) -> str:
    """Names that every system can unpack."""
    return "/".join([*(slug(part, "folder") for part in folder.split("/") if part), filename])


def _free(path: str, taken: set[str]) -> str:
    stem, dot, ending = path.rpartition(".")
    number, name = 1, path
    while name in taken:
        number += 1
        name = f"{stem}-{number}{dot}{ending}"
    taken.add(name)
    return name
