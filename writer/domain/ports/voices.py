from typing import Protocol

from writer.domain.voices import Profile, Voice


class VoiceStore(Protocol):
    """Others' voices are as if they were not there: NotFound."""

    def add(self, owner_id: str, name: str, profile: Profile, *, digest: str, samples: int, words: int) -> Voice:
        """UserMistake when the owner has one of this name."""
        ...

    def get(self, owner_id: str, voice_id: str) -> Voice: ...

    def listing(self, owner_id: str) -> list[Voice]:
        """By name."""
        ...

    def rename(self, owner_id: str, voice_id: str, name: str) -> Voice: ...

    def delete(self, owner_id: str, voice_id: str) -> None: ...
