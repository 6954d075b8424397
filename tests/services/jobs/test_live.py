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

    assert heard != [seen]
    assert live.wait("j", heard[0], 0) == heard[0]


def test_growing_text_does_not_send_anybody_to_the_database():
    live = LiveText()
    before = live.state_beat("j")
    live.append("j", "a", "text")
    assert live.state_beat("j") == before
    live.forget("j", "a")
    assert live.state_beat("j") > before
    assert live.part("j", "a") is None


def test_jobs_of_long_ago_take_no_room_and_their_watchers_miss_nothing():
    live = LiveText()
    live.touch("j")
    seen, state = live.wait("j", -1, 0), live.state_beat("j")
    for n in range(5000):
        live.touch(f"job {n}")
    forgotten = live.wait("j", seen, 0)
    live.touch("j")

    assert live.wait("j", forgotten, 30) not in (seen, forgotten)
    assert live.state_beat("j") != state
    assert len(live._beats._of) == len(live._states._of) == 1024
