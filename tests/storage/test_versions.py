from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.storage.makers import MACHINE, OWNER, PERSON, a_brief, a_job, a_section, a_step
from writer.domain.drafts import Draft, Origin, Section, content_digest
from writer.domain.jobs import StepOutcome
from writer.domain.text import joined_surrogates
from writer.storage import Database, Stores
from writer.storage.rows import VersionRow
from writer.storage.versions import MOST_STEPS

TEXTS = st.text(st.characters(codec=None), max_size=12)
SAVES = st.tuples(TEXTS, st.dictionaries(st.sampled_from("abcd"), TEXTS, max_size=4))
RESTORES = st.integers(min_value=0, max_value=30)


@given(st.lists(SAVES | RESTORES, max_size=12))
@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # each example has its own draft
def test_every_version_reads_back_exactly_after_any_saves_and_restores(stores: Stores, moves: list):
    draft = stores.drafts.create(OWNER, a_brief(), "Start")
    expected: list[tuple[str, tuple[Section, ...]]] = []

    for move in moves:
        before = draft
        draft = _made(stores, draft, move, expected)
        if draft.revision != before.revision:
            expected.append((draft.title, draft.sections))

    assert [summary.number for summary in stores.drafts.versions(draft.id)] == list(range(len(expected), 0, -1))
    for number, (title, sections) in enumerate(expected, start=1):
        version = stores.drafts.version(draft.id, number)
        assert (version.title, version.sections) == (title, sections)
        assert version.summary.digest == content_digest(title, sections)


def _made(stores: Stores, draft: Draft, move: tuple | int, expected: list) -> Draft:
    if isinstance(move, int):
        if not expected:
            return draft
        old = stores.drafts.version(draft.id, move % len(expected) + 1)
        restored = Origin("restored", OWNER)
        return stores.drafts.save(draft.id, draft.revision, restored, title=old.title, sections=old.sections)
    title, texts = move
    sections = [a_section(key, text) for key, text in texts.items()]
    saved = stores.drafts.save(draft.id, draft.revision, PERSON, title=title, sections=sections)
    assert [section.text for section in saved.sections] == [joined_surrogates(text) for text in texts.values()]
    return saved


def test_a_version_says_who_made_it_and_why(stores: Stores):
    made = stores.drafts.create(OWNER, a_brief(), "Tides")
    stores.drafts.save(made.id, 1, MACHINE, title="Tides", sections=[a_section("s1", "Two words")], note="First try")

    (summary,) = stores.drafts.versions(made.id)

    assert (summary.origin, summary.note, summary.word_count, summary.title) == (MACHINE, "First try", 2, "Tides")


def test_a_version_takes_as_much_room_as_what_it_changed(stores: Stores, database: Database):
    made = stores.drafts.create(OWNER, a_brief(), "Tides")
    steady = [a_section(f"s{n}", f"word {n} " * 500) for n in range(5)]

    for number in range(1, 21):
        sections = [*steady, a_section("changing", f"Text {number}")]
        stores.drafts.save(made.id, number, PERSON, title="Tides", sections=sections)

    with database.reading() as session:
        changes = session.scalars(select(VersionRow.changes).where(VersionRow.draft_id == made.id)).all()
    assert len(changes) == 20
    assert all(len(change) < 40 for change in changes[1:])


def test_a_text_that_comes_back_is_not_stored_again(stores: Stores, database: Database):
    made = stores.drafts.create(OWNER, a_brief(), "Tides")
    texts = [" ".join(Random(n).choices("abcdefghij" * 3, k=9000)) for n in range(2)]

    for number in range(1, 9):
        sections = [a_section("one", texts[number % 2])]
        stores.drafts.save(made.id, number, PERSON, title="Tides", sections=sections)

    with database.reading() as session:
        changes = session.scalars(select(VersionRow.changes).order_by(VersionRow.number)).all()
    assert all(len(change) < 10 for change in changes[2:])
    assert [stores.drafts.version(made.id, n).sections[0].text for n in (7, 8)] == [texts[1], texts[0]]


def test_reading_never_takes_more_steps_than_allowed(sqlite_stores: Stores, sqlite_database: Database):
    made = sqlite_stores.drafts.create(OWNER, a_brief(), "Tides")
    for number in range(1, 2 * MOST_STEPS + 10):
        sections = [a_section("s", f"Text {number}")]
        sqlite_stores.drafts.save(made.id, number, PERSON, title="Tides", sections=sections)

    with sqlite_database.reading() as session:
        steps = session.scalars(select(VersionRow.steps).order_by(VersionRow.number)).all()
    assert max(steps) == MOST_STEPS
    assert steps.count(0) == 3
    assert sqlite_stores.drafts.version(made.id, MOST_STEPS).sections[0].text == f"Text {MOST_STEPS}"


def test_text_that_a_step_wrote_without_a_version_is_kept_as_one_before_it_is_saved_over(stores: Stores):
    made = stores.drafts.create(OWNER, a_brief(), "Tides")
    stores.jobs.add(a_job(a_step("one"), draft_id=made.id))
    (step,) = stores.jobs.claim("w", 1, 60)
    stores.jobs.finish(step, StepOutcome({}, sections=(a_section("s1", "Machine text"),)))

    stores.drafts.save(made.id, 2, PERSON, title="Tides", sections=[a_section("s1", "My text")])

    texts = [stores.drafts.version(made.id, number).sections[0].text for number in (1, 2)]
    assert texts == ["Machine text", "My text"]
