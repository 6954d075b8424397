import logging
import traceback
from pathlib import Path

import pytest

from tests.providers.conftest import a_request
from tests.providers.doubles import Board, HandClock
from tests.providers.plugin_folder import installed_example, on_path
from tests.support.reply_memory import Memory
from tests.support.scripted_server import Reply, ScriptedServer, failing, rate_limited
from writer.domain.completions import Purpose, collected
from writer.domain.errors import ConfigurationError, MissingKey, ProviderError, UnknownRoute, WriterError
from writer.domain.ports.settings import ProviderAccount
from writer.domain.usage import UsageEvent
from writer.providers.plugins import installed
from writer.providers.presets import PRESETS
from writer.providers.registry import Registry

KEY = "CANARY-0123456789"


def a_registry(*accounts: ProviderAccount, used: list[UsageEvent] | None = None, **more: object) -> Registry:
    return Registry(lambda _: list(accounts), (used if used is not None else []).append, **more)


@pytest.mark.parametrize("preset", [preset for preset in PRESETS if preset.needs_key], ids=lambda preset: preset.name)
def test_a_route_without_its_key_names_the_keyless_choice(preset):
    with pytest.raises(MissingKey, match="built-in drafter") as caught:
        a_registry().provider("ada", [f"{preset.name}:some-model"])

    assert preset.key_env in str(caught.value)


@pytest.mark.parametrize("route", ["nobody:model", "openai", "", ":"])
def test_an_unknown_route_says_what_is_known(route: str):
    with pytest.raises((UnknownRoute, MissingKey)):
        a_registry().provider("ada", [route])


def test_no_route_at_all_says_what_to_do():
    with pytest.raises(UnknownRoute, match="built-in drafter"):
        a_registry().provider("ada", [])


def test_a_local_service_needs_no_account():
    assert a_registry().provider("ada", ["ollama:llama3.2"]).route == "ollama:llama3.2"


def test_a_service_without_address_says_so():
    with pytest.raises(ConfigurationError, match="base URL"):
        a_registry(ProviderAccount("mine", "openai-compatible")).provider("ada", ["mine:m"])


async def test_a_service_of_ones_own_has_its_own_name_and_colons_in_its_models(server: ScriptedServer):
    registry = a_registry(ProviderAccount("my-vllm", "vllm", server.url))

    reply = await collected(registry.provider("ada", ["my-vllm:qwen3:4b"]).stream(a_request()))
    await registry.aclose()

    assert reply.finished.route == "my-vllm:qwen3:4b"
    assert server.requests[0].model == "qwen3:4b"


async def test_calls_to_one_service_share_its_breaker(server: ScriptedServer):
    server.script = failing(503)
    clock = HandClock()
    registry = a_registry(ProviderAccount("openai", "openai", server.url, KEY), clock=clock, sleep=clock.sleep)

    for _ in range(4):
        with pytest.raises(ProviderError):
            await collected(registry.provider("ada", ["openai:m"]).stream(a_request()))
    await registry.aclose()

    assert len(server.requests) == 5
    (status,) = registry.statuses()
    assert (status.route, status.state) == ("openai:m", "open")
    assert 0 < status.open_for_s <= 33
    assert "503" in status.reason


async def test_a_new_key_does_not_inherit_the_old_ones_rest(server: ScriptedServer):
    server.script = [failing(401), Reply("Welcome.")]
    keys = ["wrong"]
    registry = Registry(lambda _: [ProviderAccount("openai", "openai", server.url, keys[0])], lambda _: None)
    with pytest.raises(ProviderError):
        await collected(registry.provider("ada", ["openai:m"]).stream(a_request()))

    keys[0] = "right"
    reply = await collected(registry.provider("ada", ["openai:m"]).stream(a_request()))
    await registry.aclose()

    assert reply.text == "Welcome."


async def test_the_second_route_answers_when_the_first_is_down(server: ScriptedServer, used: list[UsageEvent]):
    server.script = lambda asked: failing(500) if asked.model == "bad" else Reply("From the good one.")
    clock = HandClock()
    registry = a_registry(
        ProviderAccount("openai", "openai", server.url, KEY), used=used, clock=clock, sleep=clock.sleep
    )

    reply = await collected(registry.provider("ada", ["openai:bad", "openai:good"]).stream(a_request()))
    await registry.aclose()

    assert reply.finished.route == "openai:good"
    assert [event.route for event in used] == ["openai:bad"] * 3 + ["openai:good"]


