"""Each sentence of an answer against the passages it cites, by the same rules as a draft's."""

from collections.abc import Mapping

from writer.domain.citations import cited_ids
from writer.domain.claims import Claim, Verdict
from writer.domain.ports.sources import SourceStore
from writer.domain.sources import Passage
from writer.services.claims.checker import Checker, Cited, without_passages
from writer.services.claims.pool import Pool
from writer.services.claims.segments import sentences_of

SECTION = "answer"
"""The key under which an answer's claims stand: for whoever shows it, an answer is a draft's only section."""


class AnswerCheck:
    """`quick` may be asked by a page: it does without what takes long."""

    def __init__(self, sources: SourceStore, pool: Pool, checker: Checker, quick: Checker) -> None:
        self._sources = sources
        self._pool = pool
        self._checker = checker
        self._quick = quick

    def claims(self, owner_id: str, text: str) -> tuple[Claim, ...]:
        """Sentences that cite something, or seem to need to."""
        return self._checked(self._checker, owner_id, text)

    def _checked(self, checker: Checker, owner_id: str, text: str) -> tuple[Claim, ...]:
        passages = self.passages(owner_id, text)
        found = [one for one in _cited(text, passages) if one.sentence.passage_ids or without_passages(one).reasons]
        verdicts = checker.verdicts(found, self._pool.rarity(owner_id)) if found else []
        return tuple(_claim(one, verdict) for one, verdict in zip(found, verdicts, strict=True))

    def now(self, owner_id: str, text: str, claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
        """The claims as they stand with the passages as they are now: those whose passages have other text since, or
        are gone, are checked anew and say so."""
        digests = {id_: passage.digest for id_, passage in self.passages(owner_id, text).items()}
        if all(digests.get(id_) == digest for claim in claims for id_, digest in claim.baseline):
            return claims
        fresh = {claim.identity: claim for claim in self._checked(self._quick, owner_id, text)}
        return tuple(_since(claim, fresh.get(claim.identity, claim), digests) for claim in claims)

    def passages(self, owner_id: str, text: str) -> dict[str, Passage]:
        ids = cited_ids(text)
        return self._sources.passages_by_id(owner_id, ids) if ids else {}


def _cited(text: str, passages: Mapping[str, Passage]) -> list[Cited]:
    return [
        Cited(
            sentence,
            tuple(passages[id_] for id_ in sentence.passage_ids if id_ in passages),
            tuple(id_ for id_ in sentence.passage_ids if id_ not in passages),
        )
        for sentence in sentences_of(text)
    ]


def _claim(cited: Cited, verdict: Verdict) -> Claim:
    sentence = cited.sentence
    return Claim(
        section_key=SECTION,
        start=sentence.start,
        end=sentence.end,
        sentence=sentence.text,
        passage_ids=sentence.passage_ids,
        verdict=verdict,
        baseline=tuple((passage.id, passage.digest) for passage in cited.passages),
    )


def _since(then: Claim, now: Claim, digests: Mapping[str, str]) -> Claim:
    changed = tuple(id_ for id_, digest in then.baseline if digests.get(id_) != digest)
    return Claim(
        section_key=SECTION,
        start=then.start,
        end=then.end,
        sentence=then.sentence,
        passage_ids=then.passage_ids,
        verdict=now.verdict,
        baseline=then.baseline,
        changed=changed,
    )
