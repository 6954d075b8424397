from hypothesis import given
from hypothesis import strategies as st

from writer.domain.citations import cited_ids, numbered, only_known, source_id_of, without_foreign_marks

_IDS = st.builds("S{}.p{}".format, st.integers(1, 9), st.integers(1, 30))


@given(st.lists(st.lists(_IDS, min_size=1, max_size=3), min_size=1, max_size=6), st.sets(_IDS))
def test_an_unknown_id_takes_none_of_its_valid_neighbours_with_it(tokens, invented):
    text = " ".join(f"A sentence [[{', '.join(ids)}]]." for ids in tokens)
    every = cited_ids(text)
    valid = [id_ for id_ in every if id_ not in invented]

    checked = only_known(text, lambda id_: id_ not in invented)

    assert cited_ids(checked.text) == valid
    assert checked.unknown == tuple(id_ for id_ in every if id_ in invented)


def test_taking_out_a_token_leaves_clean_punctuation():
    assert only_known("It grew [[S9.p9]], they say.", lambda _: False).text == "It grew, they say."


def test_numbers_follow_the_first_appearance_over_all_sections():
    assert numbered(["b [[S2.p1]] a [[S1.p1; S2.p1]]", "c [[S3.p2]]"]) == {"S2.p1": 1, "S1.p1": 2, "S3.p2": 3}


def test_marks_of_the_source_itself_are_stripped_and_links_are_not():
    text = "As shown [3] and [4–6], see [1](https://example.org) and [[S1.p2]]."
    assert without_foreign_marks(text) == "As shown  and , see [1](https://example.org) and [[S1.p2]]."


def test_a_passage_id_names_its_source():
    assert source_id_of("S12.p3") == 12
