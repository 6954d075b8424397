import pytest

from tests.services.checks.making import checked, figure, found, quotes
from writer.domain.checking import Severity
from writer.services.checks.title_width import pixels

GOOD, IMPROVE, PROBLEM = Severity.GOOD, Severity.IMPROVE, Severity.PROBLEM


def words(number: int, keyphrase: int = 0) -> str:
    return " ".join(["tides"] * keyphrase + ["water"] * (number - keyphrase)) + "."


def light(text: str, name: str, **more: object) -> Severity | None:
    return figure(text, name, **more).severity


@pytest.mark.parametrize(("number", "kind", "wanted"), [
    (300, "explainer", GOOD), (299, "explainer", PROBLEM), (899, "pillar-guide", PROBLEM), (900, "pillar-guide", GOOD),
])  # fmt: skip
def test_a_text_has_three_hundred_words_and_a_cornerstone_nine_hundred(
    number: int, kind: str, wanted: Severity
) -> None:
    assert light(words(number), "text-length", content_type=kind) is wanted


@pytest.mark.parametrize(("keyphrase", "wanted"), [
    ("tides", GOOD), ("spring tides at night", GOOD), ("one two three four five", IMPROVE),
    ("one two three four five six seven eight", IMPROVE), ("one two three four five six seven eight nine", PROBLEM),
])  # fmt: skip
def test_a_keyphrase_has_one_to_four_words(keyphrase: str, wanted: Severity) -> None:
    assert light("Text.", "keyphrase-length", keyphrases=(keyphrase,)) is wanted


@pytest.mark.parametrize(("times", "wanted"), [(4, PROBLEM), (5, GOOD), (30, GOOD), (31, PROBLEM)])
def test_density_is_green_from_half_a_per_cent_to_three(times: int, wanted: Severity) -> None:
    assert light(words(1000, times), "density", keyphrases=("tide",)) is wanted


def test_a_keyphrase_used_too_often_is_shown_wherever_it_stands() -> None:
    places = found("Tides and tides and tides.", "density", keyphrases=("tides",))

    assert quotes(places) == ["Tides", "tides", "tides"]


@pytest.mark.parametrize(("with_it", "wanted"), [(0, IMPROVE), (2, IMPROVE), (3, GOOD), (7, GOOD), (8, IMPROVE)])
def test_a_keyphrase_stands_in_a_third_to_three_quarters_of_the_headings(with_it: int, wanted: Severity) -> None:
    headings = ["## Tides"] * with_it + ["## Water"] * (10 - with_it)

    assert light("\n\n".join(headings), "headings-keyphrase", keyphrases=("tides",)) is wanted


@pytest.mark.parametrize(
    ("title", "wanted"), [("Tides by night", GOOD), ("How tides work", IMPROVE), ("Water", PROBLEM)]
)
def test_a_keyphrase_stands_at_the_start_of_the_title(title: str, wanted: Severity) -> None:
    assert light("Text.", "title-keyphrase", title=title, keyphrases=("tides",)) is wanted


def test_a_title_is_measured_in_the_pixels_of_arial() -> None:
    """Advance widths of Arial: 1366 for A, 455 for i, 1706 for M, of 2048."""
    assert (pixels("A" * 100), pixels("i" * 100), pixels("M" * 100)) == (1334, 444, 1666)
    assert light("Text.", "title-width", title="i" * 90) is GOOD  # 400 pixels
    assert light("Text.", "title-width", title="i" * 89) is IMPROVE
    assert light("Text.", "title-width", title="M" * 37) is PROBLEM


@pytest.mark.parametrize(("length", "wanted"), [(0, PROBLEM), (120, IMPROVE), (121, GOOD), (156, GOOD), (157, IMPROVE)])
def test_a_meta_description_has_121_to_156_characters(length: int, wanted: Severity) -> None:
    assert light("Text.", "description", description="x" * length) is wanted


def test_the_address_names_the_keyphrase_and_is_plain() -> None:
    assert light("Text.", "slug", title="Tides at Night!", keyphrases=("tides at night",)) is GOOD
    assert light("Text.", "slug", title="Water", keyphrases=("tides",)) is IMPROVE
    assert light("Text.", "slug", title="潮汐", keyphrases=("潮汐",)) is PROBLEM


