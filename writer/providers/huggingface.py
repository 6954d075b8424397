"""A model on this machine, run in this process by transformers: safetensors only, never code from its folder."""

import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from writer.domain.completions import CompletionRequest, Finished, StopReason, StreamEvent, TextDelta, Tokens
from writer.domain.errors import ProviderError, ProviderUnavailable, RequestRejected
from writer.domain.ports.settings import ProviderAccount
from writer.providers.bridges import Put, from_thread
from writer.providers.schemas import in_words

_FAILURES = (OSError, ValueError, RuntimeError, ImportError, KeyError, MemoryError)


@dataclass(frozen=True, slots=True)
class _Loaded:
    tokenizer: Any
    model: Any
    context: int


class HuggingFace:
    """`model` in the route is a folder, or the id of a model that has been downloaded. Loaded on the first call, and
    kept. One reply at a time: the generator of random numbers, seeded for each reply, is the process's."""

    def __init__(self, account: ProviderAccount, model: str, *, seed: int = 0) -> None:
        self.route = f"{account.name}:{model}"
        self._name = model
        self._known = account.models
        self._seed = seed
        self._working = threading.Lock()
        self._loaded: _Loaded | None = None

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        stopped = threading.Event()

        def produce(put: Put[StreamEvent]) -> None:
            self._write(request, stopped, put)

        async with aclosing(from_thread(produce, stopped.set)) as events:
            async for event in events:
                yield event

    async def models(self) -> list[str]:
        """Those named in the account: folders cannot be guessed."""
        return sorted(self._known)

    def _write(self, request: CompletionRequest, stopped: threading.Event, put: Put[StreamEvent]) -> None:
        with self._working:
            if stopped.is_set():
                return
            try:
                loaded = self._loaded = self._loaded or _load(self._name)
                self._generate(loaded, request, stopped, put)
            except _FAILURES as error:
                raise self._translated(error) from error

    def _generate(
        self, loaded: _Loaded, request: CompletionRequest, stopped: threading.Event, put: Put[StreamEvent]
    ) -> None:
        import torch

        prompt = _prompt(loaded.tokenizer, request).to(loaded.model.device)
        length = int(prompt["input_ids"].shape[1])
        if length >= loaded.context:
            raise RequestRejected(
                self.route,
                f"the prompt has {length} tokens, and this model can read {loaded.context}. "
                "Choose fewer or shorter sources, or a model with a longer context.",
            )
        room = min(request.max_output_tokens, loaded.context - length)
        with torch.random.fork_rng(), torch.inference_mode():
            torch.manual_seed(self._seed)
            output = loaded.model.generate(
                **prompt,
                **_sampling(loaded.tokenizer, request.temperature),
                max_new_tokens=room,
                streamer=_streamer(loaded.tokenizer, lambda text: put(TextDelta(text))),
                stopping_criteria=_stopping(stopped),
            )
        said = int(output.shape[1]) - length
        full = said >= room and int(output[0, -1]) not in _ends(loaded)
        put(Finished(Tokens(length, said), self.route, StopReason.LENGTH if full else StopReason.STOP))

    def _translated(self, error: BaseException) -> ProviderError:
        if isinstance(error, ImportError):
            return RequestRejected(self.route, "local models need the packages torch and transformers.")
        if self._loaded is not None:
            return ProviderUnavailable(self.route, f"the model failed while it was writing: {_first_line(error)}")
        return RequestRejected(
            self.route,
            "the model cannot be loaded. It must be on this machine, with weights in safetensors files and without "
            f"code of its own: {_first_line(error)}",
        )


def _load(name: str) -> _Loaded:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(name, trust_remote_code=False, local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(
        name, trust_remote_code=False, use_safetensors=True, local_files_only=True, dtype="auto"
    )
    model.to("cuda" if torch.cuda.is_available() else "cpu").eval()
    context = getattr(model.config, "max_position_embeddings", None) or tokenizer.model_max_length
    return _Loaded(tokenizer, model, int(context))


def _prompt(tokenizer: Any, request: CompletionRequest) -> Any:
    messages = [{"role": message.role, "content": message.content} for message in request.messages]
    if request.reply_schema:
        messages.insert(0, {"role": "system", "content": in_words(request.reply_schema)})
    if tokenizer.chat_template:
        return tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
    said = "\n\n".join(message["content"] for message in messages)
    return tokenizer(said, return_tensors="pt")


def _sampling(tokenizer: Any, temperature: float) -> dict[str, Any]:
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    sampling = {"do_sample": True, "temperature": temperature} if temperature > 0 else {"do_sample": False}
    return sampling | {"pad_token_id": pad}


def _ends(loaded: _Loaded) -> set[int]:
    ends = loaded.model.generation_config.eos_token_id
    return {loaded.tokenizer.eos_token_id, *(ends if isinstance(ends, list) else [ends])}


def _streamer(tokenizer: Any, put: Callable[[str], None]) -> Any:
    from transformers import TextIteratorStreamer

    class Streamer(TextIteratorStreamer):  # type: ignore[misc]
        """Straight to the reader: its own queue is for a thread that waits."""

        def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
            put(text)

    return Streamer(tokenizer, skip_prompt=True, skip_special_tokens=True)


def _stopping(stopped: threading.Event) -> Any:
    from transformers import StoppingCriteria, StoppingCriteriaList

    class Stopped(StoppingCriteria):  # type: ignore[misc]
        def __call__(self, input_ids: Any, scores: Any, **kwargs: Any) -> Any:
            import torch

            return torch.full((input_ids.shape[0],), stopped.is_set(), device=input_ids.device)

    return StoppingCriteriaList([Stopped()])


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).strip().splitlines()[0][:300]
