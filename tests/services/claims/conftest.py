from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.knowledge.studio import Studio
from tests.support.vectors import add_source
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.briefs import Brief
from writer.domain.claims import Claim
from writer.domain.drafts import Draft, Section
from writer.domain.ports.sources import Embedder
from writer.services.claims.service import Claims
from writer.services.drafts import Drafts
from writer.storage import Stores


@dataclass
class Room:
    """Drafts, sources and claims over a real database."""

    stores: Stores
    drafts: Drafts
    claims: Claims
    studio: Studio

    def source(self, *passages: str, owner: str = "local", title: str = "A source") -> int:
        return add_source(self.stores.sources, passages, owner=owner, title=title)

    def draft(self, *texts: str) -> Draft:
        made = self.stores.drafts.create("local", Brief("Harbour heat"), "Harbour heat")
        return self.write(made, *texts)

    def write(self, draft: Draft, *texts: str) -> Draft:
        now = self.drafts.open(draft.id, LOCAL_ACTOR)
        sections = [Section(f"s{n}", f"Heading {n}", text) for n, text in enumerate(texts, start=1)]
        return self.drafts.save(draft.id, now.revision, LOCAL_ACTOR, title=now.title, sections=sections)

    def checked(self, draft: Draft) -> tuple[Claim, ...]:
        return self.claims.check(draft.id, LOCAL_ACTOR).claims


def room_of(stores: Stores, folder: Path, embedder: Embedder | None) -> Iterator[Room]:
    with Studio(stores, folder, embedder) as studio:
        drafts = Drafts(stores.drafts, stores.sources)
        claims = Claims(drafts, stores.sources, stores.claims, stores.jobs, studio.search, embedder)
        yield Room(stores, drafts, claims, studio)


@pytest.fixture
def room(stores: Stores, tmp_path: Path) -> Iterator[Room]:
    """Without a model, over both engines."""
    yield from room_of(stores, tmp_path, None)


@pytest.fixture
def room_with_model(sqlite_stores: Stores, tmp_path: Path, embedder: Embedder) -> Iterator[Room]:
    yield from room_of(sqlite_stores, tmp_path, embedder)
