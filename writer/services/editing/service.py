"""Suggestions for text that is there. Nothing here changes a draft: what comes out are hunks for the writer to take."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Protocol

from writer.domain.actors import Actor
from writer.domain.completions import Caller, Provider
from writer.domain.drafting import BUILT_IN
from writer.domain.drafts import Draft, count_words
from writer.domain.errors import NotFound, ProviderError, ReplyInvalid, UserMistake, WriterError
from writer.domain.hunks import Hunk, diff
from writer.domain.ports.suggestions import SuggestionStore
from writer.domain.suggestions import Change, NewSuggestion, Spent
from writer.domain.usage import UsageEvent
from writer.services.claims.service import Claims
from writer.services.drafts import Drafts
from writer.services.editing import lines
from writer.services.editing.actions import ACTIONS, PASSES
from writer.services.editing.asks import Ask, checked
from writer.services.editing.finding import Found, sources_for
from writer.services.editing.lines import Put, Shown
from writer.services.editing.model import ModelEditor, Proposed, prompt_of, voice_of
from writer.services.editing.rules import by_rules
from writer.services.usage import UsageBook

NO_MODEL = (
    "This needs a model, and none is set up: add a provider in Settings. Tighten, typography, heading case, list "
    "clean-up and finding a source work without one."
)
NOTHING = "There is nothing to change here."
VoiceOf = Callable[[Draft], str]


class Routes(Protocol):
    """Which providers an owner has, and how to ask them."""

    def routes(self, by: Actor) -> list[str]: ...

    def provider(self, owner_id: str, routes: Sequence[str]) -> Provider:
        """Raises UnknownRoute or MissingKey."""
        ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that may be streamed. `editor` is None where no model is asked."""

    ask: Ask
    by: Actor
    draft: Draft
    editor: ModelEditor | None = None

    @property
    def route(self) -> str:
        return self.editor.route if self.editor else BUILT_IN

    @property
    def language(self) -> str:
        return (self.ask.language if not self.ask.kind.needs_model else "") or self.draft.brief.language


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a request, before it is kept."""

    hunks: tuple[Hunk, ...] = ()
    route: str = BUILT_IN
    prompt_version: str = ""


class Editing:
    def __init__(
        self,
        drafts: Drafts,
        claims: Claims,
        store: SuggestionStore,
        routes: Routes,
        book: UsageBook,
        *,
        voice: VoiceOf = lambda draft: voice_of(draft.brief),
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._drafts = drafts
        self._claims = claims
        self._store = store
        self._routes = routes
        self._book = book
        self.voice = voice
        self._clock = clock

    def offers(self, by: Actor) -> dict[str, Any]:
        """What can be asked for, and whether there is a model to ask."""
        model = bool(self._model_routes(by, ""))
        return {
            "model": model,
            "no_model": "" if model else NO_MODEL,
            "actions": [action.as_json() for action in ACTIONS.values()],
            "passes": [pass_.as_json() for pass_ in PASSES.values()],
        }

    def prepare(self, ask: Ask, by: Actor) -> Prepared:
        """Everything that can be refused is refused here, before the stream begins."""
        ask = checked(ask)
        draft = self._drafts.open(ask.draft_id, by)
        self.check_new(ask.draft_id, ask.id)
        editor = self.editor(by, ask.route) if ask.kind.needs_model else None
        return Prepared(ask, by, draft, editor)

    def editor(self, by: Actor, route: str) -> ModelEditor:
        """A named route is asked alone: who chose a model did not choose a fallback elsewhere."""
        self.route_of(by, route)
        return ModelEditor(self._routes.provider(by.user, self._model_routes(by, route)))

    def route_of(self, by: Actor, route: str) -> str:
        """Whom `editor` asks first. Raises UserMistake without any model."""
        if not (routes := self._model_routes(by, route)):
            raise UserMistake(NO_MODEL)
        return routes[0]

    def check_new(self, draft_id: str, suggestion_id: str) -> None:
        try:
            self._store.get(draft_id, suggestion_id)
        except NotFound:
            return
        raise UserMistake("A suggestion of this id exists already. Ask under another id.")

    async def suggest(self, prepared: Prepared, put: Put) -> None:
        """Puts lines until “done”. Cancelling it closes the provider's connection, and keeps nothing."""
        ask = prepared.ask
        put(lines.begin(ask.id, prepared.route))
        begun = self._clock()
        caller = caller_of(prepared.by, ask.draft_id, ask.action, ask.id)
        made, kept = Made(route=prepared.route), ""
        with self._book.receipt(caller) as events:
            try:
                made = await self._made(prepared, caller, put)
                spent = spent_on(events, (self._clock() - begun) * 1000)
                kept = await asyncio.to_thread(self.keep, prepared.by, ask.draft_id, ask.id, ask.action, made, spent)
            except WriterError as problem:
                put(lines.error(problem))
        spent = spent_on(events, (self._clock() - begun) * 1000)
        put(lines.done(kept, made.route, made.prompt_version, spent))

    def keep(self, by: Actor, draft_id: str, id_: str, action: str, made: Made, spent: Spent) -> str:
        """The suggestion's id; "" when there is nothing to decide."""
        if not made.hunks:
            return ""
        changes = tuple(Change(count_words(hunk.old), count_words(hunk.new)) for hunk in made.hunks)
        suggestion = NewSuggestion(id_, draft_id, by.user, action, made.route, made.prompt_version, changes, spent)
        return self._store.add(suggestion).made.id

    async def _made(self, prepared: Prepared, caller: Caller, put: Put) -> Made:
        if prepared.editor is not None:
            return await self._by_model(prepared, prepared.editor, caller, put)
        if prepared.ask.action == "find-source":
            return await self._sources(prepared, put)
        found = await asyncio.to_thread(by_rules, prepared.ask, prepared.language)
        if found.note:
            put(lines.note(found.note))
            return Made()
        return Made(await offered(prepared.ask.text, found.text, put))

    async def _by_model(self, prepared: Prepared, editor: ModelEditor, caller: Caller, put: Put) -> Made:
        proposed, version = await self.proposed(prepared.ask, prepared.draft, editor, caller, put)
        for sentence in proposed.notes:
            put(lines.note(sentence))
        hunks = await offered(prepared.ask.text, proposed.text, put)
        return Made(hunks, proposed.route, version)

    async def proposed(
        self, ask: Ask, draft: Draft, editor: ModelEditor, caller: Caller, put: Put, prompt_id: str = ""
    ) -> tuple[Proposed, str]:
        """What the model proposes, and the version of the prompt it was asked with."""
        prompt = prompt_of(prompt_id or ask.action)
        voice = await asyncio.to_thread(self.voice, draft)
        try:
            return await editor.proposal(ask, prompt, voice, caller, Shown(put)), prompt.version
        except (ProviderError, ReplyInvalid):
            put({"type": "restart"})
            raise

    async def _sources(self, prepared: Prepared, put: Put) -> Made:
        ask = prepared.ask
        findings = await asyncio.to_thread(sources_for, self._claims, ask.draft_id, prepared.by, ask.text)
        for sentence in findings.notes:
            put(lines.note(sentence))
        if findings.found:
            put({"type": "choices", "choices": [_choice(ask.text, n, one) for n, one in enumerate(findings.found)]})
        return Made(tuple(one.hunk for one in findings.found))

    def _model_routes(self, by: Actor, route: str) -> list[str]:
        routes = [route] if route else self._routes.routes(by)
        return [] if routes[:1] == [BUILT_IN] else [one for one in routes if one != BUILT_IN]


