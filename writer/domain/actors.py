"""Who asks, and whether they may. `authorize` is the only place that decides."""

from dataclasses import dataclass
from typing import Literal

from writer.domain.errors import NotFound

LOCAL_OWNER = "local"
"""The implicit owner of everything in single-user mode."""

Action = Literal["read", "write", "delete"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Every service call takes one. `credential` says how they proved who they are."""

    user: str
    roles: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    credential: Literal["local", "session", "key", "job"] = "local"


LOCAL_ACTOR = Actor(LOCAL_OWNER)


def authorize(actor: Actor, action: Action, owner_id: str, what: str = "item") -> None:
    """Raises NotFound, never "forbidden": whoever may not see a thing is not told that it exists."""
    if actor.user != owner_id:
        raise NotFound(f"There is no such {what}.")
