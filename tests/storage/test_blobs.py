import io
from pathlib import Path

import pytest

from writer.domain.errors import NotFound, StorageError
from writer.storage import LocalBlobs


def test_content_is_kept_under_a_name_made_here(tmp_path: Path):
    blobs = LocalBlobs(tmp_path / "blobs")
    content = b"x" * 3_000_000

    first, second = (blobs.put(io.BytesIO(content)) for _ in range(2))

    assert first != second
    with blobs.path(first) as path:
        assert path.read_bytes() == content
        assert path.parent == tmp_path / "blobs"


def test_a_deleted_file_is_gone_and_may_be_deleted_again(tmp_path: Path):
    blobs = LocalBlobs(tmp_path)
    name = blobs.put(io.BytesIO(b"content"))

    blobs.delete(name)
    blobs.delete(name)

    with pytest.raises(NotFound), blobs.path(name):
        pass


@pytest.mark.parametrize(
    "name",
    ["", "..", "../writer.db", "/etc/passwd", "a" * 31, "A" * 32, "a" * 32 + "\n", "a" * 32 + "/..", "C:\\x", "\0"],
)
def test_a_name_that_was_not_made_here_opens_nothing(tmp_path: Path, name: str):
    blobs = LocalBlobs(tmp_path / "blobs")
    blobs.put(io.BytesIO(b""))

    with pytest.raises(NotFound), blobs.path(name):
        pass
    with pytest.raises(NotFound):
        blobs.delete(name)


def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path):
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(StorageError):
        LocalBlobs(tmp_path).put(Broken())  # type: ignore[arg-type]  # a stream that only breaks

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_gives_a_sentence(tmp_path: Path):
    (tmp_path / "blobs").write_text("in the way")

    with pytest.raises(StorageError):
        LocalBlobs(tmp_path / "blobs").put(io.BytesIO(b"x"))
