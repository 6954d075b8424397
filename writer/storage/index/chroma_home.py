"""Where the Chroma index lives: a folder that exactly one process may open, or a server."""

import base64
import fcntl
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import urlsplit

from writer.domain.errors import StorageError
from writer.domain.ports.sources import StoredVector
from writer.storage.index.folders import made_folder

PROBED_VECTORS = 5
_PROBE_SECONDS = 120
_ROOT = str(Path(__file__).parents[3])


@dataclass(frozen=True, slots=True)
class Applied:
    """How far the index follows the feed. `unsure` while a write is under way: then `count` may be off after a crash.

    `leftovers` says that deleted vectors may still be readable in the index's files."""

    number: int = 0
    count: int = 0
    unsure: bool = False
    leftovers: bool = False


class Home(Protocol):
    """`sample` are some vectors that the index must find again, if it is whole."""

    def acquire(self) -> bool: ...

    def applied(self) -> Applied | None:
        """None when there is no index."""
        ...

    def opened(self, sample: Sequence[StoredVector]) -> Any | None:
        """The index's collection; None when there is none, or a damaged one."""
        ...

    def record(self, applied: Applied) -> None: ...

    def fresh(self) -> Any:
        """An empty collection beside the current one."""
        ...

    def adopt(self, applied: Applied) -> None:
        """The fresh collection is the index from now on; the one before is removed with its bytes."""
        ...

    def release(self) -> None: ...


def collection_name(model: str, dimension: int) -> str:
    """Vectors of different models must never meet: the name says whose they are."""
    short = re.sub(r"[^a-zA-Z0-9]+", "-", model.rsplit("/", 1)[-1]).strip("-").lower()[:48]
    # Two services may give the same name to different models.
    whose = f"-{hashlib.sha256(model.encode()).hexdigest()[:8]}" if ":" in model else ""
    return f"passages-{short}{whose}-{dimension}"


def made_collection(client: Any, name: str, **more: Any) -> Any:
    from writer.storage.index.guard import embeds_nothing

    return client.get_or_create_collection(
        name, configuration={"hnsw": {"space": "cosine"}}, embedding_function=embeds_nothing(), **more
    )