def test_a_level_of_headings_that_is_skipped_and_a_second_main_heading_are_shown() -> None:
    assert quotes(found("## Tides\n\n#### Deep\n\n# Again\n\n## Fine", "heading-levels")) == ["Deep", "Again"]
    assert found("## Tides\n\n### Deep\n\n## Fine", "heading-levels") == []


def test_pictures_need_a_text_in_their_stead() -> None:
    assert quotes(found("![](/a.png) and ![The pier](/b.png)", "images")) == ["![](/a.png)"]
    assert light("![The pier](/b.png)", "images") is GOOD
    assert light("None.", "images") is IMPROVE


def test_links_to_elsewhere_and_to_own_pages_are_counted_apart() -> None:
    text = "See [there](https://example.org/a), [here](/tides) and [below](#end); `[x](https://code.example)`."

    assert figure(text, "outbound-links").value == 1
    assert figure(text, "internal-links").value == 1


@pytest.mark.parametrize(("number", "wanted"), [(300, GOOD), (350, IMPROVE), (351, PROBLEM)])
def test_a_subheading_comes_every_three_hundred_words(number: int, wanted: Severity) -> None:
    assert light(words(number), "subheadings") is wanted


@pytest.mark.parametrize(("number", "wanted"), [(150, GOOD), (200, IMPROVE), (201, PROBLEM)])
def test_paragraphs_have_a_hundred_and_fifty_words(number: int, wanted: Severity) -> None:
    assert light(words(number), "paragraphs") is wanted


LONG, SHORT = " ".join(["Word"] + ["word"] * 20) + ".", "A short one."


@pytest.mark.parametrize(("long", "wanted"), [(25, GOOD), (30, IMPROVE), (31, PROBLEM)])
def test_a_quarter_of_the_sentences_may_be_long(long: int, wanted: Severity) -> None:
    text = " ".join([LONG] * long + [SHORT] * (100 - long))

    assert light(text, "long-sentences") is wanted
    assert len(found(text, "long-sentences")) == (0 if wanted is GOOD else long)


@pytest.mark.parametrize(("passive", "wanted"), [(10, GOOD), (15, IMPROVE), (16, PROBLEM)])
def test_a_tenth_of_the_sentences_may_be_passive(passive: int, wanted: Severity) -> None:
    text = " ".join(["It was written there."] * passive + ["They wrote it."] * (100 - passive))

    assert light(text, "passive") is wanted
    assert set(quotes(found(text, "passive"))) <= {"was written"}


@pytest.mark.parametrize(("with_one", "wanted"), [(30, GOOD), (20, IMPROVE), (19, PROBLEM)])
def test_three_in_ten_sentences_say_how_they_follow(with_one: int, wanted: Severity) -> None:
    text = " ".join(["However it rains."] * with_one + ["It rains."] * (100 - with_one))

    assert light(text, "transitions") is wanted


def test_three_sentences_in_a_row_that_begin_alike_are_shown() -> None:
    assert found("It rains. It pours. We go.", "beginnings") == []
    assert quotes(found("It rains. It pours. It ends. We go.", "beginnings")) == ["It rains. It pours. It ends."]


def test_structured_data_says_only_what_is_known() -> None:
    (article,) = checked("Some text.").structured

    assert article["@type"] == "Article"
    assert article["dateModified"] == "2026-03-01"
    assert not {"author", "datePublished", "image"} & set(article)


def test_steps_and_questions_are_structured_data_where_the_kind_has_them() -> None:
    steps = "## Do it\n\n1. Open the gate [[S1.p1]].\n2. Close it."
    questions = "## What is a tide?\n\nA wave.\n\n## Who makes it?\n\nThe moon."

    how_to = checked(steps, content_type="how-to").structured[1]
    assert [step["text"] for step in how_to["step"]] == ["Open the gate.", "Close it."]
    faq = checked(questions, content_type="explainer").structured[1]
    assert faq["mainEntity"][1]["acceptedAnswer"]["text"] == "The moon."
    assert len(checked(steps + questions, content_type="news").structured) == 1
