from collections.abc import Callable
from pathlib import Path

import pytest

from writer.documents.limits import Limits
from writer.documents.reader import IsolatedReader
from writer.documents.sniffing import sniff
from writer.domain.sources import Document

Read = Callable[..., Document]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads bytes as a file of a given name, as an upload would be read."""

    def read_(filename: str, content: bytes, limits: Limits | None = None) -> Document:
        path = tmp_path / "blob"
        path.write_bytes(content)
        return IsolatedReader(limits or Limits()).read(path, sniff(filename, content[:8192]), filename)

    return read_
