"""An outline from the writer's own questions and from the structure that the sources have already."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from writer.domain.briefs import Brief
from writer.domain.outlines import Outline, OutlineSection
from writer.domain.ports.sources import Embedder
from writer.domain.sources import Passage
from writer.domain.text import words
from writer.services.extractive.candidates import Candidate, candidates, canonical
from writer.services.extractive.headings import as_heading, source_headings
from writer.services.extractive.language import STOP_WORDS, Weights, stem, stems
from writer.services.extractive.relevance import Matrix, embedded
from writer.services.extractive.roles import roles_of_heading, shared_role
from writer.services.extractive.wording import promise_of

_FEWEST, _MOST = 4, 8
_WORDS_PER_SECTION = 150
_ALIKE, _ALIKE_IN_ONE_ROLE, _ALIKE_AT_ALL = 0.62, 0.4, 0.15
_OFF_TOPIC = 0.12
_ORDER = (
    "definition",
    "history",
    "mechanism",
    "method",
    "people",
    "advice",
    "cost",
    "result",
    "benefit",
    "comparison",
    "law",
    "risk",
    "criticism",
    "future",
)
_SKELETON = (
    "What it is and why it matters",
    "How it works",
    "What it costs and what it brings",
    "Limits and objections",
    "What comes next",
)


@dataclass(frozen=True, slots=True)
class Theme:
    """A heading that the article could have, with what speaks for it. `position` runs from 0 (opening) to 1."""

    heading: str
    points: tuple[str, ...] = ()
    asked_for: bool = False
    sources: frozenset[int] = frozenset()
    amount: int = 0
    nearness: float = 0.0
    position: float = 0.5

    @property
    def strength(self) -> float:
        return round(min(len(self.sources), 4) + 0.08 * min(self.amount, 10) + 8 * self.nearness, 6)


def outline(brief: Brief, passages: Sequence[Passage], embedder: Embedder | None) -> Outline:
    """Questions first in any case; the rest by how many sources speak of it. Without sources: the questions alone."""
    pool = canonical(passages)
    quotes = candidates(pool)
    count = max(_FEWEST, min(_MOST, round(brief.words / _WORDS_PER_SECTION)))
    asked = _asked(brief, with_points=not quotes)
    found = _themes(pool, quotes, brief, embedder) if quotes else []
    merged = _merged(asked, found, embedder, brief.topic)
    near = [theme for theme in merged if not embedder or _is_on_topic(theme)]
    merged = near if len(near) >= _FEWEST else merged
    chosen = merged[: max(count, min(len(asked), _MOST))]
    if len(chosen) < _FEWEST and quotes:
        chosen = _merged(chosen, _from_words(quotes, brief), embedder, brief.topic)[:_FEWEST]
    chosen = chosen or [Theme(heading, asked_for=True) for heading in _SKELETON[:_FEWEST]]
    sections = [
        OutlineSection(f"s{n}", theme.heading, promise_of(theme.heading, len(theme.sources)), theme.points)
        for n, theme in enumerate(_in_order(chosen), start=1)
    ]
    return Outline(as_heading(brief.topic), tuple(sections), thesis=brief.angle)


def _is_on_topic(theme: Theme) -> bool:
    return theme.asked_for or theme.nearness >= _OFF_TOPIC or len(theme.sources) > 1


def _asked(brief: Brief, *, with_points: bool) -> list[Theme]:
    texts = [*brief.questions, *((*brief.must_include, *brief.keyphrases) if with_points else ())]
    usable = dict.fromkeys(as_heading(text) for text in texts if any(c.isalnum() for c in text))
    return [Theme(heading, asked_for=True) for heading in usable]


def _themes(
    pool: Sequence[Passage], quotes: Sequence[Candidate], brief: Brief, embedder: Embedder | None
) -> list[Theme]:
    """One theme for each heading of the sources that has something to quote under it, strongest first."""
    quotable: dict[str, list[Candidate]] = {}
    for quote in quotes:
        quotable.setdefault(quote.id, []).append(quote)
    last = {p.source_id: p.ordinal for p in pool}
    found = {}
    for heading, under in source_headings(pool).items():
        there = [quote for p in under for quote in quotable.get(p.id, [])]
        if there and not set(stems(heading)) <= set(stems(brief.topic)):
            position = round(sum(p.ordinal / last[p.source_id] for p in under) / len(under), 6)
            sources = frozenset(p.source_id for p in under)
            found[Theme(heading, sources=sources, amount=len(there), position=position)] = there
    near = _nearness(found, brief, embedder)
    placed = [replace(theme, nearness=near[theme.heading]) for theme in found]
    return sorted(placed, key=lambda t: (-t.strength, t.position, t.heading))


def _nearness(themes: Mapping[Theme, Sequence[Candidate]], brief: Brief, embedder: Embedder | None) -> dict[str, float]:
    """How near heading and text are to what the brief is about."""
    wish = " ".join((brief.topic, brief.angle, *brief.keyphrases, *brief.must_include)).strip()
    if embedder is None:
        weights = Weights([q.terms for under in themes.values() for q in under])
        return {t.heading: round(weights.overlap(stems(t.heading), stems(wish)), 6) for t in themes}
    about = embedded(embedder, [wish])[0]
    near = {}
    for theme, under in themes.items():
        vectors = embedded(embedder, [theme.heading, *(quote.text for quote in under)]) @ about
        near[theme.heading] = round(float(vectors[0] + vectors[1:].mean()) / 2, 6)
    return near


def _merged(first: Sequence[Theme], others: Sequence[Theme], embedder: Embedder | None, topic: str) -> list[Theme]:
    """Alike headings become one theme: the earlier keeps its heading and takes the other's as a point. Strength is
    added up, so that what several sources treat comes before what one does."""
    themes = [*first, *others]
    alike = _likeness([t.heading for t in themes], embedder, topic)
    groups: list[list[int]] = []
    for n in range(len(themes)):
        group = next((g for g in groups if _belong(themes[g[0]], themes[n], float(alike[g[0], n]))), None)
        groups.append([n]) if group is None else group.append(n)
    merged = [_one_theme([themes[n] for n in group]) for group in groups]
    rest = sorted((t for t in merged if not t.asked_for), key=lambda t: (-t.strength, t.position, t.heading))
    return [*(t for t in merged if t.asked_for), *rest]


def _belong(head: Theme, other: Theme, likeness: float) -> bool:
    """A question of the writer takes in whatever plays its role; the sources' own headings have to be alike as well."""
    if other.asked_for:
        return False
    enough = _ALIKE_AT_ALL if head.asked_for else _ALIKE_IN_ONE_ROLE
    return likeness >= (enough if shared_role(head.heading, other.heading) else _ALIKE)


