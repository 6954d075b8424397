"""The drafter that needs no key, no model and no network: it quotes, cites and says what is missing."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from writer.domain.briefs import Brief
from writer.domain.citations import cited_ids, source_id_of
from writer.domain.completions import Caller
from writer.domain.drafting import BUILT_IN, Drafted, Headline, Library, SectionContract, Show, WrittenBody
from writer.domain.drafts import Gap, Section
from writer.domain.outlines import ArticlePlan, Outline
from writer.domain.ports.sources import Embedder
from writer.domain.sources import Passage
from writer.services.extractive import wording
from writer.services.extractive.candidates import Candidate, canonical, say_the_same
from writer.services.extractive.faults import without_faulty_lines
from writer.services.extractive.headings import as_heading
from writer.services.extractive.outlining import outline
from writer.services.extractive.planning import local_choice, plan, pool_of, unsaid
from writer.services.extractive.relevance import embedded

VERSION = "extractive/1"
_PASSAGES_FOR_THE_OUTLINE = 80
_PASSAGES_ON_THE_TOPIC = 24
_PASSAGES_A_QUESTION = 12
_MOST_PASSAGES = 120
_QUOTES_OF_A_CHOSEN_PASSAGE = 4
_UNUSED_WISHES = (("tone", "tone"), ("point_of_view", "point of view"), ("reading_level", "reading level"))


class ExtractiveDrafter:
    """Gives the same bytes for the same brief, sources and embedding model, in whatever order the passages come."""

    name = BUILT_IN

    def __init__(self, library: Library, embedder: Embedder | None = None) -> None:
        self._library = library
        self._embedder = embedder
        self.identity = f"{VERSION}:{embedder.model if embedder else 'keywords'}"

    async def outline(self, brief: Brief, evidence: Sequence[Passage], caller: Caller, show: Show) -> Outline:
        made = await asyncio.to_thread(self._outline, brief, evidence, caller)
        for section in made.sections:
            show(f"- {section.heading}\n")
        return made

    async def plan(
        self, brief: Brief, outline: Outline, evidence: Mapping[str, Sequence[Passage]], caller: Caller
    ) -> ArticlePlan:
        return await asyncio.to_thread(self._plan, brief, outline, evidence, caller)

    async def section(self, contract: SectionContract, caller: Caller, show: Show) -> Drafted:
        quotes = await asyncio.to_thread(self._quotes, contract)
        if not quotes:
            return _drafted("", gap=_gap(contract))
        text = wording.section_text(quotes, _introduced_before(contract))
        show(text)
        return _drafted(text, flags=_unsaid_points(contract, quotes))

    async def repair(
        self, contract: SectionContract, text: str, faults: Sequence[str], caller: Caller, show: Show
    ) -> Drafted:
        """Quotes cannot be put otherwise: the faulty ones are taken out."""
        show.restart()
        left = without_faulty_lines(text, faults)
        if not cited_ids(left):
            return _drafted("", gap=_gap(contract))
        show(left)
        return _drafted(left)

    async def introduction(self, body: WrittenBody, caller: Caller, show: Show) -> Drafted:
        covered, silent = _covered_and_silent(body)
        text = wording.introduction(_headings(covered), _headings(silent))
        show(text)
        return _drafted(text, notes=_ignored_wishes(body.brief))

    async def conclusion(self, body: WrittenBody, caller: Caller, show: Show) -> Drafted:
        covered, silent = _covered_and_silent(body)
        missing = unsaid(body.brief.must_include, [wording.unescaped(s.text) for s in covered])
        text = wording.conclusion(len(silent), missing, len(covered))
        show(text)
        return _drafted(text)

    async def headline(self, body: WrittenBody, caller: Caller) -> Headline:
        covered, _ = _covered_and_silent(body)
        quotes, sources = _counts(covered)
        about = wording.description(body.brief.topic, len(covered), quotes, sources)
        return Headline(body.outline.title or as_heading(body.brief.topic), about, BUILT_IN, VERSION)

    def _outline(self, brief: Brief, evidence: Sequence[Passage], caller: Caller) -> Outline:
        seen = self._library.overview(caller.user, brief.source_ids, _PASSAGES_FOR_THE_OUTLINE)
        return outline(brief, self._of_this_subject([*evidence, *seen], brief, caller), self._embedder)

    def _plan(
        self, brief: Brief, outline: Outline, evidence: Mapping[str, Sequence[Passage]], caller: Caller
    ) -> ArticlePlan:
        pool = [passage for found in evidence.values() for passage in found]
        for question in _questions(brief, outline):
            pool += self._library.nearest(caller.user, question, _PASSAGES_A_QUESTION, brief.source_ids)
        pool += self._library.overview(caller.user, brief.source_ids, _PASSAGES_FOR_THE_OUTLINE)
        unique = self._of_this_subject({passage.id: passage for passage in pool}.values(), brief, caller)
        return plan(brief, outline, canonical(unique[:_MOST_PASSAGES]), self._embedder)

    def _of_this_subject(self, passages: Iterable[Passage], brief: Brief, caller: Caller) -> list[Passage]:
        """From sources that the topic finds without any heading: a shelf holds more than one subject, and a heading
        like "Costs" fits them all, and so may a collection. Sources that the writer chose by name all count."""
        if brief.source_ids and not brief.collection_ids:
            return list(passages)
        sources = {
            passage.source_id
            for subject in (brief.topic, *brief.keyphrases, *brief.must_include)
            for passage in self._library.nearest(caller.user, subject, _PASSAGES_ON_THE_TOPIC, brief.source_ids)
        }
        return [passage for passage in passages if not sources or passage.source_id in sources]

    def _quotes(self, contract: SectionContract) -> tuple[Candidate, ...]:
        row, passages = contract.row, canonical(contract.passages)
        if not row.passage_ids:
            return ()
        if contract.chosen:
            return first_of_each(pool_of(contract.brief, passages))
        planned = self._planned(contract, passages)
        return planned or local_choice(contract.brief, contract.outline, row.key, passages, row.words, self._embedder)

    def _planned(self, contract: SectionContract, passages: Sequence[Passage]) -> tuple[Candidate, ...]:
        """The quotes that the plan gave to this section, in its order, with the passages that say the same."""
        pool = pool_of(contract.brief, passages)
        by_text = {text: c for c in reversed(pool) for text, c in _forms(c).items()}
        rank = {id_: n for n, id_ in enumerate(contract.row.passage_ids)}
        quotes = [by_text[text] for text in contract.row.owned if text in by_text]
        others = [c for c in pool if c.id in rank]
        return tuple(self._with_twins(quote, others) for quote in quotes)

    def _with_twins(self, quote: Candidate, others: Sequence[Candidate]) -> Candidate:
        own = quote.text.removesuffix(f" {quote.follower}")
        likeness = self._likeness(own, others)
        twins: dict[int, str] = {}
        for other, near in zip(others, likeness, strict=True):
            if other.passage.source_id != quote.passage.source_id and say_the_same(own, other.text, near):
                twins.setdefault(other.passage.source_id, other.id)
        return replace(quote, twins=tuple(twins.values()))

    def _likeness(self, text: str, others: Sequence[Candidate]) -> list[float]:
        if self._embedder is None or not others:
            return [0.0] * len(others)
        vectors = embedded(self._embedder, [text, *(other.text for other in others)])
        return [float(near) for near in vectors[1:] @ vectors[0]]


def first_of_each(pool: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """For passages that the writer named: the first sentences of each, in the passages' order."""
    by_passage: dict[str, list[Candidate]] = {}
    for candidate in pool:
        by_passage.setdefault(candidate.id, []).append(candidate)
    return tuple(candidate for under in by_passage.values() for candidate in under[:_QUOTES_OF_A_CHOSEN_PASSAGE])


