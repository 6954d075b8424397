"""What an article may be written from: the sources that its brief names, and what is in its collections now."""

from dataclasses import replace

from writer.domain.actors import Actor
from writer.domain.briefs import Brief
from writer.domain.errors import NotFound, UserMistake
from writer.domain.ports.collections import CollectionStore
from writer.domain.ports.sources import SourceStore
from writer.domain.scopes import Scope


class Reach:
    def __init__(self, sources: SourceStore, collections: CollectionStore) -> None:
        self._sources = sources
        self._collections = collections

    def resolved(self, brief: Brief, by: Actor) -> Brief:
        """With the sources of its collections among its own. A collection that is gone, or has nothing to write from,
        raises UserMistake: it never stands for all sources."""
        found = [id_ for collection_id in brief.collection_ids for id_ in self._members(collection_id, by)]
        return replace(brief, source_ids=tuple(dict.fromkeys((*brief.source_ids, *found))))

    def _members(self, collection_id: int, by: Actor) -> list[int]:
        name = self._name(collection_id, by)
        found = self._sources.in_scope(by.user, Scope(collections=(collection_id,)))
        if not found and self._sources.tally(by.user, Scope(collections=(collection_id,))).at_work:
            raise UserMistake(f"The sources of the collection “{name}” are still being read. Try again when they are.")
        if not found:
            raise UserMistake(
                f"The collection “{name}” has no source that can be written from. Add one to it, or choose others."
            )
        return found

    def _name(self, collection_id: int, by: Actor) -> str:
        gone = UserMistake("A collection of this brief is not there any more. Choose what to write from again.")
        try:
            collection = self._collections.get(collection_id)
        except NotFound:
            raise gone from None
        if collection.owner_id != by.user:
            raise gone
        return collection.name
