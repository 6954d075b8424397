from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import partial

import pytest

from tests.support.ollama_server import OllamaSite, serving
from writer.domain.errors import JobStopped, NotFound, ProviderUnavailable, ReplyInvalid, RequestRejected, UserMistake
from writer.domain.models import Progress, ServedModel
from writer.hub import Ollama, Scout
from writer.hub.scout import Usual
from writer.security.streaming import streaming

Serve = Callable[[OllamaSite], OllamaSite]


def never() -> bool:
    return False


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda site: stack.enter_context(serving(site))


def ollama(site: OllamaSite) -> Ollama:
    return Ollama("ollama", f"{site.url}/v1", partial(streaming, allow_private=frozenset({f"127.0.0.1:{site.port}"})))


def test_models_are_listed_with_their_size_and_whether_they_are_in_memory(serve: Serve):
    site = serve(OllamaSite({"llama3.2": 2000, "a": 1}, loaded={"llama3.2"}))

    found = ollama(site).models()

    assert found == [
        ServedModel("a", 1, "llama · 3.2B · Q4_K_M"),
        ServedModel("llama3.2", 2000, "llama · 3.2B · Q4_K_M", True, 4000),
    ]


def test_a_pull_tells_its_true_progress(serve: Serve):
    site = serve(OllamaSite(library={"qwen3:4b": 300}))

    told = list(ollama(site).pull("qwen3:4b", never))

    assert [step.done for step in told if isinstance(step, Progress)] == [0, 100, 200, 300]
    assert {step.total for step in told if isinstance(step, Progress)} == {300}
    assert [step for step in told if isinstance(step, str)][-2:] == ["verifying sha256 digest", "writing manifest"]
    assert "qwen3:4b" in site.models


def test_a_stopped_pull_closes_its_connection_and_goes_on_later(serve: Serve):
    site = serve(OllamaSite(library={"qwen3:4b": 500}, pause_at=200))
    told: list[Progress | str] = []

    with pytest.raises(JobStopped):
        told.extend(ollama(site).pull("qwen3:4b", lambda: site.held.get("qwen3:4b", 0) >= 200))
    assert site.left.wait(20)
    site.pause_at = None
    again = [step.done for step in ollama(site).pull("qwen3:4b", never) if isinstance(step, Progress)]

    assert again == [200, 300, 400, 500]


def test_a_model_that_ollama_does_not_know_is_a_sentence(serve: Serve):
    site = serve(OllamaSite())

    with pytest.raises(RequestRejected, match="file does not exist"):
        list(ollama(site).pull("nothing", never))
    for act in (lambda name: ollama(site).load(name, never), ollama(site).unload, ollama(site).delete):
        with pytest.raises(NotFound, match="ollama has no model nothing"):
            act("nothing")


def test_load_unload_and_delete_do_what_they_say(serve: Serve):
    site = serve(OllamaSite({"a": 1}))
    server = ollama(site)

    server.load("a", never)
    after_load = set(site.loaded)
    server.unload("a")
    after_unload = set(site.loaded)
    server.delete("a")

    assert (after_load, after_unload, site.models) == ({"a"}, set(), {})


@pytest.mark.parametrize("name", ["", "a b", "a\nb", "x" * 300])
def test_a_name_that_is_none_is_refused(serve: Serve, name: str):
    with pytest.raises(UserMistake, match="as Ollama names it"):
        ollama(serve(OllamaSite())).load(name, never)


def test_something_else_at_the_address_is_a_sentence(serve: Serve):
    with pytest.raises(ReplyInvalid, match="did not answer as expected"):
        ollama(serve(OllamaSite(answer=b"<html>"))).models()
    with pytest.raises(NotFound, match="Is it Ollama"):
        ollama(serve(OllamaSite(is_ollama=False))).models()


def test_an_ollama_that_is_off_is_a_sentence():
    with pytest.raises(ProviderUnavailable, match="could not be reached"):
        Ollama("ollama", "http://127.0.0.1:9", partial(streaming, allow_private=frozenset({"127.0.0.1:9"}))).models()


def test_only_servers_that_speak_the_protocol_are_found(serve: Serve):
    one, other, page = serve(OllamaSite({"a": 1})), serve(OllamaSite(is_ollama=False)), serve(OllamaSite(answer=b"<p>"))
    usual = [
        Usual("ollama", "Ollama", f"{one.url}/v1"),
        Usual("vllm", "vLLM", f"{other.url}/v1"),
        Usual("lm-studio", "LM Studio", f"{page.url}/v1"),
        Usual("llama-cpp", "llama.cpp", "http://127.0.0.1:9/v1"),
    ]
    opened = frozenset(address.base_url.removeprefix("http://").removesuffix("/v1") for address in usual)

    found = Scout(usual, partial(streaming, allow_private=opened)).look()

    assert [(server.preset, server.models) for server in found] == [("ollama", ("a",)), ("vllm", ())]
    assert [path for _, path, _ in one.requests] == ["/v1/models"]


def test_an_answer_without_end_is_given_up(serve: Serve):
    site = serve(OllamaSite(answer=b'{"models": "' + b"x" * 9_000_000))

    with suppress(ProviderUnavailable), pytest.raises(ReplyInvalid, match="more than can be"):
        ollama(site).models()


def test_a_page_that_answers_instead_of_ollama_has_loaded_and_deleted_nothing(serve: Serve):
    server = ollama(serve(OllamaSite(answer=b"<html>Welcome</html>")))

    for act in (lambda name: server.load(name, never), server.unload, server.delete):
        with pytest.raises(ReplyInvalid, match="did not answer as expected"):
            act("a")
    with pytest.raises(ReplyInvalid, match="did not answer as expected"):
        list(server.pull("a", never))


def test_who_unloads_or_deletes_is_not_kept_waiting_as_long_as_a_load_may_take(serve: Serve):
    waits: dict[str, float] = {}

    def noted(url, *, ask, idle_s, ended):  # type: ignore[no-untyped-def]  # as a Stream
        waits[f"{ask.method} {ask.body.decode()}"] = idle_s
        return streaming(url, ask=ask, idle_s=idle_s, ended=ended, allow_private=opened)

    site = serve(OllamaSite({"a": 1}))
    opened = frozenset({f"127.0.0.1:{site.port}"})
    server = Ollama("ollama", site.url, noted)
    server.load("a", never)
    server.unload("a")
    server.delete("a")

    assert list(waits.values()) == [600.0, 15.0, 15.0]


def test_sizes_that_no_disk_can_hold_are_not_believed(serve: Serve):
    site = serve(OllamaSite({"a": 10**300}, loaded={"a"}))

    assert [model.size for model in ollama(site).models()] == [0]
