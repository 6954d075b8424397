"""Documents that are read again: passages that stayed keep their ids and vectors, and no id is ever given twice."""

import hashlib
from dataclasses import replace

from tests.storage.makers import OWNER
from writer.domain.ports.sources import StoredVector
from writer.domain.sources import Document, NewPassage, NewSource, Source, SourceState
from writer.storage import Stores

MODEL = "model"
TEXTS = tuple(f"Passage number {n} tells of harbour {n} and its {n} cranes and of nothing else." for n in range(1, 6))


def passages_of(*texts: str, path: tuple[str, ...] = ("Top",)) -> list[NewPassage]:
    return [
        NewPassage(n, text, path, 0, n * 100, n * 100 + len(text), hashlib.sha256(text.encode()).hexdigest())
        for n, text in enumerate(texts, start=1)
    ]


def put(stores: Stores, source: Source, *texts: str) -> dict[str, str]:
    """Ids → texts after the document was read with these passages."""
    stores.sources.put_document(source.id, Document("Title", (), " ".join(texts)), passages_of(*texts))
    return {passage.id.partition(".")[2]: passage.text for passage in stores.sources.passages(source.id)}


def a_source(stores: Stores, *texts: str) -> Source:
    new = NewSource("text", "Tides", "tides.txt", f"digest {texts}", "blob-1", origin="file:/tides.txt", stamp="1")
    source = stores.sources.add(OWNER, new)
    put(stores, source, *texts)
    made = [StoredVector(passage.id, source.id, b"\x00" * 8) for passage in stores.sources.passages(source.id)]
    stores.sources.put_vectors(MODEL, made)
    return source


def lacking(stores: Stores, source: Source) -> list[str]:
    return [passage.id.partition(".")[2] for passage in stores.sources.without_vector(source.id, MODEL)]


def test_a_document_that_did_not_change_keeps_every_id_and_vector(stores: Stores):
    source = a_source(stores, *TEXTS)

    assert list(put(stores, source, *TEXTS)) == ["p1", "p2", "p3", "p4", "p5"]
    assert lacking(stores, source) == []


def test_a_passage_that_came_in_between_moves_the_others_without_renaming_them(stores: Stores):
    source = a_source(stores, *TEXTS)

    found = put(stores, source, TEXTS[0], "Something wholly different about bees came in here.", *TEXTS[1:])

    assert list(found) == ["p1", "p6", "p2", "p3", "p4", "p5"]
    assert [passage.ordinal for passage in stores.sources.passages(source.id)] == [1, 2, 3, 4, 5, 6]
    assert stores.sources.passages(source.id)[2].start == 300
    assert lacking(stores, source) == ["p6"]


def test_an_edited_passage_keeps_its_id_has_a_new_digest_and_loses_its_vector(stores: Stores):
    source = a_source(stores, *TEXTS)
    before = stores.sources.passages(source.id)[2]
    edited = TEXTS[2].replace("cranes", "cranes and ships")

    found = put(stores, source, *TEXTS[:2], edited, *TEXTS[3:])

    after = stores.sources.passages_by_id(OWNER, [before.id])[before.id]
    assert found["p3"] == edited
    assert (after.text, after.digest != before.digest) == (edited, True)
    assert lacking(stores, source) == ["p3"]


def test_a_number_that_is_gone_is_never_given_again(stores: Stores):
    source = a_source(stores, *TEXTS)
    put(stores, source, *TEXTS[:3])

    assert list(put(stores, source, *TEXTS[:3], "Bees make honey from flowers in the meadow all summer long.")) == [
        "p1",
        "p2",
        "p3",
        "p6",
    ]
    assert list(put(stores, source)) == []
    assert list(put(stores, source, TEXTS[0])) == ["p7"]


def test_passages_that_change_places_keep_their_ids(stores: Stores):
    source = a_source(stores, *TEXTS)

    assert sorted(put(stores, source, *reversed(TEXTS)).items()) == [(f"p{n}", TEXTS[n - 1]) for n in range(1, 6)]
    assert lacking(stores, source) == []


def test_the_same_text_under_another_heading_is_another_passage(stores: Stores):
    source = a_source(stores, *TEXTS)
    document = Document("Title", (), "")

    stores.sources.put_document(source.id, document, passages_of(*TEXTS, path=("Elsewhere",)))

    assert [passage.heading_path for passage in stores.sources.passages(source.id)] == [("Elsewhere",)] * 5
    assert len(lacking(stores, source)) == 5


def test_a_source_that_is_renewed_is_queued_with_its_passages_still_there(stores: Stores):
    source = a_source(stores, *TEXTS)
    stores.sources.set_state(source.id, SourceState.READY)
    new = NewSource("markdown", "Other", "tides.md", "new digest", "blob-2", origin=source.origin, stamp="2")

    assert stores.sources.renew(source.id, new) == "blob-1"

    found = stores.sources.get(source.id)
    assert (found.state, found.revision, found.title, found.digest) == (SourceState.QUEUED, 2, "Title", "new digest")
    assert (found.blob, found.stamp, found.kind) == ("blob-2", "2", "markdown")
    assert len(stores.sources.passages(source.id)) == 5


def test_sources_are_found_by_where_they_came_from_by_their_owner_alone(stores: Stores):
    source = a_source(stores, *TEXTS)
    page = NewSource(
        "html", "P", "p.html", "d", origin="https://x.example/p?a=1", url="u", canonical_url="https://x.example/p"
    )
    web = stores.sources.add(OWNER, page)
    stores.sources.add("somebody else", replace(page, digest="e"))

    assert stores.sources.by_origin(OWNER, "file:/tides.txt") == stores.sources.get(source.id)
    assert stores.sources.by_canonical_url(OWNER, "https://x.example/p") == web
    assert stores.sources.by_origin(OWNER, "") is None
    assert stores.sources.by_canonical_url(OWNER, "") is None
    assert stores.sources.by_origin("nobody", "file:/tides.txt") is None
    assert list(stores.sources.below_origin(OWNER, "file:/")) == ["file:/tides.txt"]
    assert list(stores.sources.below_origin(OWNER, "file:_")) == []
    assert web.retrieved_at is not None
    assert source.retrieved_at is None


def test_asking_again_moves_the_day_of_retrieval_of_web_pages_only(stores: Stores):
    source = a_source(stores, *TEXTS)
    web = stores.sources.add(OWNER, NewSource("html", "P", "p.html", "d", origin="https://x.example/", url="u"))

    stores.sources.set_stamp(source.id, "new")
    stores.sources.set_stamp(web.id, "etag")

    assert (stores.sources.get(source.id).stamp, stores.sources.get(source.id).retrieved_at) == ("new", None)
    assert (stores.sources.get(web.id).retrieved_at or web.created_at) >= (web.retrieved_at or web.created_at)
