import pytest

from tests.services.checks.making import checked, draft, figure
from writer.services.checks.document import Document
from writer.services.checks.readability import (
    Counts,
    automated_readability_index,
    coleman_liau,
    counted,
    dale_chall,
    flesch_kincaid,
    flesch_reading_ease,
    gunning_fog,
    lix,
    smog,
)
from writer.services.checks.syllables import syllables
from writer.services.checks.wording import familiar


def of(sentences: int, words: int, letters: int = 0, **more: int) -> Counts:
    return Counts(sentences, words, letters, **more)


def counts(text: str, **more: str) -> Counts:
    return counted(Document.of(draft(**more), text))


def test_flesch_gives_the_published_scores_of_the_cat_and_the_platypus() -> None:
    """The examples of the encyclopaedias: 6 words of one syllable; 13 words with 24 syllables."""
    assert flesch_reading_ease(of(1, 6, syllables=6)) == pytest.approx(116.1, abs=0.05)
    assert flesch_reading_ease(of(1, 13, syllables=24)) == pytest.approx(37.5, abs=0.05)


def test_flesch_kincaid_gives_the_published_grade_of_the_platypus() -> None:
    assert flesch_kincaid(of(1, 13, syllables=24)) == pytest.approx(11.3, abs=0.05)


def test_coleman_liau_gives_the_grade_of_its_published_example() -> None:
    """119 words in 5 sentences with 639 letters: 14.5."""
    assert coleman_liau(of(5, 119, 639)) == pytest.approx(14.5, abs=0.05)


@pytest.mark.parametrize(("polysyllables", "grade"), [(36, 9), (49, 10), (64, 11), (81, 12), (16, 7), (9, 6)])
def test_smog_agrees_with_mclaughlins_table_for_thirty_sentences(polysyllables: int, grade: int) -> None:
    assert int(smog(of(30, 600, polysyllables=polysyllables))) == grade


def test_the_other_formulas_are_those_of_their_papers() -> None:
    assert gunning_fog(of(5, 100, complex_words=10)) == pytest.approx(0.4 * (20 + 10))
    assert automated_readability_index(of(5, 100, 450)) == pytest.approx(4.71 * 4.5 + 0.5 * 20 - 21.43)
    assert dale_chall(of(5, 100, unfamiliar_words=4)) == pytest.approx(0.1579 * 4 + 0.0496 * 20)
    assert dale_chall(of(5, 100, unfamiliar_words=6)) == pytest.approx(0.1579 * 6 + 0.0496 * 20 + 3.6365)
    assert lix(of(10, 200, long_words=50)) == pytest.approx(20 + 25)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("the", 1), ("made", 1), ("table", 2), ("wanted", 2), ("asked", 1), ("churches", 2), ("makes", 1),
        ("nation", 2),
        ("period", 3), ("science", 2), ("quiet", 2), ("social", 2), ("information", 4), ("university", 5),
        ("eye", 1),
        ("technique", 2),
        ("rhythm", 2), ("capitalism", 5), ("isn't", 2), ("situation", 4), ("people's", 2), ("1984", 1),
    ],
)  # fmt: skip
def test_syllables_are_those_that_one_hears(word: str, count: int) -> None:
    assert syllables(word) == count


def test_a_word_is_familiar_in_its_regular_forms_too() -> None:
    assert all(map(familiar, ["Water", "waters", "stopped", "happily", "1,200", "boat's"]))
    assert not any(map(familiar, ["epistemology", "desalination"]))


def test_headings_and_list_items_are_sentences() -> None:
    assert counts("## Spring tides\n\n- High water\n- Low water\n\nThe moon pulls.").sentences == 4


def test_code_addresses_citations_and_tables_are_not_counted() -> None:
    plain = counts("The moon pulls the water.")
    code, table = "```python\nprint('never counted')\n```", "| a | b |\n|---|---|\n| c | d |"
    dressed = counts(f"The **moon** pulls the water [[S1.p4]].\n\n{code}\n\n{table}")

    assert (dressed.words, dressed.sentences, dressed.letters) == (plain.words, plain.sentences, plain.letters)
    assert counts("See `tide --now` at https://example.org/tides or write to a@example.org.").words == 5


def test_smog_needs_thirty_sentences() -> None:
    assert figure("One short sentence. " * 29, "smog").value is None
    assert "29" in figure("One short sentence. " * 29, "smog").why
    assert figure("One short sentence. " * 30, "smog").value == pytest.approx(3.13, abs=0.01)


@pytest.mark.parametrize("language", ["de", "fr", "zh", "ja"])
def test_formulas_for_english_are_not_given_for_other_languages(language: str) -> None:
    report = checked("Das Wasser steigt. Der Mond zieht es an.", language=language)
    names = {one.name for one in report.figures}

    assert not names & {"flesch", "flesch-kincaid", "fog", "smog", "coleman-liau", "ari", "dale-chall"}
    assert ("lix" in names) == (language in ("de", "fr"))
    assert language in report.notes[0]


def test_chinese_sentences_are_counted_and_read_by_the_character() -> None:
    of_chinese = counts("潮汐是海水的涨落。月亮吸引海水。", language="zh")

    assert (of_chinese.sentences, of_chinese.words) == (2, 14)
    assert "255" in figure("潮汐是海水的涨落。", "reading-time", language="zh").why


def test_reading_time_is_by_238_words_a_minute() -> None:
    assert figure("word " * 238 * 3, "reading-time").shown == "3 min"


def test_sentence_lengths_have_a_mean_and_a_ninetieth_percentile() -> None:
    text = " ".join(["One two three."] * 9 + ["This one has many more words than all of the others do."])

    assert figure(text, "sentence-mean").value == pytest.approx(3.9)
    assert figure(text, "sentence-p90").value == 3


def test_the_trend_has_a_number_for_each_paragraph() -> None:
    report = checked("One two. Three four.\n\n## Heading\n\nOne two three four.")

    assert next(one.trend for one in report.families if one.trend) == (2.0, 4.0)


def test_an_empty_text_has_no_scores_and_breaks_nothing() -> None:
    report = checked("")

    assert report.words == 0
    assert not {"flesch", "lix"} & {one.name for one in report.figures}
