from typing import Protocol

from writer.domain.health import Workload


class WorkBoard(Protocol):
    """On the database's clock."""

    def beat(self, worker: str) -> None:
        """The runner lives."""
        ...

    def gone(self, worker: str) -> None:
        """The runner ends, as it should."""
        ...

    def workload(self) -> Workload: ...
