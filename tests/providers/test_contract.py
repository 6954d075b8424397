"""What every adapter promises, asked of each one: the built-in four and the example plugin."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.providers.conftest import SCHEMA, a_request
from tests.providers.plugin_folder import installed_example
from tests.support.scripted_server import (
    EMOJI_IN_HALVES,
    ENDLESS,
    SILENT,
    Reply,
    ScriptedServer,
    failing,
    out_of_credit,
    rate_limited,
)
from writer.domain.completions import Finished, Message, Provider, StopReason, TextDelta, ToolCall, collected
from writer.domain.errors import (
    AuthenticationFailed,
    ProviderUnavailable,
    QuotaExhausted,
    RateLimited,
    RequestRejected,
)
from writer.domain.ports.settings import ProviderAccount
from writer.providers.adapters import adapter_for
from writer.providers.plugins import installed
from writer.providers.presets import BY_NAME
from writer.providers.registry import closed

KEY = "CANARY-key-0123456789"
REMOTE = ("openai", "gemini", "gemini-legacy")
LOCAL = ("huggingface", "echo")


@dataclass
class Case:
    name: str
    adapter: Provider
    server: ScriptedServer


@pytest.fixture
async def remote(request: pytest.FixtureRequest, server: ScriptedServer) -> AsyncIterator[Case]:
    name = request.param
    url = server.url if name == "openai" else server.root
    adapter = adapter_for(ProviderAccount(name, name, url, KEY), "some-model", BY_NAME[name])
    yield Case(name, adapter, server)
    await closed(adapter)


@pytest.fixture
def local(request: pytest.FixtureRequest, tiny_model: Path, tmp_path: Path) -> Provider:
    if request.param == "huggingface":
        return adapter_for(ProviderAccount("huggingface", "huggingface"), str(tiny_model), BY_NAME["huggingface"])
    with installed_example(tmp_path):
        plugin = installed()["echo"]
    return adapter_for(ProviderAccount("echo", "echo"), "quiet", plugin.preset, plugin)


each_remote = pytest.mark.parametrize("remote", REMOTE, indirect=True)
each_local = pytest.mark.parametrize("local", LOCAL, indirect=True)


@each_remote
async def test_text_comes_in_pieces_and_then_finished_exactly_once(remote: Case):
    remote.server.script = Reply("One two three four.", count=3)

    async with aclosing(remote.adapter.stream(a_request())) as stream:
        events = [event async for event in stream]

    assert [type(event) for event in events] == [TextDelta, TextDelta, TextDelta, Finished]
    assert "".join(event.text for event in events[:-1]) == "One two three four."
    assert events[-1].route == remote.adapter.route


@each_local
async def test_a_local_model_ends_with_finished_exactly_once(local: Provider):
    async with aclosing(local.stream(a_request("a few words", max_output_tokens=8))) as stream:
        events = [event async for event in stream]

    assert [type(event) for event in events].count(Finished) == 1
    assert isinstance(events[-1], Finished)
    assert events[-1].route == local.route


@each_local
async def test_the_same_request_gets_the_same_reply_from_a_local_model(local: Provider):
    first = await collected(local.stream(a_request(max_output_tokens=12)))
    again = await collected(local.stream(a_request(max_output_tokens=12)))

    assert first == again


@each_local
async def test_a_local_stream_that_is_closed_stops_within_a_token(local: Provider):
    seen = 0
    async with aclosing(local.stream(a_request("many words " * 5, max_output_tokens=120))) as stream:
        async for event in stream:
            seen += 1
            assert isinstance(event, TextDelta)
            break

    assert seen == 1
    assert await collected(local.stream(a_request(max_output_tokens=4)))  # and the model is free again


@each_remote
@pytest.mark.parametrize("usage", ["last", "extra"])
async def test_usage_is_read_wherever_it_comes(remote: Case, usage: str):
    remote.server.script = Reply(usage=usage, tokens=(120, 34))

    reply = await collected(remote.adapter.stream(a_request()))

    assert (reply.finished.tokens.input, reply.finished.tokens.output) == (120, 34)
    assert not reply.finished.tokens.estimated


@each_remote
async def test_usage_that_never_comes_is_marked_for_estimation(remote: Case):
    remote.server.script = Reply(usage="never")

    reply = await collected(remote.adapter.stream(a_request()))

    assert reply.finished.tokens.estimated


@each_remote
@pytest.mark.parametrize(
    ("finish", "reason"),
    [
        ("stop", StopReason.STOP),
        ("length", StopReason.LENGTH),
        ("content_filter", StopReason.CONTENT_FILTER),
    ],
)
async def test_why_a_reply_ended_is_told(remote: Case, finish: str, reason: StopReason):
    remote.server.script = Reply(finish=finish)

    reply = await collected(remote.adapter.stream(a_request()))

    assert reply.finished.stop_reason is reason


@each_remote
async def test_an_empty_reply_is_a_reply(remote: Case):
    remote.server.script = Reply(text="")

    reply = await collected(remote.adapter.stream(a_request()))

    assert reply.text == ""
    assert reply.finished.stop_reason is StopReason.STOP


@each_remote
@pytest.mark.parametrize(
    "broken",
    [
        Reply(fault="refuse"),
        Reply(fault="cut", after=0),
        Reply(fault="cut", after=1),
        Reply(fault="reset", after=1),
        Reply(fault="garbage", after=0),
        Reply(fault="garbage", after=1),
        Reply(fault="broken_json", after=0),
        Reply(fault="broken_json", after=1),
        Reply(fault="error_event", after=1),
        Reply(finish=None),
        failing(408),
        failing(409),
        failing(500),
        failing(502),
        failing(503),
        failing(504),
        failing(529),
    ],
    ids=lambda reply: f"{reply.fault or reply.status}-{reply.after}",
)
async def test_a_service_that_fails_is_unavailable_and_asked_once(remote: Case, broken: Reply):
    remote.server.script = broken

    with pytest.raises(ProviderUnavailable, match=remote.adapter.route):
        await collected(remote.adapter.stream(a_request()))

    assert len(remote.server.requests) == 1


@each_remote
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, RequestRejected),
        (401, AuthenticationFailed),
        (402, QuotaExhausted),
        (403, AuthenticationFailed),
        (404, RequestRejected),
        (413, RequestRejected),
        (422, RequestRejected),
    ],
)
async def test_a_refusal_is_told_by_its_kind_and_asked_once(remote: Case, status: int, error: type[Exception]):
    remote.server.script = failing(status, f"Not with the key {KEY}, sorry.")

    with pytest.raises(error) as caught:
        await collected(remote.adapter.stream(a_request()))

    assert len(remote.server.requests) == 1
    assert KEY not in f"{caught.value} {caught.value.__cause__} {caught.getrepr(chain=True)}"


@each_remote
@pytest.mark.parametrize("form", ["seconds", "date", "ms"])
async def test_the_wait_that_a_429_asks_for_is_read_in_every_form(remote: Case, form: str):
    remote.server.script = rate_limited(30, form)

    with pytest.raises(RateLimited) as caught:
        await collected(remote.adapter.stream(a_request()))

    assert caught.value.retry_after is not None
    assert 25 < caught.value.retry_after <= 30
    assert len(remote.server.requests) == 1


@each_remote
async def test_a_429_may_name_no_wait(remote: Case):
    remote.server.script = rate_limited(None)

    with pytest.raises(RateLimited) as caught:
        await collected(remote.adapter.stream(a_request()))

    assert caught.value.retry_after is None


@each_remote
async def test_no_credit_is_not_taken_for_a_rate_limit(remote: Case):
    remote.server.script = out_of_credit()

    with pytest.raises(QuotaExhausted):
        await collected(remote.adapter.stream(a_request()))


@each_remote
async def test_stop_before_the_first_byte_closes_the_connection(remote: Case):
    remote.server.script = SILENT
    reading = asyncio.create_task(collected(remote.adapter.stream(a_request())))
    await remote.server.until(lambda: bool(remote.server.requests))

    reading.cancel()

    await asyncio.wait([reading])
    await remote.server.until(lambda: remote.server.requests[0].disconnected_at is not None)
    assert reading.cancelled()


@each_remote
@pytest.mark.parametrize("how", ["cancelled", "closed"])
async def test_stop_after_the_first_text_closes_the_connection(remote: Case, how: str):
    remote.server.script = ENDLESS
    seen = asyncio.Event()

    async def read() -> None:
        async with aclosing(remote.adapter.stream(a_request())) as events:
            async for event in events:
                if isinstance(event, TextDelta) and event.text:
                    seen.set()
                    if how == "closed":
                        return

    reading = asyncio.create_task(read())
    await seen.wait()
    if how == "cancelled":
        reading.cancel()

    await asyncio.wait([reading])
    await remote.server.until(lambda: remote.server.requests[0].disconnected_at is not None)


@pytest.mark.parametrize("remote", ["openai", "gemini"], indirect=True)
async def test_halves_of_characters_pass_the_adapter(remote: Case):
    remote.server.script = EMOJI_IN_HALVES

    reply = await collected(remote.adapter.stream(a_request()))

    assert reply.text == "A smile \ud83d\ude00 and a\x00 NUL."


@pytest.mark.parametrize("remote", ["gemini-legacy"], indirect=True)
async def test_the_old_library_cannot_hold_halves_of_characters_and_says_so(remote: Case):
    remote.server.script = EMOJI_IN_HALVES

    with pytest.raises(ProviderUnavailable, match="cannot be read"):
        await collected(remote.adapter.stream(a_request()))


@pytest.mark.parametrize("remote", ["openai", "gemini"], indirect=True)
async def test_a_tool_call_comes_whole_before_the_end(remote: Case):
    remote.server.script = Reply(text="", tool_calls=(("c1", "find", '{"q": "bees"}'),), finish="tool_calls")

    reply = await collected(remote.adapter.stream(a_request()))

    assert [(call.name, call.arguments) for call in reply.tool_calls] == [("find", '{"q": "bees"}')]
    assert isinstance(reply.tool_calls[0], ToolCall)
    assert reply.finished.stop_reason is StopReason.TOOL


@each_remote
async def test_a_conversation_and_its_limits_reach_the_service(remote: Case):
    messages = (Message("system", "Be brief."), Message("user", "A"), Message("assistant", "B"), Message("user", "C"))

    await collected(remote.adapter.stream(a_request(messages=messages, temperature=0.25, max_output_tokens=77)))

    (asked,) = remote.server.requests
    assert (asked.system, asked.prompt) == ("Be brief.", "A\n\nB\n\nC")
    sent = asked.body.get("generationConfig", asked.body)
    assert sent["temperature"] == 0.25
    assert 77 in (sent.get("max_completion_tokens"), sent.get("maxOutputTokens"))


@each_remote
async def test_a_schema_for_the_reply_reaches_the_service(remote: Case):
    remote.server.script = Reply('{"a": "b"}')

    await collected(remote.adapter.stream(a_request(reply_schema=SCHEMA)))

    (asked,) = remote.server.requests
    assert '"additionalProperties": false' in str(asked.body).replace("'", '"').replace("False", "false")


@pytest.mark.parametrize("remote", ["openai", "gemini"], indirect=True)
async def test_a_service_can_be_asked_for_its_models(remote: Case):
    names: Callable[[], list[str]] = await remote.adapter.models()

    assert names == sorted(names)
    assert len(names) == 2


@each_remote
async def test_an_adapter_serves_several_event_loops(remote: Case):
    async def on_this_loop() -> str:
        reply = await collected(remote.adapter.stream(a_request()))
        await closed(remote.adapter)
        return reply.text

    other = await asyncio.to_thread(asyncio.run, on_this_loop())

    assert other == await on_this_loop()


@pytest.mark.parametrize("name", ["groq", "anthropic"])
async def test_services_without_schemas_are_asked_in_words(server: ScriptedServer, name: str):
    server.script = Reply("{}")
    adapter = adapter_for(ProviderAccount(name, name, server.url, KEY), "some-model", BY_NAME[name])

    await collected(adapter.stream(a_request(reply_schema=SCHEMA)))
    await closed(adapter)

    (asked,) = server.requests
    assert "JSON Schema" in asked.system
    assert asked.body.get("response_format") == ({"type": "json_object"} if name == "groq" else None)


async def test_a_model_that_thinks_gets_room_and_no_temperature(server: ScriptedServer):
    adapter = adapter_for(ProviderAccount("openai", "openai", server.url, KEY), "gpt-5-mini", BY_NAME["openai"])

    await collected(adapter.stream(a_request(max_output_tokens=100)))
    await closed(adapter)

    body = server.requests[0].body
    assert "temperature" not in body
    assert body["max_completion_tokens"] > 1000


async def test_a_reply_is_complete_although_the_service_leaves_the_connection_open(server: ScriptedServer):
    server.script = replace(Reply("Done.", usage="never", count=1), hold_after=2)
    adapter = adapter_for(ProviderAccount("openai", "openai", server.url, KEY), "m", BY_NAME["openai"])

    reply = await collected(adapter.stream(a_request()))
    await closed(adapter)

    assert reply.text == "Done."


def test_importing_the_registry_loads_no_sdk():
    import subprocess

    heavy = ("openai", "google.genai", "google.generativeai", "torch", "transformers", "genai_prices")
    code = f"import sys, writer.providers.registry; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
