"""Style guides as they are kept: an owner's first one, which every draft uses that names no other, and others by name.
What is ignored is ignored in all drafts, whichever guide they use: it is kept with the first."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from uuid import uuid4

from writer.domain.actors import Actor
from writer.domain.drafts import Draft
from writer.domain.errors import NotFound, UserMistake
from writer.domain.ports.drafts import DraftStore
from writer.domain.ports.settings import SettingsStore
from writer.domain.style_guide import MOST_ENTRIES, GuideName, Ignored, StyleGuide, folded
from writer.domain.text import joined_surrogates
from writer.services.drafts import Drafts

FIRST = GuideName("", "My style guide")
MOST_GUIDES = 30
_NAME, _NAMES = "style_guide", "style_guides"
_LONGEST = 80


class StyleGuides:
    def __init__(self, settings: SettingsStore, drafts: Drafts, draft_store: DraftStore) -> None:
        self._settings = settings
        self._drafts = drafts
        self._draft_store = draft_store

    def listing(self, by: Actor) -> list[GuideName]:
        """The first one first."""
        return [FIRST, *self._named(by.user)]

    def add(self, name: str, by: Actor) -> GuideName:
        """Another guide, empty."""
        known = self._named(by.user)
        if len(known) >= MOST_GUIDES:
            raise UserMistake(f"There are {MOST_GUIDES} style guides beside the first. Delete one before.")
        made = GuideName(uuid4().hex[:12], _free(name, [FIRST, *known]))
        self._keep(by.user, [*known, made])
        return made

    def rename(self, guide_id: str, name: str, by: Actor) -> GuideName:
        known = self._named(by.user)
        _of_these(known, guide_id)
        made = GuideName(guide_id, _free(name, [FIRST, *(one for one in known if one.id != guide_id)]))
        self._keep(by.user, [made if one.id == guide_id else one for one in known])
        return made

    def delete(self, guide_id: str, by: Actor) -> None:
        """Drafts that used it go by the first one from then on."""
        known = self._named(by.user)
        _of_these(known, guide_id)
        self._keep(by.user, [one for one in known if one.id != guide_id])
        self._settings.set_value(by.user, _key(guide_id), "")

    def use(self, draft_id: str, guide_id: str, by: Actor) -> Draft:
        """What a draft is checked by, and written and changed by, from now on; "" for the first one."""
        draft = self._drafts.writable(draft_id, by)
        if guide_id:
            _of_these(self._named(by.user), guide_id)
        return self._draft_store.set_brief(draft.id, draft.revision, replace(draft.brief, style_guide=guide_id))

    def of(self, by: Actor, guide_id: str = "") -> StyleGuide:
        if guide_id:
            _of_these(self._named(by.user), guide_id)
        return self.owned(by.user, guide_id)

    def owned(self, owner_id: str, guide_id: str = "") -> StyleGuide:
        """For work in the background, which knows the owner alone. One that is gone is the first."""
        first = self._read(owner_id, "") or StyleGuide()
        other = self._read(owner_id, guide_id) if guide_id else None
        return replace(other, ignored=first.ignored) if other else first

    def save(self, guide: StyleGuide, by: Actor, guide_id: str = "") -> StyleGuide:
        kept = _storable(guide)
        if not guide_id:
            self._write(by.user, "", kept)
            return kept
        _of_these(self._named(by.user), guide_id)
        self._write(by.user, guide_id, replace(kept, ignored=()))
        self._write(by.user, "", replace(self.owned(by.user), ignored=kept.ignored))
        return kept

    def ignore(self, check: str, quote: str, by: Actor) -> StyleGuide:
        """What is ignored longest is forgotten first: a full list is no reason to nag on."""
        one = Ignored(check, folded(joined_surrogates(quote)))
        if not one.text or not check:
            raise UserMistake("Say which finding is to be ignored: its check, and the words that it found.")
        guide = self.of(by)
        others = tuple(known for known in guide.ignored if known != one)
        return self.save(replace(guide, ignored=(*others, one)[-MOST_ENTRIES:]), by)

    def heed(self, check: str, quote: str, by: Actor) -> StyleGuide:
        """Takes back `ignore`."""
        one, guide = Ignored(check, folded(joined_surrogates(quote))), self.of(by)
        return self.save(replace(guide, ignored=tuple(known for known in guide.ignored if known != one)), by)

    def rules(self, owner_id: str, guide_id: str = "") -> tuple[str, ...]:
        return self.owned(owner_id, guide_id).rules()

    def all_rules(self, owner_id: str) -> list[str]:
        """Of every guide: what changes when one of them does."""
        guides = ["", *(one.id for one in self._named(owner_id))]
        return [f"{guide}: {rule}" if guide else rule for guide in guides for rule in self.rules(owner_id, guide)]

    def _named(self, owner_id: str) -> list[GuideName]:
        stored = self._settings.value(owner_id, _NAMES)
        return [GuideName(**row) for row in json.loads(stored)] if stored else []

    def _keep(self, owner_id: str, names: Sequence[GuideName]) -> None:
        self._settings.set_value(owner_id, _NAMES, json.dumps(list(map(asdict, names)), ensure_ascii=False))

    def _read(self, owner_id: str, guide_id: str) -> StyleGuide | None:
        """None where there is no such guide; what was made and not filled in yet is empty."""
        if guide_id and all(one.id != guide_id for one in self._named(owner_id)):
            return None
        stored = self._settings.value(owner_id, _key(guide_id))
        return StyleGuide.of_json(json.loads(stored)) if stored else StyleGuide()

    def _write(self, owner_id: str, guide_id: str, guide: StyleGuide) -> None:
        self._settings.set_value(owner_id, _key(guide_id), json.dumps(guide.as_json(), ensure_ascii=False))


def _key(guide_id: str) -> str:
    return f"{_NAME}:{guide_id}" if guide_id else _NAME


def _of_these(known: Sequence[GuideName], guide_id: str) -> None:
    if all(one.id != guide_id for one in known):
        raise NotFound("There is no such style guide.")


def _free(name: str, known: Sequence[GuideName]) -> str:
    line = " ".join(joined_surrogates(name).split())
    if not line or len(line) > _LONGEST:
        raise UserMistake(f"A style guide needs a name of 1 to {_LONGEST} characters.")
    if any(one.name.casefold() == line.casefold() for one in known):
        raise UserMistake(f"There is a style guide called “{line}” already.")
    return line


def _storable(guide: StyleGuide) -> StyleGuide:
    """Trimmed, each once, and without what no database takes."""
    pairs = {_clean(pair.unwanted): replace(pair, unwanted=_clean(pair.unwanted), wanted=_clean(pair.wanted))
             for pair in guide.preferred}  # fmt: skip
    banned = dict.fromkeys(map(_clean, guide.banned))
    return replace(guide, preferred=tuple(pairs.values()), banned=tuple(banned))


def _clean(term: str) -> str:
    return " ".join(joined_surrogates(term).split())
