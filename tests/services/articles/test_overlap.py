from hypothesis import given
from hypothesis import strategies as st

from writer.services.articles.overlap import distinct, overlaps, runs_of, shared_words, without_overlap

STATISTIC = "In 2024 exactly 47 percent of all harbour towns had switched to tidal power, more than ever before."


def runs(text: str) -> set[tuple[str, ...]]:
    return runs_of(shared_words(text))


def test_case_punctuation_and_citations_do_not_hide_a_repetition():
    first = "Tides come twice a day in nearly every harbour [[S1.p1]]."
    later = "TIDES **come** twice [[S2.p2]] a day; in nearly every harbour!"
    (shared,) = overlaps([("s1", first), ("s2", later)])

    assert (shared.later, shared.earlier) == ("s2", "s1")
    assert shared.words == "tides come twice a day in nearly every harbour"


def test_seven_words_in_common_are_no_repetition():
    assert (
        overlaps([("s1", "one two three four five six seven a"), ("s2", "one two three four five six seven b")]) == []
    )


def test_a_section_may_repeat_itself():
    assert overlaps([("s1", f"{STATISTIC} {STATISTIC}")]) == []


def test_only_the_repeating_sentence_goes_and_all_others_stay_as_they_were():
    items = "- an item [[S1.p3]]\n- other"
    text = f"A beginning of its own [[S1.p2]].  {STATISTIC[:-1]} [[S1.p1]]. An end of its own.\n\n{items}"
    left = without_overlap(text, runs(STATISTIC))

    assert left == "A beginning of its own [[S1.p2]]. An end of its own.\n\n- an item [[S1.p3]]\n- other"


def test_text_without_a_repetition_is_not_touched_at_all():
    text = "Odd   spacing.  \n\n\n\nStays | as it | was.\n"
    assert without_overlap(text, runs(STATISTIC)) == text


def test_a_table_and_a_block_of_code_go_as_a_whole():
    table = f"| head | er |\n|---|---|\n| a | {STATISTIC} |"
    code = f"```python\nx = 1\nprint('{STATISTIC}')\n```"
    left = without_overlap(f"Before.\n\n{table}\n\nBetween.\n\n{code}\n\nAfter.", runs(STATISTIC))

    assert left == "Before.\n\nBetween.\n\nAfter."


def test_a_subheading_without_anything_left_under_it_goes_too():
    left = without_overlap(f"### Kept\n\nOwn words.\n\n### Gone\n\n{STATISTIC}", runs(STATISTIC))
    assert left == "### Kept\n\nOwn words."


def test_nothing_is_left_of_a_section_that_only_repeats():
    assert without_overlap(f"### Title\n\n{STATISTIC}\n\n{STATISTIC}", runs(STATISTIC)) == ""


def test_the_earlier_section_keeps_its_text():
    assert distinct([f"One. {STATISTIC}", f"{STATISTIC} Two.", f"Three. {STATISTIC}"]) == [
        f"One. {STATISTIC}",
        "Two.",
        "Three.",
    ]


word = st.sampled_from(["tide", "Power", "harbour", "47", "the", "of", "and"])
sentence = st.builds(
    lambda ws, end: " ".join(ws) + end, st.lists(word, min_size=1, max_size=14), st.sampled_from(".?!:")
)
line = st.builds(
    lambda prefix, parts: prefix + " ".join(parts),
    st.sampled_from(["", "", "", "- ", "1. ", "> ", "### ", "| a | ", "```", "  "]),
    st.lists(sentence, max_size=4),
)
text = st.lists(line, max_size=8).map("\n".join)


@given(st.lists(text, min_size=2, max_size=5))
def test_no_run_of_eight_is_shared_after_settling_whatever_the_texts_are(texts: list[str]):
    settled = distinct(texts)

    assert overlaps([(str(i), piece) for i, piece in enumerate(settled)]) == []
    assert settled[0] == texts[0]
    assert distinct(settled) == settled


@given(st.lists(text, min_size=2, max_size=4), text)
def test_what_is_left_is_made_of_the_section_s_own_words_in_order(others: list[str], own: str):
    left = iter(shared_words(own))
    taken = set().union(*(runs(other) for other in others))
    assert all(word in left for word in shared_words(without_overlap(own, taken)))
