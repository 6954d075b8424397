"""The shape of an article before it is written: what the writer approves, and the plan that keeps sections apart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from writer.domain.errors import UserMistake


@dataclass(frozen=True, slots=True)
class OutlineSection:
    """`key` names the section for good ("s1"); headings may change, keys do not."""

    key: str
    heading: str
    promise: str = ""
    key_points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    title: str
    sections: tuple[OutlineSection, ...]
    thesis: str = ""

    def __post_init__(self) -> None:
        if not self.sections:
            raise UserMistake("An outline needs at least one section.")
        headings = [section.heading.strip().casefold() for section in self.sections]
        if "" in headings:
            raise UserMistake("Every section of the outline needs a heading.")
        repeated = next((heading for heading in headings if headings.count(heading) > 1), None)
        if repeated:
            raise UserMistake(f"Two sections have the heading “{repeated}”. Give each its own.")
        if len({section.key for section in self.sections}) != len(self.sections):
            raise UserMistake("Two sections of the outline have the same key.")

    def retitled(self, title: str) -> Self:
        return replace(self, title=title)


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """One row of the plan. `owned` facts belong to this section alone; `words` is its budget."""

    key: str
    heading: str
    promise: str
    key_points: tuple[str, ...]
    owned: tuple[str, ...]
    mention_only: tuple[str, ...]
    must_not_cover: tuple[str, ...]
    opening: str
    closing: str
    words: int
    passage_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArticlePlan:
    thesis: str
    sections: tuple[SectionPlan, ...]
    glossary: tuple[str, ...] = ()

    def faults(self, must_include: Sequence[str], words: int) -> list[str]:
        """Sentences about what breaks the plan's rules; empty when it is sound."""
        found: list[str] = []
        owners: dict[str, list[str]] = {}
        for section in self.sections:
            for fact in section.owned:
                owners.setdefault(fact.strip().casefold(), []).append(section.heading)
        found += [f"“{fact}” is owned by {len(who)} sections." for fact, who in owners.items() if len(who) > 1]
        found += [f"No section owns “{item}”." for item in must_include if item.strip().casefold() not in owners]
        headings = [section.heading.strip().casefold() for section in self.sections]
        found += [f"The heading “{h}” occurs twice." for h in dict.fromkeys(headings) if headings.count(h) > 1]
        budget = sum(section.words for section in self.sections)
        if abs(budget - words) > words / 10:
            found.append(f"The budgets add up to {budget} words; the brief asks for {words}.")
        return found
