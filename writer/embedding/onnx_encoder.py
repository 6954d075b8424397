"""all-MiniLM-L6-v2 on onnxruntime: a single-threaded worker for each core and tiny batches, which CPUs like best."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from writer.domain.errors import ConfigurationError
from writer.embedding.cores import worker_count
from writer.embedding.precision import FP32, Precision
from writer.embedding.weights import DEFAULT_DIMENSION, DEFAULT_MAX_TOKENS, ModelFiles

BATCH_TEXTS = 4
BATCH_TOKENS = 512
_BUILD_SECONDS = 120
_REFERENCE = Path(__file__).with_name("reference_vectors.json")
_GRAPH_VERSION = 2


class GraphUnusable(ConfigurationError):
    """The fast path cannot be prepared here. Says nothing about the weights: the reference path may still work."""


class OnnxEmbedder:
    """Loads on first use. `cache` is where the graph is kept, under the digest of the weights it was made from."""

    dimension = DEFAULT_DIMENSION
    max_tokens = DEFAULT_MAX_TOKENS

    def __init__(self, files: ModelFiles, cache: Path, precision: Precision = FP32) -> None:
        self.model = precision.model
        self._files = files
        self._cache = cache
        self._precision = precision
        self._loading = threading.Lock()
        self._session: Any = None
        self._tokenizer: Any = None
        self._counter: Any = None
        self._workers: ThreadPoolExecutor | None = None

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        if not texts:
            return []
        workers = self._loaded()
        encodings = self._tokenizer.encode_batch(list(texts))
        vectors: list[bytes] = [b""] * len(texts)
        batches = list(_batches([len(encoding.ids) for encoding in encodings]))
        # A question is one batch: run right here, it does not queue behind the passages of an import.
        in_turn = map if len(batches) == 1 else workers.map
        results = in_turn(lambda batch: self._run([encodings[n].ids for n in batch]), batches)
        for batch, rows in zip(batches, results, strict=True):
            for n, row in zip(batch, rows, strict=True):
                vectors[n] = row
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        counter = self._token_counter()
        return [len(encoding.ids) for encoding in counter.encode_batch(list(texts), add_special_tokens=False)]

    def close(self) -> None:
        with self._loading:
            if self._workers is not None:
                self._workers.shutdown(wait=True)
            self._workers = self._session = self._tokenizer = None

    def _loaded(self) -> ThreadPoolExecutor:
        with self._loading:
            if self._workers is None:
                graph = self._graph()
                self._tokenizer = tokenizer_of(self._files, truncate_at=self.max_tokens)
                self._session = session_on(graph, self._precision.disabled)
                self._workers = ThreadPoolExecutor(worker_count(), thread_name_prefix="embedding")
            return self._workers

    def _token_counter(self) -> Any:
        with self._loading:
            if self._counter is None:
                self._counter = tokenizer_of(self._files, truncate_at=0)
            return self._counter

    def _graph(self) -> Path:
        digest = self._files.check()
        graph = self._cache / f"encoder-{_GRAPH_VERSION}-{self._precision.name}-{digest[:16]}.onnx"
        if not graph.is_file():
            build_apart(self._files.folder, graph, self._precision)
        return graph

    def _run(self, ids: Sequence[Sequence[int]]) -> list[bytes]:
        return encoded(self._session, ids)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions grouped by length, longest first, so that little is padded and no worker ends with the longest text."""
    batch: list[int] = []
    for n in sorted(range(len(lengths)), key=lambda n: -lengths[n]):
        if batch and (len(batch) >= BATCH_TEXTS or lengths[batch[0]] * (len(batch) + 1) > BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(n)
    yield batch


def encoded(session: Any, ids: Sequence[Sequence[int]]) -> list[bytes]:
    import numpy as np

    longest = max(len(row) for row in ids)
    tokens = np.zeros((len(ids), longest), np.int64)
    mask = np.zeros_like(tokens)
    for n, row in enumerate(ids):
        tokens[n, : len(row)] = row
        mask[n, : len(row)] = 1
    (vectors,) = session.run(["vectors"], {"ids": tokens, "mask": mask})
    return [row.astype("<f4").tobytes() for row in vectors]


def session_on(graph: Path, disabled: Sequence[str] = ()) -> Any:
    # Before the import, or onnxruntime writes an id into the home folder and calls its maker's servers.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Our own workers are the parallelism: 98 % of two cores against 79 % the other way.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        str(graph), options, providers=["CPUExecutionProvider"], disabled_optimizers=list(disabled)
    )


def tokenizer_of(files: ModelFiles, *, truncate_at: int) -> Any:
    """The file asks for padding and for truncation at 128 tokens, which would lose half of every passage."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(files.tokenizer))
    tokenizer.no_padding()
    if truncate_at:
        tokenizer.enable_truncation(truncate_at)
    else:
        tokenizer.no_truncation()
    return tokenizer


def build_apart(folder: Path, graph: Path, precision: Precision) -> None:
    """Build in a process of its own: it needs 500 MB for two seconds, which this process would never give back."""
    command = [sys.executable, "-m", "writer.embedding.build", str(folder), str(graph), precision.name]
    root = str(Path(__file__).parents[2])
    try:
        graph.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            timeout=_BUILD_SECONDS,
            env={**os.environ, "PYTHONPATH": root, "ORT_DISABLE_TELEMETRY": "1"},
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise GraphUnusable(
            f"The embedding model ({precision.name}) could not be prepared for this machine, or gave other vectors "
            "than it should. Choose another search model in Settings."
        ) from error


def agrees_with_reference(graph: Path, files: ModelFiles, close_enough: float) -> bool:
    """Whether the graph gives the vectors that sentence-transformers gave for the same sentences."""
    import numpy as np

    known = json.loads(_REFERENCE.read_text("utf-8"))
    tokenizer = tokenizer_of(files, truncate_at=DEFAULT_MAX_TOKENS)
    session = session_on(graph)
    for text, vector in zip(known["texts"], known["vectors"], strict=True):
        (ours,) = encoded(session, [tokenizer.encode(text).ids])
        if float(np.frombuffer(ours, "<f4") @ np.array(vector, "<f4")) < close_enough:
            return False
    return True
