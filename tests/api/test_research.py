import pytest
from starlette.testclient import TestClient

from tests.api.conftest import HERE, add_tides
from tests.support.data_folder import warmed
from tests.support.search_server import results, row, searching
from writer.api import create_api
from writer.bootstrap import build
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.outlines import Outline, OutlineSection
from writer.settings import read_settings


@pytest.fixture
def engine():
    with searching(lambda request: results(row(1), row(2))) as server:
        yield server


@pytest.fixture
def app(tmp_path, engine):
    names = {
        "HOME": str(tmp_path),
        "WRITER_DATA_DIR": str(warmed(tmp_path / "data")),
        "WRITER_FETCH_HOSTS": engine.host,
    }
    app = build(read_settings(names))
    app.start()
    yield app
    app.close()


@pytest.fixture
def client(app):
    with TestClient(create_api(app), base_url=HERE) as client:
        yield client


def over(app, job):
    list(app.jobs.follow(job["id"], LOCAL_ACTOR))


def started(app, client, **more):
    response = client.post("/research", json={"brief": {"topic": "How tides work", "questions": ["Who ate?"]}, **more})
    assert response.status_code == 202, response.text
    job = response.json()
    assert response.headers["Location"].endswith(f"/research/{job['id']}")
    over(app, job)
    return job


def test_research_goes_from_a_brief_to_pages_that_are_accepted(app, client, engine):
    add_tides(app, client)
    job = started(app, client)
    assert client.post(f"/research/{job['id']}/web", json={}).status_code == 422
    app.web_search.save("searxng", LOCAL_ACTOR, address=engine.url)

    over(app, client.post(f"/research/{job['id']}/web", json={"questions": [0]}).json())
    found = client.get(f"/research/{job['id']}").json()

    assert engine.queries == ["Who ate?"]
    assert {one["coverage"] for one in found["questions"]} <= {"enough", "thin", "nothing"}
    assert [one["url"] for one in found["candidates"]] == [f"https://site{n}.example/page" for n in (1, 2)]
    assert found["candidates"][0]["serves"] == [0]
    refused = client.post(f"/research/{job['id']}/accept", json={"urls": ["http://10.0.0.1/"]})
    assert (refused.status_code, "did not find" in refused.json()["detail"]) == (422, True)


def test_an_accepted_page_goes_through_the_import_which_says_what_came_of_it(app, client, engine):
    add_tides(app, client)
    engine.script = lambda request: results(row(1, url="http://10.0.0.1/inside"))
    app.web_search.save("searxng", LOCAL_ACTOR, address=engine.url)
    job = started(app, client, web=True)

    over(app, client.post(f"/research/{job['id']}/accept", json={"urls": ["http://10.0.0.1/inside"]}).json())

    (one,) = client.get(f"/research/{job['id']}").json()["imports"]
    assert one["addresses"][0]["outcome"] == "refused"
    assert "private network" in one["addresses"][0]["sentence"]


@pytest.mark.parametrize(
    "body",
    [{}, {"brief": {}}, {"brief": []}, {"brief": {"topic": "x"}, "web": "maybe"}, {"brief": {"topic": "x"}, "y": 1}],
)
def test_what_is_no_brief_is_refused_in_a_sentence(client, body):
    response = client.post("/research", json=body)

    assert response.status_code == 422
    assert response.json()["detail"]


def test_what_is_not_there_is_not_found(client):
    for path in ("/research/nothing", "/drafts/nothing/gaps"):
        assert client.get(path).status_code == 404
    assert client.post("/research/nothing/web", json={}).status_code == 404
    assert client.post("/research/nothing/accept", json={"urls": []}).status_code == 404
    for verb in ("retry", "own", "leave-out", "search-web"):
        assert client.post(f"/drafts/nothing/sections/s1/{verb}", json={}).status_code == 404


@pytest.fixture
def gappy(app, client):
    add_tides(app, client)
    job = client.post("/articles", json={"topic": "How tides work", "words": 300}).json()
    over(app, job)
    draft = app.articles.redo_outline(job["draft_id"], LOCAL_ACTOR)
    list(app.jobs.follow(draft.id, LOCAL_ACTOR))
    shape = Outline(
        "Tides", (OutlineSection("s1", "The moon and the sun"), OutlineSection("s2", "Sauerkraut on ships"))
    )
    list(app.jobs.follow(app.articles.approve(job["draft_id"], shape, LOCAL_ACTOR).id, LOCAL_ACTOR))
    return job["draft_id"]


def test_a_gap_says_what_is_missing_and_what_can_be_done(app, client, gappy, engine):
    (gap,) = client.get(f"/drafts/{gappy}/gaps").json()
    assert (gap["key"], gap["heading"]) == ("s2", "Sauerkraut on ships")
    assert gap["missing"]
    assert gap["suggested_queries"]
    assert gap["options"] == ["search_sources", "add_source", "retry", "own", "leave_out"]

    app.web_search.save("searxng", LOCAL_ACTOR, address=engine.url)
    assert "search_web" in client.get(f"/drafts/{gappy}/gaps").json()[0]["options"]


def test_each_option_of_a_gap_has_its_route(app, client, gappy, engine):
    app.web_search.save("searxng", LOCAL_ACTOR, address=engine.url)
    web = client.post(f"/drafts/{gappy}/sections/s2/search-web").json()
    over(app, web)
    assert engine.requests == []
    over(app, client.post(f"/research/{web['id']}/web", json={}).json())
    assert any("Sauerkraut" in query for query in engine.queries)

    retried = client.post(f"/drafts/{gappy}/sections/s2/retry", json={"passage_ids": ["S1.p1"]})
    assert (retried.status_code, retried.json()["kind"]) == (202, "section")
    over(app, retried.json())
    draft = client.get(f"/drafts/{gappy}").json()
    assert "[[S1.p1]]" in next(s["text"] for s in draft["sections"] if s["key"] == "s2")
    assert client.get(f"/drafts/{gappy}/gaps").json() == []
    assert client.post(f"/drafts/{gappy}/sections/s2/own").status_code == 422


def test_a_gap_can_be_taken_over_and_left_out(client, gappy):
    taken = client.post(f"/drafts/{gappy}/sections/s2/own").json()
    assert "s2" in taken["sections"]
    left = client.post(f"/drafts/{gappy}/sections/s2/leave-out").json()
    assert "s2" not in left["sections"]
