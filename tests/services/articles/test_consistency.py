import pytest

from writer.services.articles.consistency import repeated_figures, term_variants
from writer.services.articles.review import faults_by_section


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("It is 47 % here.", "Nearly 47% agree."),
        ("It is 47 percent here.", "Nearly 47 per cent agree."),
        ("It costs $1,200 a day.", "For $1200 you get one."),
        ("It makes 240 MW.", "All 240MW of it."),
        ("It cost 3.5 million then.", "The 3.5 million were well spent [[S1.p1]]."),
    ],
)
def test_the_same_number_with_its_unit_in_two_sections_is_found(first: str, later: str):
    (found,) = repeated_figures([("s1", first), ("s2", later)])
    assert (found.later, found.earlier) == ("s2", "s1")


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("It is 47 % here.", "It is 48 % there."),
        ("In 2024 it began.", "In 2024 it ended."),
        ("There are 7 ways.", "All 7 ways work."),
        ("`47 %` in code", "It is 47 %."),
        ("It is 47 % and again 47 %.", "No number."),
    ],
)
def test_other_numbers_years_and_counts_are_not(first: str, later: str):
    assert repeated_figures([("s1", first), ("s2", later)]) == []


def test_two_spellings_of_one_term_are_found_and_quotations_keep_theirs():
    found = term_variants([("s1", "Send an email and organise it."), ("s2", "By e-mail they organize.")])
    assert [twice.what for twice in found] == ["“e-mail” here, “email” before", "“organize” here, “organise” before"]
    assert term_variants([("s1", "We organise."), ("s2", "He said: “organize and e-mail”.\n> organize")]) == []
    assert term_variants([("s1", "We rise, advise and revise."), ("s2", "The size of a prize.")]) == []


def test_spellings_are_mended_only_where_something_else_is_mended_anyway():
    headings = {"s1": "A", "s2": "B"}
    assert faults_by_section([("s1", "We organise."), ("s2", "We organize.")], headings) == {}
    faults = faults_by_section([("s1", "We organise 40 %."), ("s2", "We organize 40 %.")], headings)
    assert list(faults) == ["s2"]
    assert len(faults["s2"]) == 2
