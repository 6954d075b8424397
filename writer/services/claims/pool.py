"""How rare words are among an owner's passages: a word that all of them have tells nothing apart."""

from collections.abc import Iterator
from itertools import islice

from writer.domain.ports.sources import SourceStore
from writer.services.claims.stems import Rarity

_MOST_PASSAGES = 1500
_MOST_OF_A_SOURCE = 200


class Pool:
    """Counted once for each state of the sources; over a sample where there are very many."""

    def __init__(self, sources: SourceStore) -> None:
        self._sources = sources
        self._counted: dict[str, tuple[int, Rarity]] = {}

    def rarity(self, owner_id: str) -> Rarity:
        change = self._sources.last_change()
        known = self._counted.get(owner_id)
        if known is None or known[0] != change:
            known = (change, Rarity(islice(self._texts(owner_id), _MOST_PASSAGES)))
            self._counted[owner_id] = known
        return known[1]

    def _texts(self, owner_id: str) -> Iterator[str]:
        for source_id in self._sources.ready_ids(owner_id):
            for passage in self._sources.passages(source_id)[:_MOST_OF_A_SOURCE]:
                yield passage.text