class ChromaFolder:
    """`folder` holds a lock, `state.json`, and the index itself in a folder of its own per rebuild."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._lock: IO[bytes] | None = None
        self._client: Any = None
        self._highest = 0
        self._fresh: tuple[str, Any] | None = None

    def acquire(self) -> bool:
        if self._lock is not None:
            return True
        made_folder(self._folder)
        file = self._lock_file()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._lock = file
        return True

    def _lock_file(self) -> IO[bytes]:
        try:
            return (self._folder / "lock").open("wb")
        except OSError as error:
            raise StorageError(f"The vector index in {self._folder} cannot be locked: {error.strerror}.") from error

    def applied(self) -> Applied | None:
        state = self._state()
        return Applied(**state["applied"]) if state and self._current(state).is_dir() else None

    def opened(self, sample: Sequence[StoredVector]) -> Any | None:
        state = self._state()
        applied = self.applied()
        if state is None or applied is None:
            return None
        path = self._current(state)
        self._highest = max(self._highest, int(path.name[6:]))
        self._remove_others(path.name)
        if not _survives_probe(path, self._name, None if applied.unsure else applied.count, sample):
            return None
        self._client = _local_client(path)
        return made_collection(self._client, self._name)

    def record(self, applied: Applied) -> None:
        state = self._state()
        if state is not None:
            self._write(state["folder"], applied)

    def fresh(self) -> Any:
        used = [int(path.name[6:]) for path in self._folder.glob("index-*") if path.name[6:].isdigit()]
        # Never a name used before: Chroma keeps what it knew of a path, also after the folder has vanished.
        self._highest = max([*used, self._highest]) + 1
        name = f"index-{self._highest}"
        client = _local_client(self._folder / name)
        self._fresh = (name, client)
        return made_collection(client, self._name)

    def adopt(self, applied: Applied) -> None:
        if self._fresh is None:
            raise RuntimeError("there is no fresh collection to adopt")
        before, (name, self._client) = self._client, self._fresh
        self._fresh = None
        self._write(name, applied)
        if before is not None:
            before.close()
        self._remove_others(name)

    def release(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _state(self) -> dict[str, Any] | None:
        try:
            state = json.loads((self._folder / "state.json").read_text("utf-8"))
            Applied(**state["applied"])
            usable = state["collection"] == self._name and re.fullmatch(r"index-\d+", state["folder"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return state if usable else None

    def _current(self, state: dict[str, Any]) -> Path:
        return self._folder / str(state["folder"])

    def _write(self, folder: str, applied: Applied) -> None:
        unfinished = self._folder / "state.json.unfinished"
        state = {"folder": folder, "collection": self._name, "applied": asdict(applied)}
        unfinished.write_text(json.dumps(state), "utf-8")
        unfinished.replace(self._folder / "state.json")

    def _remove_others(self, kept: str) -> None:
        for path in self._folder.glob("index-*"):
            if path.name != kept:
                shutil.rmtree(path, ignore_errors=True)


def _local_client(path: Path) -> Any:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import chromadb

    return chromadb.PersistentClient(str(path), settings=chromadb.Settings(anonymized_telemetry=False))


def _survives_probe(path: Path, name: str, count: int | None, sample: Sequence[StoredVector]) -> bool:
    """Opens the index in a child process first: opening a damaged one can end a process with SIGSEGV."""
    question = {
        "path": str(path),
        "name": name,
        "count": count,
        "sample": [[vector.passage_id, base64.b64encode(vector.vector).decode()] for vector in sample],
    }
    try:
        answer = subprocess.run(
            [sys.executable, "-m", "writer.storage.index.probe"],
            input=json.dumps(question).encode(),
            capture_output=True,
            timeout=_PROBE_SECONDS,
            check=False,
            env={**os.environ, "PYTHONPATH": _ROOT, "ORT_DISABLE_TELEMETRY": "1"},
        )
    except subprocess.TimeoutExpired:
        return False
    return answer.returncode == 0


class ChromaServer:
    """A `chroma run` server on a private network. How far it follows the feed is kept in the collection itself."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._client: Any = None

    def acquire(self) -> bool:
        return True

    def applied(self) -> Applied | None:
        kept = self._existing()
        number = (kept.metadata or {}).get("number", -1) if kept is not None else -1
        return Applied(number=number, count=kept.count()) if kept is not None and number >= 0 else None

    def opened(self, sample: Sequence[StoredVector]) -> Any | None:
        return self._existing() if self.applied() is not None else None

    def record(self, applied: Applied) -> None:
        # While a write is under way the number stays the old one: writing the same again changes nothing.
        if not applied.unsure:
            made_collection(self._connected(), self._name).modify(metadata={"number": applied.number})

    def fresh(self) -> Any:
        if self._existing() is not None:
            self._connected().delete_collection(self._name)
        return made_collection(self._connected(), self._name, metadata={"number": -1})

    def adopt(self, applied: Applied) -> None:
        self.record(applied)

    def release(self) -> None:
        self._client = None

    def _existing(self) -> Any | None:
        names = {collection.name for collection in self._connected().list_collections()}
        return made_collection(self._connected(), self._name) if self._name in names else None

    def _connected(self) -> Any:
        if self._client is None:
            os.environ["ORT_DISABLE_TELEMETRY"] = "1"
            import chromadb

            address = urlsplit(self._url)
            self._client = chromadb.HttpClient(
                host=address.hostname or "localhost",
                port=address.port or (443 if address.scheme == "https" else 8000),
                ssl=address.scheme == "https",
                settings=chromadb.Settings(anonymized_telemetry=False),
            )
        return self._client


def chosen(vectors: Sequence[StoredVector], randomness: random.Random) -> list[StoredVector]:
    return randomness.sample(list(vectors), min(PROBED_VECTORS, len(vectors)))
