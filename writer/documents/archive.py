"""ZIP containers (DOCX, ODT, EPUB): looked at before they are unpacked, and unpacked only in memory."""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from writer.documents.limits import Limits
from writer.domain.errors import SourceRefused

_SMALL = 2_000_000  # unpacked bytes that are no danger however well they were packed
BROKEN = "The file is broken and cannot be unpacked. Save or download it anew, then add it again."
LOCKED = "The file is password-protected. Remove the password, then add it again."


class Archive:
    def __init__(self, opened: zipfile.ZipFile, limits: Limits) -> None:
        self._opened = opened
        self._limits = limits
        self._entries = {entry.filename: entry for entry in opened.infolist()}

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def part(self, name: str) -> bytes:
        """One part's bytes. A part that is missing or too large refuses the whole file."""
        entry = self._entries.get(name)
        if entry is None:
            raise SourceRefused(BROKEN)
        if entry.file_size > self._limits.part_bytes:
            raise SourceRefused("The file unpacks to far more text than a document has, so it was not read.")
        try:
            return self._opened.read(entry)  # reads no more than the size that was checked, whatever comes
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise SourceRefused(BROKEN) from error

    @property
    def names(self) -> list[str]:
        """As they stand in the file, also those that stand there twice."""
        return [entry.filename for entry in self._opened.infolist() if not entry.is_dir()]

    @property
    def has_links(self) -> bool:
        """Whether a part is something else than a plain file or a folder: a link, a device."""
        kinds = {stat.S_IFMT(entry.external_attr >> 16) for entry in self._opened.infolist()}
        return bool(kinds - {0, stat.S_IFREG, stat.S_IFDIR})

    def check(self) -> None:
        total = sum(entry.file_size for entry in self._entries.values())
        packed = sum(entry.compress_size for entry in self._entries.values())
        if len(self._entries) > self._limits.entries:
            raise SourceRefused(f"The file holds {len(self._entries):,} parts, far more than a document has.")
        if total > self._limits.unpacked_bytes or total > max(_SMALL, packed * self._limits.ratio):
            raise SourceRefused(
                f"The file would unpack to {total / 1e6:,.0f} MB, far more than its size suggests, so it was not read."
            )
        if any(entry.flag_bits & 1 for entry in self._entries.values()):
            raise SourceRefused(LOCKED)


@contextmanager
def archive(path: Path, limits: Limits) -> Iterator[Archive]:
    """Checked for number of parts, unpacked size, packing ratio and passwords before anything is unpacked."""
    try:
        opened = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise SourceRefused(BROKEN) from error
    with opened:
        found = Archive(opened, limits)
        found.check()
        yield found
