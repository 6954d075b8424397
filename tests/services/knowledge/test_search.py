"""Fusion, filters, highlights, and what is like a passage."""

import hashlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.services.knowledge.studio import Studio
from writer.domain.actors import Actor
from writer.domain.errors import NotFound
from writer.domain.ports.sources import WordMatches
from writer.domain.scopes import Scope
from writer.domain.sources import Block, Document, Hit, NewPassage, NewSource, Passage, SourceState
from writer.services.knowledge.fusion import combined, fused
from writer.services.knowledge.highlights import sentence_spans
from writer.services.knowledge.search import falling
from writer.storage.index.keyword import matching, terms_of
from writer.storage.index.words import spans

ANNA, BERT = Actor("anna"), Actor("bert")
TIDES = "The tide rises by four metres in spring. Pilots wait for high water before they bring large ships in."
MOON = "High water follows the moon, and ships wait for it. The tide is highest in spring, by some metres."

ids = st.builds("S{}.p{}".format, st.integers(1, 5), st.integers(1, 9))
scores = st.floats(0, 50)


def add(
    studio: Studio, owner: str, *texts: str, kind: str = "text", language: str = "", published: str = "", step: int = 2
) -> int:
    """Ready, embedded and indexed; with a step of 2 no passage is another's neighbour. Returns the source's id."""
    store = studio.stores.sources
    digest = hashlib.sha256(repr((owner, texts, kind, language, published)).encode()).hexdigest()
    source = store.add(owner, NewSource(kind, f"About {len(texts)}", "", digest))
    whole = "\n".join(texts)
    document = Document("", (Block("paragraph", whole),), whole, published=published, language=language)
    passages = [
        NewPassage(n * step, text, (), 0, 0, len(text), hashlib.sha256(text.encode()).hexdigest())
        for n, text in enumerate(texts, start=1)
    ]
    store.put_document(source.id, document, passages)
    studio.sources.reindex()
    store.set_state(source.id, SourceState.READY)
    return source.id


def found(studio: Studio, by: Actor, scope: Scope, query: str = "When do ships wait for the tide?") -> set[int]:
    return {hit.passage.source_id for hit in studio.sources.search(query, by, 20, scope=scope)}


def test_each_filter_narrows_and_several_narrow_together(studio: Studio) -> None:
    old = add(studio, "anna", TIDES, kind="pdf", language="en", published="1998-05")
    new = add(studio, "anna", MOON, kind="html", language="de", published="2024-03-05")
    board = studio.stores.collections
    kept = board.add("anna", "Harbour")
    board.join(kept.id, [new])
    board.tag("anna", [old], ["tides"])

    assert found(studio, ANNA, Scope()) == {old, new}
    assert found(studio, ANNA, Scope(kinds=("pdf",))) == {old}
    assert found(studio, ANNA, Scope(languages=("de",))) == {new}
    assert found(studio, ANNA, Scope(tags=("tides",))) == {old}
    assert found(studio, ANNA, Scope(collections=(kept.id,))) == {new}
    assert found(studio, ANNA, Scope(since=date(2000, 1, 1))) == {new}
    assert found(studio, ANNA, Scope(until=date(2000, 1, 1))) == {old}
    assert found(studio, ANNA, Scope(source_ids=(old,))) == {old}
    assert found(studio, ANNA, Scope(kinds=("pdf",), languages=("de",))) == set()
    assert found(studio, ANNA, Scope(kinds=("epub",))) == set()


def test_collections_tags_and_sources_of_others_match_nothing(studio: Studio) -> None:
    hers = add(studio, "anna", TIDES)
    his = add(studio, "bert", MOON)
    board = studio.stores.collections
    kept = board.add("anna", "Harbour")
    board.join(kept.id, [hers])
    board.tag("anna", [hers], ["tides"])

    assert found(studio, BERT, Scope()) == {his}
    assert found(studio, BERT, Scope(collections=(kept.id,))) == set()
    assert found(studio, BERT, Scope(tags=("tides",))) == set()
    assert found(studio, BERT, Scope(source_ids=(hers,))) == set()
    passage = studio.sources.passages(hers, ANNA)[0]
    with pytest.raises(NotFound):
        studio.sources.similar(passage.id, BERT)
    with pytest.raises(NotFound):
        studio.sources.similar_to_source(hers, BERT)
    assert {hit.passage.source_id for hit in studio.sources.similar(passage.id, ANNA)} <= {hers}


