"""The parts of editing: suggestions, passes, and what became of them."""

from collections.abc import Callable, Sequence
from functools import partial

from writer.domain.actors import Actor
from writer.domain.completions import Provider
from writer.domain.drafts import Draft
from writer.providers.registry import Registry
from writer.services.checks.guides import StyleGuides
from writer.services.checks.style import in_style
from writer.services.claims.service import Claims
from writer.services.drafts import Drafts
from writer.services.editing.model import voice_of
from writer.services.editing.passes import Passes
from writer.services.editing.room import EditingRoom
from writer.services.editing.service import Editing
from writer.services.editing.streams import LineStreams
from writer.services.editing.suggestions import Suggestions
from writer.services.jobs import EngineLoop
from writer.services.providers import Providers
from writer.services.usage import UsageBook
from writer.services.voices import Voices
from writer.storage import Stores


class AskedNow:
    """For somebody who waits: refused keys and resting routes are tried once more."""

    def __init__(self, providers: Providers, registry: Registry) -> None:
        self._providers = providers
        self._registry = registry

    def routes(self, by: Actor) -> list[str]:
        return self._providers.routes(by)

    def provider(self, owner_id: str, routes: Sequence[str]) -> Provider:
        self._registry.pardon()
        return self._registry.provider(owner_id, routes)


def editing_room(
    stores: Stores,
    drafts: Drafts,
    claims: Claims,
    providers: Providers,
    registry: Registry,
    book: UsageBook,
    loop: EngineLoop,
    guides: StyleGuides,
    voices: Voices,
) -> EditingRoom:
    def voice(draft: Draft) -> str:
        learnt = voices.rules(draft.owner_id, draft.brief)
        return voice_of(draft.brief, guides.rules(draft.owner_id, draft.brief.style_guide), learnt)

    def own_style(draft: Draft) -> Callable[[str], str]:
        return partial(
            in_style, guide=guides.owned(draft.owner_id, draft.brief.style_guide), language=draft.brief.language
        )

    editing = Editing(drafts, claims, stores.suggestions, AskedNow(providers, registry), book, voice=voice)
    return EditingRoom(
        editing,
        Passes(drafts, editing, book, own_style),
        Suggestions(stores.suggestions, drafts),
        LineStreams(loop.submit),
    )
