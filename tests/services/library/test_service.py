"""The library as a person has it, over both databases."""

import io
import zipfile
from datetime import UTC, date, datetime

import pytest

from writer.domain.actors import Actor
from writer.domain.briefs import Brief
from writer.domain.drafts import DraftState, Origin, Section, SectionState
from writer.domain.errors import NotFound, UserMistake
from writer.domain.library import Sort, Wanted
from writer.services.library import TitleIndex

ANNA, BERT = Actor("anna"), Actor("bert")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def made(stores, title: str, owner: str = "anna", text: str = "Some text.") -> str:
    draft = stores.drafts.create(owner, Brief(title), title)
    sections = [Section("s1", "Part", text, SectionState.DONE)]
    stores.drafts.save(draft.id, draft.revision, Origin("person", owner), title=title, sections=sections)
    return draft.id


def test_a_page_of_the_list_counts_all_that_match_and_shows_the_whole_shelf(stores, library):
    ids = [made(stores, f"Draft {n}") for n in range(5)]
    library.tag(ids[:3], ANNA, add=["sea"])
    library.move(ids[3:], "Land", ANNA)

    found = library.find(Wanted(tags=("sea",), sort=Sort.TITLE), ANNA, limit=2, offset=1)

    assert [entry.card.title for entry in found.entries] == ["Draft 1", "Draft 2"]
    assert found.entries[0].summary.word_count == 2
    assert found.total == 3
    assert found.shelf.folders == (("Land", 2),)
    assert found.shelf.tags == (("sea", 3),)


def test_words_and_filters_narrow_together(stores, library):
    one, other = made(stores, "One", text="The sea rises."), made(stores, "Other", text="The sea falls.")
    library.set_state([other], DraftState.READY, ANNA)

    assert library.find(Wanted("sea"), ANNA).total == 2
    found = library.find(Wanted("sea", states=(DraftState.READY,)), ANNA)
    assert [entry.card.id for entry in found.entries] == [other]
    assert one not in {entry.card.id for entry in found.entries}


def test_nobody_changes_packs_or_sees_drafts_of_others(stores, library):
    theirs = made(stores, "Tides", "bert")
    for change in (
        lambda: library.move([theirs], "Sea", ANNA),
        lambda: library.plan([theirs], date(2026, 12, 1), ANNA),
        lambda: library.tag([theirs], ANNA, add=["x"]),
        lambda: library.set_state([theirs], DraftState.READY, ANNA),
        lambda: library.trash([theirs], ANNA),
        lambda: library.packed([theirs], ANNA, NOON),
        lambda: library.card(theirs, ANNA),
    ):
        with pytest.raises(NotFound):
            change()
    assert library.find(Wanted(), ANNA).total == 0
    assert library.twins(ANNA) == {}
    assert library.calendar(date(2026, 1, 1), date(2026, 12, 31), ANNA) == []
    assert library.card(theirs, BERT).state is not DraftState.READY


def test_many_go_to_the_trash_and_come_back(stores, library):
    ids = [made(stores, f"Draft {n}") for n in range(3)]

    assert library.trash([*ids, "gone"], ANNA) == 3
    assert library.find(Wanted(), ANNA).total == 0
    assert library.find(Wanted(trashed=True), ANNA).total == 3
    assert library.untrash(ids[:2], ANNA) == 2
    assert library.find(Wanted(), ANNA).total == 2


def test_too_many_at_once_are_refused_before_anything_changes(stores, library):
    draft_id = made(stores, "Draft")

    with pytest.raises(UserMistake, match="500"):
        library.trash([draft_id, *map(str, range(500))], ANNA)
    assert library.find(Wanted(), ANNA).total == 1


def test_a_folder_that_is_not_there_cannot_be_renamed(stores, library):
    made(stores, "Draft")
    for name in ("", "Sea"):
        with pytest.raises(NotFound, match="folder"):
            library.rename_folder(name, "Land", ANNA)


def test_drafts_are_packed_in_their_folders_each_under_a_name_of_its_own(stores, library):
    one, two, three = made(stores, "Tides", text="One."), made(stores, "Tides", text="Two."), made(stores, "Ärger: 3")
    library.move([one, two], "Sea / ../Ebbe & Flut", ANNA)
    library.trash([three], ANNA)

    packed = library.packed([one, two, three], ANNA, NOON)

    assert (packed.filename, packed.drafts) == ("drafts-2026-11-21.zip", 3)
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        names = archive.namelist()
        assert names == ["sea/folder/ebbe-flut/tides.md", "sea/folder/ebbe-flut/tides-2.md", "arger-3.md"]
        assert all(word in archive.read(name).decode() for name, word in zip(names, ("One.", "Two."), strict=False))
        assert all(info.date_time[0] >= 2026 for info in archive.infolist())


def test_titles_are_flagged_that_say_the_same_and_not_those_that_differ_in_their_subject(stores, library, titles):
    same = [made(stores, "How to choose a mattress"), made(stores, "Choosing a mattress: how to")]
    same += [made(stores, "HOW TO CHOOSE A MATTRESS!")]
    for other in ("How to choose a bicycle", "Python 3.13: what is new", "Python 3.14: what is new"):
        made(stores, other)
    made(stores, "How to choose a mattress", "bert")
    assert {id_: [twin.draft_id for twin in found] for id_, found in library.twins(ANNA).items()} == {
        same[0]: [same[2]],
        same[2]: [same[0]],
    }

    assert titles.follow() == 7
    assert titles.follow() == 0
    found = library.twins(ANNA)

    assert set(found) == set(same)
    assert [twin.score == 1.0 for twin in found[same[0]]] == [True, False]
    assert {twin.draft_id for twin in found[same[1]]} == {same[0], same[2]}
    assert library.twins(ANNA, of={same[1]}, cards=library.cards(ANNA)) == {same[1]: found[same[1]]}
    library.trash([same[0], same[2]], ANNA)
    assert library.twins(ANNA) == {}


@pytest.mark.parametrize(
    ("one", "other", "close"),
    [
        ("How heat pumps work in winter", "How a heat pump works in the winter", True),
        ("10 tips for better sleep", "Ten tips to sleep better", True),
        ("A beginner's guide to sourdough", "Sourdough for beginners: a guide", True),
        ("Remote work policies that last", "Remote-work policies which last", True),
        ("10 tips for better sleep", "10 tips for better coffee", False),
        ("The history of the port of Hamburg", "The history of the port of Bremen", False),
        ("How heat pumps work in winter", "How heat pumps work in summer", False),
        ("Heat from the harbour", "Tides at night", False),
    ],
)
def test_close_titles_lie_above_the_bound_and_others_below(sqlite_stores, embedder, one, other, close):
    titles = TitleIndex(sqlite_stores.library, embedder)
    for title in (one, other):
        made(sqlite_stores, title)
    titles.follow()

    assert bool(titles.twins("anna", sqlite_stores.library.cards("anna"))) is close


def test_without_a_model_titles_are_compared_by_their_words(sqlite_stores):
    titles = TitleIndex(sqlite_stores.library, None)
    for title in ("Tides", "tides!", "Ebb"):
        made(sqlite_stores, title)

    assert titles.follow() == 0
    assert len(titles.twins("anna", sqlite_stores.library.cards("anna"))) == 2
