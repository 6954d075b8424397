"""Files of a model into a folder, one after the other: gone on with where it stopped, and checked before they count.

A file that is not whole is called NAME.part, and NAME.part.etag says which version its bytes are of. Only a file whose
checksum is the announced one gets its name. A server that has another version by now sends it whole (If-Range, RFC 9110
section 13.1.5).
"""

import hashlib
import os
import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from writer.domain.errors import JobStopped, ProviderUnavailable, RateLimited, StorageError, Transient, UserMistake
from writer.domain.models import HubFile, HubModel, Progress
from writer.domain.ports.models import Ended
from writer.hub.asking import reached
from writer.hub.verifying import check_file, check_index
from writer.security.fetch import Ask
from writer.security.streaming import Answer, Stream

TRIES_WITHOUT_A_BYTE = 5
_LONGEST_WAIT_S = 30.0
_READ = 1 << 20
_TELL_EVERY_S = 0.25
_RATE_OVER_S = 10.0
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")

Wait = Callable[[float, Ended], None]
"""Waits so many seconds, less where it is ended."""


def nap(seconds: float, ended: Ended) -> None:
    until = time.monotonic() + seconds
    while not ended() and time.monotonic() < until:
        time.sleep(min(0.2, max(0.0, until - time.monotonic())))


@dataclass
class Meter:
    """Bytes a second, over the last seconds, of what came in this attempt."""

    clock: Callable[[], float] = time.monotonic
    seen: deque[tuple[float, int]] = field(default_factory=deque)

    def rate(self, done: int) -> float | None:
        now = self.clock()
        self.seen.append((now, done))
        while len(self.seen) > 2 and now - self.seen[0][0] > _RATE_OVER_S:
            self.seen.popleft()
        before, elapsed = self.seen[0][1], now - self.seen[0][0]
        return (done - before) / elapsed if elapsed > 0 and done > before else None


