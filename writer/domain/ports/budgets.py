from collections.abc import Sequence
from typing import Protocol

from writer.domain.budgets import Answer, Budget, Hold, JobCap, Standing


class BudgetStore(Protocol):
    """Every method is one short transaction, or two. Unknown ids raise NotFound."""

    def budgets(self) -> list[Budget]:
        """Of everybody, in the order they were set."""
        ...

    def budget(self, budget_id: str) -> Budget: ...

    def save(self, budget: Budget) -> None:
        """A budget with the same id is replaced."""
        ...

    def delete(self, budget_id: str) -> None: ...

    def standings(self, budgets: Sequence[Budget], month: str) -> list[Standing]:
        """In the order given; one that is for another month stands as in that one."""
        ...

    def hold(self, wanted: Hold, for_s: float) -> Answer:
        """Sets aside what a call may cost, for `for_s` seconds at most, if every budget and the job's cap leave it:
        of several processes that ask at once, together they never get more than there is. What was set aside for
        calls that never ended counts as spent when its time is over."""
        ...

    def settle(self, hold: Hold, micros: int | None, *, held: bool) -> None:
        """The call has ended and cost `micros`, None when nobody knows. `held` as it was granted."""
        ...

    def cap(self, job_id: str) -> JobCap | None: ...

    def set_cap(self, owner_id: str, cap: JobCap) -> None:
        """`spent_micros` counts only for a job that has no cap yet."""
        ...

    def remove_cap(self, job_id: str) -> None: ...
