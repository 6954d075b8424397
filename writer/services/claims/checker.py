"""Compares a cited sentence with its passages: by telling words, by meaning where there is a model, and by hard rules.

What it can say is whether the passages talk about what the sentence says. It cannot see every contradiction.
"""

import hashlib
import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from writer.domain.claims import ClaimStatus, Verdict
from writer.domain.errors import ConfigurationError
from writer.domain.ports.entailment import Entailment
from writer.domain.ports.sources import Embedder
from writer.domain.sources import Passage
from writer.services.claims.factual import HEURISTIC, why_factual
from writer.services.claims.reading import STEPS_DOWN, Judged, read_too
from writer.services.claims.rules import Objection, negated_once, objections
from writer.services.claims.segments import Sentence
from writer.services.claims.source_text import SourceText, source_text
from writer.services.claims.stems import Rarity, stems

VERSION = "1"
"""Part of every verdict's key: raise it when the same input may give another verdict."""

# On SciFact's train claims, half of them to choose on, half held out (`python -m benchmarks.citations --scifact`): any
# weight from 0.5 to 0.8 on the words is within 0.005 of the best; one in ten supported claims scores below 0.5.
WORDS_WEIGHT = 0.6
SUPPORTED, WEAK = 0.5, 0.35
# Words alone, without a model: the same shares of supported claims lie below.
SUPPORTED_BY_WORDS, WEAK_BY_WORDS = 0.45, 0.3
_NEAREST_BY_WORDS = 2
_SAME_SUBJECT = 0.6
# A source sentence that has nearly all the telling words is near in meaning too: its vector would change no verdict.
_SURE_BY_WORDS = 0.85


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence with those of its passages that there are; `unknown` ids name none."""

    sentence: Sentence
    passages: tuple[Passage, ...]
    unknown: tuple[str, ...] = ()


class Checker:
    """Deterministic: the same sentences, passages and pool of texts give the same verdicts. With `entailment` it is not
    for a page's thread."""

    def __init__(self, embedder: Embedder | None, entailment: Entailment | None = None) -> None:
        self._embedder = embedder
        self._entailment = entailment
        read = f":{entailment.identity}" if entailment else ""
        self.identity = f"{VERSION}:{embedder.model if embedder else 'words'}{read}"

    def key(self, cited: Cited) -> str:
        """The digest of everything that the verdict depends on, but for the rarity of words."""
        passages = [(passage.id, passage.digest) for passage in cited.passages]
        sentence = cited.sentence
        parts = [self.identity, sentence.plain, sentence.quoted, passages, list(cited.unknown)]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()

    def verdicts(self, cited: Sequence[Cited], rarity: Rarity) -> list[Verdict]:
        """All at once: sentences and their nearest source sentences are embedded in one go."""
        compared = [_Comparison(one, rarity) for one in cited if one.passages]
        cosines = self._cosines(compared)
        judged = read_too([one.judged(cosines) for one in compared], self._entailment)
        by_sentence = {id(one.cited): verdict for one, verdict in zip(compared, judged, strict=True)}
        return [by_sentence[id(one)] if one.passages else without_passages(one) for one in cited]

    def _cosines(self, compared: Iterable["_Comparison"]) -> "_Cosines | None":
        if self._embedder is None:
            return None
        texts = list(dict.fromkeys(text for one in compared for text in one.texts))
        try:
            return _Cosines(dict(zip(texts, self._embedder.embed(texts), strict=True)))
        except ConfigurationError:  # the model cannot be loaded here: words alone must do
            return None


def without_passages(cited: Cited) -> Verdict:
    """For a sentence that cites nothing, or nothing that is there."""
    if cited.unknown:
        return Verdict(ClaimStatus.BROKEN, reasons=tuple(no_such(id_) for id_ in cited.unknown))
    why = why_factual(cited.sentence.plain)
    return Verdict(ClaimStatus.UNCITED, reasons=(HEURISTIC.format(why=why),) if why else ())


def no_such(passage_id: str) -> str:
    return f"There is no passage {passage_id} among the sources."