def _questions(brief: Brief, outline: Outline) -> list[str]:
    """With the topic and without: the topic would otherwise drown out what the heading asks."""
    asked = [q for s in outline.sections for q in (f"{brief.topic}: {s.heading}", s.heading, *s.key_points)]
    return list(dict.fromkeys((*asked, *brief.must_include)))


def _forms(candidate: Candidate) -> dict[str, Candidate]:
    """The texts under which a plan may name a candidate: alone, or with the sentence that leans on it."""
    forms = {candidate.text: candidate}
    if candidate.follower:
        pair = replace(candidate.with_follower(), follower=candidate.follower)
        forms[pair.text] = pair
    return forms


def _drafted(text: str, *, gap: Gap | None = None, flags: tuple[str, ...] = (), notes: tuple[str, ...] = ()) -> Drafted:
    return Drafted(text, gap=gap, route=BUILT_IN, prompt_version=VERSION, flags=flags, notes=notes)


def _gap(contract: SectionContract) -> Gap:
    row, topic = contract.row, contract.brief.topic
    points = [p for p in contract.brief.must_include if p.strip() in row.owned]
    missing = tuple(dict.fromkeys((row.heading, *row.key_points, *points)))
    queries = tuple(dict.fromkeys(f"{topic.rstrip('?!. ')} {item.rstrip('?!. ')}" for item in missing))
    return Gap(missing[:6], queries[:4])


def _introduced_before(contract: SectionContract) -> frozenset[int]:
    rows = list(contract.plan.sections)
    earlier = rows[: next((n for n, row in enumerate(rows) if row.key == contract.row.key), 0)]
    return frozenset(source_id_of(id_) for row in earlier for id_ in row.passage_ids)


def _unsaid_points(contract: SectionContract, quotes: Sequence[Candidate]) -> tuple[str, ...]:
    owned = [p.strip() for p in contract.brief.must_include if p.strip() in contract.row.owned]
    return tuple(
        f"The brief asks for “{point}”; no extract here says it in those words."
        for point in unsaid(owned, [quote.text for quote in quotes])
    )


def _ignored_wishes(brief: Brief) -> tuple[str, ...]:
    named = [label for field, label in _UNUSED_WISHES if getattr(brief, field)]
    if not named:
        return ()
    return (f"Extracts are quoted as they are: the brief's {wording.listed(named)} had no effect on them.",)


def _covered_and_silent(body: WrittenBody) -> tuple[list[Section], list[Section]]:
    sections = [s for s in body.sections if s.role == "body"]
    covered = [s for s in sections if s.text.strip() and s.gap is None]
    return covered, [s for s in sections if s not in covered]


def _headings(sections: Sequence[Section]) -> list[str]:
    return [section.heading for section in sections]


def _counts(sections: Sequence[Section]) -> tuple[int, int]:
    """(extracts, sources)"""
    quotes = sum(line.startswith("- “") for s in sections for line in s.text.splitlines())
    return quotes, len({source_id_of(id_) for s in sections for id_ in cited_ids(s.text)})
