"""Voices: learnt from samples by counting, told to whoever writes, and held against what was written."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from writer.domain.actors import Actor
from writer.domain.briefs import Brief
from writer.domain.drafts import Draft, count_words
from writer.domain.errors import NotFound, UserMistake
from writer.domain.ports.drafts import DraftStore
from writer.domain.ports.voices import VoiceStore
from writer.domain.text import joined_surrogates
from writer.domain.voices import FEWEST_WORDS, MAX_NAME, Distance, Voice, described, distances, profile_of
from writer.services.drafts import Drafts

FEWEST_SAMPLES = 3
FEWEST_PARAGRAPHS = 5
MAX_SAMPLES = 50
MAX_CHARACTERS = 1_000_000
MAX_VOICES = 50


class Voices:
    def __init__(self, store: VoiceStore, drafts: Drafts, draft_store: DraftStore) -> None:
        self._store = store
        self._drafts = drafts
        self._draft_store = draft_store

    def learn(self, name: str, samples: Sequence[str], by: Actor) -> Voice:
        """The samples are measured and forgotten; a digest says which they were."""
        texts = list(dict.fromkeys(text for sample in samples if (text := joined_surrogates(sample).strip())))
        _check(texts)
        if len(self._store.listing(by.user)) >= MAX_VOICES:
            raise UserMistake(f"At most {MAX_VOICES} voices can be kept. Delete one first.")
        profile = profile_of(texts)
        if profile.paragraphs < FEWEST_PARAGRAPHS:
            raise UserMistake(
                f"The samples have {profile.paragraphs} paragraphs of {FEWEST_WORDS} words or more; "
                f"{FEWEST_PARAGRAPHS} are needed to know a voice. Add more or longer texts."
            )
        digest = hashlib.sha256("\x00".join(sorted(texts)).encode()).hexdigest()
        total = sum(map(count_words, texts))
        return self._store.add(by.user, _name(name), profile, digest=digest, samples=len(texts), words=total)

    def listing(self, by: Actor) -> list[Voice]:
        return self._store.listing(by.user)

    def get(self, voice_id: str, by: Actor) -> Voice:
        return self._store.get(by.user, voice_id)

    def rename(self, voice_id: str, name: str, by: Actor) -> Voice:
        return self._store.rename(by.user, voice_id, _name(name))

    def delete(self, voice_id: str, by: Actor) -> None:
        """Drafts that named it are written without one from then on."""
        self._store.delete(by.user, voice_id)

    def distances(self, voice_id: str, text: str, by: Actor) -> list[Distance]:
        return distances(self.get(voice_id, by).profile, joined_surrogates(text))

    def use(self, draft_id: str, voice_id: str, by: Actor) -> Draft:
        """What is written and changed in the draft from now on is asked for in this voice; "" for none."""
        draft = self._drafts.open(draft_id, by)
        if voice_id:
            self._store.get(by.user, voice_id)
        return self._draft_store.set_brief(draft.id, draft.revision, replace(draft.brief, voice=voice_id))

    def rules(self, owner_id: str, brief: Brief) -> list[str]:
        """The voice that a brief names, in sentences; none when it names none, or one that is gone."""
        try:
            return described(self._store.get(owner_id, brief.voice).profile) if brief.voice else []
        except NotFound:
            return []


def _check(texts: Sequence[str]) -> None:
    if len(texts) < FEWEST_SAMPLES:
        raise UserMistake(f"Give at least {FEWEST_SAMPLES} different samples; these are {len(texts)}.")
    if len(texts) > MAX_SAMPLES or sum(map(len, texts)) > MAX_CHARACTERS:
        raise UserMistake(f"At most {MAX_SAMPLES} samples of {MAX_CHARACTERS:,} characters together can be measured.")


def _name(name: str) -> str:
    found = " ".join(joined_surrogates(name).split())
    if not found or len(found) > MAX_NAME:
        raise UserMistake(f"A voice needs a name of 1 to {MAX_NAME} characters.")
    return found
