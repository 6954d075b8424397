"""The ledger over HTTP: every call to a model is one row, and what is asked of them adds up."""

import csv
import io

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import HERE
from tests.support.data_folder import warmed
from tests.support.scripted_article import quick
from tests.support.scripted_server import ScriptedServer, failing
from writer.api import create_api
from writer.bootstrap import build
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.analytics import Filter
from writer.settings import read_settings

ROUTE = "openai:gpt-5-mini"
TEXT = "The tide is going up two times in a day. It is the moon who makes it."


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    """An App that has done one of everything; and how many requests its model got."""
    folder = tmp_path_factory.mktemp("used")
    with ScriptedServer(quick) as server:
        environ = {"WRITER_OPENAI__BASE_URL": server.url, "WRITER_OPENAI__API_KEY": "sk-test", "WRITER_ROUTES": ROUTE}
        app = build(read_settings({"HOME": str(folder), "WRITER_DATA_DIR": str(warmed(folder / "data")), **environ}))
        app.start()
        try:
            with TestClient(create_api(app), base_url=HERE) as client:
                do_everything(app, client, server)
                yield app, client, len(server.requests)
        finally:
            app.close()


def do_everything(app, client, server):
    source = client.post(
        "/sources", files={"file": ("tides.md", f"# Tides\n\n{TEXT}".encode(), "text/markdown")}
    ).json()
    list(app.jobs.follow(app.jobs.for_source(source["id"], LOCAL_ACTOR).id, LOCAL_ACTOR))
    job = client.post("/articles", json={"topic": "How tides work", "words": 300}).json()
    list(app.jobs.follow(job["id"], LOCAL_ACTOR))
    asked = {"id": "suggestion-1", "action": "shorten", "text": TEXT}
    assert client.post(f"/drafts/{job['draft_id']}/suggest", json=asked).status_code == 200
    question = app.questions.ask("What makes the tide?", LOCAL_ACTOR)
    list(app.jobs.follow(question.job_id, LOCAL_ACTOR))
    app.providers.test(ROUTE, LOCAL_ACTOR)
    server.script = failing(400)
    app.providers.test(ROUTE, LOCAL_ACTOR)
    server.script = quick


def every_call(client):
    found, cursor = [], ""
    while True:
        page = client.get("/usage/calls", params={"limit": 7, "cursor": cursor}).json()
        found += page["calls"]
        cursor = page["cursor"]
        if not cursor:
            return found


def test_every_request_that_a_model_got_is_one_call(used):
    _, client, requests = used
    calls = every_call(client)

    assert len(calls) == requests == len({call["id"] for call in calls})
    assert {call["route"] for call in calls} == {ROUTE}
    assert {call["user"] for call in calls} == {"local"}
    assert all(call["total_ms"] > 0 for call in calls)


def test_each_call_says_what_it_was_for(used):
    _, client, _ = used
    calls = every_call(client)
    by_purpose = {call["purpose"]: call for call in calls}

    assert by_purpose.keys() >= {
        "outline",
        "plan",
        "section",
        "introduction",
        "conclusion",
        "title",
        "edit",
        "asking",
        "test",
    }
    assert {(c["purpose"], c["action"]) for c in calls if c["action"]} == {("edit", "shorten")}
    assert all(call["draft_id"] and call["content_type"] for call in calls if call["purpose"] not in ("asking", "test"))
    assert all(call["job_id"] for call in calls if call["purpose"] not in ("edit", "test"))
    failed = [call for call in calls if call["outcome"] == "failed"]
    assert [(call["purpose"], bool(call["error"])) for call in failed] == [("test", True)]
    priced = [call for call in calls if call["outcome"] == "ok"]
    assert all(call["price_version"].startswith("genai-prices ") and call["cost_micros"] >= 0 for call in priced)


@pytest.mark.parametrize(
    "by", ["day", "hour", "route", "purpose", "action", "person", "draft", "content_type", "outcome", "error", "cached"]
)
def test_sums_over_every_dimension_are_the_total(used, by):
    _, client, requests = used
    found = client.get("/usage", params={"by": by}).json()

    for figure in ("calls", "failed", "input_tokens", "output_tokens", "cost_micros", "unpriced"):
        assert sum(bucket[figure] for bucket in found["buckets"]) == found["total"][figure]
    assert found["total"]["calls"] == requests
    assert found["total"]["cost_micros"] == sum(call["cost_micros"] or 0 for call in every_call(client))


def test_drafts_have_their_titles_and_figures_can_be_narrowed(used):
    app, client, _ = used
    (draft,) = (bucket for bucket in client.get("/usage?by=draft").json()["buckets"] if bucket["key"])

    assert draft["label"] == app.drafts.open(draft["key"], LOCAL_ACTOR).title
    narrowed = {"purpose": ["edit", "asking"], "draft": draft["key"]}
    assert [b["key"] for b in client.get("/usage", params={"by": "purpose", **narrowed}).json()["buckets"]] == ["edit"]
    assert client.get("/usage?person=somebody").json()["total"]["calls"] == 0


def test_a_series_adds_up_and_is_divided(used):
    _, client, requests = used
    for step in ("hour", "day", "month"):
        since = "" if step != "hour" else "&since=2026-11-01T00:00:00Z"
        points = client.get(f"/usage/series?step={step}&by=purpose{since}").json()["points"]
        if points:
            assert sum(point["calls"] for point in points) == requests
    refused = client.get("/usage/series?step=hour")
    assert refused.status_code == 422
    assert "31 days" in refused.json()["detail"]


def test_the_file_has_every_call(used):
    _, client, requests = used
    rows = list(csv.DictReader(io.StringIO(client.get("/usage/calls.csv").text)))

    assert len(rows) == requests
    assert {row["Action"] for row in rows} == {"", "shorten"}


@pytest.mark.parametrize(
    "query",
    [
        "usage?since=soon",
        "usage?by=colour",
        "usage/series?step=week",
        "usage/calls?cursor=x",
        "usage/calls?limit=0",
        "usage?since=2026-11-02&until=2026-11-01",
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(used, query):
    _, client, _ = used
    answer = client.get(f"/{query}")

    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_words_of_the_article_are_kept_once_they_are_counted(used):
    from writer.services.analytics import Counting
    from writer.storage import Stores

    app, client, _ = used
    (draft,) = (bucket for bucket in client.get("/usage?by=draft").json()["buckets"] if bucket["key"])
    stores = Stores(app.database, None)
    counting = Counting(stores.analytics, stores.kept_words, stores.drafts, stores.versions, rested_s=0)

    assert counting.follow() >= 1

    kept = app.analytics.totals(LOCAL_ACTOR, Filter()).words_kept
    assert kept == pytest.approx(app.drafts.open(draft["key"], LOCAL_ACTOR).word_count, rel=0.1)
