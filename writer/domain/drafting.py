"""The port above providers: whoever can write an article's parts is a drafter, a model or the built-in extractor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from writer.domain.briefs import Brief
from writer.domain.completions import Caller
from writer.domain.drafts import Gap, Section
from writer.domain.outlines import ArticlePlan, Outline, SectionPlan
from writer.domain.sources import Passage

BUILT_IN = "built-in"
"""The name of the drafter that quotes sources and needs no model."""


class Show(Protocol):
    """Where live text goes while a part is being written. Nothing shown is kept until the step is finished."""

    def __call__(self, delta: str) -> None:
        """Add to what the reader sees of this part."""
        ...

    def restart(self) -> None:
        """Take back everything shown of this part: it is written anew."""
        ...


@dataclass(frozen=True, slots=True)
class SectionContract:
    """All that one section may know. Never other sections' text: that is what makes writing side by side safe.

    `chosen`: the writer named these passages for it, so they are used whatever a rule thinks of them."""

    brief: Brief
    outline: Outline
    plan: ArticlePlan
    row: SectionPlan
    before: SectionPlan | None
    after: SectionPlan | None
    passages: tuple[Passage, ...]
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Drafted:
    """A written part: text with citation tokens, or a gap where the sources are silent. `notes` are sentences that the
    writer should see ("continued on the fallback route")."""

    text: str
    gap: Gap | None = None
    route: str = ""
    prompt_version: str = ""
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Headline:
    """`description` is the meta description, as long as the content type asks where the text allows."""

    title: str
    description: str
    route: str = ""
    prompt_version: str = ""


@dataclass(frozen=True, slots=True)
class WrittenBody:
    """The finished body: what introduction, conclusion and headline are written from."""

    brief: Brief
    outline: Outline
    plan: ArticlePlan
    sections: tuple[Section, ...]
    passages: tuple[Passage, ...]


class Drafter(Protocol):
    """`name` is a route, or "built-in". `identity` changes whenever the same input may give another text: it is part
    of the key under which results are kept."""

    name: str
    identity: str

    async def outline(self, brief: Brief, evidence: Sequence[Passage], caller: Caller, show: Show) -> Outline: ...

    async def plan(
        self, brief: Brief, outline: Outline, evidence: Mapping[str, Sequence[Passage]], caller: Caller
    ) -> ArticlePlan:
        """`evidence` maps section keys to their passages, best first. The plan returned has no faults."""
        ...

    async def section(self, contract: SectionContract, caller: Caller, show: Show) -> Drafted: ...

    async def repair(
        self, contract: SectionContract, text: str, faults: Sequence[str], caller: Caller, show: Show
    ) -> Drafted:
        """Write `text` again without its `faults`, keeping its citations."""
        ...

    async def introduction(self, body: WrittenBody, caller: Caller, show: Show) -> Drafted: ...

    async def conclusion(self, body: WrittenBody, caller: Caller, show: Show) -> Drafted: ...

    async def headline(self, body: WrittenBody, caller: Caller) -> Headline: ...


class Library(Protocol):
    """Where drafters' passages come from. Calls may take tens of milliseconds: keep them off the event loop."""

    def nearest(self, owner_id: str, question: str, limit: int, source_ids: Sequence[int]) -> list[Passage]:
        """Best first; empty rather than padded when nothing is close enough to be worth citing. No `source_ids` means
        all of the owner's sources."""
        ...

    def passages(self, owner_id: str, ids: Sequence[str]) -> dict[str, Passage]:
        """Those of `ids` that exist and belong to the owner."""
        ...

    def overview(self, owner_id: str, source_ids: Sequence[int], limit: int) -> list[Passage]:
        """Passages that show what the sources cover: openings of their parts, spread over all sources."""
        ...
