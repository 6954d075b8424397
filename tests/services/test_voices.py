"""Voices over both databases, and in what a provider is asked."""

import pytest

from tests.domain.test_voices import LONG, SHORT
from writer.domain.actors import Actor
from writer.domain.briefs import Brief
from writer.domain.errors import NotFound, UserMistake
from writer.services.drafts import Drafts
from writer.services.voices import Voices

ANNA, BERT = Actor("anna"), Actor("bert")
SAMPLES = [f"{SHORT}\n\n{SHORT.replace('cold', word)}" for word in ("warm", "wet", "dry")]


@pytest.fixture
def voices(stores) -> Voices:
    return Voices(stores.voices, Drafts(stores.drafts, stores.sources), stores.drafts)


def test_a_voice_is_learnt_listed_renamed_and_deleted(voices):
    made = voices.learn(" Mine  own ", SAMPLES, ANNA)

    assert (made.name, made.samples, made.profile.paragraphs, len(made.digest)) == ("Mine own", 3, 6, 64)
    assert voices.listing(ANNA) == [made]
    assert voices.rename(made.id, "Ours", ANNA).name == "Ours"
    voices.delete(made.id, ANNA)
    assert voices.listing(ANNA) == []


def test_the_digest_says_which_samples_were_measured_in_any_order(voices):
    one, same = voices.learn("One", SAMPLES, ANNA), voices.learn("Two", SAMPLES[::-1], ANNA)
    other = voices.learn("Three", [*SAMPLES, f"{LONG}\n\n{LONG}"], ANNA)

    assert one.digest == same.digest != other.digest
    assert one.profile == same.profile


def test_others_voices_are_not_there(voices, stores):
    made = voices.learn("Mine", SAMPLES, ANNA)
    draft = stores.drafts.create("bert", Brief("Tides"), "Tides")

    for attempt in (
        lambda: voices.get(made.id, BERT),
        lambda: voices.rename(made.id, "x", BERT),
        lambda: voices.delete(made.id, BERT),
        lambda: voices.distances(made.id, LONG, BERT),
        lambda: voices.use(draft.id, made.id, BERT),
        lambda: voices.use(draft.id, "", ANNA),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert voices.rules("bert", Brief("Tides", voice=made.id)) == []
    assert voices.listing(BERT) == []


@pytest.mark.parametrize(
    ("name", "samples", "said"),
    [
        ("Mine", SAMPLES[:2], "at least 3"),
        ("Mine", [SAMPLES[0]] * 3, "at least 3 different"),
        ("Mine", ["a", "b", "c"], "5 are needed"),
        (" ", SAMPLES, "name"),
        ("x" * 81, SAMPLES, "name"),
    ],
)
def test_what_does_not_suffice_for_a_voice_is_refused(voices, name, samples, said):
    with pytest.raises(UserMistake, match=said):
        voices.learn(name, samples, ANNA)


def test_two_voices_of_one_owner_have_two_names(voices):
    voices.learn("Mine", SAMPLES, ANNA)
    other = voices.learn("Ours", SAMPLES, ANNA)
    voices.learn("Mine", SAMPLES, BERT)

    with pytest.raises(UserMistake, match="already"):
        voices.learn("Mine", SAMPLES, ANNA)
    with pytest.raises(UserMistake, match="already"):
        voices.rename(other.id, "Mine", ANNA)


def test_a_draft_uses_a_voice_until_it_is_deleted(voices, stores):
    made = voices.learn("Mine", SAMPLES, ANNA)
    draft = stores.drafts.create("anna", Brief("Tides"), "Tides")

    used = voices.use(draft.id, made.id, ANNA)
    assert stores.drafts.get(draft.id).brief.voice == made.id
    assert "words on average" in voices.rules("anna", used.brief)[0]
    voices.delete(made.id, ANNA)
    assert voices.rules("anna", used.brief) == []
    assert voices.use(draft.id, "", ANNA).brief.voice == ""
