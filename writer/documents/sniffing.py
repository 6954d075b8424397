"""What a file is, by its first bytes and its name together: neither alone is believed."""

import re
from pathlib import PurePath

from writer.domain.errors import SourceRefused
from writer.domain.kinds import READABLE, SUFFIX_OF, SUFFIXES

HEAD_BYTES = 8192
"""How much of a file `sniff` wants to see."""

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"%PDF-", "a PDF"),
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
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTAINERS = {"docx": "a Word document", "odt": "an OpenDocument text", "epub": "an EPUB"}
_MIME_TYPE = re.compile(rb"mimetype(application/[\w.+-]+)")
_MIME_MARKS = (("epub", b"application/epub+zip"), ("odt", b"application/vnd.oasis.opendocument.text"))
_TAG = re.compile(rb"<(?:!doctype|!--|\?xml|[a-z][a-z0-9]{0,15}[\s/>])", re.IGNORECASE)
_UNICODE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b")
_MAX_CONTROL_SHARE = 0.01


def sniff(filename: str, head: bytes) -> str:
    """The kind of document, as in `writer.domain.kinds`. Raises SourceRefused with the reason in one sentence."""
    name = shown(filename)
    suffix = PurePath(filename).suffix.lower()
    kind = SUFFIXES.get(suffix)
    if suffix == ".doc":
        raise SourceRefused(f"{name} is in Word's old format. Save it as .docx, then add it again.")
    if kind is None:
        raise SourceRefused(f"{name} cannot be read: Writer reads {READABLE}.")
    if not head:
        raise SourceRefused(f"{name} is empty.")
    if kind in _CONTAINERS:
        _refuse_other_containers(name, kind, head)
    elif kind == "pdf":
        _refuse_unlike(name, "a PDF", head, b"%PDF-" in head[:1024])
    elif kind == "rtf":
        _refuse_unlike(name, "an RTF document", head, head.lstrip()[:5].startswith(b"{\\rtf"))
    else:
        _refuse_binary(name, head)
        if kind == "html" and not _TAG.search(head.replace(b"\x00", b"")):
            raise SourceRefused(f"{name} is not a web page: it holds no HTML. Check the file's name.")
    return kind


def _refuse_unlike(name: str, what: str, head: bytes, is_it: bool) -> None:
    if not is_it:
        raise SourceRefused(f"{name} is not {what}: it holds {_what(head) or 'something else'}. Check the file's name.")


def _refuse_other_containers(name: str, kind: str, head: bytes) -> None:
    """Their first part says what EPUB and OpenDocument are; Word's package is looked into when it is read."""
    if head.startswith(_OLD_OFFICE):
        raise SourceRefused(
            f"{name} is password-protected, or in Word's old format. Save it without a password as {SUFFIX_OF[kind]}."
        )
    _refuse_unlike(name, _CONTAINERS[kind], head, head.startswith(b"PK\x03\x04"))
    inside = _MIME_TYPE.search(head[:300])
    found = next((k for k, mark in _MIME_MARKS if inside and inside.group(1).startswith(mark)), "")
    if found and found != kind:
        raise SourceRefused(f"{name} is not {_CONTAINERS[kind]}: it holds {_CONTAINERS[found]}. Check the file's name.")


def _refuse_binary(name: str, head: bytes) -> None:
    if what := _what(head):
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
