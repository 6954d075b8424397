from datetime import date

import pytest

from tests.storage.makers import OWNER, a_document, a_source, some_passages
from writer.domain.collections import Cut
from writer.domain.errors import NotFound, UserMistake
from writer.domain.jobs import NewJob, NewStep
from writer.domain.scopes import Scope
from writer.domain.sources import NewSource, SourceState, Tally
from writer.storage import Stores


def sources(stores: Stores, *titles: str, owner: str = OWNER) -> list[int]:
    return [stores.sources.add(owner, a_source(title)).id for title in titles]


def test_a_collection_reads_back_as_it_was_made(stores: Stores):
    made = stores.collections.add(OWNER, "Harbour", "What the board decided", Cut(128, 1))

    assert stores.collections.get(made.id) == made
    assert (made.name, made.description, made.cut, made.sources) == (
        "Harbour",
        "What the board decided",
        Cut(128, 1),
        0,
    )
    assert stores.collections.by_name(OWNER, " hARBOUR ") == made
    assert stores.collections.by_name("somebody else", "Harbour") is None


def test_one_owners_names_differ_however_they_are_written(stores: Stores):
    stores.collections.add(OWNER, "Ärzte  heute")
    other = stores.collections.add(OWNER, "Other")
    stores.collections.add("somebody else", "ärzte heute")

    for attempt in (
        lambda: stores.collections.add(OWNER, "ÄRZTE heute"),
        lambda: stores.collections.change(other.id, name="ärzte Heute"),
    ):
        with pytest.raises(UserMistake, match="There is a collection called"):
            attempt()
    assert stores.collections.change(other.id, name="OTHER").name == "OTHER"
    assert [one.name for one in stores.collections.listing(OWNER)] == ["OTHER", "Ärzte  heute"]


def test_what_is_not_given_stays_in_a_change(stores: Stores):
    made = stores.collections.add(OWNER, "Harbour", "Old", Cut(128, 1))

    assert stores.collections.change(made.id, description="New").cut == Cut(128, 1)
    changed = stores.collections.change(made.id, cut=Cut(100, 0))

    assert (changed.name, changed.description, changed.cut) == ("Harbour", "New", Cut(100, 0))


def test_sources_join_and_leave_many_at_once_and_only_their_owners(stores: Stores):
    mine = sources(stores, *(f"S{n}" for n in range(1200)))
    (theirs,) = sources(stores, "Theirs", owner="somebody else")
    made = stores.collections.add(OWNER, "All")

    assert stores.collections.join(made.id, [*mine, theirs, 99_999]) == 1200
    assert stores.collections.join(made.id, mine[:3]) == 0
    assert stores.collections.members(made.id) == mine
    assert stores.collections.leave(made.id, [*mine[:700], theirs]) == 700
    assert stores.collections.get(made.id).sources == 500


def test_deleting_a_collection_keeps_its_sources(stores: Stores):
    mine = sources(stores, "One", "Two")
    made = stores.collections.add(OWNER, "Gone")
    stores.collections.join(made.id, mine)

    stores.collections.delete(made.id)

    assert [source.id for source in stores.sources.listing(OWNER)] == mine[::-1]
    assert stores.collections.of_source(mine[0]) == []
    for attempt in (stores.collections.get, stores.collections.delete):
        with pytest.raises(NotFound):
            attempt(made.id)


def test_deleting_a_source_takes_it_out_of_its_collections(stores: Stores):
    (one,) = sources(stores, "One")
    made = stores.collections.add(OWNER, "Few")
    stores.collections.join(made.id, [one])
    stores.sources.delete(one)

    assert stores.collections.members(made.id) == []


def test_a_source_is_cut_as_the_collection_it_joined_first_says(stores: Stores):
    one, two, three = sources(stores, "One", "Two", "Three")
    late, early = (
        stores.collections.add(OWNER, "Late", cut=Cut(100)),
        stores.collections.add(OWNER, "Early", cut=Cut(200)),
    )
    stores.collections.join(early.id, [one])
    stores.collections.join(late.id, [one, two])

    assert stores.collections.cuts([one, two, three]) == {one: Cut(200), two: Cut(100)}
    assert [c.name for c in stores.collections.of_source(one)] == ["Early", "Late"]
    stores.collections.leave(early.id, [one])
    assert stores.collections.cuts([one]) == {one: Cut(100)}


def test_merging_moves_the_members_and_keeps_the_second_collections_name_and_cut(stores: Stores):
    one, two, three = sources(stores, "One", "Two", "Three")
    first, between = stores.collections.add(OWNER, "From", cut=Cut(100)), stores.collections.add(OWNER, "Between")
    into = stores.collections.add(OWNER, "Into", "Kept", Cut(200))
    stores.collections.join(first.id, [one, two])
    stores.collections.join(between.id, [one])
    stores.collections.join(into.id, [two, three])

    stores.collections.merge(first.id, into.id)

    merged = stores.collections.get(into.id)
    assert (merged.name, merged.description, merged.cut, merged.sources) == ("Into", "Kept", Cut(200), 3)
    assert [c.name for c in stores.collections.of_source(one)] == ["Into", "Between"]
    with pytest.raises(NotFound):
        stores.collections.get(first.id)


