"""Vectors from services over real sockets: both protocols, their faults, and what is recorded of each call."""

from collections.abc import Iterator
from random import Random

import numpy as np
import pytest

from tests.support.scripted_server import Asked, Reply, ScriptedServer, failing, out_of_credit
from writer.domain.completions import Caller, Purpose, asked_by, asking
from writer.domain.errors import (
    AuthenticationFailed,
    CircuitOpen,
    ConfigurationError,
    ProviderError,
    ProviderUnavailable,
    QuotaExhausted,
    RateLimited,
    RequestRejected,
)
from writer.domain.ports.settings import ProviderAccount
from writer.domain.usage import Outcome, UsageEvent
from writer.providers.embedding import TEXTS_PER_REQUEST, RemoteEmbedder
from writer.providers.registry import Registry
from writer.services.jobs.loop import EngineLoop

KEY = "CANARY-key-0123456789"
OPENAI, GEMINI = "mine:text-embedding-3-small", "google:gemini-embedding-001"
TEXTS = ["The harbour was built in 1802.", "Grain is weighed twice.", "The tide rises by four metres."]


@pytest.fixture
def loop() -> Iterator[EngineLoop]:
    made = EngineLoop()
    yield made
    made.close()


@pytest.fixture
def registry(server: ScriptedServer, used: list[UsageEvent], loop: EngineLoop) -> Iterator[Registry]:
    accounts = [
        ProviderAccount("mine", "openai", server.url, KEY),
        ProviderAccount("google", "gemini", server.root, KEY),
    ]

    async def no_wait(seconds: float) -> None:
        pass

    made = Registry(lambda _: accounts, used.append, sleep=no_wait, random=Random(7).random)
    yield made
    loop.run(made.aclose(), timeout=10)


@pytest.fixture(params=[OPENAI, GEMINI])
def route(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def embedder(registry: Registry, loop: EngineLoop, route: str) -> RemoteEmbedder:
    return RemoteEmbedder(route, lambda: registry.embeddings("ada", route), loop.run, Caller("ada"))


def numbers(vector: bytes) -> np.ndarray:
    return np.frombuffer(vector, "<f4")


def test_each_text_gets_its_own_unit_vector_in_order(embedder: RemoteEmbedder, server: ScriptedServer) -> None:
    together = embedder.embed(TEXTS)

    assert together == [embedder.embed([text])[0] for text in TEXTS]
    assert len(set(together)) == len(TEXTS)
    assert all(abs(np.linalg.norm(numbers(vector)) - 1) < 1e-5 for vector in together)
    assert len(numbers(together[0])) == Reply().dimension
    assert len(server.requests) == 1 + len(TEXTS)


def test_floats_are_asked_for_because_not_every_service_knows_base64(
    registry: Registry, loop: EngineLoop, server: ScriptedServer
) -> None:
    RemoteEmbedder(OPENAI, lambda: registry.embeddings("ada", OPENAI), loop.run, Caller("ada")).embed(TEXTS)

    asked = server.requests[0]
    assert asked.path == "/v1/embeddings"
    assert asked.body == {"model": "text-embedding-3-small", "input": TEXTS, "encoding_format": "float"}
    assert asked.headers["authorization"] == f"Bearer {KEY}"


def test_gemini_is_asked_for_all_texts_in_one_request(
    registry: Registry, loop: EngineLoop, server: ScriptedServer
) -> None:
    RemoteEmbedder(GEMINI, lambda: registry.embeddings("ada", GEMINI), loop.run, Caller("ada")).embed(TEXTS)

    (asked,) = server.requests
    assert asked.path.endswith("models/gemini-embedding-001:batchEmbedContents")
    assert asked.texts == TEXTS
    assert asked.headers["x-goog-api-key"] == KEY


def test_many_texts_go_in_requests_of_bounded_size_and_come_back_in_order(
    embedder: RemoteEmbedder, server: ScriptedServer
) -> None:
    texts = [f"Passage number {n}." for n in range(2 * TEXTS_PER_REQUEST + 5)]

    vectors = embedder.embed(texts)

    assert sorted(len(asked.texts) for asked in server.requests) == [5, TEXTS_PER_REQUEST, TEXTS_PER_REQUEST]
    assert vectors[-1] == embedder.embed([texts[-1]])[0]
    assert embedder.embed([]) == []


def test_every_call_is_in_the_ledger_as_embedding_with_its_tokens(
    embedder: RemoteEmbedder, used: list[UsageEvent], route: str
) -> None:
    embedder.embed(TEXTS)

    (event,) = used
    assert (event.purpose, event.route, event.outcome) == (Purpose.EMBEDDING, route, Outcome.OK)
    assert event.caller == Caller("ada")
    assert event.tokens.input > 0
    assert event.tokens.output == 0
    assert event.tokens.estimated is (route == GEMINI)  # which never says


def test_a_known_price_is_counted(registry: Registry, loop: EngineLoop, used: list[UsageEvent]) -> None:
    embedder = RemoteEmbedder(OPENAI, lambda: registry.embeddings("ada", OPENAI), loop.run, Caller("ada"))
    embedder.embed(["word " * 4000] * 30)

    assert used[0].cost_micros is not None
    assert used[0].cost_micros > 0


def test_a_service_that_stumbles_is_asked_again(
    embedder: RemoteEmbedder, server: ScriptedServer, used: list[UsageEvent]
) -> None:
    server.script = [failing(503), failing(500), Reply()]

    assert len(embedder.embed(TEXTS)) == 3

    assert [event.outcome for event in used] == [Outcome.FAILED, Outcome.FAILED, Outcome.OK]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (failing(401, "bad key"), AuthenticationFailed),
        (failing(404, "no such model"), RequestRejected),
        (out_of_credit(), QuotaExhausted),
        (failing(503), ProviderUnavailable),
        (Reply(fault="broken_json"), ProviderUnavailable),
        (Reply(fault="refuse"), ProviderUnavailable),
        (Reply(dimension=0), ProviderUnavailable),
    ],
    ids=["key", "model", "credit", "down", "broken", "refused", "empty"],
)
def test_what_a_service_does_wrong_ends_in_a_sentence_without_the_key(
    embedder: RemoteEmbedder, server: ScriptedServer, reply: Reply, error: type[ProviderError]
) -> None:
    server.script = reply

    with pytest.raises(error) as caught:
        embedder.embed(TEXTS)

    assert str(caught.value).startswith(embedder.model)
    assert KEY not in str(caught.value)