def test_more_like_a_passage_is_never_itself_nor_the_same_text_twice(studio: Studio) -> None:
    source = add(studio, "anna", TIDES)
    add(studio, "anna", "Wheat is weighed twice and stored in warehouses of brick.")
    add(studio, "anna", TIDES, kind="html")
    like = add(studio, "anna", MOON)
    add(studio, "anna", MOON, kind="html")
    seed = studio.sources.passages(source, ANNA)[0]

    hits = studio.sources.similar(seed.id, ANNA)

    assert [hit.passage.text for hit in hits] == [MOON]
    assert hits[0].passage.source_id >= like
    assert [hit.passage.text for hit in studio.sources.similar_to_source(source, ANNA)] == [MOON]


def test_more_like_a_passage_is_not_what_stands_right_beside_it(studio: Studio) -> None:
    near = "The tide rises by four metres in spring, and pilots wait for it with large ships."
    texts = (f"{near} Before.", TIDES, f"{near} After.", "Wheat is weighed twice.", f"{near} Later.")
    source = add(studio, "anna", *texts, step=1)
    seed = studio.sources.passages(source, ANNA)[1]

    hits = studio.sources.similar(seed.id, ANNA)

    found = {hit.passage.text for hit in hits}
    assert f"{near} Later." in found
    assert not found & {TIDES, f"{near} Before.", f"{near} After."}


def test_hits_say_which_words_and_which_sentence_made_them_hits(studio: Studio) -> None:
    add(studio, "anna", TIDES)

    (hit,) = studio.sources.search("pilot waiting for ships", ANNA, nearest_sentence=True)

    assert [TIDES[slice(*span)] for span in hit.spans] == ["Pilots", "wait", "ships"]
    assert hit.sentence is not None
    assert TIDES[slice(*hit.sentence)].startswith("Pilots wait")
    assert hit.facts()["highlights"] == [list(span) for span in hit.spans]


@given(st.text(max_size=300), st.text(max_size=60))
def test_highlights_are_ascending_words_that_never_overlap(text: str, query: str) -> None:
    text, query = (value.encode("utf-8", "replace").decode().replace("\x00", "") for value in (text, query))
    end = 0
    for start, last in spans(matching(terms_of(query)), [text])[0]:
        assert end <= start < last <= len(text)
        end = last


@given(st.text(max_size=300))
def test_sentences_stand_where_they_are_said_to(text: str) -> None:
    end = 0
    for start, last in sentence_spans(text):
        assert end <= start < last
        end = last


@given(st.dictionaries(ids, scores), st.dictionaries(st.integers(1, 5), scores), st.dictionaries(ids, st.floats(0, 1)))
def test_fusion_ranks_each_passage_found_once(
    passages: dict[str, float], documents: dict[int, float], cosines: dict[str, float]
) -> None:
    order = fused(WordMatches(passages, documents), cosines)

    assert sorted(order) == sorted({**passages, **cosines})
    assert all(0 <= score <= 1 for score in combined(passages, cosines).values())


@given(st.dictionaries(ids, st.floats(0.01, 1), min_size=2))
def test_what_is_best_of_all_by_words_and_by_meaning_comes_first(cosines: dict[str, float]) -> None:
    best = max(cosines, key=lambda id_: cosines[id_])
    source_id = int(best[1:].split(".")[0])

    assert fused(WordMatches({best: 9.0}, {source_id: 9.0}), {**cosines, best: 1.0})[0] == best


@given(st.lists(st.floats(0, 1), max_size=20))
def test_scores_fall_with_the_rank(found_with: list[float]) -> None:
    passage = Passage("S1.p1", 1, "", 1, "", (), 0, 0, 0, "")
    fallen = [hit.score for hit in falling([Hit(passage, score) for score in found_with])]

    assert fallen == sorted(fallen, reverse=True)
    assert all(0 <= score <= 1 for score in fallen)
