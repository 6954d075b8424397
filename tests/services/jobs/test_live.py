import threading

from writer.services.jobs.live import LiveText


def test_deltas_add_up_and_a_restart_begins_a_new_epoch():
    live = LiveText()
    live.append("j", "section:s1", "One ")
    live.append("j", "section:s1", "two")
    first = live.part("j", "section:s1")
    live.restart("j", "section:s1")
    live.append("j", "section:s1", "Again")
    second = live.part("j", "section:s1")

    assert first is not None
    assert second is not None
    assert (first.text, second.text) == ("One two", "Again")
    assert second.epoch > first.epoch


def test_a_watcher_is_woken_by_text_of_its_own_job_only():
    live = LiveText()
    seen = live.wait("j", -1, 0)
    heard: list[int] = []
    watcher = threading.Thread(target=lambda: heard.append(live.wait("j", seen, 30)))
    watcher.start()
    live.append("other", "a", "text")
    live.append("j", "a", "text")
    watcher.join()

    assert heard == [seen + 1]


def test_growing_text_does_not_send_anybody_to_the_database():
    live = LiveText()
    before = live.state_beat("j")
    live.append("j", "a", "text")
    assert live.state_beat("j") == before
    live.forget("j", "a")
    assert live.state_beat("j") == before + 1
    assert live.part("j", "a") is None
