"""What the sources hold for each section, looked up while the rest of the outline is still being written."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from writer.domain.briefs import Brief
from writer.domain.drafting import Show
from writer.domain.outlines import Outline, OutlineSection
from writer.domain.sources import Passage
from writer.services.articles.outline_reply import outline_in

Nearest = Callable[[str], Coroutine[Any, Any, list[Passage]]]


def question_of(brief: Brief, section: OutlineSection) -> str:
    return f"{section.heading}. {section.promise} {' '.join(section.key_points)} {brief.topic}"


class EarlyRetrieval:
    """A Show that reads along: a section whose successor has begun is complete, and its passages are looked up."""

    def __init__(self, show: Show, brief: Brief, nearest: Nearest) -> None:
        self._show = show
        self._brief = brief
        self._nearest = nearest
        self._text = ""
        self._begun: dict[str, asyncio.Task[list[Passage]]] = {}

    def __call__(self, delta: str) -> None:
        self._show(delta)
        self._text += delta
        if "#" in delta:
            self._look_ahead()

    def restart(self) -> None:
        self._show.restart()
        self._text = ""

    def _look_ahead(self) -> None:
        outline = outline_in(self._text, self._brief.topic)
        for section in outline.sections[:-1] if outline else ():
            question = question_of(self._brief, section)
            if question not in self._begun:
                task = self._begun[question] = asyncio.create_task(self._nearest(question))
                task.add_done_callback(_seen)  # of an outline that nobody asks about, a failure is no news

    async def found(self, outline: Outline) -> dict[str, list[str]]:
        """Passage ids by section key, for those that were looked up; the others are for the plan to find."""
        questions = {section.key: question_of(self._brief, section) for section in outline.sections}
        early = {key: self._begun[question] for key, question in questions.items() if question in self._begun}
        results = await asyncio.gather(*early.values(), return_exceptions=True)
        return {
            key: [passage.id for passage in result]
            for key, result in zip(early, results, strict=True)
            if not isinstance(result, BaseException)
        }

    def close(self) -> None:
        """Nothing is looked up any more for an outline that did not come about."""
        for task in self._begun.values():
            task.cancel()


def _seen(task: asyncio.Task[list[Passage]]) -> None:
    if not task.cancelled():
        task.exception()


def in_order(ids: Sequence[str], passages: Mapping[str, Passage]) -> list[Passage]:
    """Those that still exist, best first as they were found."""
    return [passages[id_] for id_ in ids if id_ in passages]
