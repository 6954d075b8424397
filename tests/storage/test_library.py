"""The library's store, on both engines."""

from datetime import date

import pytest

from writer.domain.briefs import Brief
from writer.domain.drafts import DraftState, Origin, Section, SectionState
from writer.domain.ports.library import TitleVector
from writer.storage import Stores

A_DAY = date(2026, 12, 24)
A_VECTOR = b"\x00\x00\x80?" + b"\x00" * 12


def made(stores: Stores, title: str, owner: str = "anna", **brief) -> str:
    return stores.drafts.create(owner, Brief(title, **brief), title).id


def write(stores: Stores, draft_id: str, text: str) -> None:
    draft = stores.drafts.get(draft_id)
    sections = [Section("s1", "Part", text, SectionState.DONE)]
    stores.drafts.save(draft_id, draft.revision, Origin("person", draft.owner_id), title=draft.title, sections=sections)


def card(stores: Stores, draft_id: str, owner: str = "anna"):
    return next(card for card in stores.library.cards(owner) if card.id == draft_id)


def test_a_card_says_where_a_draft_stands_and_when_it_is_due(stores):
    draft_id = made(stores, "Tides", due=A_DAY)
    assert (card(stores, draft_id).folder, card(stores, draft_id).planned) == ("", None)

    assert stores.library.place("anna", [draft_id], "Guides/sea") == 1
    assert stores.library.plan("anna", [draft_id], date(2026, 12, 1)) == 1

    found = card(stores, draft_id)
    assert (found.folder, found.planned, found.due) == ("Guides/sea", date(2026, 12, 1), A_DAY)
    stores.library.place("anna", [draft_id], "")
    stores.library.plan("anna", [draft_id], None)
    assert (card(stores, draft_id).folder, card(stores, draft_id).planned) == ("", None)


def test_changes_leave_others_drafts_alone_and_do_not_count_them(stores):
    mine, theirs = made(stores, "Tides"), made(stores, "Grain", "bert")
    both = [mine, theirs, "no-such-draft"]

    assert stores.library.place("anna", both, "Sea") == 1
    assert stores.library.plan("anna", both, A_DAY) == 1
    assert stores.library.tag("anna", both, ["blue"], []) == 1
    assert stores.library.set_state("anna", both, DraftState.READY) == 1
    assert stores.library.rename_folder("bert", "Sea", "Land") == 0

    (other,) = stores.library.cards("bert")
    assert (other.folder, other.planned, other.tags, other.state) == ("", None, (), DraftState.BRIEFED)
    assert stores.library.summaries("bert", [mine]) == {}
    assert [one.id for one in stores.library.cards("anna")] == [mine]


def test_tags_are_added_and_taken_away_and_keep_their_order(stores):
    draft_id = made(stores, "Tides")
    stores.library.tag("anna", [draft_id], ["b", "a"], [])
    stores.library.tag("anna", [draft_id], ["a", "c"], ["b"])

    assert card(stores, draft_id).tags == ("a", "c")


def test_a_renamed_folder_takes_along_what_is_nested_in_it(stores):
    inner, outer, other = made(stores, "One"), made(stores, "Two"), made(stores, "Three")
    stores.library.place("anna", [inner], "Guides/heat/old")
    stores.library.place("anna", [outer], "Guides/heat")
    stores.library.place("anna", [other], "Guides/heating")

    assert stores.library.rename_folder("anna", "Guides/heat", "Warmth") == 2

    assert [card(stores, id_).folder for id_ in (inner, outer, other)] == ["Warmth/old", "Warmth", "Guides/heating"]


def test_words_are_looked_for_in_titles_and_texts(stores):
    tides, grain = made(stores, "Tides"), made(stores, "Grain")
    write(stores, grain, "Ärger about 100 % wheat")

    assert [one.id for one in stores.library.cards("anna", "ärger")] == [grain]
    assert [one.id for one in stores.library.cards("anna", "TID")] == [tides]
    assert stores.library.cards("anna", "100_") == []


def test_summaries_count_words_of_those_asked_for(stores):
    draft_id = made(stores, "Tides")
    write(stores, draft_id, "The sea rises twice a day.")

    assert stores.library.summaries("anna", [draft_id])[draft_id].word_count == 6


def test_what_is_in_the_trash_is_listed_apart(stores):
    draft_id = made(stores, "Tides")
    stores.drafts.trash(draft_id)

    assert stores.library.cards("anna") == []
    assert [one.id for one in stores.library.cards("anna", trashed=True)] == [draft_id]


def test_a_title_wants_a_vector_until_it_has_one_and_again_when_it_changes(stores):
    draft_id = made(stores, "Tides")
    assert [one.title for one in stores.library.untitled("m", 5)] == ["Tides"]
    stores.library.put_titles("m", [TitleVector(draft_id, "Tides", A_VECTOR), TitleVector("gone", "Gone", A_VECTOR)])
    assert stores.library.untitled("m", 5) == []
    assert stores.library.titles("anna", "m") == [TitleVector(draft_id, "Tides", A_VECTOR)]
    assert stores.library.titles("bert", "m") == []

    draft = stores.drafts.get(draft_id)
    stores.drafts.save(draft_id, draft.revision, Origin("person", "anna"), title="Ebb", sections=[])
    assert stores.library.titles("anna", "m") == []
    assert [one.title for one in stores.library.untitled("m", 5)] == ["Ebb"]


@pytest.mark.parametrize("number", [401, 900])
def test_many_are_changed_at_once(sqlite_stores, number):
    ids = [made(sqlite_stores, f"Draft {n}") for n in range(3)]

    assert sqlite_stores.library.place("anna", [*ids, *map(str, range(number))], "Sea") == 3


def test_a_deleted_draft_leaves_nothing_in_the_library(stores):
    draft_id = made(stores, "Tides")
    stores.library.place("anna", [draft_id], "Sea")
    stores.drafts.trash(draft_id)
    stores.drafts.purge(older_than_days=0)

    assert stores.library.cards("anna", trashed=True) == []
    assert stores.library.rename_folder("anna", "Sea", "Land") == 0
