"""The fast path against the reference, and what it leaves behind on a machine: nothing."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from writer.domain.errors import ConfigurationError
from writer.embedding.build import build
from writer.embedding.choice import Remembering, WithFallback, find_embedder
from writer.embedding.onnx_encoder import GraphUnusable, OnnxEmbedder
from writer.embedding.precision import INT8
from writer.embedding.reference import SentenceTransformersEmbedder
from writer.embedding.weights import DEFAULT_MODEL, INT8_MODEL, ModelFiles

ROOT = Path(__file__).parents[2]
TEXTS = [
    "A cat sits outside.",
    "",
    "Zürich, 東京 and Ελλάδα: 3.5 % of 1,200 — “naïve” co-operation?",
    "The committee agreed on a plan for the old harbour. " * 40,
    "word " * 900,
    "🙂🙂 emoji only 🙂",
]

OFFLINE = """
import os, socket, sys
def refuse(*args, **kwargs): raise AssertionError("a socket was opened")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from pathlib import Path
from writer.embedding.choice import find_embedder
embedder = find_embedder(Path(sys.argv[1]))
(vector,) = embedder.embed(["Sunlight on the harbour."])
assert len(vector) == 4 * embedder.dimension
assert not {"torch", "transformers", "sentence_transformers", "onnx"} & set(sys.modules), "a heavy module was loaded"
"""


def cosine(one: bytes, other: bytes) -> float:
    return float(np.frombuffer(one, "<f4") @ np.frombuffer(other, "<f4"))


def test_the_fast_path_gives_the_vectors_of_sentence_transformers(files, graph_folder):
    ours = OnnxEmbedder(files, graph_folder).embed(TEXTS)
    theirs = SentenceTransformersEmbedder(str(files.folder)).embed(TEXTS)

    assert min(cosine(one, other) for one, other in zip(ours, theirs, strict=True)) >= 0.9999


def test_vectors_have_unit_length_and_do_not_depend_on_their_company(files, graph_folder):
    embedder = OnnxEmbedder(files, graph_folder)

    together = embedder.embed(TEXTS)

    assert all(abs(cosine(vector, vector) - 1) < 1e-5 for vector in together)
    alone = [embedder.embed([text])[0] for text in TEXTS]
    assert min(cosine(one, other) for one, other in zip(together, alone, strict=True)) > 0.99999


def test_eight_bits_stay_near_the_exact_vectors_and_have_a_name_of_their_own(files, graph_folder):
    exact, fast = OnnxEmbedder(files, graph_folder), OnnxEmbedder(files, graph_folder, INT8)

    texts = [TEXTS[0], *TEXTS[2:5]]
    near = [cosine(*pair) for pair in zip(exact.embed(texts), fast.embed(texts), strict=True)]

    assert 0.98 <= min(near) < 0.9999
    assert (fast.model, fast.dimension) == (INT8_MODEL, 384)
    assert all(abs(cosine(vector, vector) - 1) < 1e-5 for vector in fast.embed(TEXTS))


def test_a_graph_that_strays_from_the_reference_is_refused_and_not_put_in_place(files, tmp_path):
    graph = tmp_path / "encoder.onnx"

    assert not build(files.folder, graph, replace(INT8, close_enough=0.9999))

    assert list(tmp_path.iterdir()) == []


def test_eight_bits_without_a_graph_say_so_rather_than_give_the_exact_models_vectors(files, tmp_path):
    blocked = tmp_path / "models"
    blocked.write_text("a file where the folder should be")

    with pytest.raises(ConfigurationError):
        find_embedder(blocked, INT8_MODEL).embed(["text"])


def test_tokens_are_counted_by_the_models_own_tokenizer_without_its_marks(files, graph_folder):
    embedder = OnnxEmbedder(files, graph_folder)

    assert embedder.count_tokens(["hello world", "", "word " * 900]) == [2, 0, 900]


def test_identity_is_known_without_loading_anything(files, tmp_path):
    embedder = OnnxEmbedder(files, tmp_path / "never-made")

    assert (embedder.model, embedder.dimension, embedder.max_tokens) == (DEFAULT_MODEL, 384, 256)
    assert not (tmp_path / "never-made").exists()


def test_a_fresh_machine_embeds_with_no_network_no_torch_and_nothing_left_in_the_home_folder(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    clean = {
        name: value for name, value in os.environ.items() if name not in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")
    }

    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(tmp_path / "models")],
        env={**clean, "HOME": str(home), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert list(home.rglob("*")) == []
    assert [path.suffix for path in (tmp_path / "models").iterdir()] == [".onnx"]


def test_weights_with_another_digest_are_never_loaded_not_even_by_the_fallback(files, tmp_path):
    copy = tmp_path / "all-MiniLM-L6-v2"
    copy.mkdir()
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        (copy / name).write_bytes((files.folder / name).read_bytes())
    with (copy / "model.safetensors").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x01")
    embedder = find_embedder(tmp_path)

    with pytest.raises(ConfigurationError, match=r"model\.safetensors .* is damaged"):
        embedder.embed(["text"])


def test_a_graph_that_was_half_written_by_a_killed_process_is_not_used(files, tmp_path, graph_folder):
    OnnxEmbedder(files, graph_folder).embed(["build it"])
    (graph,) = graph_folder.glob("encoder-*-fp32-*.onnx")
    (tmp_path / f".{graph.stem}.99.unchecked.onnx").write_bytes(b"half")

    assert len(OnnxEmbedder(files, tmp_path).embed(["text"])[0]) == 4 * 384


class Broken:
    model, dimension, max_tokens = DEFAULT_MODEL, 384, 256

    def embed(self, texts):
        raise GraphUnusable("no graph here")

    def count_tokens(self, texts):
        return [len(text.split()) for text in texts]


class Counting(Broken):
    def __init__(self):
        self.asked = []

    def embed(self, texts):
        self.asked += texts
        return [text.encode() for text in texts]


def test_the_reference_serves_where_the_graph_cannot_be_prepared():
    assert WithFallback(Broken(), Counting()).embed(["a"]) == [b"a"]


def test_the_same_text_is_embedded_once():
    counting = Counting()
    embedder = Remembering(counting, kept=3)

    assert embedder.embed(["a", "b", "a"]) == [b"a", b"b", b"a"]
    embedder.embed(["b", "c"])

    assert counting.asked == ["a", "b", "c"]


def test_what_was_not_asked_for_longest_is_forgotten_first():
    counting = Counting()
    embedder = Remembering(counting, kept=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        embedder.embed([text])

    assert counting.asked == ["a", "b", "c", "b"]


def test_a_model_that_is_nowhere_on_this_machine_is_none_rather_than_a_download(tmp_path):
    assert find_embedder(tmp_path, "somebody/some-model") is None


def test_a_folder_without_a_model_says_so_in_a_sentence(tmp_path):
    embedder = find_embedder(tmp_path, str(tmp_path))

    with pytest.raises(ConfigurationError, match="could not be loaded"):
        embedder.embed(["text"])


def test_model_files_are_complete_only_with_all_three(tmp_path):
    (tmp_path / "config.json").write_text("{}")

    assert not ModelFiles(tmp_path).complete
