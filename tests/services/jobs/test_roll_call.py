import signal
import subprocess
import sys

from writer.services.jobs.roll_call import RollCall, somebody_at_work

_HOLD = """
import sys, pathlib
from writer.services.jobs.roll_call import RollCall
call = RollCall(pathlib.Path(sys.argv[1])); call.enter(); print(call.name, flush=True); sys.stdin.read()
"""


def test_a_killed_runner_is_found_dead_and_a_living_one_is_not(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        name = other.stdout.readline().strip()
        mine = RollCall(tmp_path)
        mine.enter()
        assert mine.dead() == []

        other.send_signal(signal.SIGKILL)
        other.wait()

        assert mine.dead() == [name]
        mine.forget(name)
        assert mine.dead() == []
        mine.leave()


def test_anybody_can_ask_whether_somebody_is_at_work(tmp_path):
    assert not somebody_at_work(tmp_path / "runners")
    assert not (tmp_path / "runners").exists()

    at_work = RollCall(tmp_path)
    at_work.enter()
    assert somebody_at_work(tmp_path)
    assert RollCall(tmp_path).dead() == []

    at_work.leave()
    assert not somebody_at_work(tmp_path)


def test_leaving_takes_the_name_off_the_list(tmp_path):
    first, second = RollCall(tmp_path), RollCall(tmp_path)
    first.enter()
    first.leave()
    assert second.dead() == []