def test_a_new_source_is_in_its_collection_from_the_start(stores: Stores):
    made = stores.collections.add(OWNER, "Mine", cut=Cut(100))
    theirs = stores.collections.add("somebody else", "Theirs")

    added = stores.sources.add(OWNER, NewSource("text", "T", "t.txt", "d", collection_id=made.id))
    stores.sources.add(OWNER, NewSource("text", "U", "u.txt", "e", collection_id=theirs.id))

    assert stores.collections.members(made.id) == [added.id]
    assert stores.collections.members(theirs.id) == []
    assert stores.collections.cuts([added.id]) == {added.id: Cut(100)}


def test_tags_are_set_added_taken_off_and_counted(stores: Stores):
    one, two = sources(stores, "One", "Two")
    (theirs,) = sources(stores, "Theirs", owner="somebody else")

    stores.collections.tag(OWNER, [one, two, theirs], ["tides", "2024"])
    stores.collections.tag(OWNER, [one], ["tides"])
    stores.collections.untag(OWNER, [two], ["2024"])
    assert stores.collections.tags(OWNER) == {"2024": 1, "tides": 2}
    assert stores.collections.tags("somebody else") == {}

    stores.collections.set_tags(OWNER, [one], ["cost"])
    assert stores.sources.get(one).tags == ("cost",)
    assert stores.sources.get(two).tags == ("tides",)
    stores.collections.set_tags("somebody else", [one], ["stolen"])
    stores.collections.untag("somebody else", [one], ["cost"])
    assert stores.sources.get(one).tags == ("cost",)


def test_a_listing_comes_in_parts_and_within_a_scope(stores: Stores):
    ids = sources(stores, *(f"S{n}" for n in range(7)))
    made = stores.collections.add(OWNER, "Some")
    stores.collections.join(made.id, ids[:5])
    stores.collections.tag(OWNER, ids[1:3], ["tides"])
    within = Scope(collections=(made.id,))

    assert [s.id for s in stores.sources.listing(OWNER, 2, 1, within)] == [ids[3], ids[2]]
    assert [s.tags for s in stores.sources.listing(OWNER, 2, 1, within)] == [(), ("tides",)]
    assert [s.id for s in stores.sources.listing(OWNER, within=Scope(tags=("tides",)))] == [ids[2], ids[1]]
    assert stores.sources.listing("somebody else", within=within) == []


def test_a_tally_counts_what_is_within_a_scope(stores: Stores):
    one, two = sources(stores, "One", "Two")
    stores.sources.add(OWNER, NewSource("html", "Web", "w.html", "w", origin="https://example.org/"))
    stores.sources.put_document(one, a_document(), some_passages(3))
    stores.sources.set_state(one, SourceState.READY)
    made = stores.collections.add(OWNER, "Some")
    stores.collections.join(made.id, [one])

    assert stores.sources.tally(OWNER) == Tally(3, 3, 2, 1)
    assert stores.sources.tally(OWNER, Scope(collections=(made.id,))) == Tally(1, 3, 0, 0)
    assert stores.sources.tally("somebody else") == Tally()
    assert stores.sources.tally(OWNER, Scope(since=date(2020, 1, 1))) == Tally()
    assert stores.sources.get(two).state is SourceState.QUEUED


def test_how_sources_are_cut_and_the_job_that_cuts_them_anew_are_stored_together_or_not_at_all(stores: Stores):
    first, second = (stores.collections.add(OWNER, name).id for name in ("First", "Second"))
    ids = sources(stores, "tides", "mills")
    stores.collections.join(first, ids)
    asked: list[tuple[dict[int, Cut], dict[int, Cut]]] = []

    def dies(before, now):
        asked.append((dict(before), dict(now)))
        raise OSError("the process was killed here")

    for change in (
        lambda: stores.collections.change(first, cut=Cut(128), recut=dies),
        lambda: stores.collections.leave(first, ids[:1], dies),
        lambda: stores.collections.merge(first, second, dies),
        lambda: stores.collections.delete(first, dies),
        lambda: stores.collections.join(second, ids, dies),
    ):
        with pytest.raises(OSError, match="killed here"):
            change()
    assert asked[0] == (dict.fromkeys(ids, Cut()), dict.fromkeys(ids, Cut(128)))
    assert stores.collections.cuts(ids) == dict.fromkeys(ids, Cut())
    assert stores.collections.members(first) == ids
    assert stores.collections.members(second) == []

    job = NewJob("recut", OWNER, (NewStep("recut:0", "recut", 0),))
    stores.collections.change(first, cut=Cut(128), recut=lambda before, now: job)
    assert [one.kind for one in stores.jobs.jobs(OWNER)] == ["recut"]
