from datetime import UTC, datetime, timedelta

from writer.storage import Stores


def test_openings_are_read_back_oldest_first_within_the_time_asked_for(stores: Stores):
    stores.openings.opened("openai:gpt-5", 30.5, "503 from the service")
    stores.openings.opened("gemini:pro", 60, "no text within 30 s")

    found = stores.openings.openings()
    assert [(one.route, one.open_for, one.reason) for one in found] == [
        ("openai:gpt-5", 30.5, "503 from the service"),
        ("gemini:pro", 60.0, "no text within 30 s"),
    ]
    now = datetime.now(UTC)
    assert abs(found[0].at - now) < timedelta(minutes=10)
    assert stores.openings.openings(since=now + timedelta(hours=1)) == []
    assert stores.openings.openings(until=now - timedelta(hours=1)) == []


def test_old_openings_are_forgotten_and_new_ones_stay(stores: Stores):
    stores.openings.opened("openai:gpt-5", 30, "")

    assert stores.openings.forget_openings(1) == 0
    assert stores.openings.forget_openings(-1) == 1
    assert stores.openings.openings() == []
