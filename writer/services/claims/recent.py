"""What was checked last, for pages that ask again at every run. Pages, API and jobs ask from threads of their own."""

import threading

from writer.domain.claims import CheckedDraft

_REMEMBERED = 32


class Recent:
    """By draft, with the revision and the state of the sources that it holds for; the oldest is forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._checked: dict[str, tuple[int, int, CheckedDraft]] = {}

    def of(self, draft_id: str, revision: int, change: int) -> CheckedDraft | None:
        with self._lock:
            known = self._checked.get(draft_id)
        return known[2] if known and known[:2] == (revision, change) else None

    def put(self, draft_id: str, revision: int, change: int, checked: CheckedDraft) -> None:
        with self._lock:
            self._checked.pop(draft_id, None)
            self._checked[draft_id] = (revision, change, checked)
            while len(self._checked) > _REMEMBERED:
                self._checked.pop(next(iter(self._checked)))

    def forget(self, draft_id: str) -> None:
        with self._lock:
            self._checked.pop(draft_id, None)
