import pytest
from hypothesis import given
from hypothesis import strategies as st

from writer.domain.citations import cited_ids
from writer.services.claims.figures import figures
from writer.services.claims.segments import plain_text, sentences_of

_IDS = st.builds("S{}.p{}".format, st.integers(1, 9), st.integers(1, 30))


def test_a_sentence_keeps_its_place_and_its_citations():
    text = "The loop is 31 km long [[S1.p1]]. It carries heat. [[S2.p1, S3.p4]]\n\nNew paragraph."

    found = sentences_of(text)

    assert [text[s.start : s.end] for s in found] == [s.text for s in found]
    assert [s.passage_ids for s in found] == [("S1.p1",), ("S2.p1", "S3.p4"), ()]


def test_headings_tables_and_code_state_no_claims():
    text = "## Costs 2024\n\n| a | 3 |\n\n```\ncode 12.\n```\n\nOnly this one counts."

    assert [s.plain for s in sentences_of(text)] == ["Only this one counts."]


def test_the_items_of_a_list_are_sentences_of_their_own():
    assert [s.plain for s in sentences_of("- One thing\n- Another thing\n1. Third.")] == [
        "One thing",
        "Another thing",
        "Third.",
    ]


def test_a_quotation_of_two_sentences_is_one_claim_with_the_citation_behind_it():
    (found,) = sentences_of("- “It froze. Nobody came.” [[S7.p12]] (p. 4; also in [[S3.p4]]).")

    assert found.passage_ids == ("S7.p12", "S3.p4")
    assert found.plain == "“It froze. Nobody came.”"


def test_a_line_of_a_block_quotation_is_known_as_quoted():
    (found,) = sentences_of("> The harbour never froze\n> in forty winters. [[S1.p3]]")

    assert found.quoted
    assert found.plain == "The harbour never froze in forty winters."


def test_marks_links_and_escapes_are_no_part_of_the_words():
    assert plain_text("**Bold** and [a link](https://x.example) and \\[x\\] [[S1.p1]].") == "Bold and a link and [x]."


@given(st.lists(st.lists(_IDS, min_size=1, max_size=3), min_size=1, max_size=6))
def test_no_citation_of_a_text_is_lost(tokens):
    text = " ".join(f"Sentence number {n} stands here [[{', '.join(ids)}]]." for n, ids in enumerate(tokens))

    assert list(dict.fromkeys(id_ for s in sentences_of(text) for id_ in s.passage_ids)) == cited_ids(text)


@given(st.text(alphabet='aB .!?\n>-#|`“”"[]S1p', max_size=120))
def test_every_place_holds_its_sentence(text):
    assert all(text[s.start : s.end] == s.text for s in sentences_of(text))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", ["*a ", "[", "“", "1,", "A-1-", "(p. 4", "`", "twenty-", "> "])
def test_no_storm_of_marks_holds_up_the_check(piece: str):
    text = piece * (100_000 // len(piece))

    for sentence in sentences_of(text):
        figures(sentence.plain)
