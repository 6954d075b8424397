import io
import json
import logging

from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from tests.api.test_api import assert_is_problem
from writer.api import create_api
from writer.api.problems import LastResort
from writer.logs import JsonFormatter, Redaction

NAMES = {"Data folder", "Disk", "Database", "Migrations", "Search index", "Queue", "Runner"}


def test_readiness_looks_at_everything_that_work_needs(client):
    ready = client.get("/ready").json()

    assert ready["ready"]
    assert {check["name"] for check in ready["checks"]} == NAMES
    assert all(check["sentence"].endswith(".") for check in ready["checks"])


def test_tables_of_another_version_make_it_unready_and_say_what_to_do(app, client):
    with app.database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    ready = client.get("/ready")

    assert ready.status_code == 503
    assert "python -m writer migrate" in next(
        c["sentence"] for c in ready.json()["checks"] if c["name"] == "Migrations"
    )
    assert client.get("/health").status_code == 200


def test_metrics_are_in_prometheus_format_with_patterns_in_place_of_addresses(client):
    client.get("/drafts/no-such-draft")
    answer = client.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    routes = {sample.labels["route"] for sample in families["writer_http_requests"].samples}
    assert "/drafts/{draft_id}" in routes
    assert "no-such-draft" not in answer.text
    assert families["writer_runner_alive"].samples[0].value == 1


def test_metrics_are_behind_the_same_guard_as_the_api(app):
    with TestClient(create_api(app), base_url="http://evil.example") as stranger:
        assert_is_problem(stranger.get("/metrics"), 421)


def test_every_answer_has_an_id_that_problems_and_the_log_name_too(client):
    answer = client.get("/drafts/nothing")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert client.get("/health").headers["x-request-id"] != answer.headers["x-request-id"]


def test_a_proxys_own_id_is_kept_and_a_forged_one_is_not(client):
    assert client.get("/health", headers={"X-Request-ID": "edge-42"}).headers["x-request-id"] == "edge-42"
    forged = client.get("/health", headers={"X-Request-ID": "a b<script>"}).headers["x-request-id"]
    assert forged.isalnum()


def test_lines_that_are_logged_during_a_request_carry_its_id_as_json():
    logger, lines = logging.getLogger("writer.asked"), io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonFormatter(Redaction()))
    logger.addHandler(handler)

    async def asked(scope, receive, send):
        logger.warning("asked")
        await PlainTextResponse("yes")(scope, receive, send)

    try:
        answer = TestClient(LastResort(asked)).get("/", headers={"X-Request-ID": "r-1"})
    finally:
        logger.removeHandler(handler)
    assert answer.headers["x-request-id"] == "r-1"
    (line,) = lines.getvalue().splitlines()
    assert (json.loads(line)["request_id"], json.loads(line)["event"]) == ("r-1", "asked")
