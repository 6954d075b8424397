"""Searches over HTTP: filters, what is like a passage or a source, and the writer's own drafts."""

import pytest

from tests.api.conftest import TIDES
from writer.domain.actors import LOCAL_ACTOR

MOON = """The moon and the sea

Neap tides have the smallest range of the lunar month. At new moon and at full moon spring tides are higher than usual.
"""
PAGE = """<html lang="de"><head><title>Watt</title><meta name="date" content="2024-03-05"></head>
<body><p>{}</p></body></html>"""


@pytest.fixture
def library(app, client):
    """Ids of a Markdown file, a text and a page, by name."""
    page = PAGE.format("Spring tides are the highest tides. " * 3)
    files = {"tides": ("tides.md", TIDES), "moon": ("moon.txt", MOON), "page": ("watt.html", page)}
    ids = {}
    for name, (filename, text) in files.items():
        ids[name] = client.post("/sources", files={"file": (filename, text.encode(), "text/plain")}).json()["id"]
        list(app.jobs.follow(app.jobs.for_source(ids[name], LOCAL_ACTOR).id, LOCAL_ACTOR))
    return ids


def found(client, **body):
    answer = client.post("/search", json={"query": "spring tides", "limit": 50, **body})
    assert answer.status_code == 200, answer.text
    return {hit["source_id"] for hit in answer.json()}


def test_each_filter_of_a_search_narrows_it(client, library):
    tides, moon, page = library["tides"], library["moon"], library["page"]
    client.put(f"/sources/{moon}/tags", json={"tags": ["sky"]})
    collection = client.post("/collections", json={"name": "Coast"}).json()["id"]
    client.post(f"/collections/{collection}/members", json={"add": [page]})

    assert found(client) == {tides, moon, page}
    assert found(client, source_ids=[tides]) == {tides}
    assert found(client, tags=["sky"]) == {moon}
    assert found(client, collections=["coast"]) == {page}
    assert found(client, kinds=["markdown", "html"]) == {tides, page}
    assert found(client, languages=["de"]) == {page}
    assert found(client, since="2024-03-01") == {page}
    assert found(client, since="2024-03-06") == set()
    assert found(client, until="2024-03-05") == {page}
    assert found(client, kinds=["html"], tags=["sky"]) == set()
    assert client.post("/search", json={"query": "x", "since": "yesterday"}).status_code == 422
    assert client.post("/search", json={"query": "x", "collections": ["Unknown"]}).status_code == 404


def test_a_hit_says_which_words_and_on_request_which_sentence(client, library):
    (hit, *_) = client.post("/search", json={"query": "neap tides", "source_ids": [library["moon"]]}).json()
    assert "sentence" not in hit
    assert {hit["text"][start:end] for start, end in hit["highlights"]} >= {"Neap", "tides"}

    body = {"query": "neap tides", "source_ids": [library["moon"]], "nearest_sentence": True}
    start, end = client.post("/search", json=body).json()[0]["sentence"]
    assert hit["text"][start:end].startswith("Neap tides have")


def test_what_is_like_a_passage_comes_from_elsewhere(client, library):
    (seed,) = client.post("/search", json={"query": "neap tides", "source_ids": [library["moon"]], "limit": 1}).json()

    hits = client.get(f"/passages/{seed['passage_id']}/similar", params={"limit": 5}).json()

    assert hits
    assert seed["passage_id"] not in [hit["passage_id"] for hit in hits]
    assert len(client.get(f"/passages/{seed['passage_id']}/similar", params={"limit": 1}).json()) == 1
    assert client.get("/passages/S999.p1/similar").status_code == 404
    assert client.get("/passages/1/similar").status_code == 404


def test_what_is_like_a_source_comes_from_other_sources(client, library):
    hits = client.get(f"/sources/{library['moon']}/similar").json()

    assert hits
    assert library["moon"] not in {hit["source_id"] for hit in hits}
    assert client.get("/sources/999/similar").status_code == 404


def test_drafts_are_found_by_meaning_over_http(written):
    while written.app.draft_search.follow():
        pass

    hits = written.client.post(
        "/drafts/search", json={"query": "high tides at new moon and full moon", "limit": 3}
    ).json()

    assert 1 <= len(hits) <= 3
    assert hits[0]["draft_id"] == written.draft_id
    assert {"title", "section_key", "heading", "start", "end", "text", "score", "highlights"} <= set(hits[0])
    assert "[[" not in hits[0]["text"]
    assert all(0 <= start < end <= len(hits[0]["text"]) for start, end in hits[0]["highlights"])
    assert written.client.post("/drafts/search", json={"query": "x", "limit": 0}).status_code == 422
