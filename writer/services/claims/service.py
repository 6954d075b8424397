"""The claims of a draft as pages, API and commands see them: checked, looked up, and mended by the writer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from writer.domain.actors import Actor
from writer.domain.claims import UNCHECKED, CheckedDraft, Claim, ClaimStatus, Verdict
from writer.domain.drafts import Draft
from writer.domain.errors import NotFound, UserMistake
from writer.domain.jobs import Job, JobState, NewJob, NewStep
from writer.domain.ports.claims import ClaimStore
from writer.domain.ports.entailment import Entailment
from writer.domain.ports.jobs import JobLedger
from writer.domain.ports.sources import Embedder, SourceStore
from writer.domain.sources import Hit, Passage
from writer.services.claims.checker import Checker, Cited, no_such, without_passages
from writer.services.claims.pool import Pool
from writer.services.claims.recent import Recent
from writer.services.claims.segments import Sentence, plain_text, sentences_of
from writer.services.claims.softening import softened
from writer.services.drafts import Drafts
from writer.services.knowledge.search import HybridSearch

JOB_KIND = "claims"
STEP = NewStep("check", "claims.check", 0, "Check the citations")
_ALTERNATIVES = 5


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another passage for a sentence, and what the check says of the two."""

    hit: Hit
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Softening:
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Draft:
    """A draft's sentences with their passages, and what is known of them."""

    draft: Draft
    found: tuple[tuple[str, Cited, str], ...]
    stored: CheckedDraft

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """Those that were stored, and those that need no comparing."""
        stored = {claim.key: claim.verdict for claim in self.stored.claims if claim.status is not ClaimStatus.UNCHECKED}
        return stored | {key: without_passages(cited) for _, cited, key in self.found if not cited.passages}


