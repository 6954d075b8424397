"""What a file is, by its first bytes and its name together: neither alone is believed."""

from pathlib import PurePath

from writer.domain.errors import SourceRefused

HEAD_BYTES = 8192
"""How much of a file `sniff` wants to see."""

_KINDS = {
    ".txt": "text",
    ".text": "text",
    ".log": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdown": "markdown",
    ".pdf": "pdf",
}

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x7fELF", "a program"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"OggS", "an audio file"),
    (b"fLaC", "an audio file"),
    (b"ID3", "an audio file"),
)
# Two letters, or bytes that text may well begin with: believed only where the rest is binary too.
_WEAK_SIGNATURES = ((b"MZ", "a program"), (b"BM", "a bitmap image"), (b"RIFF", "an audio or video file"))
_UNICODE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b")
_MAX_CONTROL_SHARE = 0.01


def sniff(filename: str, head: bytes) -> str:
    """The kind of document ("text", "markdown" or "pdf"). Raises SourceRefused with the reason in one sentence."""
    name = shown(filename)
    kind = _KINDS.get(PurePath(filename).suffix.lower())
    if kind is None:
        raise SourceRefused(f"{name} cannot be read: Writer reads PDF, Markdown (.md) and plain text (.txt).")
    if not head:
        raise SourceRefused(f"{name} is empty.")
    is_pdf = b"%PDF-" in head[:1024]
    if kind == "pdf" and not is_pdf:
        raise SourceRefused(f"{name} is not a PDF: it holds {_what(head) or 'something else'}. Check the file's name.")
    if kind != "pdf":
        _refuse_binary(name, head, head.startswith(b"%PDF-"))
    return kind


def _refuse_binary(name: str, head: bytes, is_pdf: bool) -> None:
    what = "a PDF" if is_pdf else _what(head)
    if what:
        raise SourceRefused(f"{name} is not text: it holds {what}. Check the file's name.")
    if is_binary(head):
        raise SourceRefused(f"{name} is not text: it holds binary data.")


def _what(head: bytes) -> str:
    certain = next((what for mark, what in _SIGNATURES if head.startswith(mark)), "")
    if certain or not is_binary(head):
        return certain
    return next((what for mark, what in _WEAK_SIGNATURES if head.startswith(mark)), "binary data")


def is_binary(data: bytes) -> bool:
    """Whether more than one byte in a hundred is NUL or a control character that text does not have."""
    if data.startswith(_UNICODE_MARKS):
        return False
    controls = sum(1 for byte in data if byte < 32 and byte not in _TEXT_CONTROLS)
    return controls > len(data) * _MAX_CONTROL_SHARE


def shown(filename: str) -> str:
    """A file's name as sentences quote it: without folders and control characters, not too long."""
    name = "".join(c for c in PurePath(filename.replace("\\", "/")).name if c.isprintable())
    if not name:
        return "The text"
    return f"“{name if len(name) <= 80 else name[:60] + '…' + name[-15:]}”"
