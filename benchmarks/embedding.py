"""How fast documents become searchable: `python -m benchmarks.embedding [--texts N] [--rounds N] [--alone]`.

Texts a second through the app's own path (vectors in batches, stored, both indexes caught up) against its bare encoder
in the same process; and against a LangChain ingestion with the same weights and the same texts. In alternating rounds,
the best of each: other work on the machine hits all alike, and only the ratios are meant.

LangChain is installed by this command into a folder of its own; `--alone` leaves it out.
"""

import argparse
import math
import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.ingesting import Rig, texts
from benchmarks.peers import Peer, langchain
from benchmarks.report import at_least
from writer.embedding.onnx_encoder import OnnxEmbedder
from writer.embedding.precision import FP32, INT8, Precision
from writer.embedding.weights import ModelFiles, default_model_files

WANTED = {"fp32": 1.6, "int8": 3.0}


class Contestant:
    """One precision: its app and its bare encoder, and the fewest seconds of each for a text."""

    def __init__(self, files: ModelFiles, folder: Path, precision: Precision) -> None:
        self.name = precision.name
        self.bare = OnnxEmbedder(files, folder / "models", precision)
        self.bare.embed(["Loaded before the clock starts."])
        place = folder / precision.name
        place.mkdir()
        self.rig = Rig(place, self.bare)
        self.rig.add(texts(4, seed=-1))
        self.rig.index()  # Chroma is loaded and open before the clock starts, as in a running app
        self.app_s = self.bare_s = math.inf

    def round(self, number: int, paragraphs: list[str]) -> list[str]:
        """Returns the texts that were embedded."""
        self.rig.add(paragraphs)
        embedded = self.rig.embedded_texts()
        for turn in (0, 1) if number % 2 else (1, 0):
            started = time.perf_counter()
            count = self.rig.index() if turn else len(self.bare.embed(embedded))
            each = (time.perf_counter() - started) / count
            if turn:
                self.app_s = min(self.app_s, each)
            else:
                self.bare_s = min(self.bare_s, each)
        return embedded


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Texts embedded and indexed per second")
    parser.add_argument("--texts", type=int, default=384)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alone", action="store_true", help="without LangChain")
    asked = parser.parse_args(arguments)
    files = default_model_files(Path("models"))
    if files is None:
        raise SystemExit("The built-in embedding model is not installed: nothing to measure.")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        peer = None if asked.alone else _peer(stack, files)
        contestants = [Contestant(files, Path(folder), precision) for precision in (FP32, INT8)]
        for contestant in contestants:
            stack.callback(contestant.rig.close)
        peer_s = math.inf
        for number in range(asked.rounds):
            embedded: list[str] = []
            for contestant in contestants:
                embedded = contestant.round(number, texts(asked.texts, seed=number))
            if peer is not None:
                peer_s = min(peer_s, peer.seconds(embedded) / len(embedded))
        report(contestants, peer_s)


def _peer(stack: ExitStack, files: ModelFiles) -> Peer | None:
    found = langchain()
    if isinstance(found, str):
        print(f"     {found}")
        return None
    return stack.enter_context(Peer(found, files.folder))


def report(contestants: Sequence[Contestant], peer_s: float) -> None:
    load = os.getloadavg()[0]
    print(f"     load of the machine {load:.1f} on {os.cpu_count()} CPUs; only ratios are meant")
    for one in contestants:
        print(f"     {one.name}: app {1 / one.app_s:.1f}, bare encoder {1 / one.bare_s:.1f} texts a second")
        at_least(f"texts embedded and indexed a second / bare encoder, {one.name}", one.bare_s / one.app_s, 0.85)
    if math.isfinite(peer_s):
        print(f"     LangChain: {1 / peer_s:.1f} texts a second")
        for one in contestants:
            at_least(f"the same / a LangChain ingestion, {one.name}", peer_s / one.app_s, WANTED[one.name])


if __name__ == "__main__":
    main()
