from dataclasses import replace
from datetime import date

import pytest

from tests.storage.makers import OWNER, PERSON, a_brief, a_section, an_outline
from writer.domain.drafts import DraftState, Gap, Section, SectionState
from writer.domain.errors import EditConflict, NotFound, UserMistake
from writer.storage import Stores


def test_a_draft_reads_back_as_it_was_made(stores: Stores):
    made = stores.drafts.create(OWNER, a_brief(), "Tides")

    assert stores.drafts.get(made.id) == made
    assert (made.brief, made.title, made.revision) == (a_brief(), "Tides", 1)


def test_a_saved_section_keeps_every_field(stores: Stores):
    section = Section(
        "s1",
        "The moon",
        "Text [[S7.p12]].",
        SectionState.STOPPED,
        "body",
        Gap(("dates",), ("when?",)),
        ("Check.",),
        "r:m",
    )
    made = stores.drafts.create(OWNER, a_brief(), "Tides")

    saved = stores.drafts.save(made.id, 1, PERSON, title="Tides", sections=[section])

    assert saved.sections == (section,)
    assert saved.revision == 2


def test_a_save_of_an_older_revision_is_refused_and_told_the_current_one(stores: Stores):
    made = stores.drafts.create(OWNER, a_brief(), "Tides")
    stores.drafts.save(made.id, 1, PERSON, title="Tides", sections=[a_section("s1", "Mine")])

    with pytest.raises(EditConflict) as conflict:
        stores.drafts.save(made.id, 1, PERSON, title="Tides", sections=[a_section("s1", "Theirs")])

    assert conflict.value.revision == 2
    assert stores.drafts.get(made.id).sections[0].text == "Mine"


def test_the_same_content_again_makes_neither_revision_nor_version(stores: Stores):
    made = stores.drafts.create(OWNER, a_brief(), "Tides")
    saved = stores.drafts.save(made.id, 1, PERSON, title="Tides", sections=[a_section("s1")])

    again = stores.drafts.save(made.id, saved.revision, PERSON, title="Tides", sections=[a_section("s1")])

    assert again == saved
    assert len(stores.drafts.versions(made.id)) == 1


def test_a_change_of_flags_alone_is_kept_without_a_new_revision(stores: Stores):
    made = stores.drafts.create(OWNER, a_brief(), "Tides")
    stores.drafts.save(made.id, 1, PERSON, title="Tides", sections=[a_section("s1")])
    flagged = Section("s1", "Heading s1", "Some text.", SectionState.DONE, flags=("Look here.",))

    saved = stores.drafts.save(made.id, 2, PERSON, title="Tides", sections=[flagged])

    assert (saved.revision, saved.sections) == (2, (flagged,))


def test_sections_can_be_reordered_and_removed(stores: Stores):
    made = stores.drafts.create(OWNER, a_brief(), "Tides")
    stores.drafts.save(made.id, 1, PERSON, title="T", sections=[a_section(key) for key in ("a", "b", "c")])

    saved = stores.drafts.save(made.id, 2, PERSON, title="T", sections=[a_section("c"), a_section("a")])

    assert [section.key for section in saved.sections] == ["c", "a"]
    assert stores.drafts.save(made.id, 3, PERSON, title="T", sections=[]).sections == ()


def test_two_sections_of_one_key_are_refused_before_one_overwrites_the_other(stores: Stores):
    made = stores.drafts.create(OWNER, a_brief(), "Tides")

    with pytest.raises(UserMistake, match="same key"):
        stores.drafts.save(made.id, 1, PERSON, title="T", sections=[a_section("a", "One"), a_section("a", "Two")])

    assert stores.drafts.get(made.id).revision == 1


def test_text_that_no_database_can_hold_is_cleaned_before_it_is_saved(stores: Stores):
    made = stores.drafts.create(OWNER, a_brief("Ti\x00des \ud83c\udf0a"), "Ti\x00tle \ud800")
    dirty = Section("s1", "He\x00ading", "a\x00b \ud83d\ude00 \udc00", gap=Gap(("x\x00y",)), flags=("f\ud800",))

    saved = stores.drafts.save(made.id, 1, PERSON, title="T\x00", sections=[dirty], note="n\x00")

    assert made.title == "Title �"
    assert made.brief.topic == "Tides 🌊"
    assert saved.title == "T"
    assert saved.sections[0].text == "ab 😀 �"
    assert saved.sections[0].gap == Gap(("xy",))
    assert stores.drafts.version(made.id, 1).sections == saved.sections
    assert stores.drafts.save(made.id, 2, PERSON, title="T\x00", sections=[dirty]).revision == 2
    assert stores.drafts.listing(OWNER, "a\x00b")


def test_brief_outline_state_and_tags_can_change(stores: Stores):
    made = stores.drafts.create(OWNER, a_brief(), "Tides")

    stores.drafts.set_brief(made.id, 1, a_brief("Waves"))
    stores.drafts.set_outline(made.id, 2, an_outline("s1", "s2"))
    stores.drafts.set_state(made.id, DraftState.READY)
    now = stores.drafts.set_tags(made.id, ["sea", "moon", "sea"])

    assert (now.brief.topic, now.outline, now.state) == ("Waves", an_outline("s1", "s2"), DraftState.READY)
    assert (now.tags, now.revision) == (("sea", "moon"), 3)
    with pytest.raises(EditConflict):
        stores.drafts.set_outline(made.id, 1, an_outline("s9"))


