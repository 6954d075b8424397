import time

import pytest
from starlette.testclient import TestClient

from tests.support import hub_server, ollama_server
from tests.support.hub_server import HubSite, a_model
from tests.support.ollama_server import OllamaSite
from writer.api import create_api
from writer.bootstrap import build
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.ports.settings import ProviderAccount
from writer.settings import read_settings

NAME = "org/tiny"
HERE = "http://localhost"


@pytest.fixture
def hub():
    with hub_server.serving(HubSite({NAME: a_model()})) as site:
        yield site


@pytest.fixture
def app(hub, tmp_path):
    environ = {
        "HOME": str(tmp_path),
        "WRITER_DATA_DIR": str(tmp_path / "data"),
        "WRITER_HUB_URL": hub.url,
        "WRITER_FETCH_HOSTS": f"localhost:{hub.port}",
    }
    built = build(read_settings(environ))
    built.start()
    yield built
    built.close()


@pytest.fixture
def client(app):
    return TestClient(create_api(app), base_url=HERE)


def one(client) -> dict:
    models = client.get("/models").json()
    return models[0] if models else {"state": "not downloaded"}


def when(true) -> None:
    until = time.monotonic() + 30
    while not true():
        assert time.monotonic() < until


def test_a_model_is_found_downloaded_written_with_and_deleted(client, app):
    found = client.post("/models/find", json={"id": NAME}).json()
    assert (found["licence"], found["obstacle"], found["bytes"]) == ("apache-2.0", "", 200_174)

    begun = client.post("/models/downloads", json={"id": NAME, "revision": found["revision"]})
    assert begun.status_code == 202
    when(lambda: one(client)["state"] == "downloaded")
    written = client.post("/models/write-with", json={"id": NAME}).json()

    assert written == {"route": f"huggingface:{NAME}"}
    assert app.providers.routes(LOCAL_ACTOR)[0] == written["route"]
    assert client.post("/models/delete", json={"id": NAME}).json() == []


def test_a_model_that_changed_since_it_was_looked_at_is_not_downloaded(client, hub):
    found = client.post("/models/find", json={"id": NAME}).json()
    hub.models[NAME]["README.md"] = b"# Another licence\n"

    refused = client.post("/models/downloads", json={"id": NAME, "revision": found["revision"]})

    assert refused.status_code == 422 or refused.status_code == 400
    assert "has changed" in refused.json()["detail"]
    assert one(client)["state"] == "not downloaded"


def test_what_is_not_there_is_not_found(client, app):
    for path in ("load", "unload", "delete", "write-with", "estimate", "downloads/pause", "downloads/resume"):
        assert client.post(f"/models/{path}", json={"id": "org/other"}).status_code == 404, path
    assert client.get("/models/ollama/nobody").status_code == 404
    assert client.post("/models/ollama/pull", json={"account": "nobody", "model": "a"}).status_code == 404


def test_weights_that_cannot_be_loaded_are_a_sentence_before_anything_is_loaded(client):
    client.post("/models/downloads", json={"id": NAME})
    when(lambda: one(client)["state"] == "downloaded")

    estimate = client.post("/models/estimate", json={"id": NAME, "device": "tpu"})

    assert 400 <= estimate.status_code < 500
    assert estimate.json()["detail"].endswith(".")


def test_ollama_is_steered_and_offers_are_told(client, app):
    with ollama_server.serving(OllamaSite({"llama3.2": 2_000}, library={"qwen3:4b": 300})) as site:
        app.providers.save(ProviderAccount("ollama", "ollama", f"{site.url}/v1"), LOCAL_ACTOR)
        pulled = {"account": "ollama", "model": "qwen3:4b"}
        assert client.post("/models/ollama/pull", json=pulled).status_code == 202
        when(lambda: "qwen3:4b" in site.models)
        client.post("/models/ollama/load", json=pulled)
        when(lambda: site.loaded == {"qwen3:4b"})
        assert [model["loaded"] for model in client.get("/models/ollama/ollama").json()] == [False, True]
        client.post("/models/ollama/now/unload", json=pulled)
        left = client.post("/models/ollama/now/delete", json=pulled).json()
        offers = client.post("/models/offers/ask").json()

    assert [model["name"] for model in left] == ["llama3.2"]
    assert [model["name"] for model in offers[0]["models"]] == ["llama3.2"]
    assert offers[0]["models"][0]["is_local"]
    assert client.get("/models/offers").json()[0]["age_s"] is not None
