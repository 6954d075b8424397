"""Publishing over HTTP, to a site over real sockets."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import HERE
from tests.support.site_server import PASSWORD, USER, Fault, WordPressSite, serving
from writer.api import create_api
from writer.bootstrap import build
from writer.domain.actors import LOCAL_ACTOR
from writer.settings import read_settings

TEXT = "It begins.\n\n## Tides\n\nThe moon pulls the water.<script>alert(1)</script>"


@pytest.fixture
def site():
    with serving(WordPressSite()) as site:
        yield site


@pytest.fixture
def app(tmp_path, site):
    app = build(read_settings({"WRITER_DATA_DIR": str(tmp_path), "WRITER_FETCH_HOSTS": site.host}))
    app.start()
    app.publishing.sites.add(LOCAL_ACTOR, "wordpress", "My blog", site.url, PASSWORD, USER)
    yield app
    app.close()


@pytest.fixture
def client(app):
    with TestClient(create_api(app), base_url=HERE) as client:
        yield client


@pytest.fixture
def draft(app):
    made = app.drafts.begin("How tides work", LOCAL_ACTOR)
    return app.drafts.save_text(made.id, made.revision, LOCAL_ACTOR, title=made.title, text=TEXT)


def publish(client, app, draft, **more):
    reply = client.post(f"/drafts/{draft.id}/publications", json={"site": "my blog", **more})
    assert reply.status_code == 202, reply.text
    list(app.jobs.follow(reply.json()["job_id"], LOCAL_ACTOR))
    return client.get(f"/drafts/{draft.id}/publications").json()[0]


def preview(client, draft, **more):
    return client.post(f"/drafts/{draft.id}/publications/preview", json={"site": "My blog", **more}).json()


def test_sites_are_listed_without_their_secrets(client, site):
    (listed,) = client.get("/sites").json()

    assert (listed["name"], listed["address"], listed["user"]) == ("My blog", site.url, USER)
    assert PASSWORD not in str(listed)


def test_a_preview_says_what_would_be_sent_and_asks_the_site_nothing(client, site, draft):
    seen = preview(client, draft, tags=["sea"], excerpt="Short.")

    assert seen["new"] is True
    assert (seen["post"]["slug"], seen["post"]["tags"], seen["post"]["excerpt"]) == (
        "how-tides-work",
        ["sea"],
        "Short.",
    )
    assert "<h2" in seen["post"]["html"]
    assert "<script" not in seen["post"]["html"]
    assert site.requests == []


def test_it_is_sent_once_and_the_second_time_updated(client, app, site, draft):
    first = publish(client, app, draft, slug="tides")
    again = publish(client, app, draft, title="Tides now")

    assert (first["slug"], first["stage"]) == ("tides", "draft")
    assert again["post_id"] == first["post_id"]
    assert [(post["slug"], post["title"]) for post in site.live] == [("tides", "Tides now")]


def test_the_drafts_own_details_go_to_the_site(client, app, site, draft):
    details = {"description": "What pulls the water.", "slug": "the-sea"}
    assert client.put(f"/drafts/{draft.id}/details", json=details).json()["address"] == "the-sea"

    publish(client, app, draft)

    assert [(post["slug"], post["excerpt"]) for post in site.live] == [("the-sea", "What pulls the water.")]


def test_it_is_scheduled(client, app, site, draft):
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    sent = publish(client, app, draft, stage="scheduled", at=at.isoformat())

    assert sent["stage"] == "scheduled"
    assert site.live[0]["date_gmt"].startswith(at.strftime("%Y-%m-%dT%H:%M"))


def test_what_cannot_be_sent_is_refused_with_a_sentence(client, site, draft):
    for wrong in (
        {"stage": "scheduled"},
        {"stage": "scheduled", "at": "2001-01-01T00:00:00+00:00"},
        {"stage": "draft", "at": "2040-01-01T00:00:00+00:00"},
        {"slug": "No Address!"},
        {"stage": "gone"},
    ):
        reply = client.post(f"/drafts/{draft.id}/publications", json={"site": "My blog", **wrong})
        assert reply.status_code in (400, 422)
        assert reply.json()["detail"]
    assert site.requests == []


def test_a_change_on_the_site_is_overwritten_only_when_it_was_seen(client, app, site, draft):
    sent = publish(client, app, draft)
    site.edit(sent["post_id"], content="Somebody else's words.")
    publish(client, app, draft)
    assert site.live[0]["content"] == "Somebody else's words."

    publish(client, app, draft, overwrite=preview(client, draft)["overwrite"])

    assert "The moon pulls the water." in site.live[0]["content"]


def test_what_is_being_sent_can_be_stopped(client, app, site, draft):
    site.faults.append(Fault("GET", "/posts", "silent"))
    job = client.post(f"/drafts/{draft.id}/publications", json={"site": "My blog"}).json()["job_id"]

    assert client.post(f"/jobs/{job}/stop").status_code in (200, 202, 204)

    list(app.jobs.follow(job, LOCAL_ACTOR))
    assert app.jobs.get(job, LOCAL_ACTOR).state == "stopped"
    assert site.live == []


def test_an_older_revision_than_the_drafts_is_refused(client, app, site, draft):
    older = {"site": "My blog", "revision": draft.revision - 1}

    assert client.post(f"/drafts/{draft.id}/publications", json=older).status_code in (409, 412)
    assert site.requests == []


def test_unknown_sites_and_drafts_are_not_found(client, draft):
    assert client.post(f"/drafts/{draft.id}/publications", json={"site": "another"}).status_code == 404
    assert client.post("/drafts/nothing/publications", json={"site": "My blog"}).status_code == 404
    assert client.get("/drafts/nothing/publications").status_code == 404
    assert client.put("/drafts/nothing/details", json={"slug": "a"}).status_code == 404


def test_details_that_no_site_takes_are_refused(client, draft):
    for wrong in ({"slug": "Not this"}, {"description": "x" * 501}):
        reply = client.put(f"/drafts/{draft.id}/details", json=wrong)
        assert reply.status_code in (400, 422)
        assert reply.json()["detail"]
