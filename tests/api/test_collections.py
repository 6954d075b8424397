import io
import zipfile

from tests.api.conftest import TIDES, add_tides
from writer.domain.actors import LOCAL_ACTOR


def made(client, **fields):
    return client.post("/collections", json={"name": "Tides", **fields}).json()


def finish(app):
    for job in app.collections.recuts(LOCAL_ACTOR):
        list(app.jobs.follow(job.id, LOCAL_ACTOR))


def test_a_collection_is_made_read_changed_and_deleted(app, client):
    reply = client.post("/collections", json={"name": "Tides", "description": "All of them", "tokens": 128})
    assert reply.status_code == 201
    one = reply.json()
    assert reply.headers["Location"].endswith(f"/collections/{one['id']}")
    assert (one["name"], one["tokens"], one["overlap"], one["sources"]) == ("Tides", 128, 2, 0)
    assert "owner_id" not in one

    changed = client.patch(f"/collections/{one['id']}", json={"name": "Ebb", "overlap": 1}).json()
    assert (changed["name"], changed["description"], changed["tokens"], changed["overlap"]) == (
        "Ebb",
        "All of them",
        128,
        1,
    )
    assert [c["name"] for c in client.get("/collections").json()] == ["Ebb"]
    assert client.delete(f"/collections/{one['id']}").status_code == 204
    assert client.get(f"/collections/{one['id']}").status_code == 404


def test_sources_join_are_searched_within_and_leave(app, client):
    source_id = add_tides(app, client)
    one = made(client)
    told = client.post(f"/collections/{one['id']}/members", json={"add": [source_id]}).json()
    assert (told["added"], told["removed"], told["sources"]) == (1, 0, 1)
    assert client.get(f"/collections/{one['id']}").json()["source_ids"] == [source_id]

    listed = client.get("/sources", params={"collection": "tides", "limit": 1})
    assert ([s["id"] for s in listed.json()], listed.headers["Total-Count"]) == ([source_id], "1")
    assert client.get("/sources", params={"offset": 1, "limit": 5}).json() == []
    assert client.get("/sources", params={"collection": "Unknown"}).status_code == 404
    assert client.post("/search", json={"query": "spring tides", "collections": ["Tides"]}).json() != []

    told = client.post(f"/collections/{one['id']}/members", json={"remove": [source_id]}).json()
    assert (told["removed"], told["sources"]) == (1, 0)
    assert client.post("/search", json={"query": "spring tides", "collections": ["Tides"]}).json() == []


def test_tags_are_put_listed_and_filter(app, client):
    source_id = add_tides(app, client)
    assert client.put(f"/sources/{source_id}/tags", json={"tags": ["Moon", "sea"]}).json()["tags"] == ["moon", "sea"]
    assert client.get("/tags").json() == {"moon": 1, "sea": 1}
    assert [s["id"] for s in client.get("/sources", params={"tag": "moon"}).json()] == [source_id]
    assert client.get("/sources", params={"tag": "sun"}).json() == []


def test_a_merge_takes_the_other_collection_over(app, client):
    source_id = add_tides(app, client)
    one, two = made(client), made(client, name="Two")
    client.post(f"/collections/{two['id']}/members", json={"add": [source_id]})

    merged = client.post(f"/collections/{one['id']}/merge", json={"collection": "two"}).json()

    assert (merged["name"], merged["sources"]) == ("Tides", 1)
    assert [c["name"] for c in client.get("/collections").json()] == ["Tides"]


def test_settings_are_tried_and_then_cut_the_sources_anew(app, client):
    source_id = add_tides(app, client)
    one = made(client)
    client.post(f"/collections/{one['id']}/members", json={"add": [source_id]})
    before = app.sources.get(source_id, LOCAL_ACTOR).passages

    tried = client.post(f"/collections/{one['id']}/preview", json={"source_id": source_id, "tokens": 64}).json()
    assert app.sources.get(source_id, LOCAL_ACTOR).passages == before
    client.patch(f"/collections/{one['id']}", json={"tokens": 64})
    finish(app)

    assert app.sources.get(source_id, LOCAL_ACTOR).passages == len(tried["sizes"])


def test_an_export_comes_back_as_another_collection(app, client):
    source_id = add_tides(app, client)
    one = made(client)
    client.post(f"/collections/{one['id']}/members", json={"add": [source_id]})

    exported = client.get(f"/collections/{one['id']}/export")
    assert exported.headers["Content-Disposition"] == 'attachment; filename="tides.zip"'
    with zipfile.ZipFile(io.BytesIO(exported.content)) as archive:
        assert archive.read("sources/00001.md").decode() == TIDES
    reply = client.post("/collections/import", files={"file": ("x.zip", exported.content, "application/zip")})

    assert reply.status_code == 201
    told = reply.json()
    assert (told["collection"]["name"], told["added"], told["here"], told["refused"]) == ("Tides (2)", 0, 1, [])
    refused = client.post("/collections/import", files={"file": ("x.zip", b"no zip", "application/zip")})
    assert refused.status_code == 422


def test_an_article_is_written_from_a_collection_by_its_name(app, client):
    source_id = add_tides(app, client)
    one = made(client)
    brief = {"topic": "How tides work", "words": 300, "collections": ["Tides"]}

    empty = client.post("/articles", json=brief)
    assert empty.status_code == 422
    assert "The collection “Tides” has no source that can be written from" in empty.json()["detail"]
    assert client.post("/articles", json={**brief, "collections": ["Unknown"]}).status_code == 404

    client.post(f"/collections/{one['id']}/members", json={"add": [source_id]})
    job = client.post("/articles", json=brief).json()
    list(app.jobs.follow(job["id"], LOCAL_ACTOR))
    draft = client.get(f"/drafts/{job['draft_id']}").json()
    assert draft["brief"]["collection_ids"] == [one["id"]]
    assert draft["brief"]["source_ids"] == []
    assert {reference["source_id"] for reference in draft["references"]} == {source_id}


def test_an_export_that_leaves_a_source_out_names_it(app, client):
    source_id = add_tides(app, client)
    one = made(client)
    client.post(f"/collections/{one['id']}/members", json={"add": [source_id]})
    assert "left-out" not in client.get(f"/collections/{one['id']}/export").headers

    for document in (app.settings.data_dir / "blobs").iterdir():
        document.unlink()
    answer = client.get(f"/collections/{one['id']}/export")

    assert answer.status_code == 200
    assert answer.headers["left-out"] == f"S{source_id}"