class _Cosines:
    def __init__(self, vectors: Mapping[str, bytes]) -> None:
        self._vectors = {text: array("f", vector) for text, vector in vectors.items()}

    def of(self, one: str, other: str) -> float:
        pairs = zip(self._vectors[one], self._vectors[other], strict=True)
        return max(0.0, min(1.0, sum(a * b for a, b in pairs)))


class _Comparison:
    """One sentence against its passages."""

    def __init__(self, cited: Cited, rarity: Rarity) -> None:
        self.cited = cited
        self._sources = [source_text(passage) for passage in cited.passages]
        self._terms = stems(cited.sentence.plain)
        self._recall = rarity.recall(self._terms, frozenset().union(*(source.terms for source in self._sources)))
        self._nearest = self._nearest_by_words(rarity)

    @property
    def texts(self) -> list[str]:
        """What has to be embedded."""
        return [] if self._sure else [self.cited.sentence.plain, *(text for _, text, _ in self._nearest)]

    @property
    def _sure(self) -> bool:
        return bool(self._nearest) and self._nearest[0][2] >= _SURE_BY_WORDS

    def judged(self, cosines: _Cosines | None) -> Judged:
        best = self._best(cosines)
        score = self._recall
        if cosines is not None and best is not None:
            near = best[2] if self._sure else cosines.of(self.cited.sentence.plain, best[1])
            score = WORDS_WEIGHT * self._recall + (1 - WORDS_WEIGHT) * near
        status = _by_score(score, with_model=cosines is not None)
        found = self._objections(best)
        reasons = [objection.reason for objection in found]
        if status is not ClaimStatus.SUPPORTED:
            reasons.append(_about_score(status))
        best_left = max((objection.limit for objection in found), key=STEPS_DOWN.index, default=ClaimStatus.SUPPORTED)
        status = max(status, best_left, key=STEPS_DOWN.index)
        if self.cited.unknown:
            status = ClaimStatus.BROKEN
            reasons = [*(no_such(id_) for id_ in self.cited.unknown), *reasons]
        source, quote = (best[0], best[1]) if best else (None, "")
        verdict = Verdict(status, round(score, 4), tuple(reasons), quote, source.id if source else "")
        return Judged(verdict, best_left, self.cited.sentence.plain, self._text_of(verdict.quote_passage))

    def _text_of(self, passage_id: str) -> str:
        return next((passage.text for passage in self.cited.passages if passage.id == passage_id), "")

    def _objections(self, best: tuple[SourceText, str, float] | None) -> list[Objection]:
        found = objections(self.cited.sentence, self._sources)
        if best is not None and best[2] >= _SAME_SUBJECT:
            turned = negated_once(self.cited.sentence.plain, best[1])
            found += [turned] if turned else []
        return found

    def _nearest_by_words(self, rarity: Rarity) -> list[tuple[SourceText, str, float]]:
        """(source, its sentence, recall), the best first."""
        ranked = [
            (source, text, rarity.recall(self._terms, terms))
            for source in self._sources
            for text, terms in zip(source.sentences, source.sentence_terms, strict=True)
        ]
        return sorted(ranked, key=lambda entry: -entry[2])[:_NEAREST_BY_WORDS]

    def _best(self, cosines: _Cosines | None) -> tuple[SourceText, str, float] | None:
        if not self._nearest:
            return None
        if cosines is None or self._sure:
            return self._nearest[0]
        return max(self._nearest, key=lambda entry: entry[2] + cosines.of(self.cited.sentence.plain, entry[1]))


def _by_score(score: float, *, with_model: bool) -> ClaimStatus:
    supported, weak = (SUPPORTED, WEAK) if with_model else (SUPPORTED_BY_WORDS, WEAK_BY_WORDS)
    if score >= supported:
        return ClaimStatus.SUPPORTED
    return ClaimStatus.WEAK if score >= weak else ClaimStatus.NOT_FOUND


def _about_score(status: ClaimStatus) -> str:
    if status is ClaimStatus.WEAK:
        return "The passage has only part of what the sentence says."
    return "The passage hardly speaks of what the sentence says."
