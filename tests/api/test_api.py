import json
import re

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from tests.api.conftest import HERE, TIDES, add_tides
from writer.api import create_api
from writer.api.problems import problem_of
from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.domain.errors import BudgetReached


def events_of(response):
    return [json.loads(line[6:]) for line in response.text.splitlines() if line.startswith("data: {")]


def assert_is_problem(response, status):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert response.json()["detail"].endswith(".")


def test_a_used_up_budget_is_a_problem_with_a_title_of_its_own():
    told = json.loads(problem_of(BudgetReached("openai:m", "The monthly budget is used up.")).body)

    assert (told["status"], told["title"]) == (402, "Over the budget")


def test_health_and_readiness_ask_nobody_who_charges(client):
    assert client.get("/health").json()["status"] == "ok"

    ready = client.get("/ready")

    assert ready.status_code == 200
    assert "Runner" in {check["name"] for check in ready.json()["checks"]}


def test_it_is_not_ready_while_nothing_runs_jobs(app):
    app._runner.close()

    ready = TestClient(create_api(app), base_url=HERE).get("/ready")

    assert ready.status_code == 503
    assert not ready.json()["ready"]


def test_a_file_becomes_a_source_that_can_be_searched_and_deleted(app, client):
    answer = client.post("/sources", files={"file": ("tides.md", TIDES.encode(), "text/plain")})
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/sources/{answer.json()['id']}"
    source_id = add_tides(app, client)

    source = client.get(f"/sources/{source_id}").json()
    assert (source["state"], source["title"]) == ("ready", "Tides")
    assert "blob" not in source
    assert [listed["id"] for listed in client.get("/sources").json()] == [source_id]
    hits = client.post("/search", json={"query": "What are neap tides?", "limit": 3}).json()
    assert set(hits[0]) >= {"source_id", "title", "passage_id", "text", "score", "start", "end"}
    assert hits[0]["source_id"] == source_id

    assert client.delete(f"/sources/{source_id}").status_code == 204
    assert client.post("/search", json={"query": "neap tides"}).json() == []
    assert_is_problem(client.get(f"/sources/{source_id}"), 404)


def test_a_long_pasted_text_becomes_a_source(client):
    text = "The sea rises and falls twice a day. " * 60_000

    assert client.post("/sources", data={"title": "Sea", "text": text}, files={"_": ""}).status_code == 201


@pytest.mark.parametrize("form", [{}, {"title": "only a title"}, {"text": "   ", "title": "x"}, {"file": "not a file"}])
def test_a_form_without_a_document_is_refused(form, client):
    assert_is_problem(client.post("/sources", data=form), 422)


def test_a_renamed_binary_is_refused(client):
    answer = client.post("/sources", files={"file": ("tides.txt", b"\x7fELF\x02\x01\x01\x00" + b"\x00\xff" * 500)})

    assert_is_problem(answer, 422)


def test_a_brief_becomes_a_job_and_the_job_a_cited_draft(app, client):
    add_tides(app, client)

    job = client.post("/articles", json={"topic": "How tides work", "words": 300})

    assert job.status_code == 202
    assert job.headers["location"] == f"/jobs/{job.json()['id']}"
    list(app.jobs.follow(job.json()["id"], LOCAL_ACTOR))
    again = client.post("/articles", json={"topic": "How tides work", "words": 300}).json()
    assert (again["id"], again["state"]) == (job.json()["id"], "done")
    draft = client.get(f"/drafts/{again['draft_id']}")
    assert draft.headers["etag"] == f'"{draft.json()["revision"]}"'
    assert draft.json()["references"][0]["title"] == "Tides"
    assert any("[[S" in section["text"] for section in draft.json()["sections"])
    assert "[^1]: Tides" in client.get(f"/drafts/{again['draft_id']}/export").text
    articles = [job for job in client.get("/jobs").json() if job["kind"] == "article"]
    assert articles[0]["id"] == again["id"]


