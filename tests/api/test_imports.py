"""Imports over HTTP: the same desk, limits and manners as on the Sources page."""

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import HERE, TIDES, add_tides
from tests.api.test_api import assert_is_problem
from tests.support.data_folder import warmed
from tests.support.sites import Page, serving
from writer.api import create_api
from writer.bootstrap import build
from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.settings import read_settings

serve = pytest.fixture(serving)
HTML = {"Content-Type": "text/html"}
TEXT = "The tide rises by four metres in spring, and pilots wait for high water before they bring ships in. " * 4


def a_page(title: str, **headers: str) -> Page:
    return Page(body=f"<h1>{title}</h1><p>{title}. {TEXT}</p>".encode(), headers=HTML | headers)


@pytest.fixture
def site(serve):
    made = serve({"/a": a_page("Tides"), "/b": a_page("Mills")})
    made.place = f"http://127.0.0.1:{made.port}"
    listed = "".join(f"<url><loc>{made.place}/{name}</loc></url>" for name in "ab")
    made.pages["/sitemap.xml"] = Page(body=f"<urlset>{listed}</urlset>".encode())
    return made


@pytest.fixture
def open_app(tmp_path):
    """May fetch from this machine, where the sites of these tests are."""
    environ = {
        "HOME": str(tmp_path),
        "WRITER_DATA_DIR": str(warmed(tmp_path / "data")),
        "WRITER_FETCH_HOSTS": "127.0.0.1",
    }
    app = build(read_settings(environ))
    app.start()
    yield app
    app.close()


@pytest.fixture
def web(open_app):
    with TestClient(create_api(open_app), base_url=HERE) as client:
        yield client


def ended(app, started):
    list(app.jobs.follow(started["id"], LOCAL_ACTOR))
    for source in app.sources.listing(LOCAL_ACTOR):
        list(app.jobs.follow(app.jobs.for_source(source.id, LOCAL_ACTOR).id, LOCAL_ACTOR))


def test_addresses_go_in_and_each_comes_out_with_what_became_of_it_and_why(open_app, web, site):
    answer = web.post("/imports", json={"addresses": [f"{site.place}/a", f"{site.place}/none"]})

    assert answer.status_code == 202
    assert answer.headers["location"] == f"/imports/{answer.json()['id']}"
    assert [row["place"] for row in answer.json()["places"]] == [f"{site.place}/a", f"{site.place}/none"]
    ended(open_app, answer.json())
    done = web.get(answer.headers["location"]).json()
    assert (done["state"], done["done"], done["of"]) == ("done", 2, 2)
    assert [row["outcome"] for row in done["places"]] == ["added", "refused"]
    assert "answered with the status 404" in done["places"][1]["sentence"]
    assert web.get(f"/sources/{done['places'][0]['source_id']}").json()["title"] == "Tides"
    (listed,) = web.get("/imports").json()
    assert listed["counts"] == {"added": 1, "updated": 0, "unchanged": 0, "duplicate": 0, "refused": 1}
    assert "places" not in listed


def test_a_sitemap_is_read_up_to_the_limit(open_app, web, site):
    started = web.post("/imports", json={"sitemap": f"{site.place}/sitemap.xml", "limit": 1}).json()
    ended(open_app, started)

    assert [row["outcome"] for row in web.get(f"/imports/{started['id']}").json()["places"]] == ["added"]


def test_a_folder_is_read_where_one_person_uses_the_app_and_refused_elsewhere(open_app, web, tmp_path):
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "tides.md").write_text(TIDES)
    (notes / "broken.pdf").write_bytes(b"%PDF-1.7 no more")
    started = web.post("/imports", json={"folder": str(notes)}).json()
    ended(open_app, started)
    assert {row["outcome"] for row in web.get(f"/imports/{started['id']}").json()["places"]} == {"added"}
    states = {source["filename"]: source["state"] for source in web.get("/sources").json()}
    assert states == {"tides.md": "ready", "broken.pdf": "failed"}

    environ = {"WRITER_DATA_DIR": str(tmp_path / "other"), "WRITER_HOST": "0.0.0.0", "WRITER_ALLOWED_HOSTS": "*"}
    shared = build(read_settings({"HOME": str(tmp_path)} | environ))
    try:
        with TestClient(create_api(shared), base_url=HERE) as client:
            assert_is_problem(client.post("/imports", json={"folder": str(notes)}), 422)
    finally:
        shared.close()


def test_an_import_can_be_stopped_asked_again_for_the_refused_and_in_whole(open_app, web, site):
    started = web.post("/imports", json={"addresses": [f"{site.place}/a", f"{site.place}/late"]}).json()
    ended(open_app, started)
    site.pages["/late"] = a_page("Late")

    again = web.post(f"/imports/{started['id']}/again", json={"only_refused": True})
    assert again.status_code == 202
    ended(open_app, again.json())
    assert [row["outcome"] for row in web.get(f"/imports/{again.json()['id']}").json()["places"]] == ["added"]
    assert_is_problem(web.post(f"/imports/{again.json()['id']}/again", json={"only_refused": True}), 422)

    whole = web.post(f"/imports/{started['id']}/again").json()
    ended(open_app, whole)
    assert [row["outcome"] for row in web.get(f"/imports/{whole['id']}").json()["places"]] == ["unchanged", "unchanged"]
    assert web.post(f"/imports/{whole['id']}/stop").json()["state"] == "done"


