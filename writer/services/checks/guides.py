"""Style guides as they are kept: one for each owner, used for every draft that they write."""

import json
from dataclasses import replace

from writer.domain.actors import Actor
from writer.domain.errors import UserMistake
from writer.domain.ports.settings import SettingsStore
from writer.domain.style_guide import MOST_ENTRIES, Ignored, StyleGuide, folded
from writer.domain.text import joined_surrogates

_NAME = "style_guide"


class StyleGuides:
    def __init__(self, settings: SettingsStore) -> None:
        self._settings = settings

    def of(self, by: Actor) -> StyleGuide:
        return self.owned(by.user)

    def owned(self, owner_id: str) -> StyleGuide:
        """For work in the background, which knows the owner alone."""
        stored = self._settings.value(owner_id, _NAME)
        return StyleGuide.of_json(json.loads(stored)) if stored else StyleGuide()

    def save(self, guide: StyleGuide, by: Actor) -> StyleGuide:
        kept = _storable(guide)
        self._settings.set_value(by.user, _NAME, json.dumps(kept.as_json(), ensure_ascii=False))
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

    def rules(self, owner_id: str) -> tuple[str, ...]:
        return self.owned(owner_id).rules()


def _storable(guide: StyleGuide) -> StyleGuide:
    """Trimmed, each once, and without what no database takes."""
    pairs = {_clean(pair.unwanted): replace(pair, unwanted=_clean(pair.unwanted), wanted=_clean(pair.wanted))
             for pair in guide.preferred}  # fmt: skip
    banned = dict.fromkeys(map(_clean, guide.banned))
    return replace(guide, preferred=tuple(pairs.values()), banned=tuple(banned))


def _clean(term: str) -> str:
    return " ".join(joined_surrogates(term).split())
