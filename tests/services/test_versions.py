import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from writer.domain.actors import Actor
from writer.domain.briefs import Brief
from writer.domain.drafts import Draft, Origin, Section, SectionState
from writer.domain.errors import NotFound, UserMistake
from writer.domain.versions import VersionFilter
from writer.services.drafts import Drafts
from writer.services.versions import Versions
from writer.storage import Database, Stores
from writer.storage.rows import VersionRow
from writer.storage.rows.base import MICROS, now_micros

ME, SOMEBODY_ELSE = Actor("local"), Actor("eve")
MODEL = Origin("generated", ME.user, "test:model", "section-1", 1200)


class Desk:
    def __init__(self, stores: Stores) -> None:
        self.drafts = Drafts(stores.drafts, stores.sources)
        self.versions = Versions(self.drafts, stores.versions)
        self.id = stores.drafts.create(ME.user, Brief("How tides work"), "Tides").id

    @property
    def now(self) -> Draft:
        return self.drafts.open(self.id, ME)

    def save(self, *texts: str, origin: Origin | None = None, note: str = "", title: str = "Tides") -> Draft:
        """The n-th text is that of section sn; one that is empty has no section."""
        sections = [a_section(n, text) for n, text in enumerate(texts, start=1) if text]
        return self.drafts.save(
            self.id, self.now.revision, ME, title=title, sections=sections, note=note, origin=origin
        )

    def told(self, **wanted: object) -> list[tuple[int, int]]:
        """(newest, count) of each sitting."""
        found = self.versions.sittings(self.id, ME, VersionFilter(**wanted))  # type: ignore[arg-type]  # mixed values
        return [(sitting.newest.number, sitting.count) for sitting in found]


def a_section(number: int, text: str) -> Section:
    return Section(f"s{number}", f"Part {number}", text, SectionState.DONE)


@pytest.fixture
def desk(stores: Stores) -> Desk:
    return Desk(stores)


def test_autosaves_of_one_sitting_are_told_as_one_and_each_can_be_opened(desk: Desk) -> None:
    for number in range(1, 6):
        desk.save(f"Text {number}.")

    assert desk.told() == [(5, 5)]
    assert [v.number for v in desk.versions.listing(desk.id, ME, VersionFilter(session=1))] == [5, 4, 3, 2, 1]
    assert desk.drafts.version(desk.id, 3, ME).sections[0].text == "Text 3."


def test_a_sitting_lasts_ten_minutes(desk: Desk, database: Database) -> None:
    desk.save("One.")
    with database.writing() as session:
        session.execute(update(VersionRow).values(created_at=now_micros() - 9 * 60 * MICROS))
    desk.save("Two.")
    with database.writing() as session:
        session.execute(update(VersionRow).where(VersionRow.number == 1).values(created_at=now_micros() - 601 * MICROS))
    desk.save("Three.")

    assert desk.told() == [(3, 1), (2, 2)]


def test_what_a_model_wrote_what_was_restored_and_what_has_a_note_stand_alone(desk: Desk) -> None:
    desk.save("One.")
    desk.save("Two.", origin=MODEL)
    desk.save("Three.")
    desk.save("Four.", note="Before the meeting")
    desk.save("Five.")
    desk.drafts.restore(desk.id, 1, ME)

    assert desk.told() == [(number, 1) for number in range(6, 0, -1)]
    assert desk.told(kinds=("generated", "restored")) == [(6, 1), (2, 1)]
    newest = desk.versions.listing(desk.id, ME, limit=1)[0]
    assert (newest.origin.kind, newest.note) == ("restored", "Restored version 1")


def test_a_named_version_stands_alone_and_can_be_renamed_at_any_time(desk: Desk) -> None:
    for number in range(1, 6):
        desk.save(f"Text {number}.")

    desk.versions.describe(desk.id, 3, ME, name="  For   Ada ", note="She liked it")

    assert desk.told() == [(5, 4), (3, 1)]
    assert desk.told(named=True) == [(3, 1)]
    named = desk.versions.listing(desk.id, ME, VersionFilter(named=True))[0]
    assert (named.name, named.note) == ("For Ada", "She liked it")
    assert desk.drafts.version(desk.id, 3, ME).sections[0].text == "Text 3."
    desk.versions.describe(desk.id, 3, ME, name="")
    assert desk.told() == [(5, 5)]
    with pytest.raises(UserMistake, match="Make it shorter"):
        desk.versions.describe(desk.id, 3, ME, name="x" * 121)


