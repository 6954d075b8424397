"""What replicas tell each other about resting providers. Decisions stay local; a board that is down changes nothing."""

import asyncio
import uuid
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from writer.domain.errors import ProviderError, StorageError
from writer.domain.ports.reliability import OpeningLog
from writer.domain.ports.settings import HealthBoard
from writer.providers.timing import Clock, T

_READ_EVERY_S = 1.0
# A database that hangs must not hold up a call to a healthy provider.
_PATIENCE_S = 0.5
# A resting provider can wait a little longer for the question of who is to try it.
_PROBE_PATIENCE_S = 5.0
_DOWN = (StorageError, OSError, TimeoutError)

# A key's rests have names of their own on the board: other replicas refuse as the provider did, and a person who asks
# again clears all rests but those that the provider itself asked for.
_UNUSABLE, _LIMITED = " unusable ", " limited"

Trip = Callable[[float, str], None]


def unusable_key(cooldown_key: str, kind: type[ProviderError]) -> str:
    return f"{cooldown_key}{_UNUSABLE}{kind.__name__}"


def limited_key(cooldown_key: str) -> str:
    return f"{cooldown_key}{_LIMITED}"


class Health:
    """Reads the board at most once a second, in a thread; publishes only what opens and closes."""

    def __init__(
        self,
        board: HealthBoard | None,
        *,
        clock: Clock = monotonic,
        me: str = "",
        openings: OpeningLog | None = None,
    ) -> None:
        self._board = board
        self._openings = openings
        self._clock = clock
        self._me = me or uuid.uuid4().hex
        self._read_at = float("-inf")
        self._trips: dict[str, Trip] = {}
        self._clears: dict[str, Callable[[], None]] = {}
        self._seen: set[str] = set()

    def follow(self, key: str, trip: Trip, clear: Callable[[], None] | None = None) -> None:
        """`clear` is called once when the key, having been on the board, has gone from it."""
        self._trips[key] = trip
        if clear is not None:
            self._clears[key] = clear

    async def refresh(self) -> None:
        if self._board is None or self._clock() - self._read_at < _READ_EVERY_S:
            return
        self._read_at = self._clock()
        rows = await self._asked(self._board.read)
        if rows is None:
            return
        self._clear_gone({row.key for row in rows})
        for seen in rows:
            if seen.open_for > 0 and seen.key in self._trips:
                self._trips[seen.key](seen.open_for, seen.reason)

    def _clear_gone(self, there: set[str]) -> None:
        for key in self._seen - there:
            self._clears[key]()
        self._seen = there & self._clears.keys()

    async def publish(self, key: str, open_for: float, reason: str) -> None:
        if key in self._clears:
            self._seen.add(key)
        if self._board is not None:
            board = self._board
            await self._asked(lambda: board.publish(key, open_for, reason))

    async def opened(self, route: str, open_for: float, reason: str) -> None:
        """Remembered for whoever asks later how often this happened."""
        if self._openings is not None:
            openings = self._openings
            await self._asked(lambda: openings.opened(route, open_for, reason))

    def pardon(self) -> None:
        """Nothing rests on the board any more, but where the provider asked for it."""
        for clear in list(self._clears.values()):
            clear()
        board = self._board
        if board is not None:
            with suppress(*_DOWN):
                for key in [row.key for row in board.read() if not row.key.endswith(_LIMITED)]:
                    board.publish(key, 0, "")

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
