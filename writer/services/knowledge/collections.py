"""The writer's collections and tags: putting sources together, and how those are cut into passages."""

import re
from collections.abc import Sequence
from contextlib import suppress

from writer.domain.actors import Action, Actor, authorize
from writer.domain.collections import MAX_NAME, Collection, Cut
from writer.domain.errors import NotFound, UserMistake
from writer.domain.jobs import Job
from writer.domain.ports.collections import CollectionStore
from writer.domain.ports.sources import SourceStore
from writer.domain.sources import Source
from writer.domain.text import joined_surrogates
from writer.services.knowledge.previews import Preview, Previews
from writer.services.knowledge.recutting import Recutting
from writer.services.knowledge.titles import tidy

MAX_DESCRIPTION = 1000
MAX_TAG = 40
MOST_TAGS = 20
_FEW = 20  # ids that are looked up one by one
_ID = re.compile(r"[Cc]?(\d{1,9})")


class Collections:
    """What is another's is not there. Whatever changes how sources are cut starts a job that cuts them anew."""

    def __init__(
        self, collections: CollectionStore, sources: SourceStore, recutting: Recutting, previews: Previews
    ) -> None:
        self._collections = collections
        self._sources = sources
        self._recutting = recutting
        self._previews = previews

    def add(self, name: str, by: Actor, description: str = "", cut: Cut | None = None) -> Collection:
        return self._collections.add(by.user, _name(name), _description(description), cut)

    def get(self, collection_id: int, by: Actor) -> Collection:
        return self._owned(collection_id, by, "read")

    def listing(self, by: Actor) -> list[Collection]:
        """By name."""
        return self._collections.listing(by.user)

    def change(
        self,
        collection_id: int,
        by: Actor,
        *,
        name: str | None = None,
        description: str | None = None,
        cut: Cut | None = None,
    ) -> Collection:
        """What is None stays as it is. Another cut is for the sources that joined this collection first."""
        self._owned(collection_id, by, "write")
        name = _name(name) if name is not None else None
        description = _description(description) if description is not None else None
        recut = self._recutting.job_of(by.user)
        changed = self._collections.change(collection_id, name=name, description=description, cut=cut, recut=recut)
        self._recutting.wake()
        return changed

    def delete(self, collection_id: int, by: Actor) -> None:
        """Its sources stay."""
        self._owned(collection_id, by, "delete")
        self._collections.delete(collection_id, self._recutting.job_of(by.user))
        self._recutting.wake()

    def join(self, collection_id: int, source_ids: Sequence[int], by: Actor) -> int:
        """How many were not in it before. One id that is not the writer's refuses all."""
        self._owned(collection_id, by, "write")
        self._own_sources(source_ids, by)
        return self._join(collection_id, source_ids, by.user)

    def take_in(self, collection_id: int, source_ids: Sequence[int], owner_id: str) -> None:
        """For imports, which began a while ago: a collection, and sources, that are gone by now are passed over."""
        with suppress(NotFound):
            self._owned(collection_id, Actor(owner_id), "write")
            self._join(collection_id, source_ids, owner_id)

    def leave(self, collection_id: int, source_ids: Sequence[int], by: Actor) -> int:
        """How many were in it."""
        self._owned(collection_id, by, "write")
        left = self._collections.leave(collection_id, source_ids, self._recutting.job_of(by.user))
        self._recutting.wake()
        return left

    def members(self, collection_id: int, by: Actor) -> list[int]:
        self._owned(collection_id, by, "read")
        return self._collections.members(collection_id)

    def of_source(self, source_id: int, by: Actor) -> list[Collection]:
        """In the order in which it joined them."""
        self._own_sources([source_id], by)
        return self._collections.of_source(source_id)

    def merge(self, from_id: int, into_id: int, by: Actor) -> Collection:
        """All that is in the first is in the second, which keeps its name and settings; the first is gone."""
        self._owned(from_id, by, "delete")
        self._owned(into_id, by, "write")
        if from_id == into_id:
            raise UserMistake("Choose another collection: one cannot be merged with itself.")
        self._collections.merge(from_id, into_id, self._recutting.job_of(by.user))
        self._recutting.wake()
        return self._collections.get(into_id)

    def ids_of(self, named: Sequence[str | int], by: Actor) -> tuple[int, ...]:
        """Ids (7, "7", "C7") and names, as people give them. A name wins over a number; what is not there is said."""
        return tuple(dict.fromkeys(self._found(one, by).id for one in named))

    def tag(self, source_ids: Sequence[int], tags: Sequence[str], by: Actor) -> None:
        wanted = _tags(tags)
        for source in self._own_sources(source_ids, by):
            _check_number({*source.tags, *wanted})
        self._collections.tag(by.user, source_ids, wanted)

    def untag(self, source_ids: Sequence[int], tags: Sequence[str], by: Actor) -> None:
        self._own_sources(source_ids, by)
        self._collections.untag(by.user, source_ids, _tags(tags))

    def set_tags(self, source_ids: Sequence[int], tags: Sequence[str], by: Actor) -> None:
        """These, and no others."""
        self._own_sources(source_ids, by)
        wanted = _tags(tags)
        _check_number(wanted)
        self._collections.set_tags(by.user, source_ids, wanted)

    def tags(self, by: Actor) -> dict[str, int]:
        """Each tag in use with the number of its sources."""
        return self._collections.tags(by.user)

    def preview(self, source_id: int, cut: Cut, by: Actor) -> Preview:
        """How the beginning of a source would be cut. Nothing is stored."""
        (source,) = self._own_sources([source_id], by)
        return self._previews.of(source, cut)

    def recuts(self, by: Actor) -> list[Job]:
        """The jobs that are cutting sources anew now."""
        return self._recutting.at_work(by.user)

    def _join(self, collection_id: int, source_ids: Sequence[int], owner_id: str) -> int:
        joined = self._collections.join(collection_id, source_ids, self._recutting.job_of(owner_id))
        self._recutting.wake()
        return joined

    def _found(self, named: str | int, by: Actor) -> Collection:
        text = str(named).strip()
        found = self._collections.by_name(by.user, text) if isinstance(named, str) else None
        number = _ID.fullmatch(text)
        if found is None and number is not None:
            return self._owned(int(number.group(1)), by, "read")
        if found is None:
            raise NotFound(f"There is no collection called “{tidy(text)[:MAX_NAME]}”.")
        return found

    def _owned(self, collection_id: int, by: Actor, action: Action) -> Collection:
        found = self._collections.get(collection_id)
        authorize(by, action, found.owner_id, "collection")
        return found

    def _own_sources(self, source_ids: Sequence[int], by: Actor) -> list[Source]:
        ids = list(dict.fromkeys(source_ids))
        if len(ids) > _FEW:
            mine = {source.id: source for source in self._sources.listing(by.user)}
            if not mine.keys() >= set(ids):
                raise NotFound("There is no such source.")
            return [mine[id_] for id_ in ids]
        found = [self._sources.get(id_) for id_ in ids]
        for source in found:
            authorize(by, "write", source.owner_id, "source")
        return found


def _name(name: str) -> str:
    name = tidy(joined_surrogates(name))
    if not any(character.isalnum() for character in name):
        raise UserMistake("Give the collection a name.")
    if len(name) > MAX_NAME:
        raise UserMistake(f"The name has {len(name)} characters; {MAX_NAME} is the most.")
    return name


def _description(text: str) -> str:
    text = joined_surrogates(text).strip()
    if len(text) > MAX_DESCRIPTION:
        raise UserMistake(f"The description has {len(text):,} characters; {MAX_DESCRIPTION:,} is the most.")
    return text


def _tags(tags: Sequence[str]) -> list[str]:
    """In small letters, each once."""
    found = list(dict.fromkeys(tidy(joined_surrogates(tag)).strip(" #,").lower() for tag in tags))
    found = [tag for tag in found if tag]
    for tag in found:
        if len(tag) > MAX_TAG:
            raise UserMistake(f"The tag “{tag[:MAX_TAG]}…” is too long: {MAX_TAG} characters is the most.")
    return found


def _check_number(tags: Sequence[str] | set[str]) -> None:
    if len(tags) > MOST_TAGS:
        raise UserMistake(f"A source may have {MOST_TAGS} tags; this would make {len(tags)}.")
