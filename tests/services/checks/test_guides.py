"""The style guide as it is kept, and where its rules go."""

import pytest

from tests.services.articles.support import CALLER, ScriptedProvider, Shown, contract, prose
from writer.domain.actors import Actor
from writer.domain.errors import UserMistake
from writer.domain.style_guide import MOST_ENTRIES, Ignored, Preferred, StyleGuide
from writer.services.articles.model_drafter import ModelDrafter
from writer.services.checks.guides import StyleGuides
from writer.storage import Stores

ANN, BO = Actor("ann"), Actor("bo")
GUIDE = StyleGuide((Preferred("e-mail", "email"),), ("synergy",), "en-GB", "always")


def test_a_guide_is_kept_for_its_owner_alone(stores: Stores) -> None:
    guides = StyleGuides(stores.settings)
    guides.save(GUIDE, ANN)

    assert guides.of(ANN) == GUIDE
    assert guides.of(BO) == StyleGuide()


def test_of_what_is_ignored_the_oldest_is_forgotten_first(sqlite_stores: Stores) -> None:
    guides = StyleGuides(sqlite_stores.settings)
    full = tuple(Ignored("variants", f"word {number}") for number in range(MOST_ENTRIES))
    guides.save(StyleGuide(ignored=full), ANN)

    kept = guides.ignore("variants", "One   More", ANN).ignored

    assert len(kept) == MOST_ENTRIES
    assert kept[-1] == Ignored("variants", "one more")
    assert full[0] not in kept
    assert guides.heed("variants", "one more", ANN).ignored == kept[:-1]


def test_an_empty_term_is_refused_with_a_sentence() -> None:
    with pytest.raises(UserMistake, match="one line"):
        StyleGuide(banned=("",))


async def test_the_rules_are_in_what_a_model_is_asked_for_a_section() -> None:
    provider = ScriptedProvider(prose(120))

    await ModelDrafter(provider, style=GUIDE.rules()).section(contract(), CALLER, Shown())

    asked = provider.requests[0].messages[-1].content
    assert "Spell as in British English." in asked
    assert "Write “email”, never “e-mail”." in asked
    assert "Never use: synergy." in asked


def test_another_guide_makes_another_text() -> None:
    provider = ScriptedProvider("")

    assert ModelDrafter(provider).identity != ModelDrafter(provider, style=GUIDE.rules()).identity
