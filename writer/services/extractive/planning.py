"""The plan of a source brief: every quote, passage and must-include has one section, before a word is put down."""

from collections.abc import Mapping, Sequence

import numpy as np

from writer.domain.briefs import Brief
from writer.domain.outlines import ArticlePlan, Outline, SectionPlan
from writer.domain.ports.sources import Embedder
from writer.domain.sources import Passage
from writer.services.extractive.candidates import Candidate, candidates
from writer.services.extractive.language import Weights, stems
from writer.services.extractive.relevance import Asked, Relevance, embedded, relevance
from writer.services.extractive.selection import choose

_CARRIES = 0.6
_MEANS = 0.62
_OWN_PROMISE = "What your sources say on “"


def asked_by(outline: Outline) -> list[Asked]:
    return [Asked(s.key, s.heading, (*s.key_points, *_promised(s.promise))) for s in outline.sections]


def _promised(promise: str) -> tuple[str, ...]:
    """A promise that the writer put into the outline says what is wanted; our own only repeats the heading."""
    return () if not promise or promise.startswith(_OWN_PROMISE) else (promise,)


def pool_of(brief: Brief, passages: Sequence[Passage]) -> list[Candidate]:
    """What may be quoted: nothing that says what the brief wants left out."""
    avoided = [set(stems(entry)) for entry in brief.avoid if stems(entry)]
    return [c for c in candidates(passages) if not any(entry <= set(c.terms) for entry in avoided)]


def plan(brief: Brief, outline: Outline, passages: Sequence[Passage], embedder: Embedder | None) -> ArticlePlan:
    asked, pool = asked_by(outline), pool_of(brief, passages)
    budgets = shared_out(brief.words, [section.key for section in asked])
    judged = relevance(pool, asked, brief.topic, embedder)
    carriers = {item: _carrier(item, pool, embedder) for item in _points(brief)}
    wanted = {n: asked[_section_for(n, judged)].key for n in carriers.values() if n is not None}
    chosen = choose(pool, asked, judged, budgets, wanted=wanted)
    points = _owners(carriers, pool, chosen.quotes, asked, embedder)
    rows = [
        _row(outline, n, points[section.key], chosen.quotes[section.key], budgets[section.key])
        for n, section in enumerate(asked)
    ]
    return ArticlePlan(outline.thesis, tuple(rows))


def _section_for(candidate: int, judged: Relevance) -> int:
    """Where a must-include is quoted: under the heading that it fits best, but never as the only answer to one that it
    does not fit, for that heading is a gap."""
    answered = (judged.odds >= judged.gate).any(axis=0)
    open_to_it = answered if answered.any() else ~answered
    return int(np.where(open_to_it, judged.odds[candidate], -1.0).argmax())


def shared_out(words: int, keys: Sequence[str]) -> dict[str, int]:
    """Even shares that add up to `words` exactly."""
    share, rest = divmod(words, len(keys))
    return {key: share + (n < rest) for n, key in enumerate(keys)}


def _points(brief: Brief) -> list[str]:
    unique = {item.strip().casefold(): item.strip() for item in brief.must_include if item.strip()}
    return list(unique.values())


def _carrier(item: str, pool: Sequence[Candidate], embedder: Embedder | None) -> int | None:
    """The candidate that says what must be included, if one does."""
    weights = Weights([c.terms for c in pool])
    scores = [weights.overlap(stems(item), c.terms) for c in pool]
    best = max(range(len(pool)), key=lambda n: (scores[n], -n), default=None)
    if best is not None and scores[best] >= _CARRIES:
        return best
    if embedder is None or not pool:
        return None
    near = embedded(embedder, [c.text for c in pool]) @ embedded(embedder, [item])[0]
    return int(near.argmax()) if near.max() >= _MEANS else None


def _owners(
    carriers: Mapping[str, int | None],
    pool: Sequence[Candidate],
    quotes: Mapping[str, Sequence[Candidate]],
    asked: Sequence[Asked],
    embedder: Embedder | None,
) -> dict[str, list[str]]:
    """A must-include belongs where it is quoted; one that no source carries, to the heading that is nearest to it."""
    owned: dict[str, list[str]] = {section.key: [] for section in asked}
    for item, n in carriers.items():
        said_in = n is not None and next((k for k, q in quotes.items() if any(pool[n].text in c.text for c in q)), None)
        owned[said_in or _nearest_heading(item, asked, embedder)].append(item)
    return owned


def _nearest_heading(item: str, asked: Sequence[Asked], embedder: Embedder | None) -> str:
    shared = [len(set(stems(item)) & set(stems(section.text))) for section in asked]
    if embedder and not any(shared):
        near = embedded(embedder, [section.text for section in asked]) @ embedded(embedder, [item])[0]
        return asked[int(near.argmax())].key
    return asked[max(range(len(asked)), key=lambda n: (shared[n], -n))].key


def _row(outline: Outline, n: int, points: Sequence[str], quotes: Sequence[Candidate], words: int) -> SectionPlan:
    section = outline.sections[n]
    others = tuple(other.heading for other in outline.sections if other is not section)
    owned = dict.fromkeys(
        (*points, *(q.text for q in quotes if q.text.casefold() not in {p.casefold() for p in points}))
    )
    ids = dict.fromkeys((*(q.id for q in quotes), *(twin for q in quotes for twin in q.twins)))
    return SectionPlan(
        key=section.key,
        heading=section.heading,
        promise=section.promise,
        key_points=section.key_points,
        owned=tuple(owned),
        mention_only=(),
        must_not_cover=others,
        opening="",
        closing="",
        words=words,
        passage_ids=tuple(ids),
    )


def unsaid(points: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Those of `points` that none of `texts` carries, by their words."""
    there = [set(stems(text)) for text in texts]
    return [
        p for p in points if not any(len(set(stems(p)) & t) >= _CARRIES * max(1, len(set(stems(p)))) for t in there)
    ]


def local_choice(
    brief: Brief, outline: Outline, key: str, passages: Sequence[Passage], words: int, embedder: Embedder | None
) -> tuple[Candidate, ...]:
    """Quotes for one section when the plan names none, still measured against all the other headings."""
    asked, pool = asked_by(outline), pool_of(brief, passages)
    judged: Relevance = relevance(pool, asked, brief.topic, embedder)
    return choose(pool, asked, judged, {section.key: words for section in asked}).quotes[key]
