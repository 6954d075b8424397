"""Voices over HTTP, and what a provider is told of them: the model is scripted, behind a real socket."""

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import HERE
from tests.api.test_editing import studio
from tests.domain.test_voices import LONG
from tests.services.test_voices import SAMPLES
from tests.support.scripted_article import kind_of, quick
from tests.support.scripted_server import Reply, ScriptedServer
from writer.api import create_api
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.briefs import Brief

TOLD = "Voice: Sentences have 5 words on average"


@pytest.fixture
def server():
    with ScriptedServer(quick) as server:
        yield server


@pytest.fixture
def studied(tmp_path, server):
    with studio(tmp_path, server) as app:
        yield app, TestClient(create_api(app), base_url=HERE)


def learnt(client, name="Mine") -> str:
    reply = client.post("/voices", json={"name": name, "samples": SAMPLES})
    assert reply.status_code == 201
    return reply.json()["id"]


def test_a_voice_is_learnt_renamed_held_against_a_text_and_deleted(client):
    voice = learnt(client)
    (told,) = client.get("/voices").json()
    assert told["description"][0].startswith("Sentences have 5 words")
    assert "owner_id" not in told
    assert SAMPLES[0][:20] not in str(told)

    assert client.patch(f"/voices/{voice}", json={"name": "Ours"}).json()["name"] == "Ours"
    (far,) = client.post(f"/voices/{voice}/distances", json={"text": LONG}).json()
    assert far["distance"] > 1
    assert client.delete(f"/voices/{voice}").status_code == 204
    assert client.post(f"/voices/{voice}/distances", json={"text": LONG}).status_code == 404


def test_too_few_samples_are_refused_with_a_sentence(client):
    reply = client.post("/voices", json={"name": "Mine", "samples": SAMPLES[:2]})

    assert reply.status_code in (400, 422)
    assert "at least 3" in reply.json()["detail"]


def test_a_rewrite_in_a_draft_that_uses_a_voice_tells_the_model_of_it(studied, server):
    app, client = studied
    draft = app.drafts.begin("Tides", LOCAL_ACTOR).id
    server.script = Reply("The sea rises.")
    body = {"id": "suggestion-1", "action": "rewrite", "text": "The sea is rising."}
    client.post(f"/drafts/{draft}/suggest", json=body)
    assert TOLD not in str(server.requests[-1].body)

    assert client.put(f"/drafts/{draft}/voice", json={"voice": learnt(client)}).status_code == 200
    client.post(f"/drafts/{draft}/suggest", json={**body, "id": "suggestion-2"})
    assert TOLD in str(server.requests[-1].body)
    assert client.put(f"/drafts/{draft}/voice", json={"voice": "none"}).status_code == 404


def test_sections_of_an_article_are_asked_for_in_the_voice_of_its_brief(studied, server):
    app, client = studied
    brief = Brief("How tides work", words=400, voice=learnt(client))
    job = app.articles.write(brief, LOCAL_ACTOR)
    list(app.jobs.follow(job.id, LOCAL_ACTOR))

    told = {kind_of(request) for request in server.requests if TOLD in str(request.body)}
    assert {"outline", "plan", "section", "introduction", "headline"} <= told