def test_following_a_job_ends_with_the_job(app, client):
    add_tides(app, client)
    job = client.post("/articles", json={"topic": "How tides work", "words": 300}).json()

    response = client.get(f"/jobs/{job['id']}/events")

    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text.endswith("event: end\ndata: {}\n\n")
    events = events_of(response)
    assert events[0]["type"] == "snapshot"
    assert set(events[0]) == {"type", "job", "steps", "elapsed_s"}
    assert {"key", "label", "kind", "state", "text", "error", "words"} <= set(events[0]["steps"][0])
    assert events[-1] == {} or events[-1]["type"] == "job"
    assert [event for event in events if event.get("type") == "job"][-1]["job"]["state"] == "done"


def test_a_job_is_stopped_and_resumed(app, client):
    add_tides(app, client)
    job = client.post("/articles", json={"topic": "How tides work", "words": 300}).json()

    stopped = client.post(f"/jobs/{job['id']}/stop").json()
    assert stopped["state"] in ("stopped", "done")
    resumed = client.post(f"/jobs/{job['id']}/resume")

    assert resumed.status_code in (200, 409)
    list(app.jobs.follow(job["id"], LOCAL_ACTOR))
    assert client.get(f"/jobs/{job['id']}").json()["state"] == "done"


def test_a_draft_is_saved_with_the_revision_it_was_read_at(written):
    client, address = written.client, f"/drafts/{written.draft_id}"
    read = client.get(address)
    sections = [{"key": s["key"], "text": s["text"] + " More."} for s in read.json()["sections"][:2]]

    saved = client.put(
        address,
        json={"title": "New title", "sections": [*sections, {"key": "x", "heading": "New", "text": "New."}]},
        headers={"If-Match": read.headers["etag"]},
    )

    assert saved.status_code == 200
    assert saved.headers["etag"] != read.headers["etag"]
    assert saved.json()["title"] == "New title"
    assert [s["key"] for s in saved.json()["sections"]] == [*(s["key"] for s in sections), "x"]
    assert saved.json()["sections"][0]["heading"] == read.json()["sections"][0]["heading"]
    late = client.put(address, json={"title": "Late"}, headers={"If-Match": read.headers["etag"]})
    assert_is_problem(late, 412)
    assert late.headers["etag"] == saved.headers["etag"]
    assert late.json()["revision"] == saved.json()["revision"]
    assert_is_problem(client.put(address, json={"title": "No revision"}), 428)
    assert client.get(address).json()["title"] == "New title"
    versions = client.get(f"{address}/versions").json()
    assert versions[0]["title"] == "New title"
    assert (
        client.get(f"{address}/versions/{versions[-1]['number']}").json()["summary"]["number"] == versions[-1]["number"]
    )
    assert_is_problem(client.get(f"{address}/versions/999"), 404)


@pytest.mark.parametrize("if_match", ['"999"', 'W/"1"', "nonsense", '""', '"1", "2"'])
def test_an_if_match_that_does_not_match_changes_nothing(if_match, written):
    client, address = written.client, f"/drafts/{written.draft_id}"

    assert_is_problem(client.put(address, json={"title": "x"}, headers={"If-Match": if_match}), 412)


def test_one_section_is_saved_without_the_rest(written):
    client, address = written.client, f"/drafts/{written.draft_id}"
    read = client.get(address)
    key = read.json()["sections"][1]["key"]

    saved = client.put(f"{address}/sections/{key}", json={"text": "Mine."}, headers={"If-Match": read.headers["etag"]})

    assert saved.status_code == 200
    assert client.get(address).json()["sections"][1]["text"] == "Mine."
    gone = client.put(f"{address}/sections/zz", json={"text": "x"}, headers={"If-Match": saved.headers["etag"]})
    assert_is_problem(gone, 404)


def test_a_draft_says_what_its_content_type_finds(written):
    path = f"/drafts/{written.draft_id}"

    found = written.client.get(f"{path}/findings")

    assert found.status_code == 200
    assert found.json() == written.client.get(path).json()["findings"]
    assert all(set(finding) == {"key", "sentence"} for finding in found.json())
    assert written.client.get(f"/drafts/{'0' * 32}/findings").status_code == 404


def test_an_export_is_a_download_that_no_browser_renders(written):
    client, draft_id = written.client, written.draft_id

    file = client.get(f"/drafts/{draft_id}/export")

    assert re.fullmatch(r'attachment; filename="[a-z0-9-]+\.md"', file.headers["content-disposition"])
    assert file.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in file.headers["content-security-policy"]
    assert client.get(f"/drafts/{draft_id}/export?format=json").json()["format"] == "writer-draft"
    assert_is_problem(client.get(f"/drafts/{draft_id}/export?format=exe"), 422)


