import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.providers.conftest import a_request
from tests.providers.doubles import ScriptedProvider
from tests.support.scripted_server import EMOJI_IN_HALVES, LOOPING, THINKING, Reply, ScriptedServer
from writer.domain.completions import StopReason, collected
from writer.domain.errors import ProviderUnavailable, StreamInterrupted
from writer.domain.ports.settings import ProviderAccount
from writer.providers.clean import Joined, Spoken
from writer.providers.loops import Repetition, without_repetition
from writer.providers.registry import Registry
from writer.providers.tidied import Tidied


async def through_the_stack(server: ScriptedServer, script: Reply) -> str:
    server.script = script
    registry = Registry(lambda _: [ProviderAccount("openai", "openai", server.url, "k")], lambda _: None)
    try:
        reply = await collected(registry.provider("ada", ["openai:gpt-4.1-mini"]).stream(a_request()))
    finally:
        await registry.aclose()
    return reply.text


async def test_halves_of_an_emoji_are_joined_and_nul_is_dropped(server: ScriptedServer):
    assert await through_the_stack(server, EMOJI_IN_HALVES) == "A smile 😀 and a NUL."


async def test_thoughts_are_not_shown(server: ScriptedServer):
    assert await through_the_stack(server, THINKING) == "The answer is 42."


async def test_a_looping_model_is_stopped_and_what_it_said_once_is_kept(server: ScriptedServer):
    with pytest.raises(StreamInterrupted, match="repeating") as caught:
        await through_the_stack(server, LOOPING)

    assert caught.value.text == "Once upon a time. and then the same words again"
    await server.until(lambda: server.requests[0].disconnected_at or server.requests[0].finished_at)


async def test_a_flood_is_cut_at_twice_the_allowance():
    provider = Tidied(ScriptedProvider([f"line {i} of many\n" for i in range(1000)]))

    reply = await collected(provider.stream(a_request(max_output_tokens=50)))

    assert reply.finished.stop_reason is StopReason.LENGTH
    assert 400 < len(reply.text) < 450


async def test_a_reply_that_breaks_while_thinking_has_shown_nothing(server: ScriptedServer):
    server.script = [Reply(chunks=("<think>hm", "hm"), fault="cut", after=2), Reply("Now then.")]
    registry = Registry(lambda _: [ProviderAccount("openai", "openai", server.url, "k")], lambda _: None)

    reply = await collected(registry.provider("ada", ["openai:gpt-4.1-mini"]).stream(a_request()))
    await registry.aclose()

    assert (reply.text, len(server.requests)) == ("Now then.", 2)


async def test_an_error_of_the_service_passes():
    with pytest.raises(ProviderUnavailable):
        await collected(Tidied(ScriptedProvider([ProviderUnavailable("t", "x")])).stream(a_request()))


def cut(text: str, lengths: list[int]) -> list[str]:
    pieces, at = [], 0
    for length in lengths:
        pieces.append(text[at : at + length])
        at += length
    return [*pieces, text[at:]]


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
LENGTHS = st.lists(st.integers(0, 5), max_size=30)


@given(text=TEXTS, lengths=LENGTHS)
def test_joining_gives_the_text_back_however_it_is_cut(text: str, lengths: list[int]):
    halves = text.encode("utf-16-le", "surrogatepass")
    units = "".join(chr(int.from_bytes(halves[i : i + 2], "little")) for i in range(0, len(halves), 2))
    joined = Joined()

    assert "".join(map(joined.add, cut(units, lengths))) + joined.rest() == text


@given(units=st.text(max_size=30), lengths=LENGTHS)
def test_whatever_comes_can_be_stored(units: str, lengths: list[int]):
    joined = Joined()

    kept = "".join(map(joined.add, cut(units, lengths))) + joined.rest()

    assert "\x00" not in kept
    kept.encode()


@pytest.mark.parametrize("tag", ["think", "thinking"])
@example(before=" ", thought="so", after="", lengths=[])
@given(before=TEXTS, thought=TEXTS, after=TEXTS, lengths=LENGTHS)
def test_a_thought_is_dropped_however_it_is_cut(tag: str, before: str, thought: str, after: str, lengths: list[int]):
    before, thought, after = (part.replace("<", "") for part in (before, thought, after))
    spoken = Spoken()

    said = "".join(map(spoken.add, cut(f"{before}<{tag}>{thought}</{tag}>{after}", lengths))) + spoken.rest()

    assert said == before + after.lstrip()


@given(text=st.text("<>/thinkg ab", max_size=30), lengths=LENGTHS)
def test_text_without_a_whole_tag_is_untouched(text: str, lengths: list[int]):
    spoken = Spoken()

    said = "".join(map(spoken.add, cut(text, lengths))) + spoken.rest()

    assert said == text or "<think>" in text or "<thinking>" in text


@pytest.mark.parametrize("unit", ["\n", "ab ", "and so on, and so forth; ", "x" * 399 + "."])
def test_repetition_is_seen_whatever_its_length(unit: str):
    repetition = Repetition()

    assert any(repetition.add(unit) for _ in range(5000))


def test_what_was_said_before_the_repetition_is_kept():
    assert without_repetition("A beginning. " + "again and again " * 300) == "A beginning. again and again"
    assert without_repetition("Nothing repeats here.") == "Nothing repeats here."


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"| {i} | value {i * 7 % 13} | ok |\n" for i in range(400)),
        "word " * 100,
        "-" * 300,
    ],
    ids=["table", "a short refrain", "a rule"],
)
def test_honest_text_is_not_taken_for_a_loop(text: str):
    repetition = Repetition()

    assert not any(repetition.add(text[i : i + 20]) for i in range(0, len(text), 20))
