"""What the model's thread does with its tickets: side by side in a batch, or one by one where the model's memory cannot
be shared."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import torch

from writer.domain.completions import Finished, StopReason, TextDelta, Tokens
from writer.providers.local.batch import Batch, Reading, Row
from writer.providers.local.loading import Loaded
from writer.providers.local.memory import cache_bytes, gigabytes
from writer.providers.local.sampling import Sampler
from writer.providers.local.shortage import is_shortage, let_go
from writer.providers.local.speech import Speech
from writer.providers.local.templates import prompt
from writer.providers.local.tickets import Ticket

Room = Callable[[int], int]
"""Bytes that keys and values may take in all, given how many they take now; 0 where nobody knows."""


class SideBySide:
    """Each turn reads at most one piece of one prompt, then gives every reply its next token."""

    def __init__(self, loaded: Loaded, space: Room) -> None:
        self._loaded = loaded
        self._space = space
        self._together = loaded.estimate.choice.together
        self._batch = Batch(loaded.model)
        self._reading: Reading | None = None
        self._next: deque[Row] = deque()

    @property
    def writing(self) -> int:
        return len(self._batch.rows) + len(self._next) + (self._reading is not None)

    @property
    def room(self) -> int:
        return self._together - self.writing

    def take(self, ticket: Ticket) -> None:
        if (row := row_of(self._loaded, ticket)) is not None:
            self._next.append(row)

    def turn(self) -> None:
        try:
            with torch.inference_mode():
                self._read_on()
                self._write_on()
        except (MemoryError, RuntimeError) as error:
            if not is_shortage(error):
                raise
            self._with_fewer()

    def end(self) -> list[Ticket]:
        """Those whose reply is not finished."""
        return [row.ticket for row in self._all()]

    def _all(self) -> list[Row]:
        reading = [self._reading.row] if self._reading is not None else []
        self._reading = None
        rows = [*self._batch.clear(), *reading, *self._next]
        self._next.clear()
        return rows

    def _read_on(self) -> None:
        if self._reading is None and self._next and self._fits(self._next[0]):
            self._reading = self._batch.begin(self._next.popleft())
        reading = self._reading
        if reading is None:
            return
        if reading.row.ticket.stopped.is_set():
            self._reading = None
            return
        token = self._batch.read(reading)
        if token is None:
            return
        self._reading = None
        if not said(self._loaded, reading.row, token):
            self._batch.join(reading)

    def _write_on(self) -> None:
        rows = self._batch.rows
        if not rows:
            return
        gone = [row for row in rows if row.ticket.stopped.is_set()]
        if not gone:
            tokens = self._batch.step()
            gone = [row for row, token in zip(rows, tokens, strict=True) if said(self._loaded, row, token)]
        if gone:
            self._batch.drop(gone)

    def _fits(self, row: Row) -> bool:
        """A reply that does not fit beside the others waits for them; one that fits nowhere is refused."""
        rows = [*self._batch.rows, row]
        precision = self._loaded.estimate.choice.precision
        held = cache_bytes(self._loaded.weights, precision, sum(len(other.ids) for other in self._batch.rows))
        most = max(other.most for other in rows)
        space = self._space(held)
        if not space or cache_bytes(self._loaded.weights, precision, most * len(rows)) <= space:
            return True
        if not self._batch.rows:
            self._next.popleft()
            needed = gigabytes(cache_bytes(self._loaded.weights, precision, row.most))
            row.ticket.refuse(
                f"the prompt and its reply ({row.most:,} tokens) need {needed} of memory beside the model, and "
                f"{gigabytes(space)} are free. {advice(self._loaded)}"
            )
        return False

    def _with_fewer(self) -> None:
        """What was said is kept; replies are read again and go on, fewer at a time."""
        rows = self._all()
        self._batch = Batch(self._loaded.model)
        let_go(self._loaded.model.device.type)
        if len(rows) == 1:
            rows[0].ticket.refuse(
                f"the memory ran out while the model was writing; what it had said is kept. {advice(self._loaded)}"
            )
            return
        self._together = max(1, len(rows) // 2)
        self._next.extend(rows)


class OneByOne:
    """By the library's own `generate`, for models that keep more than keys and values, or keep them otherwise."""

    def __init__(self, loaded: Loaded, ending: threading.Event) -> None:
        self._loaded = loaded
        self._ending = ending
        self._row: Row | None = None

    @property
    def writing(self) -> int:
        return int(self._row is not None)

    @property
    def room(self) -> int:
        return 1 - self.writing

    def take(self, ticket: Ticket) -> None:
        self._row = row_of(self._loaded, ticket)

    def turn(self) -> None:
        row, self._row = self._row, None
        if row is None:
            return
        try:
            with torch.inference_mode():
                self._generate(row)
        except (MemoryError, RuntimeError) as error:
            if not is_shortage(error):
                raise
            let_go(self._loaded.model.device.type)
            row.ticket.refuse(f"the memory ran out while the model was writing. {advice(self._loaded)}")

    def end(self) -> list[Ticket]:
        row, self._row = self._row, None
        return [row.ticket] if row is not None else []

    def _generate(self, row: Row) -> None:
        """The sampler chooses here too: the library is only asked for the scores of the next token."""
        ids = torch.tensor([row.ids], device=self._loaded.model.device)
        self._loaded.model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=row.room,
            logits_processor=[_Chosen(row)],
            stopping_criteria=[_Ended(self._loaded, row, self._ending)],
            pad_token_id=next(iter(self._loaded.ends), 0),
            repetition_penalty=1.0,
            no_repeat_ngram_size=0,
        )