class Download:
    """`asked` gives a file's address and the headers for it, `refusal` the error that a status means."""

    def __init__(
        self,
        name: str,
        folder: Path,
        stream: Stream,
        asked: Callable[[HubFile], tuple[str, tuple[tuple[str, str], ...]]],
        refusal: Callable[[Answer], Exception],
        tell: Callable[[Progress], None],
        ended: Ended,
        wait: Wait = nap,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._folder = folder
        self._stream = stream
        self._asked = asked
        self._refusal = refusal
        self._tell = tell
        self._ended = ended
        self._wait = wait
        self._clock = clock
        self._meter = Meter(clock)
        self._told_at = float("-inf")
        self._done = self._total = 0

    def all_of(self, model: HubModel) -> None:
        self._total = model.size
        with _on_disk():
            self._done = held(self._folder, model)
            self._say()
            for file in model.files:
                if not is_whole(self._folder, file):
                    self._fetch(file)
                    self._finish(file)
            self._say(verifying="the list of files")
            check_index(self._folder, {file.name for file in model.files})

    def _fetch(self, file: HubFile) -> None:
        """Again and again, as long as bytes come."""
        self._say()
        fruitless = 0
        while self._part_size(file) != file.size:
            before = self._part_size(file)
            try:
                self._attempt(file)
            except Transient as error:
                if self._ended():
                    raise JobStopped("The download was paused.") from None
                fruitless = 0 if self._part_size(file) > before else fruitless + 1
                if fruitless >= TRIES_WITHOUT_A_BYTE:
                    raise
                self._wait(_pause(error, fruitless), self._ended)
            if self._ended():
                raise JobStopped("The download was paused.")

    def _attempt(self, file: HubFile) -> None:
        part, mark = _part(self._folder, file), _mark(self._folder, file)
        offset, version = self._part_size(file), mark.read_text() if mark.exists() else ""
        if offset > file.size:
            offset = 0
        url, headers = self._asked(file)
        if offset:
            headers = (*headers, ("Range", f"bytes={offset}-"), *((("If-Range", version),) if version else ()))
        with reached(self._name), self._stream(url, ask=Ask(headers=headers), ended=self._ended) as answer:
            start = self._start(answer, offset, version, file)
            self._done -= self._part_size(file) - start
            mark.write_text(_strong(answer.headers))
            with part.open("r+b" if part.exists() else "wb", buffering=0) as out:
                if out.seek(0, os.SEEK_END) != start:
                    out.truncate(start)
                out.seek(start)
                for chunk in answer.chunks:
                    if start + len(chunk) > file.size:
                        self._forget(file)
                        raise UserMistake(_not_as_announced(file, self._name))
                    out.write(chunk)
                    start += len(chunk)
                    self._done += len(chunk)
                    self._say(now=False)
        if start < file.size:
            raise ProviderUnavailable(self._name, "it ended the connection before the file was whole.")

    def _start(self, answer: Answer, offset: int, version: str, file: HubFile) -> int:
        """At which byte the answer begins."""
        if answer.status == 200:
            return 0
        if answer.status == 206 and offset:
            said = _RANGE.fullmatch(answer.headers.get("content-range", ""))
            same = not version or _strong(answer.headers) in ("", version)
            if said and int(said[1]) == offset and said[3] in ("*", str(file.size)) and same:
                return offset
        if answer.status in (206, 416):  # other bytes than those asked for: whatever they are of, begin anew
            self._forget(file)
            raise ProviderUnavailable(self._name, "it has another version of the file by now.")
        raise self._refusal(answer)

    def _forget(self, file: HubFile) -> None:
        self._done -= self._part_size(file)
        _part(self._folder, file).unlink(missing_ok=True)
        _mark(self._folder, file).unlink(missing_ok=True)

    def _finish(self, file: HubFile) -> None:
        self._say(verifying=file.name)
        part = _part(self._folder, file)
        part.touch()  # an empty file was never asked for
        if not _is_announced(part, file, self._ended):
            self._forget(file)
            raise UserMistake(_not_as_announced(file, self._name))
        check_file(part, file.name)
        with part.open("rb") as stored:
            os.fsync(stored.fileno())
        part.replace(self._folder / file.name)
        _mark(self._folder, file).unlink(missing_ok=True)

    def _part_size(self, file: HubFile) -> int:
        return _size(_part(self._folder, file)) or 0

    def _say(self, *, now: bool = True, verifying: str = "") -> None:
        if now or self._clock() - self._told_at >= _TELL_EVERY_S:
            self._told_at = self._clock()
            self._tell(Progress(self._done, self._total, self._meter.rate(self._done), verifying))


def is_whole(folder: Path, file: HubFile) -> bool:
    """It got its name when it had been checked."""
    return _size(folder / file.name) == file.size


def held(folder: Path, model: HubModel) -> int:
    """Bytes of the model that are there."""
    found = 0
    for file in model.files:
        found += file.size if is_whole(folder, file) else min(_size(_part(folder, file)) or 0, file.size)
    return found


def _size(path: Path) -> int | None:
    """In bytes; None where nothing is. Whoever downloads may move it away just now."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _part(folder: Path, file: HubFile) -> Path:
    return folder / f"{file.name}.part"


def _mark(folder: Path, file: HubFile) -> Path:
    return folder / f"{file.name}.part.etag"


def _strong(headers: Mapping[str, str]) -> str:
    """The version's name, where it stands for the very bytes."""
    etag = headers.get("etag", "").strip()
    return etag if re.fullmatch(r'"[\x21\x23-\x7e]{1,200}"', etag) else ""


def _pause(error: Transient, fruitless: int) -> float:
    asked = error.retry_after if isinstance(error, RateLimited) else None
    return min(_LONGEST_WAIT_S, max(asked or 0.0, 0.5 * 2.0**fruitless))


def _not_as_announced(file: HubFile, host: str) -> str:
    return (
        f"{file.name} is not the file that {host} announced: its bytes were changed or damaged on the way. It was "
        "thrown away; nothing of it is used. Resume the download to fetch this file again."
    )


def _is_announced(path: Path, file: HubFile, ended: Ended) -> bool:
    if path.stat().st_size != file.size:
        return False
    if file.sha256:
        return _digest(path, hashlib.sha256(), ended) == file.sha256
    if file.git_sha1:  # git's name for a file: SHA-1 of a header and the content
        header = f"blob {file.size}\0".encode()
        return _digest(path, hashlib.sha1(header, usedforsecurity=False), ended) == file.git_sha1
    return False


def _digest(path: Path, digest: "hashlib._Hash", ended: Ended) -> str:
    for piece in _pieces(path):
        if ended():
            raise JobStopped("The download was paused.")
        digest.update(piece)
    return digest.hexdigest()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stored:
        while piece := stored.read(_READ):
            yield piece


@contextmanager
def _on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The model could not be written to the disk: {error.strerror or type(error).__name__}. What was "
            "downloaded is kept; make room, then resume the download."
        ) from error
