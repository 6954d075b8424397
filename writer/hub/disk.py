"""Models in the data folder: `models/ORG/NAME` when they are whole, `models/.downloads/ORG--NAME` until then."""

import fcntl
import json
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from writer.domain.errors import JobStopped, NotFound, StorageError, UserMistake
from writer.domain.models import HubFile, HubModel, StoredModel, checked_id, wanted
from writer.domain.ports.models import Ended
from writer.hub.downloading import Wait, held, nap

_PLAN, _MADE, _LOCK = "writer-plan.json", "writer-model.json", "writer.lock"
_LOCK_TRIES, _LOCK_EVERY_S = 200, 0.2


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


class Disk:
    """`free` says how many bytes fit into a folder's file system."""

    def __init__(
        self,
        folder: Path,
        *,
        free: Callable[[Path], int] = _free,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        wait: Wait = nap,
    ) -> None:
        self._folder = folder
        self._staged = folder / ".downloads"
        self._free = free
        self._now = now
        self._wait = wait

    def stored(self) -> list[StoredModel]:
        found = [self._stored(note) for pattern in ("*", "*/*") for note in self._folder.glob(f"{pattern}/{_MADE}")]
        return sorted((model for model in found if model is not None), key=lambda model: model.id.casefold())

    def free_bytes(self) -> int:
        self._staged.mkdir(parents=True, exist_ok=True)
        return self._free(self._folder)

    def begin(self, model: HubModel) -> None:
        self._check_place(model.id)
        with _written():
            folder = self._staging(model.id)
            folder.mkdir(parents=True, exist_ok=True)
            before = _plan(folder)
            if before is not None and before.revision != model.revision:
                self._drop_changed(folder, before, model)
            _write(folder / _PLAN, asdict(model))

    def _check_place(self, model_id: str) -> None:
        """“gpt2” and “gpt2/other” would lie one within the other, and be deleted together."""
        home = self._home(model_id)
        if (home.parent / _MADE).is_file() or (home.is_dir() and not (home / _MADE).is_file()):
            raise UserMistake(
                f"Something else lies in the folder that {model_id} would have in {self._folder}. Delete or move it "
                "first. Nothing was downloaded."
            )

    def plans(self) -> list[HubModel]:
        return [plan for note in sorted(self._staged.glob(f"*/{_PLAN}")) if (plan := _plan(note.parent)) is not None]

    def held(self, model: HubModel) -> int:
        return held(self._staging(model.id), model)

    @contextmanager
    def staging(self, model_id: str, ended: Ended) -> Iterator[str]:
        folder = self._staging(model_id)
        if _plan(folder) is None:
            raise UserMistake(f"The download of {model_id} was cancelled.")
        with (folder / _LOCK).open("w") as lock:
            self._locked(lock, model_id, ended)
            yield str(folder)

    def _locked(self, lock: IO[str], model_id: str, ended: Ended) -> None:
        """A download that was just paused may still be reading its last bytes."""
        for _ in range(_LOCK_TRIES):
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            self._wait(_LOCK_EVERY_S, ended)
            if ended():
                raise JobStopped("The download was paused.")
        raise StorageError(f"{model_id} is being downloaded by another process just now.")

    def complete(self, model: HubModel) -> StoredModel:
        folder, home = self._staging(model.id), self._home(model.id)
        if home.exists():
            raise UserMistake(f"{model.id} is on this machine already.")
        with _written():
            home.parent.mkdir(parents=True, exist_ok=True)
            made = StoredModel(model.id, str(home), model.size, model.revision, model.licence, self._now())
            note = asdict(made) | {"downloaded_at": made.downloaded_at.isoformat(), "folder": ""}
            _write(folder / _MADE, note)
            (folder / _LOCK).unlink(missing_ok=True)
            folder.rename(home)  # with its plan: at no moment is it neither on its way nor here
            (home / _PLAN).unlink(missing_ok=True)
        return made

    def discard(self, model_id: str) -> None:
        self._remove(self._staging(model_id))

    def delete(self, model_id: str) -> None:
        home = self._home(model_id)
        if not (home / _MADE).is_file():
            raise NotFound(f"There is no model {model_id} on this machine.")
        self._remove(home)
        with suppress(OSError):
            if home.parent != self._folder:
                home.parent.rmdir()  # where it was its maker's only one

    def _home(self, model_id: str) -> Path:
        return self._folder.joinpath(*checked_id(model_id).split("/"))

    def _staging(self, model_id: str) -> Path:
        return self._staged / checked_id(model_id).replace("/", "--")

    def _remove(self, folder: Path) -> None:
        """Out of sight in one move: whoever still writes into it writes into what is being deleted."""
        if not folder.exists():
            return
        with _written():
            self._staged.mkdir(parents=True, exist_ok=True)
            gone = self._staged / f".gone-{uuid.uuid4().hex}"
            folder.rename(gone)
            shutil.rmtree(gone, ignore_errors=True)

    def _drop_changed(self, folder: Path, before: HubModel, now: HubModel) -> None:
        """Files of the older commit, but for those that are the same in both."""
        same = {file.name for file in set(before.files) & set(now.files)}
        for path in folder.iterdir():
            if path.name.removesuffix(".etag").removesuffix(".part") not in same:
                path.unlink(missing_ok=True)

    def _stored(self, note: Path) -> StoredModel | None:
        value = _read(note)
        try:
            made = StoredModel(
                checked_id(str(value["id"])),
                str(note.parent),
                int(value["size"]),
                str(value["revision"]),
                str(value["licence"]),
                datetime.fromisoformat(value["downloaded_at"]),
            )
        except (KeyError, ValueError, TypeError, UserMistake):
            return None
        return made if self._home(made.id) == note.parent else None


def _plan(folder: Path) -> HubModel | None:
    value = _read(folder / _PLAN)
    try:
        files, _ = wanted([HubFile(**file) for file in value["files"]])
        return HubModel(**{**value, "files": files, "left_out": tuple(value["left_out"])})
    except (KeyError, TypeError):
        return None


def _read(path: Path) -> Mapping[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _write(path: Path, value: Mapping[str, Any]) -> None:
    """Whole or not at all."""
    new = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    new.write_text(json.dumps(value), "utf-8")
    new.replace(path)


@contextmanager
def _written() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The folder of models cannot be written: {error.strerror or type(error).__name__}."
        ) from error
