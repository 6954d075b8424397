"""A writer's drafts as a library: folders, planned days, what is asked of the shelf, titles that are taken twice."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from writer.domain.drafts import DraftState
from writer.domain.errors import UserMistake

MAX_FOLDER = 200
MAX_DEPTH = 8
MAX_TAG = 60
MAX_TAGS = 50


class Sort(StrEnum):
    CHANGED = "changed"
    CREATED = "created"
    TITLE = "title"
    DUE = "due"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class Card:
    """A draft as the library knows it: nothing of its text. `folder` "" is none."""

    id: str
    title: str
    state: DraftState
    content_type: str
    created_at: datetime
    updated_at: datetime
    tags: tuple[str, ...] = ()
    folder: str = ""
    planned: date | None = None
    due: date | None = None
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of the library. Each field that is set narrows; within states and tags any will do. A folder
    includes what is nested in it."""

    query: str = ""
    states: tuple[DraftState, ...] = ()
    tags: tuple[str, ...] = ()
    folder: str = ""
    trashed: bool = False
    sort: Sort = Sort.CHANGED


@dataclass(frozen=True, slots=True)
class Shelf:
    """How many drafts each folder (with what is nested in it), tag and state has, by name."""

    folders: tuple[tuple[str, int], ...]
    tags: tuple[tuple[str, int], ...]
    states: tuple[tuple[DraftState, int], ...]


@dataclass(frozen=True, slots=True)
class DayEntry:
    """What stands on a day of the calendar. `kind` is "due" or "planned"."""

    day: date
    kind: str
    card: Card


@dataclass(frozen=True, slots=True)
class Twin:
    """Another draft whose title says the same; `score` is 1.0 for the same words, else their closeness in meaning."""

    draft_id: str
    title: str
    score: float


def folder_path(name: str) -> str:
    """ "Guides / heat" is the folder heat in Guides. Raises UserMistake."""
    parts = [" ".join(part.split()) for part in name.split("/")]
    path = "/".join(part for part in parts if part)
    if len(path) > MAX_FOLDER or path.count("/") >= MAX_DEPTH:
        raise UserMistake(f"A folder's name has at most {MAX_FOLDER} characters and {MAX_DEPTH} levels.")
    return path


def tag_names(tags: Iterable[str]) -> tuple[str, ...]:
    """Without empty ones and repetitions, in their order. Raises UserMistake."""
    found = tuple(dict.fromkeys(name for tag in tags if (name := " ".join(tag.split()))))
    if len(found) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in found):
        raise UserMistake(f"A draft has at most {MAX_TAGS} tags, of at most {MAX_TAG} characters each.")
    return found


def is_within(folder: str, of: str) -> bool:
    return not of or folder == of or folder.startswith(f"{of}/")


def arranged(cards: Iterable[Card], wanted: Wanted) -> list[Card]:
    """Those that are wanted, in order. Words are not looked for here."""
    found = [
        card
        for card in cards
        if (not wanted.states or card.state in wanted.states)
        and (not wanted.tags or not set(wanted.tags).isdisjoint(card.tags))
        and is_within(card.folder, wanted.folder)
    ]
    newest = sorted(found, key=lambda card: (card.updated_at, card.id), reverse=True)
    match wanted.sort:
        case Sort.CREATED:
            return sorted(newest, key=lambda card: card.created_at, reverse=True)
        case Sort.TITLE:
            return sorted(newest, key=lambda card: card.title.casefold())
        case Sort.DUE:
            return sorted(newest, key=lambda card: card.due or date.max)
        case Sort.PLANNED:
            return sorted(newest, key=lambda card: card.planned or date.max)
    return newest


def shelf_of(cards: Iterable[Card]) -> Shelf:
    folders: Counter[str] = Counter()
    tags: Counter[str] = Counter()
    states: Counter[DraftState] = Counter()
    for card in cards:
        folders.update(_with_parents(card.folder))
        tags.update(card.tags)
        states[card.state] += 1
    by_name = tuple(sorted(tags.items(), key=lambda item: item[0].casefold()))
    in_order = tuple((state, states[state]) for state in DraftState if states[state])
    return Shelf(tuple(sorted(folders.items(), key=lambda item: item[0].casefold())), by_name, in_order)


def calendar(cards: Iterable[Card], first: date, last: date) -> list[DayEntry]:
    """By day, due before planned; `last` is included."""
    found = [
        DayEntry(day, kind, card)
        for card in cards
        for kind, day in (("due", card.due), ("planned", card.planned))
        if day and first <= day <= last
    ]
    return sorted(found, key=lambda entry: (entry.day, entry.kind, entry.card.title.casefold(), entry.card.id))


def title_key(title: str) -> str:
    """What is left of a title when case, accents' encoding, punctuation and spacing do not count."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", folded).split())


def same_titles(cards: Sequence[Card]) -> dict[str, list[Twin]]:
    """By draft, the others with the same words in their title. A title without letters or figures has no twins."""
    groups: dict[str, list[Card]] = {}
    for card in cards:
        groups.setdefault(title_key(card.title), []).append(card)
    return {
        card.id: [Twin(other.id, other.title, 1.0) for other in group if other.id != card.id]
        for key, group in groups.items()
        if key and len(group) > 1
        for card in group
    }


def today() -> date:
    return datetime.now(UTC).date()


def _with_parents(folder: str) -> list[str]:
    parts = folder.split("/") if folder else []
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]
