import io
import zipfile

from writer.domain.actors import LOCAL_ACTOR
from writer.domain.briefs import Brief


def made(app, title: str) -> str:
    return app.drafts.begin(title, LOCAL_ACTOR).id


def change(client, ids, **fields):
    return client.post("/library/changes", json={"ids": ids, **fields})


def test_drafts_are_changed_together_and_found_by_every_filter(app, client):
    one, two = made(app, "Tides"), made(app, "Ebb and flow")

    reply = change(client, [one, two], folder="Sea / coast", planned="2026-12-24", add_tags=["blue"], state="ready")
    assert (reply.status_code, reply.json()) == (200, {"drafts": 2})
    change(client, [two], remove_tags=["blue"], planned=None)

    found = client.get("/library", params={"folder": "Sea", "tag": "blue", "state": "ready"}).json()
    assert (found["total"], [draft["id"] for draft in found["drafts"]]) == (1, [one])
    assert found["folders"] == [["Sea", 2], ["Sea/coast", 2]]
    assert client.get("/library", params={"query": "flow"}).json()["drafts"][0]["planned"] is None
    assert client.get(f"/drafts/{one}/place").json() == {
        "folder": "Sea/coast",
        "planned": "2026-12-24",
        "due": None,
        "tags": ["blue"],
    }
    days = client.get("/library/calendar", params={"first": "2026-12-01", "last": "2026-12-31"}).json()
    assert [(day["day"], day["kind"], day["id"]) for day in days] == [("2026-12-24", "planned", one)]


def test_a_page_of_the_list_is_asked_for_in_an_order(app, client):
    for title in ("b", "c", "a"):
        made(app, title)

    found = client.get("/library", params={"sort": "title", "limit": 1, "offset": 1}).json()
    assert (found["total"], [draft["title"] for draft in found["drafts"]]) == (3, ["b"])


def test_trash_and_back_in_one_request_each(app, client):
    ids = [made(app, "One"), made(app, "Two")]

    assert change(client, ids, trashed=True).json() == {"drafts": 2}
    assert client.get("/library").json()["total"] == 0
    assert change(client, ids, trashed=False).json() == {"drafts": 2}
    assert client.get("/library").json()["total"] == 2


def test_drafts_come_as_one_file_of_markdown(app, client):
    reply = client.post("/library/export", json={"ids": [made(app, "Tides")]})

    assert reply.headers["content-type"] == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(reply.content)).namelist() == ["tides.md"]


def test_folders_are_renamed_and_titles_that_say_the_same_are_told(app, client):
    one, two = made(app, "Tides"), made(app, "tides!")
    change(client, [one, two], folder="Sea")

    assert client.post("/library/folders", json={"folder": "Sea", "name": "Ocean"}).json() == {"drafts": 2}
    assert client.post("/library/folders", json={"folder": "Sea", "name": "Ocean"}).status_code == 404
    assert [twin["draft_id"] for twin in client.get("/library/titles").json()[one]] == [two]


def test_drafts_of_others_are_not_there(app, client):
    theirs = app.drafts._drafts.create("bert", Brief("Tides"), "Tides").id

    assert change(client, [theirs], state="ready").status_code == 404
    assert client.post("/library/export", json={"ids": [theirs]}).status_code == 404
    assert client.get(f"/drafts/{theirs}/place").status_code == 404
    assert client.get("/library").json()["total"] == 0


def test_bad_requests_are_refused_with_a_sentence(app, client):
    one = made(app, "Tides")
    for fields in ({"folder": "x" * 300}, {"planned": "soon"}, {"state": "gone"}, {"add_tags": ["x" * 100]}):
        assert change(client, [one], **fields).status_code in (400, 422)
    assert change(client, []).status_code == 422
    assert change(client, ["../etc"]).status_code == 422
    assert client.get("/library", params={"sort": "size"}).status_code == 422
