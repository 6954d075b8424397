import pytest

from tests.services.extractive.support import passage
from writer.services.extractive.candidates import candidates, quotable
from writer.services.extractive.noise import fault, is_back_matter, leans_on_another


@pytest.mark.parametrize(
    "sentence",
    [
        "Figure 3: The hives on the roof of the town hall in June.",
        "Fig. 2. Share of households that keep bees, by district.",
        "Table 1: Hives and honey harvested in each of the years.",
        "Photo: Joan Abel beside the hives behind her bakery. Credit: Courier.",
        "Source: Town of Brindle Bay, register of hives, 2024.",
    ],
)
def test_captions_are_not_quotable(sentence):
    assert fault(sentence) == "caption"


@pytest.mark.parametrize(
    "sentence",
    [
        "Abel, J. and Quill, M. (2019). Bees of the cold coast. Journal of Hives, vol. 4, pp. 12–31.",
        "[2] Brand, I. (2022). Who pays for the hives? Bay Papers 7.",
        "The survey is available as doi:10.1234/bees.7 from the institute.",
        "Minutes of the council on bees, retrieved from the town archive in May.",
        "The full report has ISBN 978-3-16-148410-0 and is in every library.",
    ],
)
def test_references_are_not_quotable(sentence):
    assert fault(sentence) in {"reference", "address", "fragment"}


@pytest.mark.parametrize(
    "sentence",
    [
        "We use cookies to improve your experience of this site today.",
        "Accept all cookies or read our cookie policy before you go on.",
        "© 2025 Brindle Bay Beekeepers and the town of Brindle Bay.",
        "The contents of these pages are protected and all rights reserved.",
        "Click here to subscribe to the weekly letter of the beekeepers.",
        "Read more about the bees of the town on the next pages.",
        "Write to hello@bees.example for a place on the roof.",
        "Visit https://bees.example to see the hives on the roof.",
    ],
)
def test_boilerplate_and_addresses_are_not_quotable(sentence):
    assert not quotable(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "I never thought that bees would like the roof so much.",
        "We asked our members how many hives they have.",
        "My hives stood empty for the whole of the winter.",
    ],
)
def test_first_person_is_not_quotable(sentence):
    assert fault(sentence) == "first person"


def test_first_person_inside_a_reported_quotation_and_the_us_are_no_chatter():
    assert quotable("The mayor said “we shall keep the hives” at the opening in May.")
    assert quotable("The US government paid for a third of all the hives.")


@pytest.mark.parametrize(
    "sentence",
    [
        "It costs less than a hive made of wood would have cost.",
        "This reduced the number of swarms by a third in one year.",
        "They moved to the roof of the town hall in May 2021.",
        "However, the price of sugar doubled within one winter.",
        "As a result, the council paid for the hives in full.",
        "Such hives last for about ten years before they rot.",
        "For example, the school keeps four hives behind its kitchen.",
        "Both were moved to the roof of the town hall in May.",
        "Combining it with sugar makes a syrup for the winter.",
        "Do not move them before the first frost of the winter.",
        "If it rains in May, the hives of the town stay closed.",
        "These bees came from the island in the spring of 2019.",
    ],
)
def test_a_sentence_that_opens_with_an_unresolved_pronoun_or_connective_leans_on_another(sentence):
    assert leans_on_another(sentence)
    assert not quotable(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The council paid for 40 hives in the spring of 2021.",
        "Most beekeepers leave the honey of the first year to the bees.",
        "One household in nine lost a swarm in the first summer.",
        "Some 900 homes stand too near to the hives for comfort.",
        "Wax keeps the hive dry from October to the end of March.",
        "Planning permission for a hive takes three months to arrive.",
        "In the winter of 2012 the price of sugar doubled within four months.",
        "Lowering the hive by a metre keeps out most of the wind.",
        "Die Bienen flogen im Frühling über den Hafen und zurück.",
    ],
)
def test_whole_sentences_that_stand_by_themselves_are_quotable(sentence):
    assert quotable(sentence), (fault(sentence), leans_on_another(sentence))


@pytest.mark.parametrize(
    "fragment",
    [
        "and the hives on the roof of the town hall in May.",
        "The hives on the roof of the town",
        "Hives | 40 | 2021",
        "Bees fly.",
        "(The hives stand on the roof of the town hall.",
    ],
)
def test_fragments_are_not_quotable(fragment):
    assert not quotable(fragment)


def test_a_sentence_that_points_to_the_page_it_stood_on_is_not_quotable():
    assert fault("The rules above keep the bees of the town out of the school.") == "points elsewhere"
    assert fault("The hives are listed in Table 2 of the register of the town.") == "points elsewhere"
    assert not fault("The hive above the bakery is the oldest one in the town.")


def test_text_with_hidden_direction_marks_is_not_quotable():
    assert fault("The council paid \u202efor 40 hives\u202c in the spring of 2021.") == "hidden characters"


@pytest.mark.parametrize(
    "heading",
    ["References", "5. Bibliography", "ACKNOWLEDGEMENTS", "Table of contents", "Photo credits", "Further reading"],
)
def test_back_matter_is_known_by_its_heading(heading):
    assert is_back_matter(("A report", heading))
    assert not candidates([passage("The council paid for 40 hives in the spring of 2021.", "A report", heading)])


def test_a_heading_that_only_mentions_a_source_is_no_back_matter():
    assert not is_back_matter(("Sources of nectar in the town",))


def test_a_paragraph_with_a_reference_in_it_is_left_out_whole():
    entry = "Abel, J. (2019). Bees of the cold coast. Journal of Hives, vol. 4, pp. 12–31. Minutes on bees in the town."
    assert not candidates([passage(entry)])


def test_a_line_that_a_source_repeats_on_its_pages_is_left_out():
    running = "The yearly report of the beekeepers on the state of the hives."
    pages = [
        passage(f"{running}\n\nRoof number {n} holds {n} hives that were paid for by the town.", ordinal=n)
        for n in range(1, 5)
    ]

    assert running not in [candidate.text for candidate in candidates(pages)]
    assert len(candidates(pages)) == 4


def test_tables_code_and_lists_of_names_are_left_out():
    blocks = (
        "| Year | Hives |\n|---|---|\n| 2021 | 40 |",
        "```\nThe hives are counted by this code in May.\n```",
        "Anna Abel, Marta Quill, Ilse Brand, Jo Reed, Tim Moss, Lea Holt.",
    )
    assert not candidates([passage("\n\n".join(blocks))])