def test_usage_is_there_and_says_when_it_cannot_read_a_day(client):
    assert client.get("/usage").json()["total"]["calls"] == 0
    assert client.get("/usage?by=route&since=2026-01-01&until=2026-12-31T23:00:00%2B02:00").json()["buckets"] == []
    assert_is_problem(client.get("/usage?since=yesterday"), 422)
    assert_is_problem(client.get("/usage?by=colour"), 422)


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/drafts/{draft}"),
        ("PUT", "/drafts/{draft}"),
        ("PUT", "/drafts/{draft}/sections/s1"),
        ("GET", "/drafts/{draft}/versions"),
        ("GET", "/drafts/{draft}/versions/1"),
        ("GET", "/drafts/{draft}/export"),
        ("GET", "/jobs/{job}"),
        ("GET", "/jobs/{job}/events"),
        ("POST", "/jobs/{job}/stop"),
        ("POST", "/jobs/{job}/resume"),
        ("GET", "/sources/{source}"),
        ("DELETE", "/sources/{source}"),
    ],
)
def test_what_belongs_to_somebody_else_looks_exactly_like_what_is_missing(method, address, written):
    eve = TestClient(create_api(written.app, lambda request: Actor("eve")), base_url=HERE)
    body = {"json": {"title": "x"} if address.endswith("t}") else {"text": "x"}} if method == "PUT" else {}
    ask = {"headers": {"If-Match": '"1"', "X-Request-ID": "one"}, **body}

    foreign = eve.request(
        method, address.format(draft=written.draft_id, job=written.job_id, source=written.source_id), **ask
    )
    missing = eve.request(method, address.format(draft="0" * 32, job="0" * 32, source=999), **ask)

    assert_is_problem(foreign, 404)
    assert (foreign.content, dict(foreign.headers)) == (missing.content, dict(missing.headers))
    assert written.client.get(f"/sources/{written.source_id}").status_code == 200


def test_drafts_come_in_parts_of_a_bounded_size(written):
    client, drafts = written.client, written.app.drafts
    copies = [drafts.duplicate(written.draft_id, LOCAL_ACTOR) for _ in range(2)]
    everything = [draft["id"] for draft in client.get("/drafts").json()]

    parts = [client.get(f"/drafts?limit=2&offset={offset}").json() for offset in (0, 2)]

    assert [draft["id"] for part in parts for draft in part] == everything
    assert [len(part) for part in parts] == [2, 1]
    for asked in ("limit=0", "limit=501", "limit=x", "offset=-1", f"offset={2**63}"):
        assert_is_problem(client.get(f"/drafts?{asked}"), 422)
    for copy in copies:
        drafts.trash(copy.id, LOCAL_ACTOR)


def test_lists_show_only_ones_own(written):
    eve = TestClient(create_api(written.app, lambda request: Actor("eve")), base_url=HERE)

    assert [eve.get(path).json() for path in ("/drafts", "/sources", "/jobs")] == [[], [], []]
    assert eve.post("/search", json={"query": "tides"}).json() == []
    assert len(written.client.get("/drafts").json()) == 1


def test_mounted_under_api_it_describes_itself_there(app):
    outer = TestClient(Starlette(routes=[Mount("/api", app=create_api(app))]), base_url=HERE)

    description = outer.get("/api/openapi.json").json()

    assert description["info"]["title"] == "Writer"
    assert {"/health", "/ready", "/sources", "/search", "/articles", "/usage"} <= set(description["paths"])
    assert {"get", "put"} <= set(description["paths"]["/drafts/{draft_id}"])
    assert (
        outer.post("/api/sources", data={"title": "a", "text": "Some words."}).headers["location"] == "/api/sources/1"
    )
    assert_is_problem(outer.get("/api/nothing"), 404)
    assert_is_problem(outer.delete("/api/health"), 405)
    assert_is_problem(outer.get("/api/docs"), 404)


