"""The library of prompts: kept, found again, changed by new versions only, compared, taken elsewhere."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from writer.domain.actors import Action, Actor, authorize
from writer.domain.comparing import Comparison as Difference
from writer.domain.comparing import compared
from writer.domain.drafts import Section
from writer.domain.errors import NotFound, UserMistake
from writer.domain.ports.prompt_library import PromptStore
from writer.domain.prompt_library import Noted, Packed, Place, PromptText, PromptVersion, SavedPrompt, noted
from writer.services.playground import prompt_files
from writer.services.playground.prompt_files import Form, Imported

MAX_PROMPTS = 2_000
MAX_VERSIONS = 500


@dataclass(frozen=True, slots=True)
class Shelf:
    """One person's prompts, by folder and name, as one reading found them."""

    prompts: Sequence[SavedPrompt]

    @property
    def folders(self) -> list[str]:
        return sorted({one.place.folder for one in self.prompts if one.place.folder})

    @property
    def tags(self) -> list[str]:
        return sorted({tag for one in self.prompts for tag in one.place.tags})

    def search(self, words: str = "", *, folder: str | None = None, tag: str = "") -> list[SavedPrompt]:
        """Those that have all the words, in any order; `folder` None is every folder, and a folder holds those below
        it."""
        wanted = words.casefold().split()
        return [
            one
            for one in self.prompts
            if one.matches(wanted) and (not tag or tag in one.place.tags) and _is_in(one.place.folder, folder)
        ]


class Prompts:
    def __init__(self, store: PromptStore) -> None:
        self._store = store

    def add(self, place: Place, text: PromptText, by: Actor, note: str = "") -> SavedPrompt:
        self._check_room(1, by)
        (made,) = self._store.add(by.user, [Packed(place, ((text, noted(note)),))])
        return made

    def get(self, prompt_id: str, by: Actor) -> SavedPrompt:
        return self._owned(prompt_id, by, "read")

    def shelf(self, by: Actor) -> Shelf:
        return Shelf(self._store.listing(by.user))

    def search(self, by: Actor, words: str = "", *, folder: str | None = None, tag: str = "") -> list[SavedPrompt]:
        return self.shelf(by).search(words, folder=folder, tag=tag)

    def move(self, prompt_id: str, place: Place, by: Actor) -> SavedPrompt:
        """Another name, folder or tags; no new version."""
        self._owned(prompt_id, by, "write")
        return self._store.place(prompt_id, place)

    def revise(self, prompt_id: str, text: PromptText, by: Actor, note: str = "") -> SavedPrompt:
        """A new version; none where nothing is changed."""
        _check_version(self._owned(prompt_id, by, "write"), text)
        return self._store.add_versions(prompt_id, [(text, noted(note))])

    def versions(self, prompt_id: str, by: Actor) -> list[PromptVersion]:
        """Newest first."""
        self._owned(prompt_id, by, "read")
        return self._store.versions(prompt_id)

    def version(self, prompt_id: str, number: int, by: Actor) -> PromptVersion:
        found = [one for one in self.versions(prompt_id, by) if one.number == number]
        if not found:
            raise NotFound("There is no such version of this prompt.")
        return found[0]

    def difference(self, prompt_id: str, first: int, second: int, by: Actor) -> Difference:
        """Word by word, from one version to another."""
        before, after = (_sections(self.version(prompt_id, number, by).text) for number in (first, second))
        return compared("", before, "", after)

    def delete(self, prompt_id: str, by: Actor) -> None:
        """With all its versions."""
        self._owned(prompt_id, by, "delete")
        self._store.delete(prompt_id)

    def export(self, by: Actor, form: Form = "yaml", ids: Collection[str] | None = None) -> str:
        """One file with all versions of these prompts, or of all."""
        mine = self._store.listing(by.user)
        if ids is not None and (unknown := set(ids) - {one.id for one in mine}):
            raise NotFound(f"There is no such prompt ({len(unknown)} of {len(ids)} are not there).")
        chosen = [one for one in mine if ids is None or one.id in ids]
        versions = self._store.versions_of(by.user)
        # Only what both readings found: one may have been deleted, or added, between them.
        return prompt_files.written([Packed.of(one, versions[one.id]) for one in chosen if one.id in versions], form)

    def load(self, content: bytes, by: Actor, *, as_versions: bool = False) -> Imported:
        """Nothing is ever overwritten: each prompt of the file is a new one, or with `as_versions` its newest text is a
        new version of the prompt that has the same name in the same folder."""
        packed = prompt_files.read(content)
        known = {(p.place.folder, p.place.name): p for p in self._store.listing(by.user)} if as_versions else {}
        new = [one for one in packed if (one.place.folder, one.place.name) not in known]
        self._check_room(len(new), by)
        texts: dict[str, list[Noted]] = {}
        for one in packed:
            if before := known.get((one.place.folder, one.place.name)):
                text, note = one.versions[-1]
                _check_version(before, text)
                texts.setdefault(before.id, []).append((text, noted(note or "Imported")))
        revised = self._store.load(by.user, new, texts)
        return Imported(len(new), revised, len(packed) - len(new) - revised)

    def _check_room(self, more: int, by: Actor) -> None:
        if self._store.count(by.user) + more > MAX_PROMPTS:
            raise UserMistake(f"At most {MAX_PROMPTS:,} prompts can be kept. Delete some first; nothing was added.")

    def _owned(self, prompt_id: str, by: Actor, action: Action) -> SavedPrompt:
        prompt = self._store.get(prompt_id)
        authorize(by, action, prompt.owner_id, "prompt")
        return prompt


def _check_version(prompt: SavedPrompt, text: PromptText) -> None:
    """Raises UserMistake where the text would be one version too many."""
    if text != prompt.latest.text and prompt.latest.number >= MAX_VERSIONS:
        raise UserMistake(
            f"A prompt can have {MAX_VERSIONS} versions, and {prompt.place.name} has them. Keep this one as a new "
            "prompt. Nothing was changed."
        )


def _is_in(folder: str, wanted: str | None) -> bool:
    return wanted is None or folder == wanted or (wanted != "" and folder.startswith(f"{wanted}/"))


def _sections(text: PromptText) -> Sequence[Section]:
    """Parameters are lines like any other, so that a change of them is seen."""
    parameters = f"Temperature {text.temperature:g}\n\nAt most {text.max_output_tokens} tokens"
    return (
        Section("user", "Prompt", text.user),
        Section("system", "System", text.system),
        Section("parameters", "Parameters", parameters),
    )
