import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = [
    "topic",
    "words",
    "keyphrases",
    "questions",
    "must_include",
    "avoid",
    "source_ids",
    "due",
    "extra",
    "language",
]
FIELDS += ["addresses", "sitemap", "folder", "only_refused"]
FIELDS += [
    "route",
    "content_type",
    "query",
    "limit",
    "collections",
    "title",
    "sections",
    "note",
    "text",
    "heading",
    "key",
]
ROUTES = [
    ("POST", "/articles"),
    ("POST", "/search"),
    ("POST", "/imports"),
    ("PUT", "/drafts/{draft}"),
    ("PUT", "/drafts/{draft}/sections/introduction"),
    ("POST", "/drafts/{draft}/suggest"),
    ("POST", "/drafts/{draft}/passes"),
    ("POST", "/drafts/{draft}/checks"),
    ("PUT", "/style-guide"),
    ("POST", "/style-guide/ignored"),
    ("POST", "/drafts/{draft}/suggestions/suggestion-1"),
    ("POST", "/comparisons"),
    ("POST", "/prompts"),
    ("POST", "/prompts/import"),
    ("POST", "/prompts/none/versions"),
    ("POST", "/comparisons/none/votes"),
    ("POST", "/budgets"),
    ("PUT", "/budgets/none"),
    ("PUT", "/jobs/{job}/cap"),
    ("POST", "/drafts/{draft}/go-on"),
    ("POST", "/models/estimate"),
    ("POST", "/models/load"),
    ("POST", "/models/delete"),
    ("POST", "/models/downloads/resume"),
    ("POST", "/models/ollama/load"),
]
WITHOUT_A_BODY_TOO = [
    ("POST", "/imports/{job}/again"),
    ("POST", "/imports/{job}/stop"),
    ("POST", "/sources/{source}/retry"),
    ("POST", "/sources/{source}/sync"),
]
FIELDS += ["check", "ignored", "preferred", "banned", "variety", "oxford_comma"]
FIELDS += ["id", "action", "pass", "before", "after", "instruction", "model", "accepted", "rejected", "edited"]
FIELDS += ["prompt", "system", "values", "contenders", "name", "folder", "tags", "content", "temperature"]
FIELDS += ["max_cost", "person", "month", "unpriced", "account", "device", "context", "together", "first", "second"]
PATIENT = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(("method", "path"), ROUTES + WITHOUT_A_BODY_TOO)
@PATIENT
@given(body=ANYTHING | st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=5))
def test_any_json_at_all_is_answered_with_a_problem_or_done(method, path, body, written):
    content = json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "If-Match": '"0"'}

    answer = written.client.request(method, written.path(path), content=content, headers=headers)

    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"limit": ' + b"9" * 6000 + b"}",
        b'{"query": "\\ud800"}',
        b'{"query": NaN}',
        b'{"topic": "\\u0000"}',
        b'{"__proto__": {"x": 1}}',
        b'{"topic": "x", "source_ids": [99999999999999999999]}',
    ],
    ids=range(12),
)
def test_broken_json_is_answered_with_a_problem(method, path, content, written):
    headers = {"Content-Type": "application/json", "If-Match": '"1"'}

    answer = written.client.request(method, written.path(path), content=content, headers=headers)

    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data"])
def test_json_under_another_name_is_not_taken(content_type, written):
    answer = written.client.post("/search", content=b'{"query": "x"}', headers={"Content-Type": content_type})

    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    "id_", ["%00", "..", "..%2f..%2fetc", "a" * 300, "'; DROP TABLE drafts;--", "💥", "1e309", "-1"]
)
@pytest.mark.parametrize(
    "path", ["/drafts/{}", "/drafts/{}/versions", "/jobs/{}", "/jobs/{}/events", "/sources/{}", "/imports/{}"]
)
def test_ids_that_cannot_be_are_not_found(path, id_, written):
    answer = written.client.get(path.format(id_))

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999", "x", "1.5"])
def test_version_numbers_that_cannot_be_are_not_found(number, written):
    assert written.client.get(f"/drafts/{written.draft_id}/versions/{number}").status_code == 404


@pytest.mark.parametrize(
    "brief",
    [
        {},
        {"topic": ""},
        {"topic": "…"},
        {"topic": "x" * 301},
        {"topic": True},
        {"topic": ["a"]},
        {"topic": "Tides", "words": 5},
        {"topic": "Tides", "words": "many"},
        {"topic": "Tides", "words": 1.5},
        {"topic": "Tides", "due": "tomorrow"},
        {"topic": "Tides", "questions": [["nested"]]},
        {"topic": "Tides", "extra": "text"},
        {"topic": "Tides", "extra": {"x": {"y": 1}}},
        {"topic": "Tides", "source_ids": ["x"]},
        {"topic": "Tides", "content_type": "no-such-type"},
        {"topic": "Tides", "route": "no-such-provider:m"},
        {"topic": "Tides", "route": 5},
        {"topic": "Tides", "source_ids": [987654]},
        {f"field{n}": "x" for n in range(40)} | {"topic": "Tides"},
    ],
    ids=lambda brief: json.dumps(brief)[:40],
)
def test_an_absurd_brief_is_refused_with_a_sentence_and_starts_nothing(brief, written):
    before = len(written.client.get("/jobs").json())

    answer = written.client.post("/articles", json=brief)

    assert answer.status_code in (404, 422), answer.text
    assert answer.json()["detail"][-1] in ".:"
    assert len(written.client.get("/jobs").json()) == before


def test_a_malformed_upload_is_refused(written):
    headers = {"Content-Type": "multipart/form-data; boundary=x"}

    for content in (b"", b"--x\r\n", b"garbage", b"--x\r\n\r\nno name\r\n--x--"):
        assert 400 <= written.client.post("/sources", content=content, headers=headers).status_code < 500
