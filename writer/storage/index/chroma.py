"""Vectors in Chroma: a copy of what SQL holds, kept in step with it by a thread, rebuilt whenever it is in doubt.

A search never waits for Chroma and never gets an outdated answer. While the index is closed, damaged, owned by another
process or far behind the feed, exact search over the vectors in SQL answers instead; while it is a little behind, both
do.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from writer.domain.errors import StorageError
from writer.domain.ports.sources import SourceStore, StoredVector
from writer.storage.index.chroma_home import Applied, Home, chosen
from writer.storage.index.chroma_search import FOLLOWED_AT, MOST_BEHIND, Behind, Recent, nearest_in
from writer.storage.index.exact import ExactIndex, cosines_with

BATCH = 200  # larger writes make searches wait for seconds
_PAUSE = 0.01
_FIRST_LOOK = 3.0  # seconds after the start: the first page comes first
_LOCKED_LOOK = 30.0
_SOURCES_AT_ONCE = 50
_ROUNDING = 1e-5  # Chroma makes vectors unit length once more, and the last bits change

logger = logging.getLogger(__name__)


class ChromaIndex:
    """A VectorIndex. `start` opens it in the background; before that, and where it fails, `exact` serves."""

    def __init__(
        self,
        home: Home,
        sources: SourceStore,
        model: str,
        exact: ExactIndex,
        *,
        sleep: Callable[[float], None] = time.sleep,
        randomness: random.Random | None = None,
        first_look: float = _FIRST_LOOK,
    ) -> None:
        self._home = home
        self._sources = sources
        self._model = model
        self._exact = exact
        self._sleep = sleep
        self._randomness = randomness or random.Random()
        self._first_look = first_look
        self._collection: Any = None
        self._applied = Applied()
        self._held: set[int] = set()
        self._recent = Recent(sources, model)
        self._working = threading.RLock()
        self._woken = threading.Event()
        self._closing = threading.Event()
        self._settled = threading.Condition()
        self._thread: threading.Thread | None = None
        self.state = "not opened yet: exact search serves"

    def start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="vector-index", daemon=True)
            self._thread.start()

    @property
    def position(self) -> tuple[int, int] | None:
        """The last change it follows, and how many vectors it holds; None while exact search serves in its place."""
        return (self._applied.number, self._applied.count) if self._collection is not None else None

    def close(self) -> None:
        self._closing.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(timeout=30)
        with self._working:
            self._collection = None
            self._home.release()

    def nearest(self, vector: bytes, limit: int, source_ids: Sequence[int]) -> list[tuple[str, float]]:
        """What Chroma does not know yet is searched exactly beside it: an import never sends searches back to all of
        the vectors."""
        collection, asked = self._collection, frozenset(source_ids)
        behind = self._behind(self._applied.number) if collection is not None else None
        if behind is None:
            self._woken.set()
            return self._exact.nearest(vector, limit, source_ids)
        late = asked & behind.changed
        if late or behind.is_much:
            self._woken.set()
        try:
            found = nearest_in(collection, vector, limit, asked - behind.changed, len(self._held))
        except _failures() as error:
            logger.warning("vector index failed a search", extra={"error": str(error)})
            self._collection = None
            self._woken.set()
            return self._exact.nearest(vector, limit, source_ids)
        fresh = self._recent.nearest(vector, limit, late, behind.number) if late else []
        return sorted(found + fresh, key=lambda pair: -pair[1])[:limit]

    def cosines(self, vector: bytes, passage_ids: Sequence[str]) -> dict[str, float]:
        """Of the vectors in SQL: exact search need not hold them all for the few that are asked for."""
        return cosines_with(vector, self._sources.vectors_by_id(self._model, passage_ids))

    def catch_up(self) -> None:
        """Asks the thread to; nobody waits for it, since exact search knows what the index does not yet."""
        self._woken.set()

    def rebuild(self) -> int:
        with self._working:
            if not self._home.acquire():
                raise StorageError("Another process of Writer has the vector index open. Stop it, or rebuild there.")
            try:
                return self._rebuilt()
            except StorageError:
                raise
            except _failures() as error:
                logger.warning("vector index could not be rebuilt", extra={"error": str(error)})
                raise StorageError(
                    "The vector index could not be built: check the disk and the data folder. Exact search serves."
                ) from error

    def wait_until_current(self, timeout: float) -> bool:
        """Whether the index is open and has applied every change within `timeout` seconds."""
        with self._settled:
            return self._settled.wait_for(self._is_current, timeout)

    def _is_current(self) -> bool:
        applied = self._applied
        is_open = self._collection is not None and not applied.leftovers and not applied.unsure
        return is_open and applied.number == self._sources.last_change()

    def _serve(self) -> None:
        while not self._closing.is_set():
            if self._collection is None:
                # Importing Chroma takes a second of one core: let the upload that woke us be read and embedded first.
                self._closing.wait(self._first_look)
            self._woken.clear()
            if self._closing.is_set():  # set before the clearing, which took its wake-up away
                return
            waiting = self._work()
            with self._settled:
                self._settled.notify_all()
            self._woken.wait(waiting)

    def _work(self) -> float | None:
        """One turn; returns after how many seconds to look again unless woken, None for never."""
        try:
            with self._working:
                if not self._home.acquire():
                    self.state = "open in another process: exact search serves here"
                    return _LOCKED_LOOK
                self._bring_up_to_date()
        except _failures() as error:
            logger.warning("vector index needs rebuilding", extra={"error": str(error)})
            self.state = "being repaired: exact search serves"
            self._collection = None
            return self._repair()
        return None

    def _reopen(self) -> None:
        """What another replica rebuilt only has to be opened anew; a probe tells what is damaged."""
        try:
            self._bring_up_to_date()
        except _failures():
            self._collection = None
            self._rebuilt()

    def _repair(self) -> float | None:
        try:
            with self._working:
                if not self._home.acquire():
                    self.state = "open in another process: exact search serves here"
                    return _LOCKED_LOOK
                self._reopen()
        except _failures() as error:
            logger.warning("vector index could not be rebuilt", extra={"error": str(error)})
            self.state = "not usable for now, the log says why: exact search serves"
            return _LOCKED_LOOK
        return None

    def _bring_up_to_date(self) -> None:
        if self._collection is None:
            if self._home.applied() is None and self._sources.counts(self._model)[1] == 0:
                self.state = "empty"  # nothing to hold: Chroma need not even be imported
                return
            self._open()
        self._applied = self._home.applied() or self._applied  # a server's other replicas may have gone on
        self._follow()
        if self._applied.leftovers or not self._is_complete():
            self._rebuilt()

    def _open(self) -> None:
        applied = self._home.applied()
        collection = self._home.opened(self._sample()) if applied is not None else None
        if applied is None or collection is None:
            self._rebuilt()
            return
        self._held = set(self._sources.ids_with_vectors(self._model))
        self._applied, self._collection = applied, collection
        self.state = "open"

    def _sample(self) -> list[StoredVector]:
        ids = self._sources.all_ids()
        some = self._randomness.sample(ids, min(5, len(ids)))
        return chosen(self._sources.vectors(self._model, some), self._randomness)

    def _is_complete(self) -> bool:
        held, wanted = self._collection.count(), self._sources.counts(self._model)[1]
        return bool(held == wanted) or self._applied.number != self._sources.last_change()

    def _follow(self) -> None:
        while not self._closing.is_set() and (changes := self._sources.changes(self._applied.number)):
            self._record(replace(self._applied, unsure=True))
            removed = False
            for source_id in dict.fromkeys(change.source_id for change in changes):
                removed |= self._apply(source_id)
            count = self._collection.count()
            self._record(Applied(changes[-1].number, count, leftovers=self._applied.leftovers or removed))

    def _record(self, applied: Applied) -> None:
        self._home.record(applied)
        self._applied = applied

    def _apply(self, source_id: int) -> bool:
        """Make the index hold exactly this source's vectors; whether it had to remove some."""
        import numpy as np

        wanted = {vector.passage_id: vector for vector in self._sources.vectors(self._model, [source_id])}
        held = self._collection.get(where={"source_id": source_id}, include=["embeddings"])
        same = {
            passage_id
            for passage_id, vector in zip(held["ids"], held["embeddings"], strict=True)
            if passage_id in wanted
            and np.allclose(vector, np.frombuffer(wanted[passage_id].vector, "<f4"), atol=_ROUNDING)
        }
        outdated = [passage_id for passage_id in held["ids"] if passage_id not in same]
        for start in range(0, len(outdated), BATCH):
            self._collection.delete(ids=outdated[start : start + BATCH])
        self._put(self._collection, [vector for vector in wanted.values() if vector.passage_id not in same])
        (self._held.add if wanted else self._held.discard)(source_id)
        return bool(outdated)

    def _put(self, collection: Any, vectors: Sequence[StoredVector]) -> None:
        import numpy as np

        for start in range(0, len(vectors), BATCH):
            batch = vectors[start : start + BATCH]
            collection.upsert(
                ids=[vector.passage_id for vector in batch],
                embeddings=np.stack([np.frombuffer(vector.vector, "<f4") for vector in batch]),
                metadatas=[{"source_id": vector.source_id} for vector in batch],
            )
            self._sleep(_PAUSE)

    def _rebuilt(self) -> int:
        self.state = "being rebuilt: exact search serves" if self._collection is None else "being rebuilt"
        number = self._sources.last_change()
        collection = self._home.fresh()
        ids = self._sources.all_ids()
        for start in range(0, len(ids), _SOURCES_AT_ONCE):
            self._put(collection, self._sources.vectors(self._model, ids[start : start + _SOURCES_AT_ONCE]))
        applied = Applied(number, collection.count())
        self._home.adopt(applied)
        self._held = set(self._sources.ids_with_vectors(self._model))
        self._collection, self._applied = collection, applied
        self.state = "open"
        return applied.count

    def _behind(self, number: int) -> Behind | None:
        """None where that is too much, or where the database is an older one than the index."""
        changes = self._sources.changes(number, MOST_BEHIND)
        if len(changes) == MOST_BEHIND or (not changes and self._sources.last_change() != number):
            return None
        deleted = any(change.action == "delete" for change in changes)
        changed = frozenset(change.source_id for change in changes)
        last = changes[-1].number if changes else number
        return Behind(changed, last, is_much=deleted or len(changes) > FOLLOWED_AT)


def _failures() -> tuple[type[Exception], ...]:
    """What Chroma raises, on its own behalf or its libraries', and what storage does."""
    from chromadb.api import fastapi
    from chromadb.errors import ChromaError

    lost_connection: type[Exception] = fastapi.httpx.HTTPError  # of the client that Chroma's own client uses
    return (StorageError, ChromaError, RuntimeError, ValueError, TypeError, OSError, lost_connection)