class _Chosen:
    """Leaves one token to choose from: the one that the sampler took."""

    def __init__(self, row: Row) -> None:
        self._row = row

    def __call__(self, _: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        token = self._row.sampler.next(scores, self._row.ids)
        only = torch.full_like(scores, float("-inf"))
        only[0, token] = 0.0
        return only


class _Ended:
    def __init__(self, loaded: Loaded, row: Row, ending: threading.Event) -> None:
        self._loaded, self._row, self._ending = loaded, row, ending

    def __call__(self, ids: torch.Tensor, _: Any, **__: Any) -> torch.Tensor:
        stopped = self._row.ticket.stopped.is_set() or self._ending.is_set()
        over = stopped or said(self._loaded, self._row, int(ids[0, -1]))
        return torch.full((1,), over, device=ids.device)


def row_of(loaded: Loaded, ticket: Ticket) -> Row | None:
    """None where nobody waits any more, or the request was refused."""
    if ticket.stopped.is_set():
        return None
    asked = prompt(loaded.tokenizer, ticket.request)
    length = len(asked.ids)
    if length >= loaded.context:
        ticket.refuse(
            f"the prompt has {length} tokens, and this model can read {loaded.context}. "
            "Choose fewer or shorter sources, or a model with a longer context."
        )
        return None
    room = min(ticket.request.max_output_tokens, loaded.context - length)
    sampler = Sampler(loaded.model.generation_config, ticket.request.temperature, ticket.seed, loaded.model.device)
    return Row(ticket, asked.ids, length, room, sampler, Speech(loaded.tokenizer, asked.stops))


def said(loaded: Loaded, row: Row, token: int) -> bool:
    """One token further; true when that was the last."""
    row.ids.append(token)
    ended = token in loaded.ends
    if not ended and (text := row.speech.add(token)):
        row.ticket.put(TextDelta(text))
    if not ended and not row.speech.stopped and row.said < row.room:
        return False
    if rest := row.speech.rest():
        row.ticket.put(TextDelta(rest))
    reason = StopReason.STOP if ended or row.speech.stopped else StopReason.LENGTH
    row.ticket.put(Finished(Tokens(row.prompt, row.said), row.ticket.route, reason))
    return True


def advice(loaded: Loaded) -> str:
    choice = loaded.estimate.choice
    smaller = [f"a context of {choice.context // 2:,} tokens or less"]
    if choice.together > 1:
        smaller.append("fewer replies at once")
    if choice.quantisation == "none" and choice.device == "cpu":
        smaller.append("weights in int8")
    return f"Choose a smaller load for this model on the Models page: {', or '.join(smaller)}."
