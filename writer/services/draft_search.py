"""The writer's own drafts, found by meaning: which of them said this already, and where."""

import hashlib
import logging
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Protocol

from writer.domain.actors import Actor
from writer.domain.citations import TOKEN
from writer.domain.drafts import Draft, Section
from writer.domain.errors import ConfigurationError, NotFound, ProviderError, WriterError
from writer.domain.ports.draft_index import DraftIndex, DraftPassage, StaleDraft
from writer.domain.ports.drafts import DraftStore
from writer.domain.ports.sources import Embedder
from writer.domain.sources import Span
from writer.domain.text import joined_surrogates, sentences
from writer.services.claims.segments import plain_text

MIN_COSINE = 0.3
"""As for passages of sources (`knowledge.relevance`)."""

MAX_HITS = 50
_LONGEST = 1_000  # characters: about what the model reads
_FEWEST_WORDS = 4
_BATCH = 8
_DRAFTS_AT_ONCE = 20
_MAX_QUERY = 2_000
_LEADS = re.compile(r"^[ \t]*(?:>[ \t]*)*(?:#{1,6}|[-*+]|\d{1,9}[.)])[ \t]+", re.MULTILINE)
_BETWEEN = re.compile(r"\n[ \t]*\n")

Spans = Callable[[str, Sequence[str]], list[list[Span]]]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DraftHit:
    """`start` and `end` are offsets into the section's text; `text` is what stands there as readers see it, without
    Markdown's marks and citations; `spans` are the words of the question in `text`."""

    draft_id: str
    title: str
    section_key: str
    heading: str
    start: int
    end: int
    text: str
    score: float
    spans: tuple[Span, ...] = ()


class DraftSearch:
    """`spans` as in `KeywordIndex.spans`."""

    def __init__(self, drafts: DraftStore, index: DraftIndex, embedder: Embedder | None, spans: Spans) -> None:
        self._drafts = drafts
        self._index = index
        self._embedder = embedder
        self._spans = spans

    @property
    def model(self) -> str:
        return self._embedder.model if self._embedder is not None else ""

    def search(self, query: str, by: Actor, limit: int = 8) -> list[DraftHit]:
        """Best first; none without a model. A paragraph that was edited since is left out until it is indexed anew."""
        asked = joined_surrogates(query)[:_MAX_QUERY].strip()
        vector = self._vectors([asked])[0] if asked and self.model and limit > 0 else b""
        if not vector:
            return []
        near = _nearest(vector, self._index.of_owner(by.user, self.model))
        drafts: dict[str, Draft | None] = {}
        found: list[DraftHit] = []
        for score, passage in near:
            hit = self._hit(passage, score, by, drafts)
            found += [hit] if hit else []
            if len(found) == min(limit, MAX_HITS):
                break
        spans = self._spans(asked, [hit.text for hit in found])
        return [replace(hit, spans=tuple(of_hit)) for hit, of_hit in zip(found, spans, strict=True)]

    def follow(self, go_on: Callable[[], bool] = lambda: True) -> int:
        """Gives changed paragraphs their vectors, a few at a time as long as `go_on` says so; returns how many drafts
        are indexed anew."""
        done = 0
        while self.model and (stale := self._index.stale(self.model, _DRAFTS_AT_ONCE)):
            for draft in stale:
                if not go_on() or not self._follow_one(draft, go_on):
                    return done
                done += 1
        return done

    def _follow_one(self, stale: StaleDraft, go_on: Callable[[], bool]) -> bool:
        model = self.model
        try:
            draft = self._drafts.get(stale.id)
        except NotFound:
            return True
        known = self._index.vectors(stale.id, model)
        places = [(section, span) for section in draft.sections for span in paragraphs(section.text)]
        texts = {digest_of(section.text[slice(*span)]): _embedded(section, span) for section, span in places}
        missing = [digest for digest in texts if digest not in known]
        for start in range(0, len(missing), _BATCH):
            if not go_on():
                return False
            some = missing[start : start + _BATCH]
            vectors = self._vectors([texts[digest] for digest in some])
            if not all(vectors):
                return False
            known.update(zip(some, vectors, strict=True))
        passages = [_passage(stale.id, section, span, known) for section, span in places]
        self._index.put(StaleDraft(stale.id, stale.owner_id, draft.revision), model, passages)
        return True

    def _hit(self, passage: DraftPassage, score: float, by: Actor, drafts: dict[str, Draft | None]) -> DraftHit | None:
        if passage.draft_id not in drafts:
            drafts[passage.draft_id] = None
            with suppress(NotFound):
                drafts[passage.draft_id] = self._drafts.get(passage.draft_id)
        draft = drafts[passage.draft_id]
        if draft is None or draft.owner_id != by.user or draft.deleted_at is not None:
            return None
        section = draft.section(passage.section_key)
        text = section.text[passage.start : passage.end] if section else ""
        if section is None or digest_of(text) != passage.digest:
            return None
        place = (section.key, section.heading, passage.start, passage.end)
        return DraftHit(draft.id, draft.title, *place, plain_text(_LEADS.sub("", text)), round(score, 4))

    def _vectors(self, texts: Sequence[str]) -> list[bytes]:
        """Empty ones when the model cannot be used now."""
        if self._embedder is None:
            return [b""] * len(texts)
        try:
            return self._embedder.embed(texts)
        except (ConfigurationError, ProviderError) as error:
            logger.warning("drafts were not embedded", extra={"error": str(error)})
            return [b""] * len(texts)


