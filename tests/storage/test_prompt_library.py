from concurrent.futures import ThreadPoolExecutor

import pytest

from writer.domain.errors import NotFound
from writer.domain.prompt_library import Packed, Place, PromptText, SavedPrompt
from writer.storage import Stores

FIRST, SECOND = PromptText("Say {{this}}", "Be brief", 0.2, 100), PromptText("Sing {{this}}")


def added(stores: Stores, name: str = "Greeting", owner: str = "anna", folder: str = "") -> SavedPrompt:
    (made,) = stores.prompts.add(owner, [Packed(Place(name, folder, ("short",)), ((FIRST, "begun"),))])
    return made


def test_a_prompt_comes_back_as_it_was_kept(stores: Stores) -> None:
    made = added(stores, folder="Mail/ Cold ")

    assert stores.prompts.get(made.id) == made
    assert made.place == Place("Greeting", "Mail/Cold", ("short",))
    assert (made.latest.number, made.latest.text, made.latest.note) == (1, FIRST, "begun")


def test_versions_are_added_and_none_is_ever_changed(stores: Stores) -> None:
    made = added(stores)
    (before,) = stores.prompts.versions(made.id)
    now = stores.prompts.add_versions(made.id, [(SECOND, "sung"), (SECOND, "again"), (FIRST, "")])

    assert now.latest.number == 3
    assert [(one.number, one.text, one.note) for one in stores.prompts.versions(made.id)] == [
        (3, FIRST, ""),
        (2, SECOND, "sung"),
        (1, FIRST, "begun"),
    ]
    assert stores.prompts.versions(made.id)[-1] == before


def test_versions_that_come_at_once_get_numbers_of_their_own(stores: Stores) -> None:
    made = added(stores)
    texts = [PromptText(f"Version {number}") for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda text: stores.prompts.add_versions(made.id, [(text, "")]), texts))

    kept = stores.prompts.versions(made.id)
    assert [one.number for one in kept] == list(range(9, 0, -1))
    assert {one.text for one in kept} == {FIRST, *texts}


def test_the_same_prompt_twice_is_two_prompts(stores: Stores) -> None:
    first, second = added(stores), added(stores)

    assert first.id != second.id
    assert stores.prompts.count("anna") == 2


def test_prompts_are_listed_by_folder_and_name_and_only_their_owners(stores: Stores) -> None:
    for name, owner, folder in (("b", "anna", ""), ("a", "anna", "Mail"), ("a", "anna", ""), ("c", "bert", "")):
        added(stores, name, owner, folder)

    assert [(one.place.folder, one.place.name) for one in stores.prompts.listing("anna")] == [
        ("", "a"),
        ("", "b"),
        ("Mail", "a"),
    ]


def test_a_prompt_moves_without_a_new_version_and_goes_with_all_of_them(stores: Stores) -> None:
    made = added(stores)
    moved = stores.prompts.place(made.id, Place("Hello", "Mail"))
    assert (moved.place, moved.latest) == (Place("Hello", "Mail"), made.latest)
    stores.prompts.delete(made.id)

    assert stores.prompts.versions(made.id) == []
    with pytest.raises(NotFound, match="no such prompt"):
        stores.prompts.get(made.id)
    with pytest.raises(NotFound):
        stores.prompts.add_versions(made.id, [(SECOND, "")])
