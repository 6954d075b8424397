"""What became of suggestions: kept for the writer's history, for versions' origins, and for figures."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from writer.domain.actors import Actor
from writer.domain.drafts import Origin, count_words
from writer.domain.errors import NotFound
from writer.domain.ports.suggestions import AcceptanceKey, SuggestionStore
from writer.domain.suggestions import Acceptance, Suggestion
from writer.services.drafts import Drafts


class Suggestions:
    def __init__(self, store: SuggestionStore, drafts: Drafts) -> None:
        self._store = store
        self._drafts = drafts

    def of_draft(self, draft_id: str, by: Actor, limit: int = 100) -> list[Suggestion]:
        self._drafts.open(draft_id, by)
        return self._store.of_draft(draft_id, limit)

    def decide(
        self,
        draft_id: str,
        suggestion_id: str,
        by: Actor,
        accepted: Iterable[int],
        rejected: Iterable[int],
        edited: Mapping[int, str],
    ) -> Suggestion:
        """`edited` has the text that the writer made of a hunk before taking it; only its words are kept."""
        self._drafts.open(draft_id, by)
        words = {number: count_words(text) for number, text in edited.items()}
        return self._store.decide(draft_id, suggestion_id, accepted, rejected, words)

    @contextmanager
    def credited(self, draft_id: str, suggestion_id: str, by: Actor) -> Iterator[Origin | None]:
        """The origin of a version that is saved meanwhile; the version then bears the suggestion's cost."""
        origin = self.origin(draft_id, suggestion_id, by)
        yield origin
        if origin is not None:
            self._store.mark_saved(draft_id, suggestion_id)

    def origin(self, draft_id: str, suggestion_id: str, by: Actor) -> Origin | None:
        """Of a version saved with the suggestion. None where there is no such one: the text is saved all the same."""
        if not suggestion_id:
            return None
        try:
            self._drafts.open(draft_id, by)
            return self._store.get(draft_id, suggestion_id).origin()
        except NotFound:
            return None

    def saved(self, draft_id: str, suggestion_id: str) -> None:
        """Its cost is borne by a version from now on."""
        self._store.mark_saved(draft_id, suggestion_id)

    def acceptance(
        self, by: Actor, key: AcceptanceKey, since: datetime | None = None, until: datetime | None = None
    ) -> list[Acceptance]:
        return self._store.acceptance(by.user, key, since, until)


def suggestion_json(suggestion: Suggestion) -> dict[str, object]:
    made = suggestion.made
    return {
        "id": made.id,
        "action": made.action,
        "route": made.route,
        "prompt_version": made.prompt_version,
        "hunks": len(made.changes),
        "accepted": sorted(suggestion.accepted),
        "rejected": sorted(suggestion.rejected),
        "open": suggestion.open,
        "kept_words": suggestion.kept_words,
        "cost_micros": made.spent.cost_micros,
        "created_at": suggestion.created_at,
    }