def test_a_page_that_takes_for_ever_is_left_when_the_import_is_stopped(open_app, web, site):
    site.pages["/endless"] = Page(headers=HTML, endless=True)
    started = web.post("/imports", json={"addresses": [f"{site.place}/endless", f"{site.place}/a"]}).json()

    stopped = web.post(f"/imports/{started['id']}/stop").json()

    assert stopped["state"] == "stopped"
    assert web.get("/sources").json() == []


def test_a_source_from_the_web_is_synced_and_another_is_not(open_app, web, site):
    ended(open_app, web.post("/imports", json={"addresses": [f"{site.place}/a"]}).json())
    (source,) = web.get("/sources").json()
    site.pages["/a"] = a_page("Tides, again")

    synced = web.post(f"/sources/{source['id']}/sync")
    assert synced.status_code == 202
    ended(open_app, synced.json())

    assert web.get(f"/sources/{source['id']}").json()["revision"] == 2
    assert_is_problem(web.post(f"/sources/{add_tides(open_app, web)}/sync"), 422)
    assert_is_problem(web.post("/sources/987654/sync"), 404)


def test_a_failed_source_is_read_again_on_request(app, client):
    source = client.post("/sources", files={"file": ("scan.pdf", b"%PDF-1.7 no more")}).json()
    list(app.jobs.follow(app.jobs.for_source(source["id"], LOCAL_ACTOR).id, LOCAL_ACTOR))
    assert client.get(f"/sources/{source['id']}").json()["state"] == "failed"

    assert client.post(f"/sources/{source['id']}/retry").status_code == 202

    list(app.jobs.follow(app.jobs.for_source(source["id"], LOCAL_ACTOR).id, LOCAL_ACTOR))
    assert client.get(f"/sources/{source['id']}").json()["state"] == "failed"
    assert_is_problem(client.post("/sources/987654/retry"), 404)


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:1/", "http://[::ffff:a9fe:a9fe]/", "http://169.254.169.254/latest", "http://10.1.2.3/"],
)
def test_an_address_of_this_machine_or_its_network_is_refused_with_a_reason(app, client, address):
    started = client.post("/imports", json={"addresses": [address]}).json()
    list(app.jobs.follow(started["id"], LOCAL_ACTOR))

    (row,) = client.get(f"/imports/{started['id']}").json()["places"]
    assert (row["outcome"], row["source_id"]) == ("refused", None)
    assert row["sentence"].endswith(".")


def test_imports_of_others_are_not_found(app, client):
    theirs = app.sources.add_address("http://example.com/", Actor("somebody else"))

    assert client.get("/imports").json() == []
    for answer in (
        client.get(f"/imports/{theirs.id}"),
        client.post(f"/imports/{theirs.id}/stop"),
        client.post(f"/imports/{theirs.id}/again"),
    ):
        assert_is_problem(answer, 404)


def test_a_job_that_is_no_import_is_not_found_as_one(app, client):
    add_tides(app, client)

    assert_is_problem(client.get(f"/imports/{app.jobs.recent(LOCAL_ACTOR)[0].id}"), 404)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"addresses": []},
        {"addresses": ["no address"]},
        {"addresses": ["http://a.example"], "folder": "/tmp"},
        {"addresses": ["http://a.example"], "limit": 0},
        {"addresses": ["http://a.example"] * 501},
        {"addresses": ["http://0x7f.1/"]},
        {"sitemap": "http://2130706433/"},
        {"sitemap": "file:///etc/passwd"},
        {"sitemap": ""},
        {"folder": "\u0000"},
        {"folder": "/no/such/folder"},
        {"folder": "relative/../../etc"},
    ],
    ids=str,
)
def test_what_cannot_be_imported_is_refused_with_a_sentence_and_starts_nothing(client, body):
    assert_is_problem(client.post("/imports", json=body), 422)
    assert client.get("/imports").json() == []


def test_an_import_goes_into_a_collection_by_name_and_into_no_one_elses(open_app, web, site):
    mine = open_app.collections.add("Harbour", LOCAL_ACTOR)
    theirs = open_app.collections.add("Theirs", Actor("somebody else"))

    started = web.post("/imports", json={"addresses": [f"{site.place}/a"], "collection": "harbour"})
    ended(open_app, started.json())
    assert len(open_app.collections.members(mine.id, LOCAL_ACTOR)) == 1
    for unknown in (theirs.id, "Theirs", 999, ""):
        answer = web.post("/imports", json={"addresses": [f"{site.place}/b"], "collection": unknown})
        assert_is_problem(answer, 404)
    assert_is_problem(web.post("/imports", json={"addresses": [f"{site.place}/b"], "collection": True}), 422)
    assert len(open_app.sources.imports(LOCAL_ACTOR)) == 1
