"""The parts of editing: suggestions, passes, and what became of them."""

from collections.abc import Sequence

from writer.domain.actors import Actor
from writer.domain.completions import Provider
from writer.providers.registry import Registry
from writer.services.claims.service import Claims
from writer.services.drafts import Drafts
from writer.services.editing.passes import Passes
from writer.services.editing.room import EditingRoom
from writer.services.editing.service import Editing
from writer.services.editing.streams import LineStreams
from writer.services.editing.suggestions import Suggestions
from writer.services.jobs import EngineLoop
from writer.services.providers import Providers
from writer.services.usage import UsageBook
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
) -> EditingRoom:
    editing = Editing(drafts, claims, stores.suggestions, AskedNow(providers, registry), book)
    return EditingRoom(
        editing,
        Passes(drafts, editing, book),
        Suggestions(stores.suggestions, drafts),
        LineStreams(loop.submit),
    )
