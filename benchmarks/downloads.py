"""Downloads over a bad line: `python -m benchmarks downloads [--megabytes 24] [--interruptions 20] [--seed 1]`.

A model comes from a hub-like server over real sockets, slowly. Half of the interruptions are the server's, which cuts
the connection at a random byte; half are ours: the process that downloads is killed (SIGKILL) at a random moment and
started again. What the server sent is counted against what the model holds. Then everything that must not be accepted
is offered: altered bytes, another version half way, pickles and code, names that lead elsewhere, weights that are none.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from benchmarks.report import at_most, exactly, line
from tests.support.hub_server import Fault, HubSite, a_model, serving, weights
from writer.domain.errors import WriterError
from writer.hub import Disk, HuggingFaceHub
from writer.security.streaming import streaming

ROOT = Path(__file__).parents[1]
NAME, WEIGHTS = "org/model", "model.safetensors"
LINE = 12_000_000  # bytes a second
LONGEST_S = 120.0


def hub_at(port: int) -> HuggingFaceHub:
    opened = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
    return HuggingFaceHub(
        f"http://127.0.0.1:{port}",
        partial(streaming, allow_private=opened),
        wait=lambda seconds, ended: time.sleep(0.05),
    )


def fetch(folder: Path, port: int) -> Path:
    """What one process does: it goes on with what is there."""
    hub, disk = hub_at(port), Disk(folder)
    plan = next(iter(disk.plans()), None) or hub.describe(NAME)
    if plan.obstacle:
        raise SystemExit(plan.obstacle)
    disk.begin(plan)
    with disk.staging(plan.id, lambda: False) as staging:
        hub.download(plan, staging, "", lambda progress: None, lambda: False)
    return Path(disk.complete(plan).folder)


def spawned(folder: Path, port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.downloads", "--child", str(folder), str(port)],
        cwd=ROOT,
        env=dict(os.environ),
        stderr=subprocess.DEVNULL,
    )


def part_of(folder: Path) -> int:
    """Bytes of the weights that are there."""
    with suppress(OSError):
        return (folder / ".downloads" / "org--model" / f"{WEIGHTS}.part").stat().st_size
    return 0


def interrupted(site: HubSite, folder: Path, interruptions: int, chance: random.Random) -> tuple[int, int]:
    """How often the server cut the connection, and how often the process was killed. Ends when the model is whole."""
    most = len(site.models[NAME][WEIGHTS]) // (interruptions + 1)
    cuts = [chance.randrange(most // 4, most) for _ in range(interruptions // 2)]
    for after in cuts:  # of two requests the first is cut, the other ends with its process
        site.faults += [Fault(WEIGHTS, "cut", after), Fault(WEIGHTS, "none")]
    killed = base = 0
    process = spawned(folder, site.port)
    for after in cuts:
        target, until = base + after + chance.randrange(most // 4, most), time.monotonic() + LONGEST_S
        while part_of(folder) < target and process.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        killed += process.poll() is None
        process.kill()
        process.wait()
        base = part_of(folder)
        process = spawned(folder, site.port)
    process.wait(LONGEST_S)
    return len(cuts), killed


def hostile() -> dict[str, HubSite]:
    """Hubs that offer what must not be taken."""
    good, size = a_model(400_000), 400_000
    pickled = b"\x80\x04\x95" + bytes(range(200))
    named = ("../../out.safetensors", "/tmp/out.safetensors", "sub/model.safetensors", "..\\out.json", "run.py", "x.pt")
    return {
        "a byte altered on the way": HubSite({NAME: dict(good)}, faults=[Fault(WEIGHTS, "garbled")]),
        "a byte of the settings altered": HubSite({NAME: dict(good)}, faults=[Fault("config.json", "garbled")]),
        "more bytes than announced": HubSite({NAME: dict(good)}, faults=[Fault(WEIGHTS, "longer")]),
        "another version half way": HubSite({NAME: dict(good)}, faults=[Fault(WEIGHTS, "cut", size // 2)]),
        "another version under the same name": HubSite({NAME: dict(good)}, faults=[Fault(WEIGHTS, "cut", size // 2)]),
        "a pickle called safetensors": HubSite({NAME: {**good, WEIGHTS: pickled}}),
        "weights without their end": HubSite({NAME: {**good, WEIGHTS: weights(1000)[:-7]}}),
        "pickles, code, and names that lead elsewhere": HubSite({NAME: {**good, **dict.fromkeys(named, b"x")}}),
    }


def accepted(what: str, site: HubSite) -> int:
    """Files that got a name of their own and are not what was announced and wanted."""
    with tempfile.TemporaryDirectory() as outer, serving(site):
        folder = Path(outer) / "deep" / "models"
        announced = dict(site.models[NAME])
        if what.startswith("another version"):
            changed = weights(400_000, seed=2)
            site.on_request = lambda: _changes(site, changed, "v1" if "same" in what else "v2")
        with suppress(WriterError, SystemExit):
            fetch(folder, site.port)
        found = [path for path in Path(outer).rglob("*") if path.is_file()]
        ours = (".part", ".etag", ".lock", "writer-plan.json", "writer-model.json")
        files = [path for path in found if not path.name.endswith(ours)]
        return sum(not _is_right(path, announced, folder) for path in files)


def _changes(site: HubSite, content: bytes, etag: str) -> None:
    """Once the first request for the weights was cut."""
    if site.asked_for(WEIGHTS):
        site.models[NAME][WEIGHTS], site.etag = content, etag


def _is_right(path: Path, announced: dict[str, bytes], folder: Path) -> bool:
    known = path.suffix in (".safetensors", ".json", ".md") or path.name == "LICENSE"
    return known and path.is_relative_to(folder) and path.read_bytes() == announced.get(path.name) and not _bad(path)


def _bad(path: Path) -> bool:
    """A file that its own hub announced, and that is no safetensors all the same."""
    return path.suffix == ".safetensors" and path.stat().st_size not in (len(weights(400_000)),)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=24)
    parser.add_argument("--interruptions", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", nargs=2, metavar=("FOLDER", "PORT"))
    options = parser.parse_args()
    if options.child:
        fetch(Path(options.child[0]), int(options.child[1]))
        return 0
    site = HubSite({NAME: a_model(options.megabytes * 1_000_000)}, line=LINE)
    with tempfile.TemporaryDirectory() as folder, serving(site):
        models = Path(folder)
        cuts, kills = interrupted(site, models, options.interruptions, random.Random(options.seed))
        stored = Disk(models).stored()
        size = stored[0].size if stored else 1
        whole = bool(stored) and (Path(stored[0].folder) / WEIGHTS).read_bytes() == site.models[NAME][WEIGHTS]
    twice = 100 * (site.sent - size) / size
    line(
        f"a model of {size / 1e6:.0f} MB, {cuts} connections cut, {kills} processes killed: whole",
        str(whole),
        "True",
        whole,
    )
    at_most("bytes fetched twice, of all", twice, 5, " %")
    attempts = hostile()
    taken = sum(accepted(what, site) for what, site in attempts.items())
    exactly(f"wrong files accepted, of {len(attempts)} hubs that offer some", taken, 0)
    return 0 if whole and twice <= 5 and not taken and cuts + kills == options.interruptions else 1


if __name__ == "__main__":
    sys.exit(main())
