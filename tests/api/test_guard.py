import contextlib
import logging
import re

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.api.conftest import HERE
from writer.api import create_api
from writer.api.guard import MAX_JSON_BYTES, Guard
from writer.api.problems import LastResort
from writer.domain import errors

ON_LOOPBACK = ("127.0.0.1", 50000)
ELSEWHERE = ("192.168.1.7", 50000)
SAME = {"Host": "localhost:8501"}


def small_api(allowed=()):
    api = FastAPI()

    @api.get("/read")
    def read():
        return {}

    @api.post("/write")
    def write(body: dict):
        return {"keys": len(body)}

    api.add_middleware(Guard, allowed_hosts=allowed)
    return api


def asked(method, path, headers, *, allowed=(), client=ON_LOOPBACK):
    return TestClient(small_api(allowed), base_url=HERE, client=client).request(
        method, path, headers=headers, json={"a": 1}
    )


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST", "192.168.1.7:8501"])
def test_loopback_is_reached_by_its_own_names(host):
    assert asked("GET", "/read", {"Host": host}).status_code == 200


@pytest.mark.parametrize("client", [ON_LOOPBACK, ELSEWHERE])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:8501", "localhost.evil.example", "", "[::1"])
def test_a_foreign_name_that_leads_here_is_refused(host, client):
    answer = asked("GET", "/read", {"Host": host}, client=client)

    assert answer.status_code == 421
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("allowed", [["writer.lan"], ["*.lan"], ["*"], ["other.example", "Writer.LAN"]])
def test_names_that_are_listed_are_answered(allowed):
    assert asked("GET", "/read", {"Host": "writer.lan:8501"}, allowed=allowed, client=ELSEWHERE).status_code == 200


def test_behind_a_proxy_pages_of_a_listed_name_may_change_things():
    headers = {"Host": "127.0.0.1:8501", "Origin": "https://writer.example"}

    assert asked("POST", "/write", headers, allowed=["*.example"]).status_code == 200
    assert asked("POST", "/write", headers, allowed=["*"]).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost:8501"},
        {"Origin": "http://localhost:8501", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_own_pages_and_programs_may_change_things(headers):
    assert asked("POST", "/write", {**SAME, **headers}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[::1"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:3000"},
        {"Origin": "http://localhost:8501.evil.example"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_another_web_page_may_not_change_anything(method, headers):
    assert asked(method, "/write", {**SAME, **headers}).status_code == 403


def test_another_web_page_is_given_no_right_to_read():
    answer = asked("GET", "/read", {**SAME, "Origin": "https://evil.example"})

    assert "access-control-allow-origin" not in answer.headers


def test_every_answer_tells_browsers_not_to_guess_not_to_keep_and_not_to_render():
    headers = asked("GET", "/read", SAME).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].endswith("sandbox")


@pytest.mark.parametrize("announced", [True, False])
def test_an_endless_body_is_cut_off(announced):
    piece = b" " * 1_000_000
    pieces = (piece for _ in range(MAX_JSON_BYTES // len(piece) + 2))
    headers = {**SAME, **({"Content-Length": str(MAX_JSON_BYTES + 1)} if announced else {})}

    answer = TestClient(small_api(), base_url=HERE, client=ON_LOOPBACK).post("/write", content=pieces, headers=headers)

    assert answer.status_code == 413


def test_a_length_that_is_no_number_is_refused():
    assert asked("POST", "/write", {**SAME, "Content-Length": "-5"}).status_code == 413


def broken_api(error):
    api = FastAPI()

    @api.get("/fails")
    def fails():
        raise error

    api.add_middleware(LastResort)
    return TestClient(api, base_url=HERE)


def test_what_nobody_expected_gives_an_id_and_the_log_has_the_rest(caplog):
    answer = broken_api(ZeroDivisionError("canary-detail")).get("/fails")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["id"] in answer.json()["detail"]
    assert "canary-detail" not in answer.text
    assert "canary-detail" in caplog.text


def every_error():
    made = {
        errors.EditConflict: lambda kind: kind("Saved in between.", revision=7),
        errors.CircuitOpen: lambda kind: kind("a:b", "rests.", retry_in=12.3),
        errors.RetryLater: lambda kind: kind("a:b", "later.", retry_in=90),
        errors.RateLimited: lambda kind: kind("a:b", "slow down.", retry_after=3),
        errors.StreamInterrupted: lambda kind: kind("a:b", "broke off.", text="x"),
    }
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.WriterError)]
    for kind in kinds:
        if kind in made:
            yield made[kind](kind)
        elif issubclass(kind, errors.ProviderError):
            yield kind("a:b", "failed.")
        else:
            yield kind("A sentence.")


@pytest.mark.parametrize("error", list(every_error()), ids=lambda error: type(error).__name__)
def test_every_error_of_ours_is_a_problem_with_its_sentence(error, app, caplog):
    caplog.set_level(logging.WARNING)
    api = create_api(app)

    @api.get("/fails")
    def fails():
        raise error

    answer = TestClient(api, base_url=HERE).get("/fails")

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == str(error)
    assert answer.status_code < 500 or answer.status_code in (502, 503) or type(error) is errors.WriterError
    if getattr(error, "retry_in", None):
        assert int(answer.headers["retry-after"]) >= error.retry_in
    if isinstance(error, errors.EditConflict):
        assert answer.headers["etag"] == '"7"'


def test_only_three_boundaries_catch_everything():
    from tests.security.test_fetch import ROOT

    broad = set()
    for folder in ("writer", "pages"):
        for path in (ROOT / folder).rglob("*.py"):
            with contextlib.suppress(UnicodeDecodeError):
                if re.search(r"except (?:Base)?Exception\b", path.read_text()):  # a group is caught to be taken apart
                    broad.add(str(path.relative_to(ROOT)))
    assert "writer/api/problems.py" in broad
    assert len(broad) <= 3, broad