def test_the_list_comes_in_parts_and_loses_none(desk: Desk) -> None:
    for number in range(1, 24):
        desk.save(f"Text {number}.", note="kept")

    parts = [desk.versions.listing(desk.id, ME, limit=10, offset=offset) for offset in (0, 10, 20, 30)]

    assert [[v.number for v in part] for part in parts] == [
        list(range(23, 13, -1)), list(range(13, 3, -1)), [3, 2, 1], [],
    ]  # fmt: skip
    assert desk.versions.count(desk.id, ME) == 23


MOVES = st.lists(st.tuples(st.sampled_from(["person", "generated", "name"]), st.booleans()), max_size=15)


@given(MOVES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sittings_tell_every_version_once(sqlite_stores: Stores, moves: list[tuple[str, bool]]) -> None:
    desk = Desk(sqlite_stores)
    for place, (kind, noted) in enumerate(moves, start=1):
        desk.save(f"Text {place}.", origin=None if kind != "generated" else MODEL, note="x" if noted else "")
        if kind == "name":
            desk.versions.describe(desk.id, place, ME, name="Name")

    told = desk.versions.sittings(desk.id, ME, limit=100)

    assert sum(sitting.count for sitting in told) == len(moves)
    newest = [sitting.newest.number for sitting in told]
    assert newest == sorted(newest, reverse=True)
    pages = [desk.versions.sittings(desk.id, ME, limit=2, offset=offset) for offset in range(0, len(told) + 1, 2)]
    assert [sitting for page in pages for sitting in page] == told


def test_two_versions_are_compared_by_section_and_word(desk: Desk) -> None:
    desk.save("The moon pulls the water.", "Ice is cold.", "Left out.")
    desk.save("The moon pulls the sea.", "Ice is cold.", "", "New here.", title="Seas")

    found = desk.versions.compare(desk.id, ME, 1, 2)

    assert (found.title_before, found.title) == ("Tides", "Seas")
    assert [(s.key, s.change) for s in found.sections] == [
        ("s1", "changed"), ("s2", "same"), ("s3", "removed"), ("s4", "added"),
    ]  # fmt: skip
    assert found.sections[0].pieces == (("=", "The moon pulls the "), ("-", "water"), ("+", "sea"), ("=", "."))
    assert found.words == (3, 3)


TEXTS = st.lists(st.text("ab .\n", max_size=30), max_size=4)


@given(TEXTS, TEXTS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_differs_from_a_version_that_was_restored(
    sqlite_stores: Stores, first: list[str], then: list[str]
) -> None:
    desk = Desk(sqlite_stores)
    for texts in (first, then, ["more"]):
        desk.save(*texts, title=f"{len(texts)} texts")
    for summary in desk.versions.listing(desk.id, ME):
        desk.drafts.restore(desk.id, summary.number, ME)

        assert desk.versions.compare(desk.id, ME, summary.number).is_empty


def test_one_section_goes_back_and_the_rest_stays(desk: Desk) -> None:
    desk.save("One.", "Two.", "Three.")
    desk.save("One now.", "", "Three now.")

    desk.versions.restore_section(desk.id, 1, "s2", ME)
    now = desk.versions.restore_section(desk.id, 1, "s1", ME)

    assert [section.text for section in now.sections] == ["One.", "Two.", "Three now."]
    newest = desk.versions.listing(desk.id, ME, limit=1)[0]
    assert (newest.origin.kind, newest.note) == ("restored", "Restored “Part 1” from version 1")
    with pytest.raises(NotFound, match="no such section"):
        desk.versions.restore_section(desk.id, 1, "s9", ME)


def test_a_variant_knows_where_it_began_and_gives_a_section_back(desk: Desk) -> None:
    desk.save("One.", "Two.")
    desk.save("One now.", "Two.")
    variant = desk.versions.branch(desk.id, ME, 1)
    sections = [a_section(1, "One."), a_section(2, "Two, bolder.")]
    desk.drafts.save(variant.id, variant.revision, ME, title=variant.title, sections=sections)

    (listed,) = desk.versions.variants(desk.id, ME)
    parent = desk.versions.parent(variant.id, ME)
    across = desk.versions.compare(desk.id, ME, 2, other_id=variant.id)
    now = desk.versions.merge_section(desk.id, ME, from_id=variant.id, key="s2")

    assert (listed.draft_id, listed.title, listed.word_count) == (variant.id, "Tides (variant)", 3)
    assert parent is not None
    assert (parent.parent_id, parent.parent_version, parent.title) == (desk.id, 1, "Tides")
    assert [s.change for s in across.sections] == ["changed", "changed"]
    assert [section.text for section in now.sections] == ["One now.", "Two, bolder."]
    assert desk.versions.listing(desk.id, ME, limit=1)[0].note == "“Part 2” taken from “Tides (variant)”"


def test_a_variant_outlives_its_parent(desk: Desk) -> None:
    desk.save("One.")
    variant = desk.versions.branch(desk.id, ME, title="Bolder")
    desk.drafts.trash(desk.id, ME)
    desk.drafts.purge(0)

    parent = desk.versions.parent(variant.id, ME)

    assert parent is not None
    assert parent.title == ""
    assert desk.drafts.open(variant.id, ME).sections[0].text == "One."


def test_each_sentence_is_told_with_the_version_that_brought_it(desk: Desk) -> None:
    desk.save("The moon pulls. It is far.\n\n- A point\n- Another", "Ice is cold.", origin=MODEL)
    desk.save("The moon pulls. It is near. It is far.\n\n- A point\n- Another", "Ice is cold.")
    desk.save("New first.", "The moon pulls [[S1.p2]]. It is near. It is far.")
    desk.drafts.restore(desk.id, 1, ME)
    desk.save("The moon pulls. It is far. It is near.\n\n- A point\n- Another", "Ice is cold. Very.")

    found = desk.versions.origins(desk.id, ME)

    assert [(s.key, s.text, s.version) for s in found.sentences] == [
        ("s1", "The moon pulls.", 1),
        ("s1", "It is far.", 1),
        ("s1", "It is near.", 2),
        ("s1", "- A point", 1),
        ("s1", "- Another", 1),
        ("s2", "Ice is cold.", 1),
        ("s2", "Very.", 5),
    ]
    assert found.origin(found.sentences[0]) == MODEL
    assert {number: v.origin.kind for number, v in found.versions.items()} == {1: "generated", 2: "person", 5: "person"}


LINES = st.lists(st.sampled_from(["It is far. It is near.", "It is far.", "One. Two. Three.", "Two.", ""]), max_size=4)


@given(st.lists(st.tuples(LINES, LINES), min_size=1, max_size=8))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_origins_are_those_that_reading_every_version_gives(
    sqlite_stores: Stores, saves: list[tuple[list[str], list[str]]]
) -> None:
    desk = Desk(sqlite_stores)
    for one, two in saves:
        desk.save("\n".join(one), "\n\n".join(two))
    texts = {
        v.number: [s.text for s in desk.drafts.version(desk.id, v.number, ME).sections]
        for v in reversed(desk.versions.listing(desk.id, ME))
    }

    for sentence in desk.versions.origins(desk.id, ME).sentences:
        has = re.compile(rf"(?<!\S){re.escape(sentence.text)}(?!\S)")
        assert sentence.version == next(n for n, there in texts.items() if any(has.search(text) for text in there))


QUESTIONS = {
    "listing": lambda d, by: d.versions.listing(d.id, by),
    "sittings": lambda d, by: d.versions.sittings(d.id, by),
    "count": lambda d, by: d.versions.count(d.id, by),
    "describe": lambda d, by: d.versions.describe(d.id, 1, by, name="x"),
    "compare": lambda d, by: d.versions.compare(d.id, by, 1),
    "restore_section": lambda d, by: d.versions.restore_section(d.id, 1, "s1", by),
    "branch": lambda d, by: d.versions.branch(d.id, by),
    "variants": lambda d, by: d.versions.variants(d.id, by),
    "parent": lambda d, by: d.versions.parent(d.id, by),
    "merge_section": lambda d, by: d.versions.merge_section(d.id, by, from_id=d.id, key="s1", number=1),
    "origins": lambda d, by: d.versions.origins(d.id, by),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_somebody_elses_history_is_not_found(name: str, desk: Desk) -> None:
    before = desk.save("One.")

    with pytest.raises(NotFound, match="There is no such draft"):
        QUESTIONS[name](desk, SOMEBODY_ELSE)

    assert desk.now == before


def test_a_section_cannot_be_taken_from_somebody_elses_draft(desk: Desk, stores: Stores) -> None:
    desk.save("One.")
    theirs = stores.drafts.create(SOMEBODY_ELSE.user, Brief("Secret"), "Secret")
    for ask in (
        lambda: desk.versions.merge_section(desk.id, ME, from_id=theirs.id, key="s1"),
        lambda: desk.versions.compare(desk.id, ME, 1, other_id=theirs.id),
    ):
        with pytest.raises(NotFound, match="There is no such draft"):
            ask()
