"""The Library that drafters write from."""

from collections.abc import Iterator, Sequence
from itertools import islice

from writer.domain.ports.sources import SourceStore
from writer.domain.sources import Passage
from writer.services.knowledge.search import HybridSearch


class SourceLibrary:
    def __init__(self, sources: SourceStore, search: HybridSearch) -> None:
        self._sources = sources
        self._search = search

    def nearest(self, owner_id: str, question: str, limit: int, source_ids: Sequence[int]) -> list[Passage]:
        return [hit.passage for hit in self._search.hits(owner_id, question, limit, source_ids)]

    def passages(self, owner_id: str, ids: Sequence[str]) -> dict[str, Passage]:
        return self._sources.passages_by_id(owner_id, list(ids))

    def overview(self, owner_id: str, source_ids: Sequence[int], limit: int) -> list[Passage]:
        """The first passage of each part, source by source in turn, so that no long source pushes the others out."""
        ready = self._sources.ready_ids(owner_id)
        chosen = sorted(set(ready) & set(source_ids)) if source_ids else sorted(ready)
        if not chosen or limit < 1:
            return []
        step = max(1, len(chosen) // limit)
        openings = [_openings(self._sources.passages(source_id)) for source_id in chosen[::step][:limit]]
        found = list(islice(_in_turn(openings), limit))
        return sorted(found, key=lambda passage: (passage.source_id, passage.ordinal))


def _openings(passages: Sequence[Passage]) -> list[Passage]:
    first: dict[tuple[str, ...], Passage] = {}
    for passage in passages:
        first.setdefault(passage.heading_path, passage)
    if len(first) == 1:  # no structure: spread over its length instead
        return list(passages[:: max(1, len(passages) // 4)])
    return list(first.values())


def _in_turn(lists: Sequence[Sequence[Passage]]) -> Iterator[Passage]:
    for turn in range(max(map(len, lists), default=0)):
        yield from (passages[turn] for passages in lists if turn < len(passages))
