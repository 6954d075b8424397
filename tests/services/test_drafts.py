from datetime import UTC

import pytest

from writer.domain.actors import Actor
from writer.domain.briefs import Brief
from writer.domain.drafts import DraftState, Gap, Origin, Section, SectionState
from writer.domain.errors import EditConflict, NotFound, UserMistake
from writer.domain.outlines import Outline, OutlineSection
from writer.domain.sources import Document, NewPassage, NewSource
from writer.services.drafts import Drafts
from writer.storage import Stores

ME, SOMEBODY_ELSE = Actor("local"), Actor("eve")


@pytest.fixture
def drafts(stores: Stores) -> Drafts:
    return Drafts(stores.drafts, stores.sources)


def a_draft(stores, *sections, title="Tides"):
    draft = stores.drafts.create(ME.user, Brief("How tides work"), title)
    return stores.drafts.save(draft.id, draft.revision, Origin("generated", ME.user), title=title, sections=sections)


def a_source(stores, title="Sea levels", passages=2, **more):
    source = stores.sources.add(ME.user, NewSource("text", title, f"{title}.txt", digest=title, **more))
    made = [NewPassage(n, f"Passage {n} of {title}.", (), 3, 0, 10, f"{title}{n}") for n in range(1, passages + 1)]
    stores.sources.put_document(source.id, Document(title, (), ""), made)
    return source


def test_a_save_writes_a_version_and_raises_the_revision(stores, drafts):
    draft = a_draft(stores, Section("s1", "One", "First text."))

    saved = drafts.save(draft.id, draft.revision, ME, title="Tides now", sections=[Section("s1", "One", "New text.")])

    assert saved.revision > draft.revision
    assert drafts.open(draft.id, ME).sections[0].text == "New text."
    newest, older = drafts.versions(draft.id, ME)[:2]
    assert (newest.title, newest.origin.kind, older.title) == ("Tides now", "person", "Tides")


def test_a_save_made_from_an_older_revision_is_refused_and_changes_nothing(stores, drafts):
    draft = a_draft(stores, Section("s1", "One", "First text."))
    now = drafts.save(draft.id, draft.revision, ME, title="Mine", sections=draft.sections)

    with pytest.raises(EditConflict) as refused:
        drafts.save(draft.id, draft.revision, ME, title="Theirs", sections=[])

    assert refused.value.revision == now.revision
    assert drafts.open(draft.id, ME) == now


def test_one_section_is_saved_and_what_was_said_of_its_old_text_is_gone(stores, drafts):
    gap = Gap(("figures for 2024",))
    draft = a_draft(
        stores, Section("s1", "One", "Old.", gap=gap, flags=("Unsupported.",)), Section("s2", "Two", "Stays.")
    )

    saved = drafts.save_section(draft.id, draft.revision, ME, key="s1", heading="Uno", text="New.")

    first, second = saved.sections
    assert (first.heading, first.text, first.gap, first.flags) == ("Uno", "New.", None, ())
    assert first.state is SectionState.DONE
    assert second == draft.sections[1]


def test_a_heading_alone_changes_nothing_that_the_checks_said(stores, drafts):
    draft = a_draft(stores, Section("s1", "One", "Old.", gap=Gap(("x",)), flags=("Unsupported.",)))

    saved = drafts.save_section(draft.id, draft.revision, ME, key="s1", heading="Uno", text="Old.")

    assert (saved.sections[0].flags, saved.sections[0].gap) == (("Unsupported.",), Gap(("x",)))


def test_a_section_that_is_not_there_cannot_be_saved(stores, drafts):
    draft = a_draft(stores, Section("s1", "One", "Text."))

    with pytest.raises(NotFound):
        drafts.save_section(draft.id, draft.revision, ME, key="s9", heading="x", text="x")


def test_what_no_database_can_store_is_repaired_before_it_is_saved(stores, drafts):
    draft = a_draft(stores, Section("s1", "One", "Text."))

    saved = drafts.save(
        draft.id,
        draft.revision,
        ME,
        title="A\x00 \ud83d\ude00 title\n",
        sections=[Section("s1", "H\x00", "a\x00b \ud83d")],
    )

    assert saved.title == "A 😀 title"
    assert (saved.sections[0].heading, saved.sections[0].text) == ("H", "ab \ufffd")


def test_a_missing_title_never_costs_the_text(stores, drafts):
    draft = a_draft(stores, Section("s1", "One", "Text."))

    assert drafts.save(draft.id, draft.revision, ME, title="  ", sections=draft.sections).title == "Untitled"


def test_two_sections_cannot_share_a_key_and_a_draft_has_a_size(stores, drafts):
    draft = a_draft(stores, Section("s1", "One", "Text."))

    with pytest.raises(UserMistake, match="key of its own"):
        drafts.save(draft.id, draft.revision, ME, title="x", sections=[Section("s1", "A"), Section("s1", "B")])
    with pytest.raises(UserMistake, match="Split it into two"):
        drafts.save(draft.id, draft.revision, ME, title="x", sections=[Section("s1", "A", "x" * 5_000_001)])