async def test_a_cache_is_used_only_when_it_is_given(server: ScriptedServer):
    account = ProviderAccount("openai", "openai", server.url, KEY)
    for registry in (a_registry(account), a_registry(account, cache=Memory())):
        provider = registry.provider("ada", ["openai:m"])
        await collected(provider.stream(a_request()))
        await collected(provider.stream(a_request()))
        await registry.aclose()

    assert len(server.requests) == 3


async def test_a_rest_is_published_for_other_replicas(server: ScriptedServer):
    server.script = rate_limited(500)
    clock = HandClock()
    board = Board(clock)
    account = ProviderAccount("openai", "openai", server.url, KEY)
    here, there = (
        Registry(lambda _: [account], lambda _: None, board, clock=clock, sleep=clock.sleep) for _ in range(2)
    )

    for registry in (here, there):
        with pytest.raises(ProviderError):
            await collected(registry.provider("ada", ["openai:m"]).stream(a_request()))
        await registry.aclose()

    assert len(server.requests) == 1
    assert KEY not in str(board.read())


async def test_models_are_listed_by_the_service_or_the_preset(server: ScriptedServer):
    registry = a_registry()

    listed = await registry.models(ProviderAccount("openai", "openai", server.url, KEY))
    known = await registry.models(ProviderAccount("gemini-legacy", "gemini-legacy", server.root, KEY))

    assert listed == ["scripted-1", "scripted-2"]
    assert known == ["gemini-2.5-flash"]


@pytest.mark.parametrize("name", ["openai", "gemini", "gemini-legacy"])
@pytest.mark.parametrize(
    "script",
    [
        failing(400, f"bad {KEY}"),
        failing(401, f"Incorrect API key provided: {KEY}"),
        failing(403, f"{KEY} is not allowed"),
        failing(429, f"{KEY} is too fast"),
        failing(500, f"crashed with {KEY}"),
        Reply(fault="refuse"),
        Reply(fault="cut", after=1),
        Reply(fault="broken_json", after=1),
    ],
    ids=lambda script: str(script.fault or script.status),
)
async def test_a_key_never_shows_in_errors_tracebacks_logs_or_states(
    server: ScriptedServer, name: str, script: Reply, caplog: pytest.LogCaptureFixture, used: list[UsageEvent]
):
    server.script = script
    clock = HandClock()
    url = server.url if name == "openai" else server.root
    registry = a_registry(ProviderAccount(name, name, url, KEY), used=used, clock=clock, sleep=clock.sleep)

    with caplog.at_level(logging.DEBUG), pytest.raises(WriterError) as caught:
        await collected(registry.provider("ada", [f"{name}:m"]).stream(a_request()))
    await registry.aclose()

    shown = "".join(traceback.format_exception(caught.value))
    logged = "".join(f"{record.getMessage()} {record.exc_text}" for record in caplog.records)
    assert KEY not in f"{shown}{logged}{registry.statuses()}{used}{registry._lines}"


def test_presets_are_complete():
    for preset in PRESETS:
        assert preset.title
        assert preset.hint
        assert preset.needs_key <= bool(preset.key_env)
        assert preset.base_url.startswith(("https://", "http://127.0.0.1")) or not preset.base_url


async def test_a_plugin_is_found_by_its_entry_point_and_gets_the_whole_stack(tmp_path: Path, used: list[UsageEvent]):
    with installed_example(tmp_path):
        registry = a_registry(used=used)
        reply = await collected(
            registry.provider("ada", ["echo:loud"]).stream(a_request("say it", purpose=Purpose.TEST))
        )

    assert reply.text == "SAY IT "
    assert reply.finished.tokens.estimated
    assert [event.route for event in used] == ["echo:loud"]
    assert "echo" in [preset.name for preset in registry.presets()]


def test_a_plugin_that_cannot_be_loaded_is_left_out_and_named_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    entries = {"gone": "no_such_module:plugin", "odd": "json:dumps"}
    with on_path(tmp_path, "broken-plugins", entries), caplog.at_level(logging.WARNING):
        assert installed() == {}

    assert {record.plugin for record in caplog.records} == {"gone", "odd"}


@pytest.mark.parametrize("key", ["ключ", "sk-a\nb", "sk-\x00"], ids=["letters", "line", "NUL"])
def test_a_key_that_no_header_can_hold_is_refused_before_anything_is_asked_and_never_shown(key: str):
    account = ProviderAccount("openai", "openai", key=key)

    with pytest.raises(ConfigurationError, match="copy it again") as refused:
        a_registry(account).provider("ada", ["openai:gpt-5-mini"])

    assert key not in str(refused.value)
