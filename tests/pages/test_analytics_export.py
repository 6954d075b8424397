"""What stands in the files, over a ledger of this test."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from pages._shared.analytics_address import Asked, read
from pages._shared.analytics_answers import Answers
from pages._shared.analytics_export import groups_csv, over_time_csv
from tests.support.calls import GPT, LLAMA, call, record
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.analytics import Choices

EVIL = "=1+1:x"


@pytest.fixture
def answers(app: App) -> Answers:
    record(app, call(1), call(2, days_ago=1), call(3, cost=None), call(4, days_ago=9), call(5, route=EVIL))
    return Answers(app.analytics, LOCAL_ACTOR)


def lines(pieces: Iterator[str]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(pieces), newline="")))


def asked(**params: str) -> Asked:
    return read({name: [value] for name, value in params.items()}, Choices(), datetime.now(UTC))


def test_figures_over_time_are_a_line_for_each_step_and_key(answers: Answers) -> None:
    found = lines(over_time_csv(answers, asked(time="7d")))

    assert len(found) == 4
    assert sum(int(line["Calls"]) for line in found) == 4
    assert {line["Route"] for line in found} == {GPT, LLAMA, f"'{EVIL}"}


def test_figures_by_a_key_stand_beside_those_of_the_other_time(answers: Answers) -> None:
    found = {line["Route"]: line for line in lines(groups_csv(answers, asked(time="7d")))}

    assert (found[GPT]["Calls"], found[GPT]["Calls, time before"]) == ("2", "1")
    assert found[GPT]["Cost in $"] == "0.003"
    assert found[LLAMA]["Calls without a known price"] == "1"