def test_an_old_version_comes_back_as_a_new_one(stores, drafts):
    draft = a_draft(stores, Section("s1", "One", "First text."))
    first = drafts.versions(draft.id, ME)[0].number
    drafts.save(draft.id, draft.revision, ME, title="Later", sections=[Section("s1", "One", "Later text.")])

    restored = drafts.restore(draft.id, first, ME)

    assert (restored.title, restored.sections[0].text) == ("Tides", "First text.")
    newest = drafts.versions(draft.id, ME)[0]
    assert (newest.origin.kind, newest.note) == ("restored", f"Restored version {first}")
    assert drafts.version(draft.id, newest.number, ME).sections[0].text == "First text."


def test_a_copy_is_a_draft_of_its_own_with_nothing_in_flight(stores, drafts):
    draft = a_draft(stores, Section("s1", "One", "Text."), Section("s2", "Two", "Half", SectionState.WRITING))
    outlined = stores.drafts.set_outline(draft.id, draft.revision, Outline("Tides", (OutlineSection("s1", "One"),)))
    drafts.set_tags(draft.id, ["sea", " sea ", ""], ME)

    copy = drafts.duplicate(outlined.id, ME)

    assert (copy.title, copy.tags, copy.state) == ("Tides (copy)", ("sea",), DraftState.IN_REVIEW)
    assert copy.outline is not None
    assert copy.outline.title == "Tides (copy)"
    assert [section.state for section in copy.sections][1] is SectionState.STOPPED
    assert drafts.open(draft.id, ME).title == "Tides"


def test_the_trash_can_be_emptied_of_what_lies_there_for_long(stores, drafts):
    draft = a_draft(stores, Section("s1", "One", "Text."))

    drafts.trash(draft.id, ME)
    assert [d.id for d in drafts.listing(ME)] == []
    assert [d.id for d in drafts.listing(ME, trashed=True)] == [draft.id]
    assert drafts.purge() == 0
    drafts.untrash(draft.id, ME)
    assert [d.id for d in drafts.listing(ME, " TIDES\x00 ")] == [draft.id]
    drafts.trash(draft.id, ME)
    assert drafts.purge(older_than_days=0) in (0, 1)


def test_a_state_is_set_by_hand(stores, drafts):
    draft = a_draft(stores)

    assert drafts.set_state(draft.id, DraftState.READY, ME).state is DraftState.READY


def test_references_are_numbered_by_first_appearance_and_only_the_cited_ones_count(stores, drafts):
    sea, moon = a_source(stores, "Sea"), a_source(stores, "Moon")
    draft = a_draft(
        stores,
        Section("s1", "One", f"Moon first [[S{moon.id}.p2]], then sea [[S{sea.id}.p1, S{moon.id}.p2]]."),
        Section("s2", "Two", f"Again [[S{sea.id}.p1]] and unknown [[S99.p1]]."),
    )

    found = [(r.number, r.passage.id, r.source.title) for r in drafts.references(draft)]

    assert found == [(1, f"S{moon.id}.p2", "Moon"), (2, f"S{sea.id}.p1", "Sea")]


def test_references_of_a_deleted_source_close_up(stores, drafts):
    sea, moon = a_source(stores, "Sea"), a_source(stores, "Moon")
    draft = a_draft(stores, Section("s1", "One", f"A [[S{sea.id}.p1]] b [[S{moon.id}.p1]]."))

    stores.sources.delete(sea.id)

    assert [(r.number, r.passage.id) for r in drafts.references(draft)] == [(1, f"S{moon.id}.p1")]


EVERY_QUESTION = {
    "open": lambda d, id_, by: d.open(id_, by),
    "save": lambda d, id_, by: d.save(id_, 1, by, title="x", sections=[]),
    "save_section": lambda d, id_, by: d.save_section(id_, 1, by, key="s1", heading="x", text="x"),
    "versions": lambda d, id_, by: d.versions(id_, by),
    "version": lambda d, id_, by: d.version(id_, 1, by),
    "restore": lambda d, id_, by: d.restore(id_, 1, by),
    "duplicate": lambda d, id_, by: d.duplicate(id_, by),
    "set_state": lambda d, id_, by: d.set_state(id_, DraftState.READY, by),
    "set_tags": lambda d, id_, by: d.set_tags(id_, ["x"], by),
    "trash": lambda d, id_, by: d.trash(id_, by),
    "untrash": lambda d, id_, by: d.untrash(id_, by),
}


@pytest.mark.parametrize("name", EVERY_QUESTION)
def test_somebody_elses_draft_looks_like_one_that_does_not_exist(name, stores, drafts):
    draft = a_draft(stores, Section("s1", "One", "Text."))
    ask = EVERY_QUESTION[name]

    with pytest.raises(NotFound) as foreign:
        ask(drafts, draft.id, SOMEBODY_ELSE)
    with pytest.raises(NotFound) as missing:
        ask(drafts, "0" * 32, SOMEBODY_ELSE)

    assert str(foreign.value) == str(missing.value)
    assert drafts.open(draft.id, ME) == draft
    assert drafts.listing(SOMEBODY_ELSE) == []


def test_moments_are_in_utc(stores, drafts):
    assert a_draft(stores).updated_at.utcoffset() == UTC.utcoffset(None)
