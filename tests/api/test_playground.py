from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import HERE
from tests.services.playground.conftest import by_model, settings_for
from tests.support.scripted_server import Reply, ScriptedServer, failing
from writer.api import create_api
from writer.bootstrap import build
from writer.domain.actors import LOCAL_ACTOR
from writer.settings import read_settings

TWO = [{"route": "openai:scripted-1"}, {"route": "openai:scripted-2", "temperature": 1.1}]


@pytest.fixture(scope="module")
def model():
    with ScriptedServer(by_model) as server:
        yield server


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, model):
    folder: Path = tmp_path_factory.mktemp("playground")
    app = build(read_settings(settings_for(folder, model)))
    app.start()
    yield app
    app.close()


@pytest.fixture(scope="module")
def client(app):
    with TestClient(create_api(app), base_url=HERE) as client:
        yield client


def compared(app, client, **body):
    """(the answer to the request, the comparison once its job is over)"""
    answer = client.post("/comparisons", json={"prompt": "Say {{x}}", "values": {"x": "hi"}, "contenders": TWO, **body})
    list(app.jobs.follow(answer.json()["job_id"], LOCAL_ACTOR))
    return answer, client.get(f"/comparisons/{answer.json()['id']}").json()


def test_a_comparison_is_taken_on_and_looked_up(app, client, model):
    model.script = lambda asked: failing(401) if asked.model == "scripted-2" else by_model(asked)
    answer, one = compared(app, client)
    model.script = by_model

    assert answer.status_code == 202
    assert answer.headers["location"].endswith(f"/comparisons/{one['id']}")
    assert one["state"] == "done"
    assert [reply["state"] for reply in one["replies"]] == ["done", "failed"]
    assert one["replies"][0]["text"] == "scripted-1 says Say hi."
    assert one["replies"][1]["error"].startswith("openai:scripted-2: ")
    assert one["id"] in [other["id"] for other in client.get("/comparisons").json()]


def test_its_events_carry_what_went_wrong_and_how_long_it_took(app, client):
    answer, _ = compared(app, client)
    with client.stream("GET", f"/jobs/{answer.json()['job_id']}/events") as events:
        text = "".join(events.iter_text())

    assert '"kind": "playground.reply"' in text
    assert ' s"' in text.partition('"facts": "')[2][:12]


def test_a_blind_one_tells_no_names_until_the_vote(app, client):
    _, one = compared(app, client, blind=True)
    assert one["contenders"] is None
    assert [reply["route"] for reply in one["replies"]] == [None, None]
    voted = client.post(f"/comparisons/{one['id']}/votes", json={"first": 0, "second": 1, "verdict": "both_bad"}).json()

    assert voted["revealed"] is True
    assert {reply["route"] for reply in voted["replies"]} == {"openai:scripted-1", "openai:scripted-2"}
    assert [rating["both_bad"] for rating in client.get("/ratings").json()] == [1, 1]
    assert len(client.get("/ratings?with_temperature=true").json()) == 2
    assert client.delete("/ratings").json() == {"forgotten": 1}


def test_names_can_be_asked_for_without_a_vote(app, client):
    _, one = compared(app, client, blind=True)

    assert client.post(f"/comparisons/{one['id']}/reveal").json()["contenders"]
    assert (
        client.post(f"/comparisons/{one['id']}/votes", json={"first": 0, "second": 1, "verdict": "tie"}).status_code
        == 422
    )


def test_one_column_is_stopped_then_all(app, client, model):
    model.script = Reply("Word by word by word.", count=7, hold_after=4)
    begun = client.post("/comparisons", json={"prompt": "x", "contenders": TWO}).json()
    for column in (1, 0):
        body = {"columns": [column]} if column else {}
        assert client.post(f"/comparisons/{begun['id']}/stop", json=body).status_code == 200
    list(app.jobs.follow(begun["job_id"], LOCAL_ACTOR))
    model.script = by_model

    assert [r["state"] for r in client.get(f"/comparisons/{begun['id']}").json()["replies"]] == ["stopped", "stopped"]


def test_a_reply_becomes_a_draft_and_a_comparison_is_asked_again_and_deleted(app, client):
    _, one = compared(app, client)
    draft = client.post(f"/comparisons/{one['id']}/draft", json={"column": 0})
    again = client.post(f"/comparisons/{one['id']}/again")
    list(app.jobs.follow(again.json()["job_id"], LOCAL_ACTOR))

    assert draft.status_code == 201
    assert draft.json()["sections"][0]["text"] == one["replies"][0]["text"]
    assert again.status_code == 202
    assert client.delete(f"/comparisons/{one['id']}").status_code == 204
    assert client.get(f"/comparisons/{one['id']}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"contenders": []},
        {"contenders": TWO * 3},
        {"values": {}},
        {"prompt": " "},
        {"contenders": [TWO[0], {"route": "no:way"}]},
        {"contenders": [TWO[0], {"route": "built-in"}]},
        {"contenders": [TWO[0], {**TWO[1], "temperature": 9}]},
    ],
)
def test_what_cannot_be_compared_is_refused_with_a_sentence(client, body):
    before = client.get("/comparisons").json()
    answer = client.post("/comparisons", json={"prompt": "Say {{x}}", "values": {"x": "hi"}, "contenders": TWO, **body})

    assert answer.status_code == 422
    assert answer.json()["detail"].endswith(".")
    assert client.get("/comparisons").json() == before


def test_a_prompt_is_kept_changed_compared_used_and_deleted(app, client):
    kept = client.post("/prompts", json={"name": "Hi", "folder": "Mail", "tags": ["a"], "prompt": "Say {{x}}"})
    path = f"/prompts/{kept.json()['id']}"
    assert kept.status_code == 201
    assert kept.json()["version"]["variables"] == ["x"]
    assert client.post(f"{path}/versions", json={"prompt": "Sing {{x}}", "note": "sung"}).status_code == 201
    assert [v["number"] for v in client.get(path).json()["versions"]] == [2, 1]
    assert ["-", "Say"] in client.get(f"{path}/versions/1/compare/2").json()["user"]
    assert client.patch(path, json={"folder": ""}).json()["tags"] == ["a"]
    assert [one["name"] for one in client.get("/prompts?query=sing&tag=a").json()] == ["Hi"]
    _, one = compared(app, client, prompt="", prompt_id=kept.json()["id"])
    assert one["replies"][0]["text"] == "scripted-1 says Sing hi."
    assert one["prompt_version"] == f"prompt:{kept.json()['id']}@2"

    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_prompts_are_exported_and_come_back_as_new_ones(client, form):
    made = client.post("/prompts", json={"name": f"In {form}", "prompt": "Say {{x}}"}).json()
    file = client.get(f"/prompts/export?form={form}")
    assert file.headers["content-disposition"] == f'attachment; filename="prompts.{form}"'
    here = len(client.get("/prompts").json())
    told = client.post("/prompts/import", json={"content": file.text}).json()
    assert told == {"added": here, "revised": 0, "unchanged": 0}
    assert client.get(f"/prompts/{made['id']}").json()["version"]["number"] == 1
    again = client.post("/prompts/import", json={"content": file.text, "as_versions": True}).json()

    assert again == {"added": 0, "revised": 0, "unchanged": here}
    assert client.post("/prompts/import", json={"content": "no prompts"}).status_code == 422
