from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from writer.domain.collections import DEFAULT_TOKENS
from writer.domain.sources import Block, Document, Passage
from writer.services.knowledge.chunking import chunked, embedded_texts, estimated_tokens, overlaps

KINDS = ("paragraph", "list", "table", "code", "quote", "caption", "reference", "heading")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=3000).map(str.strip).filter(bool)
BLOCKS = st.lists(st.tuples(st.sampled_from(KINDS), TEXTS, st.integers(1, 6)), min_size=1, max_size=12)


def document_of(blocks):
    placed, start = [], 0
    for kind, text, level in blocks:
        placed.append(Block(kind, text, level if kind == "heading" else 0, 1, start, start + len(text)))
        start += len(text) + 2
    return Document("T", tuple(placed), "\n\n".join(text for _, text, _ in blocks))


def words_of(text):
    """One token a word: easy to reason about."""
    return [len(piece.split()) for piece in text]


@given(BLOCKS)
def test_every_letter_below_a_heading_is_in_exactly_one_passage_and_spans_point_at_it(blocks):
    document = document_of(blocks)

    passages = chunked(document, estimated_tokens)

    body = [block.text for block in document.blocks if block.kind != "heading"]
    assert "".join("".join(passage.text for passage in passages).split()) == "".join("".join(body).split())
    assert all(document.text[passage.start : passage.end] == passage.text for passage in passages)
    assert [passage.ordinal for passage in passages] == list(range(1, len(passages) + 1))
    assert all(one.end <= other.start for one, other in pairwise(passages))


@given(BLOCKS)
def test_no_passage_is_longer_than_the_model_reads(blocks):
    passages = chunked(document_of(blocks), estimated_tokens)

    # Joining pieces adds separators, which the estimate counts and a tokenizer does not.
    assert all(len(passage.text.split()) <= DEFAULT_TOKENS for passage in passages)


def test_a_passage_never_crosses_a_heading_and_knows_the_way_to_it():
    document = document_of(
        [
            ("heading", "One", 1),
            ("paragraph", "A.", 0),
            ("heading", "Two", 2),
            ("paragraph", "B.", 0),
            ("heading", "Three", 2),
            ("paragraph", "C.", 0),
        ]
    )

    found = [(passage.heading_path, passage.text) for passage in chunked(document, words_of)]

    assert found == [(("One",), "A."), (("One", "Two"), "B."), (("One", "Three"), "C.")]


def test_sentences_are_packed_evenly_and_kept_whole():
    sentence = "This sentence has exactly eight words in it."
    document = document_of([("paragraph", " ".join([sentence] * 64), 0)])

    passages = chunked(document, words_of)

    assert [passage.text.count(".") for passage in passages] in ([22, 21, 21], [22, 22, 20], [21, 21, 22])


def test_captions_and_references_stand_alone():
    document = document_of(
        [("paragraph", "Prose.", 0), ("caption", "Figure 1: A map.", 0), ("paragraph", "More prose.", 0)]
    )

    assert [passage.text for passage in chunked(document, words_of)] == ["Prose.", "Figure 1: A map.", "More prose."]


def passage(text, ordinal=1, path=("Part",)):
    return Passage(f"S1.p{ordinal}", 1, "Title", ordinal, text, path, 0, 0, len(text), "")


def test_what_is_embedded_starts_with_the_way_to_it_and_the_two_sentences_before():
    one, two = passage("First one. Second one. Third one."), passage("Fourth one.", 2)

    texts = embedded_texts([one, two], overlaps([one, two]), words_of)

    assert texts == [
        "Title > Part\nFirst one. Second one. Third one.",
        "Title > Part\nSecond one. Third one.\nFourth one.",
    ]


def test_what_stands_before_never_pushes_the_passage_itself_out():
    long = passage(" ".join(["word"] * (DEFAULT_TOKENS - 4)), 2)
    longest = passage(" ".join(["word"] * DEFAULT_TOKENS), 3)

    texts = embedded_texts([long, longest], ["Two sentences. Before it here."] * 2, words_of)

    assert texts == [f"Title > Part\n{long.text}", longest.text]


def test_another_part_lends_no_sentences():
    assert overlaps([passage("A."), passage("B.", 2, ("Other",))]) == ["", ""]
    assert overlaps([]) == []