def test_a_dead_service_is_left_alone_after_a_few_calls(embedder: RemoteEmbedder, server: ScriptedServer) -> None:
    server.script = failing(503)
    for _ in range(3):
        with pytest.raises(ProviderError):
            embedder.embed(TEXTS)
    server.forget()

    with pytest.raises((CircuitOpen, RateLimited)):
        embedder.embed(TEXTS)

    assert not server.requests


def test_a_text_that_is_too_long_is_cut_and_not_refused(embedder: RemoteEmbedder, server: ScriptedServer) -> None:
    def small_model(asked: Asked) -> Reply:
        long = max(map(len, asked.texts)) > 2000
        return failing(400, "This model's maximum context length is 512 tokens.") if long else Reply()

    server.script = small_model

    assert len(embedder.embed(["short", "word " * 40_000, "also short"])) == 3


def test_vectors_of_another_length_than_the_index_has_are_refused(
    registry: Registry, loop: EngineLoop, server: ScriptedServer
) -> None:
    embedder = RemoteEmbedder(OPENAI, lambda: registry.embeddings("ada", OPENAI), loop.run, Caller("ada"), dimension=64)
    embedder.embed(TEXTS)
    server.script = Reply(dimension=32)

    with pytest.raises(ProviderError, match="32 numbers, the index has 64"):
        embedder.embed(TEXTS)


def test_a_provider_without_embeddings_says_so() -> None:
    registry = Registry(lambda _: [], [].append)

    with pytest.raises(ConfigurationError, match="no vectors to search by"):
        registry.embeddings("ada", "huggingface:some/model")


def test_tokens_are_estimated_where_there_is_no_tokenizer(embedder: RemoteEmbedder) -> None:
    assert embedder.count_tokens(["", "one two three", "x" * 400, "東京" * 10]) == [0, 4, 100, 15]


def test_usage_is_booked_to_the_person_and_job_that_ask(embedder: RemoteEmbedder, used: list[UsageEvent]) -> None:
    job = Caller("bob", "job-1", "embed:S1", "draft-1")
    with asked_by("bob"):
        embedder.embed(TEXTS)
    token = asking.set(job)
    with asked_by("bob"):
        embedder.embed(TEXTS)
    with asked_by("eve"):
        embedder.embed(TEXTS)
    asking.reset(token)
    embedder.embed(TEXTS)

    assert [event.caller for event in used] == [Caller("bob"), job, Caller("eve"), Caller("ada")]