class Follows(Protocol):
    """What is derived from drafts: brought up to date as long as `go_on` says so; returns how much was done."""

    def follow(self, go_on: Callable[[], bool]) -> int: ...


class DraftFollower:
    """A thread that keeps what is derived from drafts up to date, and keeps out of the way of what people wait for.

    `is_free` says whether nobody waits for the processor; `pause` waits for so many seconds and is true when it is
    time to end. `start` and `close` may each be called twice."""

    LOOK_S = 20.0

    def __init__(
        self,
        derived: Follows | Sequence[Follows],
        is_free: Callable[[], bool],
        pause: Callable[[float], bool] | None = None,
    ) -> None:
        self._derived = tuple(derived) if isinstance(derived, Sequence) else (derived,)
        self._is_free = is_free
        self._ended = threading.Event()
        self._pause = pause or self._ended.wait
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._follow, name="draft-index", daemon=True)
            self._thread.start()

    def close(self) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _follow(self) -> None:
        while not self._ended.is_set() and not self._pause(self.LOOK_S):
            try:
                for one in self._derived if self._is_free() else ():
                    one.follow(lambda: not self._ended.is_set() and self._is_free())
            except WriterError as error:  # the next look may go better
                logger.warning("drafts were not indexed", extra={"error": str(error)})


def paragraphs(text: str) -> Iterator[Span]:
    """What is worth finding: paragraphs of a few words or more, long ones in parts of whole sentences."""
    at = 0
    for end in [*(match.start() for match in _BETWEEN.finditer(text)), len(text)]:
        for start, last in _parts(text, at, end):
            if len(text[start:last].split()) >= _FEWEST_WORDS:
                yield start, last
        at = end


def _parts(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end - start <= _LONGEST:
        yield start, end
        return
    first = at = start
    for sentence in sentences(text[start:end]):
        begin = text.index(sentence, at)
        if begin + len(sentence) - first > _LONGEST and at > first:
            yield first, at
            first = begin
        at = begin + len(sentence)
    yield first, at


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _embedded(section: Section, span: Span) -> str:
    return " ".join(TOKEN.sub("", section.text[slice(*span)]).split())


def _passage(draft_id: str, section: Section, span: Span, known: dict[str, bytes]) -> DraftPassage:
    digest = digest_of(section.text[slice(*span)])
    return DraftPassage(draft_id, section.key, *span, digest, known[digest])


def _nearest(vector: bytes, passages: Sequence[DraftPassage]) -> list[tuple[float, DraftPassage]]:
    import numpy as np

    if not passages:
        return []
    matrix: Any = np.frombuffer(b"".join(passage.vector for passage in passages), "<f4").reshape(len(passages), -1)
    cosines = matrix @ np.frombuffer(vector, "<f4")
    order = np.argsort(-cosines, kind="stable")
    return [(min(1.0, float(cosines[n])), passages[n]) for n in order if cosines[n] >= MIN_COSINE]
