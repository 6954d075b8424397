"""What a model that reads sentence against passage may change of the rules' verdicts, and what it may not."""

from collections.abc import Sequence

import pytest

from tests.storage.makers import OWNER
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.claims import ClaimStatus
from writer.domain.errors import ConfigurationError
from writer.domain.ports.entailment import Entailment, Reading
from writer.services.claims.reading import SAYS_SO, SAYS_THE_OPPOSITE
from writer.services.claims.service import Claims

YES, NO, PERHAPS = Reading(0.95, 0.04, 0.01), Reading(0.01, 0.04, 0.95), Reading(0.3, 0.6, 0.1)
PASSAGE = "The pipe under the harbour brought warm water to 412 homes in the winter of 2019."
FAITHFUL = "The pipe under the harbour brought warm water to homes in winter."
PARTLY = "The pipe under the harbour froze for several long nights, said engineers."
ALTERED = "The pipe under the harbour brought warm water to 512 homes in the winter of 2019."


class Scripted:
    """The port, with the same reading for every pair; `asked` holds the pairs."""

    def __init__(self, reading: Reading | None, identity: str = "scripted") -> None:
        self.identity = identity
        self.reading = reading
        self.asked: list[tuple[str, str]] = []

    def readings(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        self.asked += pairs
        if self.reading is None:
            raise ConfigurationError("The model is not there.")
        return [self.reading] * len(pairs)


def claims_with(room, entailment: Entailment | None) -> Claims:
    stores = room.stores
    return Claims(
        room.drafts, stores.sources, stores.claims, stores.jobs, room.studio.search, None, entailment=entailment
    )


def verdict(room, sentence: str, entailment: Entailment | None):
    here = room.stores.sources.listing(OWNER)
    source = here[0].id if here else room.source(PASSAGE)
    draft = room.draft(f"{sentence} [[S{source}.p1]]")
    (claim,) = claims_with(room, entailment).check(draft.id, LOCAL_ACTOR).claims
    return claim.verdict


def test_a_passage_that_is_read_as_saying_the_opposite_takes_a_step_down_and_says_so(room):
    assert verdict(room, FAITHFUL, None).status is ClaimStatus.SUPPORTED

    read = verdict(room, FAITHFUL, Scripted(NO))

    assert read.status is ClaimStatus.WEAK
    assert read.reasons[0] == SAYS_THE_OPPOSITE


def test_a_passage_that_is_read_as_saying_the_sentence_takes_it_one_step_up(room):
    before = verdict(room, PARTLY, None)
    assert before.status is ClaimStatus.NOT_FOUND

    read = verdict(room, PARTLY, Scripted(YES))

    assert read.status is ClaimStatus.WEAK
    assert read.reasons == (SAYS_SO, *before.reasons)
    assert read.score == before.score


def test_no_reading_outweighs_a_number_that_is_not_in_the_passage(room):
    read = verdict(room, ALTERED, Scripted(YES))

    assert read.status is ClaimStatus.NOT_FOUND
    assert read.reasons == ("“512” is not in the passage.",)


def test_a_reading_that_is_not_sure_changes_nothing(room):
    for sentence in (FAITHFUL, PARTLY, ALTERED):
        assert verdict(room, sentence, Scripted(PERHAPS)) == verdict(room, sentence, None)


def test_a_model_that_cannot_be_used_changes_nothing(room):
    assert verdict(room, PARTLY, Scripted(None)) == verdict(room, PARTLY, None)


def test_the_passage_is_the_premise_and_citations_are_no_part_of_the_sentence(room):
    reader = Scripted(PERHAPS)
    verdict(room, FAITHFUL, reader)

    assert reader.asked == [(PASSAGE, FAITHFUL)]


def test_sentences_without_a_passage_are_not_read(room):
    reader = Scripted(NO)
    draft = room.draft("Costs fell by 30 percent in 2019. The tide rises twice a day [[S99.p1]].")
    statuses = [claim.status for claim in claims_with(room, reader).check(draft.id, LOCAL_ACTOR).claims]

    assert statuses == [ClaimStatus.UNCITED, ClaimStatus.BROKEN]
    assert reader.asked == []


def test_a_verdict_is_kept_for_the_same_model_and_made_anew_for_another(room):
    source = room.source(PASSAGE)
    draft = room.draft(f"{FAITHFUL} [[S{source}.p1]]")
    first, same, other = Scripted(NO, "a"), Scripted(NO, "a"), Scripted(YES, "b")
    for reader in (first, same, other):
        claims_with(room, reader).check(draft.id, LOCAL_ACTOR)

    assert [len(reader.asked) for reader in (first, same, other)] == [1, 0, 1]
    (claim,) = room.stores.claims.of(draft.id).claims
    assert claim.status is ClaimStatus.SUPPORTED


def test_looking_for_another_source_waits_for_no_model(room):
    reader = Scripted(NO)
    source = room.source(PASSAGE)
    room.source("Warm water came to homes through the pipe under the harbour.", title="Another")
    draft = room.draft(f"{FAITHFUL} [[S{source}.p1]]")
    claims = claims_with(room, reader)
    (claim,) = claims.check(draft.id, LOCAL_ACTOR).claims
    reader.asked.clear()

    claims.alternatives(draft.id, LOCAL_ACTOR, claim)

    assert reader.asked == []


@pytest.mark.parametrize("reading", [YES, NO, PERHAPS])
def test_the_words_stay_the_same_whatever_is_read(room, reading):
    allowed = {ClaimStatus.SUPPORTED, ClaimStatus.WEAK, ClaimStatus.NOT_FOUND}
    assert {verdict(room, sentence, Scripted(reading)).status for sentence in (FAITHFUL, PARTLY, ALTERED)} <= allowed
    assert room.stores.jobs.jobs(OWNER) == []
