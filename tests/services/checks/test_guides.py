"""The style guide as it is kept, and where its rules go."""

import pytest

from tests.services.articles.support import CALLER, ScriptedProvider, Shown, contract, prose
from writer.domain.actors import Actor
from writer.domain.errors import NotFound, UserMistake
from writer.domain.style_guide import MOST_ENTRIES, Ignored, Preferred, StyleGuide
from writer.services.articles.model_drafter import ModelDrafter
from writer.services.checks.guides import StyleGuides
from writer.services.drafts import Drafts
from writer.storage import Stores

ANN, BO = Actor("ann"), Actor("bo")
GUIDE = StyleGuide((Preferred("e-mail", "email"),), ("synergy",), "en-GB", "always")


def guides_in(stores: Stores) -> StyleGuides:
    return StyleGuides(stores.settings, Drafts(stores.drafts, stores.sources), stores.drafts)


def test_a_draft_goes_by_the_guide_that_was_chosen_for_it(stores: Stores) -> None:
    guides, drafts = guides_in(stores), Drafts(stores.drafts, stores.sources)
    house = guides.add("House style", ANN)
    guides.save(GUIDE, ANN, house.id)
    one, other = (drafts.begin("Tides", ANN) for _ in range(2))

    brief = guides.use(one.id, house.id, ANN).brief

    assert guides.owned("ann", brief.style_guide).banned == ("synergy",)
    assert guides.owned("ann", drafts.open(other.id, ANN).brief.style_guide) == StyleGuide()
    assert [(found.id, found.name) for found in guides.listing(ANN)] == [
        ("", "My style guide"),
        (house.id, "House style"),
    ]
    assert guides.all_rules("ann") == [f"{house.id}: {rule}" for rule in GUIDE.rules()]


def test_what_is_ignored_is_ignored_under_every_guide(sqlite_stores: Stores) -> None:
    guides = guides_in(sqlite_stores)
    house = guides.add("House style", ANN)
    guides.ignore("hedges", "perhaps", ANN)
    assert guides.of(ANN, house.id).ignores("hedges", "Perhaps")

    guides.save(GUIDE, ANN, house.id)

    assert guides.of(ANN).ignored == ()
    assert guides.of(ANN).banned == ()


def test_a_guide_that_is_gone_leaves_its_drafts_to_the_first(sqlite_stores: Stores) -> None:
    guides, drafts = guides_in(sqlite_stores), Drafts(sqlite_stores.drafts, sqlite_stores.sources)
    guides.save(GUIDE, ANN)
    house = guides.rename(guides.add("House", ANN).id, "House style", ANN)
    guides.use(drafts.begin("Tides", ANN).id, house.id, ANN)

    guides.delete(house.id, ANN)

    assert guides.owned("ann", house.id) == GUIDE
    assert len(guides.listing(ANN)) == 1
    with pytest.raises(NotFound):
        guides.of(ANN, house.id)


@pytest.mark.parametrize("name", ["", " my STYLE guide ", "x" * 81])
def test_a_name_that_cannot_be_told_apart_is_refused(sqlite_stores: Stores, name: str) -> None:
    with pytest.raises(UserMistake):
        guides_in(sqlite_stores).add(name, ANN)


def test_another_persons_guide_is_not_there(sqlite_stores: Stores) -> None:
    guides, drafts = guides_in(sqlite_stores), Drafts(sqlite_stores.drafts, sqlite_stores.sources)
    house = guides.add("House style", ANN)
    draft = drafts.begin("Tides", BO)

    for attempt in (
        lambda: guides.of(BO, house.id),
        lambda: guides.save(GUIDE, BO, house.id),
        lambda: guides.use(draft.id, house.id, BO),
        lambda: guides.use(draft.id, "", ANN),
        lambda: guides.delete(house.id, BO),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_guide_is_kept_for_its_owner_alone(stores: Stores) -> None:
    guides = guides_in(stores)
    guides.save(GUIDE, ANN)

    assert guides.of(ANN) == GUIDE
    assert guides.of(BO) == StyleGuide()


def test_of_what_is_ignored_the_oldest_is_forgotten_first(sqlite_stores: Stores) -> None:
    guides = guides_in(sqlite_stores)
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

    await ModelDrafter(provider, style=lambda brief: GUIDE.rules()).section(contract(), CALLER, Shown())

    asked = provider.requests[0].messages[-1].content
    assert "Spell as in British English." in asked
    assert "Write “email”, never “e-mail”." in asked
    assert "Never use: synergy." in asked


def test_another_guide_makes_another_text() -> None:
    provider = ScriptedProvider("")

    assert ModelDrafter(provider).identity != ModelDrafter(provider, rules=GUIDE.rules()).identity
