from collections.abc import Sequence
from typing import Protocol

from writer.domain.jobs import NewJob
from writer.domain.questions import NewQuestion, Question


class QuestionStore(Protocol):
    """Every method is one short transaction. Unknown ids raise NotFound."""

    def ask(self, new: NewQuestion, job: NewJob) -> Question:
        """The question, with `job` begun to answer it; unless a job of it is at work, which goes on then. What was
        answered before stays until the next answer comes (with the outcome of the job's step)."""
        ...

    def get(self, question_id: str) -> Question: ...

    def listing(self, owner_id: str, *, kept: bool | None = None, limit: int = 50) -> Sequence[Question]:
        """Asked last first; None stands for kept or not."""
        ...

    def set_kept(self, question_id: str, kept: bool) -> Question: ...

    def delete(self, question_id: str) -> None: ...