async def offered(text: str, proposal: str, put: Put) -> tuple[Hunk, ...]:
    hunks = await asyncio.to_thread(diff, text, proposal)
    if not hunks:
        put({"type": "restart"})
        put(lines.note(NOTHING))
        return ()
    put({"type": "hunks", "proposal": proposal, "hunks": lines.hunks_json(text, hunks)})
    return hunks


def caller_of(by: Actor, draft_id: str, action: str, id_: str) -> Caller:
    return Caller(by.user, step=f"{action}:{id_}", draft_id=draft_id)


def spent_on(events: Sequence[UsageEvent], total_ms: float) -> Spent:
    """Failed and repeated calls are paid for, too. The price is not known where that of one call is not."""
    costs = [event.cost_micros for event in events]
    firsts = [event.first_token_ms for event in events if event.first_token_ms is not None]
    return Spent(
        cost_micros=None if None in costs else sum(cost for cost in costs if cost is not None),
        input_tokens=sum(event.tokens.input for event in events),
        output_tokens=sum(event.tokens.output for event in events),
        first_token_ms=firsts[-1] if firsts else None,
        total_ms=total_ms,
    )


def _choice(text: str, number: int, one: Found) -> dict[str, Any]:
    passage, verdict = one.alternative.hit.passage, one.alternative.verdict
    return {
        "label": passage.source_title,
        "detail": verdict.quote or passage.text[:300],
        "passage_id": passage.id,
        "status": verdict.status.value,
        "sentence": one.sentence,
        "hunks": lines.hunks_json(text, [replace(one.hunk)], first=number),
    }