class Claims:
    """`of` looks up what was checked; `check` computes what was not. `wake` tells the runner of a new job;
    `is_over_soon` waits for one a moment."""

    def __init__(
        self,
        drafts: Drafts,
        sources: SourceStore,
        store: ClaimStore,
        ledger: JobLedger,
        search: HybridSearch,
        embedder: Embedder | None,
        wake: Callable[[], None] = lambda: None,
        entailment: Entailment | None = None,
        is_over_soon: Callable[[str], bool] = lambda job_id: False,
    ) -> None:
        self._drafts = drafts
        self._sources = sources
        self._store = store
        self._ledger = ledger
        self._search = search
        self._checker = Checker(embedder, entailment)
        self._quick = Checker(embedder)
        self._pool = Pool(sources)
        self._wake = wake
        self._recent = Recent()
        self._is_over_soon = is_over_soon

    def of(self, draft_id: str, by: Actor) -> CheckedDraft:
        """Of the draft as it is now; sentences that were not checked yet say so."""
        draft = self._drafts.open(draft_id, by)
        known = self._recent.of(draft_id, draft.revision, self._sources.last_change())
        if known is not None:
            return known
        read = self._read(draft)
        return CheckedDraft(draft.revision, _claims(read, read.verdicts))

    def check(self, draft_id: str, by: Actor, *, afresh: bool = False) -> CheckedDraft:
        """Only what has changed since the last check is computed, or all of it `afresh`."""
        draft = self._drafts.open(draft_id, by)
        change = self._sources.last_change()
        read = self._read(draft)
        verdicts = {} if afresh else read.verdicts
        missing = {key: cited for _, cited, key in read.found if key not in verdicts}
        if missing:
            rarity = self._pool.rarity(draft.owner_id)
            verdicts |= dict(zip(missing, self._checker.verdicts(list(missing.values()), rarity), strict=True))
        checked = CheckedDraft(draft.revision, _claims(read, verdicts))
        self._keep(draft, change, checked, read.stored)
        return checked

    def soon(self, draft_id: str, by: Actor) -> CheckedDraft:
        """For a page: sentences that have to be compared are left to a job, for which a page waits a moment. When it
        takes longer, they say so until it has been there."""
        known = self.of(draft_id, by)
        if any(claim.status is ClaimStatus.UNCHECKED for claim in known.claims):
            return self.of(draft_id, by) if self._is_over_soon(self.later(draft_id, by, known.revision).id) else known
        if any(claim.changed for claim in known.claims) or draft_is_new(known, self._store.of(draft_id)):
            return self.check(draft_id, by)
        return known

    def later(self, draft_id: str, by: Actor, revision: int = 0) -> Job:
        """A job checks the draft as it will be then. It belongs to no draft in the ledger: the article's own job is the
        one that people watch. With `revision`, a check that failed on it already is not ordered again."""
        new = check_of(draft_id, by.user, revision)
        earlier = self._ledger.by_fingerprint(by.user, new.fingerprint)
        if earlier is None or (earlier.state.is_over and not _failed_on(earlier, revision)):
            earlier = self._ledger.add(new)
        self._wake()
        return earlier

    def stand_by(self, draft_id: str, by: Actor, claim: Claim) -> None:
        """The writer has read the changed passages and keeps the sentence."""
        draft = self._drafts.open(draft_id, by)
        stored = self._store.of(draft_id)
        digests = {id_: p.digest for id_, p in self._passages(draft.owner_id, claim.passage_ids).items()}
        kept = tuple(
            replace(one, baseline=tuple(digests.items()), changed=()) if one.identity == claim.identity else one
            for one in stored.claims
        )
        self._store.put(draft_id, draft.owner_id, max(stored.revision, 1), kept)
        self._recent.forget(draft_id)

    def alternatives(self, draft_id: str, by: Actor, claim: Claim, limit: int = _ALTERNATIVES) -> list[Alternative]:
        """Other passages of the owner that the sentence might rest on, those that bear it out best first."""
        draft = self._drafts.open(draft_id, by)
        plain = plain_text(claim.sentence)
        hits = self._search.hits(draft.owner_id, plain, limit + len(claim.passage_ids))
        others = [hit for hit in hits if hit.passage.id not in claim.passage_ids][:limit]
        alone = Sentence(0, len(claim.sentence), claim.sentence, plain, ())
        pairs = [Cited(alone, (hit.passage,)) for hit in others]
        verdicts = self._quick.verdicts(pairs, self._pool.rarity(draft.owner_id))
        found = [Alternative(hit, verdict) for hit, verdict in zip(others, verdicts, strict=True)]
        order = list(ClaimStatus)
        return sorted(found, key=lambda one: (order.index(one.verdict.status), -(one.verdict.score or 0)))

    def cite(self, draft_id: str, revision: int, by: Actor, claim: Claim, passage_id: str) -> Draft:
        """The passage's token behind the sentence."""
        draft = self._drafts.open(draft_id, by)
        if passage_id not in self._passages(draft.owner_id, [passage_id]):
            raise NotFound(no_such(passage_id))
        if passage_id in claim.passage_ids:
            return draft
        return self._rewritten(draft, revision, by, claim, f"{claim.sentence} [[{passage_id}]]")

    def quoted(self, draft_id: str, by: Actor, claims: Sequence[Claim]) -> dict[str, Passage]:
        """The passages that the claims' verdicts quote, by id."""
        draft = self._drafts.open(draft_id, by)
        ids = dict.fromkeys(claim.verdict.quote_passage for claim in claims if claim.verdict.quote_passage)
        return self._passages(draft.owner_id, list(ids))

    def softening(self, claim: Claim) -> Softening | None:
        """None when the sentence is hedged already, or is a quotation."""
        after = softened(claim.sentence)
        return Softening(claim.sentence, after) if after else None

    def soften(self, draft_id: str, revision: int, by: Actor, claim: Claim) -> Draft:
        """What `softening` suggests, in the text: the writer has seen and accepted it."""
        suggestion = self.softening(claim)
        draft = self._drafts.open(draft_id, by)
        return self._rewritten(draft, revision, by, claim, suggestion.after) if suggestion else draft

    def _rewritten(self, draft: Draft, revision: int, by: Actor, claim: Claim, sentence: str) -> Draft:
        section = draft.section(claim.section_key)
        if section is None or section.text[claim.start : claim.end] != claim.sentence:
            raise UserMistake("The sentence was changed meanwhile. Look at it again, then decide.")
        text = section.text[: claim.start] + sentence + section.text[claim.end :]
        return self._drafts.save_section(draft.id, revision, by, key=section.key, heading=section.heading, text=text)

    def _read(self, draft: Draft) -> _Draft:
        sentences = [(section.key, one) for section in draft.sections for one in sentences_of(section.text)]
        ids = dict.fromkeys(id_ for _, sentence in sentences for id_ in sentence.passage_ids)
        passages = self._passages(draft.owner_id, list(ids))
        cited = [(key, _cited(sentence, passages)) for key, sentence in sentences]
        claims = [(key, one) for key, one in cited if one.sentence.passage_ids or without_passages(one).reasons]
        return _Draft(draft, tuple((key, one, self._checker.key(one)) for key, one in claims), self._store.of(draft.id))

    def _passages(self, owner_id: str, ids: Sequence[str]) -> dict[str, Passage]:
        return self._sources.passages_by_id(owner_id, ids) if ids else {}

    def _keep(self, draft: Draft, change: int, checked: CheckedDraft, stored: CheckedDraft) -> None:
        if checked != stored:
            self._store.put(draft.id, draft.owner_id, checked.revision, checked.claims)
        self._recent.put(draft.id, draft.revision, change, checked)


