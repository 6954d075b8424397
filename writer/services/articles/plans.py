"""Plans without a model: budgets, one owner for each passage and fact, and the plan that is sound by construction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from writer.domain.briefs import Brief
from writer.domain.outlines import ArticlePlan, Outline, OutlineSection, SectionPlan
from writer.domain.sources import Passage
from writer.domain.text import words as words_of

BODY_SHARE = 0.92
"""Of the words asked for: introduction and conclusion have the rest."""
MOST_PASSAGES = 8


def planned_row(section: OutlineSection) -> SectionPlan:
    return SectionPlan(section.key, section.heading, section.promise, section.key_points, (), (), (), "", "", 0, ())


def budgets(asked: Sequence[int], total: int) -> list[int]:
    """Whole numbers in the proportions asked for that add up to the body's share of `total`, none below a third of an
    even share."""
    body = round(total * BODY_SHARE)
    even = body / len(asked)
    weights = [min(max(size, even / 3), even * 3) if size else even for size in asked]
    scale = body / sum(weights)
    sizes = [max(1, int(weight * scale)) for weight in weights]
    sizes[0] += max(0, body - sum(sizes))
    return sizes


def with_owned_passages(
    rows: Sequence[SectionPlan], evidence: Mapping[str, Sequence[Passage]]
) -> tuple[SectionPlan, ...]:
    """Each passage in one section: where the plan put it, else where it ranked best. A section that would be left with
    none shares its best one."""
    known = {passage.id for passages in evidence.values() for passage in passages}
    owner: dict[str, str] = {}
    for row in rows:
        for id_ in row.passage_ids:
            if id_ in known:
                owner.setdefault(id_, row.key)
    for rank in range(max((len(passages) for passages in evidence.values()), default=0)):
        for row in rows:
            found = evidence.get(row.key, ())
            if rank < len(found):
                owner.setdefault(found[rank].id, row.key)
    return tuple(replace(row, passage_ids=_passages_of(row, owner, evidence.get(row.key, ()))) for row in rows)


def _passages_of(row: SectionPlan, owner: Mapping[str, str], found: Sequence[Passage]) -> tuple[str, ...]:
    ranked = dict.fromkeys((*row.passage_ids, *(passage.id for passage in found)))
    own = [id_ for id_ in ranked if owner.get(id_) == row.key]
    return tuple(own[:MOST_PASSAGES]) or tuple(passage.id for passage in found[:1])


def mended(plan: ArticlePlan, brief: Brief) -> ArticlePlan:
    """The same plan without faults: each fact stays with its first owner, each must-include gets the section that it
    resembles most."""
    seen: set[str] = set()
    rows = [_with_own_facts(row, seen) for row in plan.sections]
    for item in brief.must_include:
        if item.strip().casefold() not in seen:
            seen.add(item.strip().casefold())
            at = _most_alike(item, rows)
            rows[at] = replace(rows[at], owned=(*rows[at].owned, item))
    sizes = budgets([row.words for row in rows], brief.words)
    return replace(plan, sections=tuple(replace(row, words=size) for row, size in zip(rows, sizes, strict=True)))


def _with_own_facts(row: SectionPlan, seen: set[str]) -> SectionPlan:
    """Facts that a section before this one owns become mention-only here."""
    own: list[str] = []
    repeated: list[str] = []
    for fact in row.owned:
        (repeated if fact.strip().casefold() in seen else own).append(fact)
        seen.add(fact.strip().casefold())
    return replace(row, owned=tuple(own), mention_only=tuple(dict.fromkeys((*row.mention_only, *repeated))))


def _most_alike(item: str, rows: Sequence[SectionPlan]) -> int:
    wanted = set(words_of(item))
    shared = [len(wanted & set(words_of(" ".join((r.heading, r.promise, *r.key_points))))) for r in rows]
    return shared.index(max(shared))


def plain_plan(brief: Brief, outline: Outline, evidence: Mapping[str, Sequence[Passage]]) -> ArticlePlan:
    """From outline and evidence alone: each section owns its key points and the passages that are nearest to it."""
    rows = [replace(planned_row(section), owned=section.key_points) for section in outline.sections]
    others = {row.key: tuple(other.heading for other in rows if other.key != row.key) for row in rows}
    kept_apart = [replace(row, must_not_cover=others[row.key]) for row in rows]
    return mended(ArticlePlan(outline.thesis, with_owned_passages(kept_apart, evidence)), brief)
