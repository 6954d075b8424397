"""What replicas tell each other about resting providers. Decisions stay local; a board that is down changes nothing."""

import asyncio
import uuid
from collections.abc import Callable
from time import monotonic

from writer.domain.errors import StorageError
from writer.domain.ports.settings import HealthBoard
from writer.providers.timing import Clock, T

_READ_EVERY_S = 1.0
# A database that hangs must not hold up a call to a healthy provider.
_PATIENCE_S = 0.5
# A resting provider can wait a little longer for the question of who is to try it.
_PROBE_PATIENCE_S = 5.0
_DOWN = (StorageError, OSError, TimeoutError)

Trip = Callable[[float, str], None]


class Health:
    """Reads the board at most once a second, in a thread; publishes only what opens and closes."""

    def __init__(self, board: HealthBoard | None, *, clock: Clock = monotonic, me: str = "") -> None:
        self._board = board
        self._clock = clock
        self._me = me or uuid.uuid4().hex
        self._read_at = float("-inf")
        self._trips: dict[str, Trip] = {}

    def follow(self, key: str, trip: Trip) -> None:
        self._trips[key] = trip

    async def refresh(self) -> None:
        if self._board is None or self._clock() - self._read_at < _READ_EVERY_S:
            return
        self._read_at = self._clock()
        for seen in await self._asked(self._board.read) or ():
            if seen.open_for > 0 and seen.key in self._trips:
                self._trips[seen.key](seen.open_for, seen.reason)

    async def publish(self, key: str, open_for: float, reason: str) -> None:
        if self._board is not None:
            board = self._board
            await self._asked(lambda: board.publish(key, open_for, reason))

    async def may_probe(self, key: str, for_s: float) -> bool:
        """Whether this replica is the one to find out. Without a board it always is."""
        if self._board is None:
            return True
        board = self._board
        return await self._asked(lambda: board.take_probe(key, self._me, for_s), _PROBE_PATIENCE_S) is not False

    async def _asked(self, question: Callable[[], T], patience_s: float = _PATIENCE_S) -> T | None:
        try:
            async with asyncio.timeout(patience_s):
                return await asyncio.to_thread(question)
        except _DOWN:
            return None