def test_the_listing_shows_counts_without_bodies_newest_change_first(stores: Stores):
    first = stores.drafts.create(OWNER, a_brief(), "First")
    second = stores.drafts.create(OWNER, a_brief(), "Second")
    stores.drafts.create("somebody else", a_brief(), "Third")
    planned = Section("s2", "Later")
    stores.drafts.save(first.id, 1, PERSON, title="First", sections=[a_section("s1", "Three words here"), planned])

    found = stores.drafts.listing(OWNER)

    assert [summary.id for summary in found] == [first.id, second.id]
    assert (found[0].word_count, found[0].section_count, found[0].sections_done) == (3, 2, 1)
    assert (found[1].word_count, found[1].section_count, found[1].sections_done) == (0, 0, 0)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("TIDE", True),
        ("ärger MOON", True),
        ("moon mars", False),
        ("100%", True),
        ("1%%", False),
        ("a_c", False),
        ("", True),
    ],
)
def test_a_query_finds_words_of_title_and_text_and_takes_wildcards_literally(stores: Stores, query: str, found: bool):
    made = stores.drafts.create(OWNER, a_brief(), "Spring tides")
    sections = [a_section("s1", "Großer Ärger, 100% sure, abc."), a_section("s2", "The Moon.")]
    stores.drafts.save(made.id, 1, PERSON, title="Spring tides", sections=sections)

    assert bool(stores.drafts.listing(OWNER, query)) is found


def test_the_trash_is_listed_apart_and_can_be_undone(stores: Stores):
    made = stores.drafts.create(OWNER, a_brief(), "Tides")

    stores.drafts.trash(made.id)

    assert stores.drafts.listing(OWNER) == []
    assert [summary.id for summary in stores.drafts.listing(OWNER, trashed=True)] == [made.id]
    assert stores.drafts.get(made.id).deleted_at is not None
    stores.drafts.untrash(made.id)
    assert [summary.id for summary in stores.drafts.listing(OWNER)] == [made.id]


def test_purging_deletes_for_good_what_has_been_in_the_trash_for_longer(stores: Stores):
    made, kept = (stores.drafts.create(OWNER, a_brief(), title) for title in ("Gone", "Kept"))
    stores.drafts.save(made.id, 1, PERSON, title="Gone", sections=[a_section("s1")])
    stores.drafts.trash(made.id)

    assert stores.drafts.purge(30) == 0
    assert stores.drafts.purge(0) == 1

    with pytest.raises(NotFound):
        stores.drafts.get(made.id)
    with pytest.raises(NotFound):
        stores.drafts.version(made.id, 1)
    assert stores.drafts.get(kept.id) == kept


@pytest.mark.parametrize("id_", ["", "nothing", "x" * 5000, "a\x00b", "\ud800", "' OR 1=1 --"])
def test_an_unknown_id_is_not_found_whatever_it_looks_like(stores: Stores, id_: str):
    with pytest.raises(NotFound):
        stores.drafts.get(id_)
    with pytest.raises(NotFound):
        stores.drafts.save(id_, 1, PERSON, title="T", sections=[])
    with pytest.raises(NotFound):
        stores.drafts.set_state(id_, DraftState.READY)
    with pytest.raises(NotFound):
        stores.drafts.trash(id_)
    with pytest.raises(NotFound):
        stores.drafts.versions(id_)


def test_the_listing_comes_in_parts_that_leave_nothing_out(stores: Stores):
    made = [stores.drafts.create(OWNER, a_brief(), f"Tide {number}") for number in range(5)]
    for draft in made:
        sections = [a_section("s1", "The Moon."), a_section("s2", "The Moon again.")]
        stores.drafts.save(draft.id, 1, PERSON, title=draft.title, sections=sections)
    everything = stores.drafts.listing(OWNER)

    parts = [stores.drafts.listing(OWNER, "moon", limit=2, offset=offset) for offset in (0, 2, 4, 6)]

    assert [len(part) for part in parts] == [2, 2, 1, 0]
    assert [summary for part in parts for summary in part] == everything
    assert stores.drafts.listing(OWNER, offset=3) == everything[3:]
    assert {summary.word_count for summary in everything} == {5}


def test_the_listing_says_when_a_draft_is_due(stores: Stores):
    stores.drafts.create(OWNER, replace(a_brief(), due=date(2026, 12, 24)), "Due")

    assert [summary.due for summary in stores.drafts.listing(OWNER)] == [date(2026, 12, 24)]
    stores.drafts.create(OWNER, a_brief(), "Whenever")
    assert {summary.due for summary in stores.drafts.listing(OWNER)} == {date(2026, 12, 24), None}


def test_details_change_without_a_new_revision(stores: Stores):
    draft = stores.drafts.create(OWNER, a_brief(), "Tides")
    assert (draft.slug, draft.address) == ("", "tides")

    changed = stores.drafts.set_details(draft.id, description="What pulls the water.", slug="the-sea")

    assert (changed.description, changed.slug, changed.address) == ("What pulls the water.", "the-sea", "the-sea")
    assert changed.revision == draft.revision
    assert stores.drafts.listing(OWNER)[0].slug == "the-sea"
