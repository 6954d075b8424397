import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from writer.bootstrap import build
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.briefs import Brief
from writer.domain.errors import StorageError
from writer.services.housekeeping import DAY_S, Housekeeping
from writer.settings import read_settings
from writer.storage.rows import DraftRow


def test_chores_are_done_at_the_start_and_once_a_day_though_one_fails():
    days = iter([False, False, True])
    waited, done, over = [], [], threading.Event()

    def pause(seconds):
        waited.append(seconds)
        ended = next(days)
        if ended:
            over.set()
        return ended

    def failing():
        raise StorageError("The disk is full.")

    housekeeping = Housekeeping([failing, lambda: done.append(1)], pause)
    housekeeping.start()
    housekeeping.start()

    assert over.wait(30)
    housekeeping.close()
    assert waited == [DAY_S] * 3
    assert done == [1, 1, 1]


def test_closing_ends_the_wait():
    begun = threading.Event()
    housekeeping = Housekeeping([begun.set])
    housekeeping.start()
    assert begun.wait(30)

    housekeeping.close()
    housekeeping.close()

    assert not any(thread.name == "housekeeping" and thread.is_alive() for thread in threading.enumerate())


def test_starting_writer_empties_the_trash_of_what_has_lain_there_for_over_thirty_days(tmp_path):
    app = build(
        read_settings({"HOME": str(tmp_path), "WRITER_DATA_DIR": str(tmp_path / "data"), "WRITER_RUNNER": "off"})
    )
    try:
        old, recent = (app.drafts._drafts.create("local", Brief(topic), topic) for topic in ("Old", "Recent"))
        for draft, days in ((old, 31), (recent, 29)):
            app.drafts.trash(draft.id, LOCAL_ACTOR)
            then = datetime.now(UTC) - timedelta(days=days)
            with app.database.writing() as session:
                session.execute(update(DraftRow).where(DraftRow.id == draft.id).values(deleted_at=then))

        app.start()
    finally:
        app.close()

    app = build(app.settings)
    try:
        assert [draft.title for draft in app.drafts.listing(LOCAL_ACTOR, trashed=True)] == ["Recent"]
    finally:
        app.close()