def _one_theme(group: Sequence[Theme]) -> Theme:
    head = group[0]
    points = dict.fromkeys(
        p for t in group for p in (*t.points, *((t.heading,) if t is not head else ())) if p != head.heading
    )
    return replace(
        head,
        points=tuple(points)[:6],
        sources=frozenset().union(*(t.sources for t in group)),
        amount=sum(t.amount for t in group),
        nearness=max(t.nearness for t in group),
        position=round(sum(t.position for t in group) / len(group), 6),
    )


def _likeness(headings: Sequence[str], embedder: Embedder | None, topic: str) -> Matrix:
    """Shared words, those of the topic left out; with a model also likeness in meaning."""
    about = set(stems(topic))
    terms = [set(stems(heading)) - about or set(stems(heading)) for heading in headings]
    shared = np.array([[len(a & b) / max(1, len(a | b)) for b in terms] for a in terms]).reshape(len(terms), len(terms))
    whole = [set(stems(heading)) for heading in headings]
    contained = np.array([[float(bool(a & b) and (a <= b or b <= a)) * 0.65 for b in whole] for a in whole])
    table = np.maximum(shared, contained.reshape(shared.shape))
    if embedder and headings:
        vectors = embedded(embedder, headings)
        table = np.maximum(table, vectors @ vectors.T)
    likeness: Matrix = table
    return likeness


def _in_order(themes: Sequence[Theme]) -> list[Theme]:
    """The writer's questions keep their order; the rest go where an article has them: what it is, where it comes from,
    how it works, what it brings, what speaks against it, what comes next; else by their place in the sources."""
    asked = [theme for theme in themes if theme.asked_for]
    rest = sorted((t for t in themes if not t.asked_for), key=lambda t: (_step(t), t.position, t.heading))
    if not asked:
        return rest
    ordered = list(asked)
    for theme in rest:
        later = next((n for n, other in enumerate(ordered) if _step(other) > _step(theme)), len(ordered))
        ordered.insert(later, theme)
    return ordered


def _step(theme: Theme) -> float:
    steps = [n / (len(_ORDER) - 1) for n, role in enumerate(_ORDER) if role in roles_of_heading(theme.heading)]
    return round(0.6 * (sum(steps) / len(steps)) + 0.4 * theme.position, 6) if steps else theme.position


_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_UNITS = """
year years month months week weeks day days hour minutes seconds million billion thousand hundred crowns euros
dollars pounds metres meters kilometres kilometers kilograms litres degrees cubic square per cent percent number
share average total time way part people january february march april may june july august september october
november december
"""
_NAMES_NOTHING = frozenset(_UNITS.split())


def _from_words(quotes: Sequence[Candidate], brief: Brief) -> list[Theme]:
    """For sources without headings: what they speak of most, named by the word pairs that come back most often."""
    about = set(stems(brief.topic))
    under: dict[str, list[Candidate]] = {}
    spelt: dict[str, list[str]] = {}
    for quote in quotes:
        for phrase in dict.fromkeys(_phrases(quote.text)):
            key = " ".join(stem(w) for w in words(phrase))
            if not set(key.split()) <= about:
                under.setdefault(key, []).append(quote)
                spelt.setdefault(key, []).append(phrase)
    common = [key for key in under if len(under[key]) > 1] or list(under)
    best = sorted(common, key=lambda k: (-len({q.passage.source_id for q in under[k]}), -len(under[k]), k))
    return [
        Theme(as_heading(_usual(spelt[key])), sources=_sources(under[key]), amount=len(under[key]))
        for key in best[: 2 * _MOST]
    ]


def _usual(spellings: Sequence[str]) -> str:
    return max(spellings, key=lambda spelling: (spellings.count(spelling), spelling))


def _sources(quotes: Sequence[Candidate]) -> frozenset[int]:
    return frozenset(quote.passage.source_id for quote in quotes)


def _phrases(text: str) -> list[str]:
    """Neighbouring content words that could name something, as they are written."""
    found = _WORD.findall(text)
    pairs = [(a, b) for a, b in pairwise(found) if f"{a} {b}" in text]
    return [f"{a} {b}" for a, b in pairs if _can_name(a) and _can_name(b)]


def _can_name(word: str) -> bool:
    plain = word.casefold()
    return word.isalpha() and len(word) > 2 and plain not in STOP_WORDS and plain not in _NAMES_NOTHING
