import hashlib

import pytest

from writer.domain.claims import ClaimStatus, Verdict
from writer.domain.ports.sources import Embedder
from writer.domain.sources import Passage
from writer.services.claims.checker import Checker, Cited
from writer.services.claims.segments import sentences_of
from writer.services.claims.stems import Rarity, porter

HARBOUR = (
    "Three heat pumps in the old fish hall lift the warmth of the seawater to 74 degrees. "
    "Marta Quill told the council that the harbour itself never froze. "
    "The council voted for the plant on 9 September 2014 with 17 votes to 8, and 71 per cent of homes were connected."
)
FERRY = "The ferry to the islands leaves at noon. Tickets are sold on board, and dogs travel free of charge."


def a_passage(text: str, number: int = 1) -> Passage:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Passage(f"S1.p{number}", 1, "Annual report", number, text, (), 0, 0, len(text), digest)


def verdict(text: str, *passages: str, embedder: Embedder | None = None) -> Verdict:
    (sentence,) = sentences_of(text)
    there = tuple(a_passage(passage, n) for n, passage in enumerate(passages or (HARBOUR,), start=1))
    rarity = Rarity([HARBOUR, FERRY])
    return Checker(embedder).verdicts([Cited(sentence, there)], rarity)[0]


@pytest.mark.parametrize("with_model", [False, True])
def test_what_the_passage_says_is_supported_and_its_sentence_quoted(with_model: bool, embedder: Embedder):
    found = verdict(
        "The seawater's warmth is lifted to 74 degrees by heat pumps in the fish hall [[S1.p1]].",
        embedder=embedder if with_model else None,
    )

    assert found.status is ClaimStatus.SUPPORTED
    assert found.quote.startswith("Three heat pumps")
    assert found.quote_passage == "S1.p1"


@pytest.mark.parametrize("with_model", [False, True])
def test_a_passage_on_something_else_does_not_hold_the_sentence(with_model: bool, embedder: Embedder):
    found = verdict(
        "Heat pumps in the fish hall warm the seawater [[S1.p1]].", FERRY, embedder=embedder if with_model else None
    )

    assert found.status is ClaimStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Three heat pumps in the fish hall lift the warmth of the seawater to 47 degrees.", "“47” is not"),
        ("The council voted for the plant on 9 October 2014 with 17 votes to 8.", "“9 October 2014” is not"),
        ("Of the homes 17 % were connected after the council voted for the plant.", "“17 %” is not"),
        (
            "The report says “heat pumps in the old fish hall lift the cold of the seawater”.",
            "is not in the passage in",
        ),
    ],
)
def test_an_altered_fact_is_not_found_however_alike_the_rest_is(sentence: str, reason: str):
    found = verdict(sentence)

    assert found.status is ClaimStatus.NOT_FOUND
    assert reason in " ".join(found.reasons)


def test_a_name_that_the_passage_does_not_have_leaves_weak_support_at_best():
    found = verdict("Ilse Brand told the council that the harbour itself never froze.")

    assert found.status is ClaimStatus.WEAK
    assert found.reasons == ("The passage does not name “Ilse”, “Brand”.",)


def test_a_not_on_one_side_only_leaves_weak_support_at_best():
    found = verdict("Marta Quill told the council that the harbour itself froze.")

    assert found.status is ClaimStatus.WEAK
    assert "“not”" in found.reasons[0]


def test_each_fact_may_stand_in_another_of_the_cited_passages():
    first, second = "The loop carries heat to 4,310 homes.", "The plant cost 46.8 million crowns."

    assert verdict("The plant cost 46.8 million crowns and heats 4,310 homes.", first, second).status is (
        ClaimStatus.SUPPORTED
    )


def test_typographic_quotes_and_dashes_do_not_make_a_quotation_another_one():
    passage = "He said: the 'old' pipe - laid by hand -\nhas never once leaked in all these forty long winters."

    assert verdict(
        "She quotes “the ‘old’ pipe – laid by hand – has never once leaked in all these forty long winters”.", passage
    ).status is (ClaimStatus.SUPPORTED)


def test_a_factual_sentence_without_citation_is_named_a_guess():
    found = verdict_without("The network reached 4,310 homes by the end of the year.")

    assert found.status is ClaimStatus.UNCITED
    assert "guess" in found.reasons[0]


@pytest.mark.parametrize("text", ["What does it cost?", "You may ask why.", "Let us look at the plant in detail now."])
def test_questions_and_words_to_the_reader_need_no_citation(text: str):
    assert verdict_without(text).reasons == ()


def verdict_without(text: str) -> Verdict:
    (sentence,) = sentences_of(text)
    return Checker(None).verdicts([Cited(sentence, ())], Rarity())[0]


def test_the_same_input_gives_the_same_verdicts_and_keys(embedder: Embedder):
    text = "Heat pumps in the fish hall warm about 4,310 homes [[S1.p1]]."

    assert verdict(text, embedder=embedder) == verdict(text, embedder=embedder)


def test_the_key_of_a_verdict_changes_with_sentence_passage_and_model(embedder: Embedder):
    (one,) = sentences_of("Heat for homes [[S1.p1]].")
    (other,) = sentences_of("Heat for houses [[S1.p1]].")
    passage, changed = a_passage(HARBOUR), a_passage(FERRY)
    keys = [Checker(None).key(Cited(s, (p,))) for s in (one, other) for p in (passage, changed)]

    assert len({*keys, Checker(embedder).key(Cited(one, (passage,)))}) == 5


@pytest.mark.parametrize(
    ("word", "stem"),
    [("relational", "relat"), ("hopping", "hop"), ("hoping", "hope"), ("connections", "connect"), ("skies", "ski")],
)
def test_stems_are_those_of_porters_paper(word: str, stem: str):
    assert porter(word) == stem