def test_every_route_is_known_and_none_changes_anything_by_get(app):
    routes = {
        (method.upper(), path) for path, methods in create_api(app).openapi()["paths"].items() for method in methods
    }

    assert routes == {
        ("POST", "/articles"),
        ("GET", "/budgets"),
        ("POST", "/budgets"),
        ("DELETE", "/budgets/{budget_id}"),
        ("PUT", "/budgets/{budget_id}"),
        ("GET", "/collections"),
        ("POST", "/collections"),
        ("POST", "/collections/import"),
        ("DELETE", "/collections/{collection_id}"),
        ("GET", "/collections/{collection_id}"),
        ("PATCH", "/collections/{collection_id}"),
        ("GET", "/collections/{collection_id}/export"),
        ("POST", "/collections/{collection_id}/members"),
        ("POST", "/collections/{collection_id}/merge"),
        ("POST", "/collections/{collection_id}/preview"),
        ("GET", "/comparisons"),
        ("POST", "/comparisons"),
        ("DELETE", "/comparisons/{comparison_id}"),
        ("GET", "/comparisons/{comparison_id}"),
        ("POST", "/comparisons/{comparison_id}/again"),
        ("POST", "/comparisons/{comparison_id}/draft"),
        ("POST", "/comparisons/{comparison_id}/reveal"),
        ("POST", "/comparisons/{comparison_id}/stop"),
        ("POST", "/comparisons/{comparison_id}/votes"),
        ("GET", "/drafts"),
        ("POST", "/drafts/import"),
        ("POST", "/drafts/search"),
        ("GET", "/drafts/{draft_id}"),
        ("PUT", "/drafts/{draft_id}"),
        ("POST", "/drafts/{draft_id}/branch"),
        ("POST", "/drafts/{draft_id}/checks"),
        ("GET", "/drafts/{draft_id}/claims"),
        ("GET", "/drafts/{draft_id}/comments"),
        ("POST", "/drafts/{draft_id}/comments"),
        ("DELETE", "/drafts/{draft_id}/comments/{comment_id}"),
        ("PATCH", "/drafts/{draft_id}/comments/{comment_id}"),
        ("POST", "/drafts/{draft_id}/comments/{comment_id}/replies"),
        ("GET", "/drafts/{draft_id}/compare"),
        ("PUT", "/drafts/{draft_id}/details"),
        ("GET", "/drafts/{draft_id}/estimate"),
        ("GET", "/drafts/{draft_id}/export"),
        ("GET", "/drafts/{draft_id}/export/{format}"),
        ("GET", "/drafts/{draft_id}/findings"),
        ("GET", "/drafts/{draft_id}/gaps"),
        ("POST", "/drafts/{draft_id}/go-on"),
        ("POST", "/drafts/{draft_id}/merge"),
        ("GET", "/drafts/{draft_id}/origins"),
        ("POST", "/drafts/{draft_id}/passes"),
        ("GET", "/drafts/{draft_id}/passes/{name}/estimate"),
        ("GET", "/drafts/{draft_id}/place"),
        ("GET", "/drafts/{draft_id}/print"),
        ("GET", "/drafts/{draft_id}/publications"),
        ("POST", "/drafts/{draft_id}/publications"),
        ("POST", "/drafts/{draft_id}/publications/preview"),
        ("PUT", "/drafts/{draft_id}/sections/{key}"),
        ("POST", "/drafts/{draft_id}/sections/{key}/leave-out"),
        ("POST", "/drafts/{draft_id}/sections/{key}/own"),
        ("POST", "/drafts/{draft_id}/sections/{key}/retry"),
        ("POST", "/drafts/{draft_id}/sections/{key}/search-web"),
        ("GET", "/drafts/{draft_id}/sittings"),
        ("PUT", "/drafts/{draft_id}/style-guide"),
        ("POST", "/drafts/{draft_id}/suggest"),
        ("GET", "/drafts/{draft_id}/suggestions"),
        ("POST", "/drafts/{draft_id}/suggestions/{suggestion_id}"),
        ("GET", "/drafts/{draft_id}/text"),
        ("PUT", "/drafts/{draft_id}/text"),
        ("GET", "/drafts/{draft_id}/variants"),
        ("GET", "/drafts/{draft_id}/versions"),
        ("GET", "/drafts/{draft_id}/versions/{version}"),
        ("PATCH", "/drafts/{draft_id}/versions/{version}"),
        ("POST", "/drafts/{draft_id}/versions/{version}/restore"),
        ("PUT", "/drafts/{draft_id}/voice"),
        ("GET", "/edit/actions"),
        ("GET", "/health"),
        ("GET", "/imports"),
        ("POST", "/imports"),
        ("GET", "/imports/{import_id}"),
        ("POST", "/imports/{import_id}/again"),
        ("POST", "/imports/{import_id}/stop"),
        ("GET", "/jobs"),
        ("GET", "/jobs/{job_id}"),
        ("GET", "/jobs/{job_id}/cap"),
        ("PUT", "/jobs/{job_id}/cap"),
        ("GET", "/jobs/{job_id}/events"),
        ("POST", "/jobs/{job_id}/resume"),
        ("POST", "/jobs/{job_id}/stop"),
        ("GET", "/library"),
        ("GET", "/library/calendar"),
        ("POST", "/library/changes"),
        ("POST", "/library/export"),
        ("POST", "/library/folders"),
        ("GET", "/library/titles"),
        ("GET", "/metrics"),
        ("GET", "/models"),
        ("POST", "/models/delete"),
        ("POST", "/models/downloads"),
        ("POST", "/models/downloads/{act}"),
        ("POST", "/models/estimate"),
        ("POST", "/models/find"),
        ("POST", "/models/load"),
        ("GET", "/models/offers"),
        ("POST", "/models/offers/ask"),
        ("POST", "/models/ollama/now/{act}"),
        ("GET", "/models/ollama/{account}"),
        ("POST", "/models/ollama/{act}"),
        ("POST", "/models/servers/look"),
        ("POST", "/models/unload"),
        ("POST", "/models/write-with"),
        ("GET", "/passages/{passage_id}/similar"),
        ("GET", "/prompts"),
        ("POST", "/prompts"),
        ("GET", "/prompts/export"),
        ("POST", "/prompts/import"),
        ("DELETE", "/prompts/{prompt_id}"),
        ("GET", "/prompts/{prompt_id}"),
        ("PATCH", "/prompts/{prompt_id}"),
        ("POST", "/prompts/{prompt_id}/versions"),
        ("GET", "/prompts/{prompt_id}/versions/{first}/compare/{second}"),
        ("GET", "/questions"),
        ("POST", "/questions"),
        ("DELETE", "/questions/{question_id}"),
        ("GET", "/questions/{question_id}"),
        ("PATCH", "/questions/{question_id}"),
        ("POST", "/questions/{question_id}/again"),
        ("POST", "/questions/{question_id}/draft"),
        ("DELETE", "/ratings"),
        ("GET", "/ratings"),
        ("GET", "/ready"),
        ("POST", "/research"),
        ("GET", "/research/{job_id}"),
        ("POST", "/research/{job_id}/accept"),
        ("POST", "/research/{job_id}/web"),
        ("POST", "/search"),
        ("GET", "/sites"),
        ("GET", "/sources"),
        ("POST", "/sources"),
        ("DELETE", "/sources/{source_id}"),
        ("GET", "/sources/{source_id}"),
        ("POST", "/sources/{source_id}/retry"),
        ("GET", "/sources/{source_id}/similar"),
        ("POST", "/sources/{source_id}/sync"),
        ("PUT", "/sources/{source_id}/tags"),
        ("GET", "/style-guide"),
        ("PUT", "/style-guide"),
        ("POST", "/style-guide/ignored"),
        ("GET", "/style-guides"),
        ("POST", "/style-guides"),
        ("DELETE", "/style-guides/{guide_id}"),
        ("PATCH", "/style-guides/{guide_id}"),
        ("GET", "/tags"),
        ("GET", "/usage"),
        ("GET", "/usage/calls"),
        ("GET", "/usage/calls.csv"),
        ("GET", "/usage/series"),
        ("GET", "/voices"),
        ("POST", "/voices"),
        ("DELETE", "/voices/{voice_id}"),
        ("PATCH", "/voices/{voice_id}"),
        ("POST", "/voices/{voice_id}/distances"),
    }
