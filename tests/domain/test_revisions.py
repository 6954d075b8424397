"""Which passages of a document that was read again are the old ones."""

import hashlib

from hypothesis import example, given
from hypothesis import strategies as st

from writer.domain.revisions import Held, revised
from writer.domain.sources import NewPassage

texts = st.lists(st.sampled_from([f"word{n} and word{n + 1} then word{n * 7}" for n in range(12)]), max_size=14)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def held(some: list[str], numbers: list[int] | None = None) -> list[Held]:
    return [Held(n, digest(text), ("Top",), text) for n, text in zip(numbers or range(1, 99), some, strict=False)]


def new(some: list[str]) -> list[NewPassage]:
    return [NewPassage(n, text, ("Top",), 0, 0, len(text), digest(text)) for n, text in enumerate(some, start=1)]


SAME, OTHER = "word0 and word1 then word0", "word1 and word2 then word7"


@given(texts, texts)
@example([SAME, OTHER, SAME, SAME], [SAME, SAME, SAME, OTHER])  # more than one of the same text moved
def test_each_passage_has_one_id_and_what_is_kept_has_the_very_same_text(before, after):
    plan = revised(held(before), new(after), len(before))
    old = dict(enumerate(before, start=1))

    assert len(set(plan.numbers)) == len(plan.numbers) == len(after)
    assert all(old[n] == text for n, text in zip(plan.numbers, after, strict=True) if n in plan.kept)
    assert all(old[n] != text for n, text in zip(plan.numbers, after, strict=True) if n in plan.changed)
    assert plan.kept.isdisjoint(plan.changed)
    assert plan.gone == set(old) - set(plan.numbers)
    assert all(n > len(before) for n in set(plan.numbers) - plan.kept - plan.changed)


@given(texts, st.randoms())
def test_a_text_that_is_there_as_often_as_before_loses_no_id_wherever_it_went(before, dice):
    shuffled = dice.sample(before, len(before))
    unique = list(dict.fromkeys(shuffled))

    plan = revised(held(list(dict.fromkeys(before))), new(unique), len(before))

    assert plan.gone == set()
    assert plan.changed == set()


def test_a_number_above_the_highest_of_today_is_given_when_more_were_given_before():
    assert revised([], new(["something"]), 7).numbers == (8,)


def test_a_passage_that_shares_few_words_with_the_one_in_its_place_is_another_one():
    before = ["the tide rises by four metres in spring", "grain is weighed twice"]
    after = ["bees make honey from the flowers of the meadow", "grain is weighed twice"]

    plan = revised(held(before), new(after), 2)

    assert plan.numbers == (3, 2)
    assert plan.gone == {1}


def test_of_two_edited_neighbours_each_keeps_its_own_id():
    before = ["the tide rises by four metres in spring", "pilots wait for high water every day", "the end"]
    after = ["the tide rises by five metres in spring", "pilots wait for high water every night", "the end"]

    assert revised(held(before), new(after), 3).numbers == (1, 2, 3)


def test_the_id_of_a_cut_passage_stays_with_its_first_half():
    whole = "the tide rises by four metres in spring and pilots wait for high water every day"
    first, second = whole[:55], whole[55:]

    assert revised(held([whole, "the end"]), new([first, second, "the end"]), 2).numbers == (1, 3, 2)
