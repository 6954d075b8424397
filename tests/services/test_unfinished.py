import pytest

from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.services.unfinished import Unfinished
from writer.storage import Stores


@pytest.fixture
def unfinished(stores: Stores) -> Unfinished:
    return Unfinished(stores.settings)


def test_what_was_typed_comes_back_to_whom_it_belongs(unfinished: Unfinished) -> None:
    unfinished.keep("brief", LOCAL_ACTOR, {"topic": "Wärme 🌊", "words": 900, "sources": [1, 2]})

    assert unfinished.kept("brief", LOCAL_ACTOR) == {"topic": "Wärme 🌊", "words": 900, "sources": [1, 2]}
    assert unfinished.kept("brief", Actor("somebody-else")) == {}
    assert unfinished.kept("another form", LOCAL_ACTOR) == {}


def test_what_was_sent_is_forgotten(unfinished: Unfinished) -> None:
    unfinished.keep("brief", LOCAL_ACTOR, {"topic": "Heat"})
    unfinished.forget("brief", LOCAL_ACTOR)

    assert unfinished.kept("brief", LOCAL_ACTOR) == {}


@pytest.mark.parametrize("stored", ["{", "[]", "null", '"text"'])
def test_what_cannot_be_read_is_nothing(stores: Stores, unfinished: Unfinished, stored: str) -> None:
    stores.settings.set_value(LOCAL_ACTOR.user, "unfinished:brief", stored)

    assert unfinished.kept("brief", LOCAL_ACTOR) == {}


def test_a_text_beyond_any_form_leaves_what_was_kept(unfinished: Unfinished) -> None:
    unfinished.keep("brief", LOCAL_ACTOR, {"topic": "Heat"})
    unfinished.keep("brief", LOCAL_ACTOR, {"topic": "x" * 300_000})

    assert unfinished.kept("brief", LOCAL_ACTOR) == {"topic": "Heat"}
