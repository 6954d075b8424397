import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Screen, said
from tests.support import hub_server, ollama_server
from tests.support.hub_server import TOKEN, Fault, HubSite, a_model
from tests.support.ollama_server import OllamaSite
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.models import ModelState
from writer.domain.ports.local_models import LocalChoice, Precision, Quantisation
from writer.domain.ports.settings import ProviderAccount

NAME = "org/tiny"


@pytest.fixture
def hub() -> Iterator[HubSite]:
    with hub_server.serving(HubSite({NAME: a_model()})) as site:
        yield site


@pytest.fixture
def memory_mb() -> str:
    """What all models together may take; 0 for what is free."""
    return "0"


@pytest.fixture
def settings_of_app(hub: HubSite, memory_mb: str) -> dict[str, str]:
    return {
        "WRITER_HUB_URL": hub.url,
        "WRITER_FETCH_HOSTS": f"localhost:{hub.port}",
        "WRITER_LOCAL_MEMORY_MB": memory_mb,
    }


def when(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not true():
        assert time.monotonic() < until
        threading.Event().wait(0.02)


def state(app: App) -> ModelState:
    return app.models.get(NAME, LOCAL_ACTOR).state


def confirmed(at: AppTest, label: str) -> None:
    """The button, and then yes in its dialog. The driver knows no dialog that stays open: it is asked for again."""
    at.button(key=f"model:{label}:{NAME}").click().run()
    at.session_state["models:asked"] = (label, NAME)
    at.button(key="model:confirmed").click().run()
    assert not at.exception


def found(screen: Screen) -> AppTest:
    at = screen("models")
    at.text_input(key="models:id").set_value(NAME)
    return at.button(key="models:ask").click().run()


def test_nothing_is_asked_before_a_button_that_names_who_is_asked(screen: Screen, hub: HubSite) -> None:
    at = screen("models")

    assert hub.requests == []
    assert at.button(key="models:ask").label == f"Ask {hub.host}"
    assert "No model is on this machine yet" in at.info[0].value


def test_licence_and_size_are_shown_before_a_download(screen: Screen, hub: HubSite) -> None:
    at = found(screen)

    assert "Licence: **apache\\-2\\.0**" in said(at)
    assert at.button(key="models:get").label == "Download 200.2 kB"
    assert "4 other files not downloaded" in said(at)
    assert len(hub.requests) == 1


def test_a_model_is_downloaded_written_with_and_deleted(app: App, screen: Screen, hub: HubSite) -> None:
    at = found(screen)
    at.button(key="models:get").click().run()
    when(lambda: state(app) is ModelState.DOWNLOADED)

    at = screen("models")
    assert "200.2 kB · licence: apache-2.0" in said(at).replace("\\", "")
    at.button(key=f"model:Write with it:{NAME}").click().run()
    assert app.providers.routes(LOCAL_ACTOR) == [f"huggingface:{NAME}"]

    confirmed(at, "Delete")
    assert app.models.listing(LOCAL_ACTOR) == []
    assert app.providers.routes(LOCAL_ACTOR) == []
    assert not list(app.settings.data_dir.glob("models/org/*"))


def test_a_download_is_paused_gone_on_with_and_cancelled(app: App, screen: Screen, hub: HubSite) -> None:
    hub.faults.append(Fault("model.safetensors", "stall", 50_000))
    at = found(screen)
    at.button(key="models:get").click().run()
    when(lambda: app.models.get(NAME, LOCAL_ACTOR).progress.share > 0.2)

    at.button(key=f"model:Pause:{NAME}").click().run()
    when(lambda: state(app) is ModelState.PAUSED)
    at = screen("models")
    assert "Paused" in said(at)
    hub.faults.append(Fault("model.safetensors", "stall", 100_000))
    at.button(key=f"model:Resume:{NAME}").click().run()
    when(lambda: len(hub.asked_for("model.safetensors")) == 2)
    assert "range" in hub.asked_for("model.safetensors")[1].headers

    at = screen("models")
    confirmed(at, "Cancel")
    assert app.models.listing(LOCAL_ACTOR) == []


def test_a_gated_model_says_what_to_do_and_a_saved_token_opens_it(app: App, screen: Screen, hub: HubSite) -> None:
    hub.gated = True
    at = found(screen)
    assert any("accept their terms" in info.value for info in at.info)
    at.button(key="models:get").click().run()
    when(lambda: state(app) is ModelState.FAILED)
    at = screen("models")
    assert "is gated" in at.error[0].value

    at.text_input(key="models:token").set_value(TOKEN).run()
    at.button(key="models:token_save").click().run()
    at.button(key=f"model:Resume:{NAME}").click().run()
    when(lambda: state(app) is ModelState.DOWNLOADED)

    assert TOKEN not in said(screen("models"))
    assert TOKEN.encode() not in (app.settings.data_dir / "writer.db").read_bytes()
    at = screen("models")
    at.button(key="models:token_gone").click().run()
    assert not app.models.has_token(LOCAL_ACTOR)


def test_a_model_that_cannot_be_used_says_why_and_offers_no_download(screen: Screen, hub: HubSite) -> None:
    hub.models[NAME] = {"config.json": b"{}", "weights.gguf": b"GGUF"}

    at = found(screen)

    assert "GGUF files only" in at.warning[0].value
    assert "models:get" not in {button.key for button in at.button}


def test_a_name_that_the_hub_does_not_know_is_a_sentence(screen: Screen, hub: HubSite) -> None:
    hub.models.clear()

    assert "knows no model" in found(screen).warning[0].value


@pytest.fixture
def ollama(app: App) -> Iterator[OllamaSite]:
    with ollama_server.serving(OllamaSite({"llama3.2": 2_000}, library={"qwen3:4b": 500})) as site:
        app.providers.save(ProviderAccount("ollama", "ollama", f"{site.url}/v1"), LOCAL_ACTOR)
        yield site


def test_ollamas_models_are_listed_loaded_written_with_and_deleted(
    app: App, screen: Screen, ollama: OllamaSite
) -> None:
    at = screen("models")
    assert ollama.requests == []
    at.button(key="ollama:list:ollama").click().run()
    assert "2.0 kB · llama · 3.2B · Q4_K_M" in said(at).replace("\\", "")

    at.button(key="served:load:ollama:llama3.2").click().run()
    when(lambda: ollama.loaded == {"llama3.2"})
    when(lambda: app.served_models.pulls(LOCAL_ACTOR) == [])
    at.button(key="ollama:list:ollama").click().run()
    at.button(key="served:unload:ollama:llama3.2").click().run()
    assert ollama.loaded == set()
    at.button(key="served:write:ollama:llama3.2").click().run()
    assert app.providers.routes(LOCAL_ACTOR)[0] == "ollama:llama3.2"
    at.button(key="served:delete:ollama:llama3.2").click().run()
    at.button(key="served:delete:ollama:llama3.2").click()
    at.button(key="served:confirmed").click().run()
    assert ollama.models == {}


def test_a_download_into_ollama_is_stopped_and_gone_on_with(app: App, screen: Screen, ollama: OllamaSite) -> None:
    ollama.pause_at = 200
    at = screen("models")
    at.text_input(key="ollama:name:ollama").set_value("qwen3:4b")
    at.button(key="ollama:get:ollama").click().run()
    when(lambda: any(pull.progress for pull in app.served_models.pulls(LOCAL_ACTOR)))
    [pull] = app.served_models.pulls(LOCAL_ACTOR)
    at = screen("models")
    at.button(key=f"pull:stop:{pull.job_id}").click().run()
    assert ollama.left.wait(20)

    ollama.pause_at = None
    at = screen("models")
    at.button(key=f"pull:again:{pull.job_id}").click().run()
    when(lambda: "qwen3:4b" in ollama.models)


def test_servers_of_this_machine_are_looked_for_on_request_and_added_on_a_second_one(app: App, screen: Screen) -> None:
    with ExitStack() as stack:
        ports = {11434: "ollama", 1234: "lm-studio", 8080: "llama-cpp", 8000: "vllm"}
        site, preset = OllamaSite({"served": 1}), ""
        for port, name in ports.items():
            with suppress(OSError):
                stack.enter_context(ollama_server.serving(site, port))
                preset = name
                break
        assert preset, "all four usual ports are taken"
        at = screen("models")
        assert site.requests == []

        at.button(key="servers:look").click().run()
        assert app.providers.accounts(LOCAL_ACTOR) == []
        at.button(key=f"server:add:{preset}").click().run()

    [account] = app.providers.accounts(LOCAL_ACTOR)
    assert (account.preset, account.models) == (preset, ("served",))


def test_what_providers_offer_is_asked_on_request_and_a_failure_is_a_sentence(app: App, screen: Screen) -> None:
    with ollama_server.serving(OllamaSite({"gpt-4.1-mini": 1, "their-own": 1})) as service:
        key = "sk-secret-of-mine"
        app.providers.save(ProviderAccount("mine", "openai", f"{service.url}/v1", key, ("gpt-4.1-mini",)), LOCAL_ACTOR)
        app.providers.save(ProviderAccount("off", "openai-compatible", "http://127.0.0.1:9/v1"), LOCAL_ACTOR)
        at = screen("models")
        before = said(at).replace("\\", "")
        assert service.requests == []
        assert "**gpt-4.1-mini** reads 1,000,000 tokens · $0.40 in, $1.60 out for a million tokens" in before

        at.button(key="offers:ask").click().run()

    after = said(at).replace("\\", "")
    assert "**their-own** price not known" in after
    assert "off:" in at.warning[0].value.replace("\\", "")
    assert key not in after
    assert [path for _, path, _ in service.requests] == ["/v1/models"]


def test_what_is_chosen_for_loading_is_how_it_is_loaded(app: App, screen: Screen, hub: HubSite) -> None:
    app.models.download(NAME, LOCAL_ACTOR)
    when(lambda: state(app) is ModelState.DOWNLOADED)
    at = screen("models")
    at.button(key=f"model:Load:{NAME}").click().run()
    assert [metric.label for metric in at.metric] == ["Memory it needs", "Free"]

    for key, value in (("device", "cpu"), ("precision", Precision.FLOAT32), ("quantisation", Quantisation.INT8)):
        at.session_state[f"load:{key}"] = value
    at.session_state["load:context"], at.session_state["load:together"] = 128, 2
    at.session_state["models:asked"] = ("Load", NAME)
    at.button(key="load:now").click().run()

    assert not at.exception
    chosen = LocalChoice("cpu", Precision.FLOAT32, Quantisation.INT8, 128, 2)
    assert app.models.runtime.default(NAME) == chosen
    when(lambda: state(app) is ModelState.FAILED)  # its weights are none that a model could have
    at = screen("models")
    assert at.error
    assert f"model:Load:{NAME}" in {button.key for button in at.button}
    confirmed(at, "Delete")
    assert app.models.listing(LOCAL_ACTOR) == []


@pytest.mark.parametrize("memory_mb", ["1"])
def test_a_model_that_does_not_fit_into_memory_is_not_loaded_and_says_why(
    app: App, screen: Screen, hub: HubSite
) -> None:
    hub.models[NAME] = a_model(3_000_000)
    app.models.download(NAME, LOCAL_ACTOR)
    when(lambda: state(app) is ModelState.DOWNLOADED)
    at = screen("models")

    at.button(key=f"model:Load:{NAME}").click().run()

    assert at.button(key="load:now").disabled
    assert "That does not fit" in at.warning[0].value


@pytest.mark.parametrize("memory_mb", ["20"])
def test_a_smaller_choice_that_fits_is_offered(app: App, screen: Screen, hub: HubSite) -> None:
    hub.models[NAME] = a_model(3_000_000)
    app.models.download(NAME, LOCAL_ACTOR)
    when(lambda: state(app) is ModelState.DOWNLOADED)
    at = screen("models")
    at.button(key=f"model:Load:{NAME}").click().run()
    assert at.button(key="load:smaller:0").label == "Choose 16 bits (bfloat16), 256 tokens, 4 side by side"

    at.session_state["models:asked"] = ("Load", NAME)
    at.button(key="load:smaller:0").click().run()

    assert not at.button(key="load:now").disabled
    assert at.selectbox(key="load:precision").value is Precision.BFLOAT16
