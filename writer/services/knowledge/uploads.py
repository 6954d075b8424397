"""Receives a file once: counted, hashed and looked at while it is copied to a place of our own."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, BinaryIO

from writer.domain.errors import SourceRefused, StorageError

MAX_FILE_BYTES = 50 * 2**20  # what the upload widget allows
_PIECE = 1 << 20
_IN_MEMORY = 4 << 20
_HEAD = 8192


@dataclass(frozen=True, slots=True)
class Upload:
    """`digest` is the sha256 of the bytes; `head` are the first of them; `content` stands at the beginning."""

    content: IO[bytes]
    digest: str
    head: bytes
    size: int


@contextmanager
def received(content: BinaryIO, name: str, max_bytes: int = MAX_FILE_BYTES) -> Iterator[Upload]:
    """Refuses what is larger than `max_bytes` after reading no more than that."""
    digest = hashlib.sha256()
    head, size = b"", 0
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as copy:
        while piece := content.read(_PIECE):
            size += len(piece)
            if size > max_bytes:
                raise SourceRefused(
                    f"{name} is larger than {max_bytes / 1e6:.0f} MB, the most that one source may have."
                )
            head = head or piece[:_HEAD]
            digest.update(piece)
            _write(copy, piece)
        copy.seek(0)
        yield Upload(copy, digest.hexdigest(), head, size)


def _write(copy: IO[bytes], piece: bytes) -> None:
    try:
        copy.write(piece)
    except OSError as error:
        raise StorageError(
            f"The file could not be stored: {error.strerror}. Free some space, then try again."
        ) from error
