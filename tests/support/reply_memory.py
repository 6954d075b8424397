"""A reply cache without a database."""

from collections import OrderedDict

from writer.domain.completions import Completion
from writer.domain.ports.replies import Kept


class Memory:
    """A ReplyStore of the last few replies of everybody."""

    def __init__(self, size: int = 256) -> None:
        self._size = size
        self._replies: OrderedDict[str, Completion] = OrderedDict()

    def get(self, key: str) -> Completion | None:
        reply = self._replies.get(key)
        if reply is not None:
            self._replies.move_to_end(key)
        return reply

    def put(self, key: str, reply: Completion, owner_id: str = "") -> None:
        self._replies[key] = reply
        self._replies.move_to_end(key)
        while len(self._replies) > self._size:
            self._replies.popitem(last=False)

    def kept(self, owner_id: str) -> Kept:
        return Kept(len(self._replies), sum(len(reply.text) for reply in self._replies.values()))

    def clear(self, owner_id: str) -> int:
        gone = len(self._replies)
        self._replies.clear()
        return gone