def check_of(draft_id: str, owner_id: str, revision: int = 0) -> NewJob:
    """`revision` is the one that is to be checked, 0 for whatever it is then."""
    args = {"draft_id": draft_id, "revision": revision}
    return NewJob(JOB_KIND, owner_id, (STEP,), fingerprint=f"{JOB_KIND}:{draft_id}", args=args)


def _failed_on(job: Job, revision: int) -> bool:
    return bool(revision) and job.state is JobState.FAILED and job.args.get("revision") == revision


def draft_is_new(known: CheckedDraft, stored: CheckedDraft) -> bool:
    """Whether the claims of this revision are not stored yet, though each verdict is known."""
    return bool(known.claims or stored.claims) and known.revision != stored.revision


def _cited(sentence: Sentence, passages: dict[str, Passage]) -> Cited:
    there = tuple(passages[id_] for id_ in sentence.passage_ids if id_ in passages)
    return Cited(sentence, there, tuple(id_ for id_ in sentence.passage_ids if id_ not in passages))


def _claims(read: _Draft, verdicts: dict[str, Verdict]) -> tuple[Claim, ...]:
    baselines = {claim.identity: dict(claim.baseline) for claim in read.stored.claims}
    return tuple(_claim(section, cited, key, verdicts, baselines) for section, cited, key in read.found)


def _claim(
    section_key: str,
    cited: Cited,
    key: str,
    verdicts: dict[str, Verdict],
    baselines: dict[tuple[str, tuple[str, ...]], dict[str, str]],
) -> Claim:
    sentence = cited.sentence
    before = baselines.get((sentence.text, sentence.passage_ids), {})
    now = {passage.id: passage.digest for passage in cited.passages}
    baseline = {id_: before.get(id_, now.get(id_, "")) for id_ in sentence.passage_ids}
    changed = tuple(id_ for id_, digest in baseline.items() if digest and digest != now.get(id_))
    return Claim(
        section_key,
        sentence.start,
        sentence.end,
        sentence.text,
        sentence.passage_ids,
        verdicts.get(key, UNCHECKED),
        key,
        tuple((id_, digest) for id_, digest in baseline.items() if digest),
        changed,
    )


def notes(claim: Claim) -> list[str]:
    """What a reader of the claim is told: which passages are not what they were, and the reasons of the verdict."""
    gone = {id_ for id_ in claim.changed if no_such(id_) in claim.verdict.reasons}
    told = [
        f"The passage {id_} was deleted since."
        if id_ in gone
        else f"The passage {id_} has changed since: read it again."
        for id_ in claim.changed
    ]
    hidden = {no_such(id_) for id_ in gone}
    return [*told, *(reason for reason in claim.verdict.reasons if reason not in hidden)]


def claim_json(claim: Claim) -> dict[str, object]:
    """For the API and the command: places are offsets into the section's text."""
    verdict = claim.verdict
    return {
        "section": claim.section_key,
        "start": claim.start,
        "end": claim.end,
        "sentence": claim.sentence,
        "passage_ids": list(claim.passage_ids),
        "status": verdict.status.value,
        "score": verdict.score,
        "reasons": notes(claim),
        "quote": verdict.quote,
        "quote_passage": verdict.quote_passage,
        "changed_passages": list(claim.changed),
    }
