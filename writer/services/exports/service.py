"""Drafts as files to take away. Each is made when it is asked for, and kept a while under what it was made from."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from writer.domain.actors import Actor
from writer.domain.document_model import Article
from writer.domain.drafts import Draft, DraftSummary
from writer.domain.errors import ExportFailed, UserMistake
from writer.domain.ports.typesetting import Typesetter
from writer.domain.text import slug
from writer.security.render import plain
from writer.services.drafts import Drafts
from writer.services.exports.book import book_of
from writer.services.exports.front_matter import DIALECTS, with_front_matter
from writer.services.exports.markdown import body_of
from writer.services.exports.page import page_of
from writer.services.exports.parsing import parse
from writer.services.exports.provenance import provenance_json
from writer.services.exports.text import text_of

MOST_KEPT_BYTES = 64_000_000
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Format:
    label: str
    suffix: str
    media_type: str


_MARKDOWN = "text/markdown; charset=utf-8"
FORMATS: Mapping[str, Format] = {
    "markdown": Format("Markdown", "md", _MARKDOWN),
    "docx": Format("Word (DOCX)", "docx", _WORD),
    "pdf": Format("PDF", "pdf", "application/pdf"),
    "html": Format("Web page (HTML)", "html", "text/html; charset=utf-8"),
    "epub": Format("E-book (EPUB)", "epub", "application/epub+zip"),
    "text": Format("Plain text", "txt", "text/plain; charset=utf-8"),
    "hugo": Format("Markdown for Hugo", "md", _MARKDOWN),
    "jekyll": Format("Markdown for Jekyll", "md", _MARKDOWN),
    "astro": Format("Markdown for Astro", "md", _MARKDOWN),
    "json": Format("JSON with provenance", "json", "application/json"),
}


@dataclass(frozen=True, slots=True)
class Exported:
    """`filename` is ASCII and safe on every system."""

    filename: str
    media_type: str
    content: bytes

    @property
    def is_text(self) -> bool:
        return self.media_type.startswith("text/") or self.media_type == "application/json"


def filename_of(draft: Draft | DraftSummary, format: str) -> str:
    """Jekyll takes a post's date from its name."""
    name = f"{draft.slug or slug(draft.title)}.{FORMATS[format].suffix}"
    return f"{draft.updated_at:%Y-%m-%d}-{name}" if format == "jekyll" else name


class Exports:
    def __init__(self, drafts: Drafts, engines: Mapping[str, Typesetter] | None = None) -> None:
        """`engines` by format: "docx" and "pdf"."""
        self._drafts = drafts
        self._engines = engines or {}
        self._shelf = Shelf(MOST_KEPT_BYTES)

    def export(self, draft_id: str, format: str, by: Actor, style: str = "footnotes") -> Exported:
        """Raises UserMistake for an unknown format or style, ExportFailed where an engine lacks or gives up."""
        draft = self._drafts.open(draft_id, by)
        if format not in FORMATS:
            raise UserMistake(
                f"“{plain(format, 40)}” is not a format to export to: choose one of {', '.join(FORMATS)}."
            )
        content = self._provenance(draft, by) if format == "json" else self._made(draft, format, style)
        return Exported(filename_of(draft, format), FORMATS[format].media_type, content)

    def why_not(self, format: str) -> str:
        """ "" for a format that can be made here; else a sentence that says what is missing."""
        if format not in ("docx", "pdf"):
            return ""
        engine = self._engines.get(format)
        return engine.why_not() if engine else f"This Writer has no engine for {FORMATS[format].label}."

    def _provenance(self, draft: Draft, by: Actor) -> bytes:
        return provenance_json(draft, self._drafts.references(draft), self._drafts.versions(draft.id, by)).encode()

    def _made(self, draft: Draft, format: str, style: str) -> bytes:
        body = body_of(draft, self._drafts.references(draft), style)
        if format in DIALECTS:
            return with_front_matter(body, draft, format).encode()
        facts = (format, draft.id, draft.title, draft.description, draft.brief.language, str(draft.updated_at), body)
        key = hashlib.sha256("\0".join(facts).encode()).hexdigest()
        return self._shelf.kept(key, lambda: self._typeset(_article(draft, body), format, draft.id))

    def _typeset(self, article: Article, format: str, draft_id: str) -> bytes:
        match format:
            case "html":
                return page_of(article).encode()
            case "text":
                return text_of(article).encode()
            case "epub":
                return book_of(article, draft_id)
        reason = self.why_not(format)
        if reason:
            raise ExportFailed(reason)
        return self._engines[format].typeset(article)


def _article(draft: Draft, body: str) -> Article:
    parsed = parse(body)
    return Article(
        title=plain(draft.title, 1000),
        blocks=parsed.blocks,
        notes=parsed.notes,
        language=_language(draft.brief.language),
        changed_at=draft.updated_at,
        description=plain(draft.description, 1000),
    )


def _language(stated: str) -> str:
    """A tag that readers of files understand."""
    parts = [part for part in stated.replace("_", "-").split("-") if part.isascii() and part.isalnum()]
    return "-".join(parts) if parts and 2 <= len(parts[0]) <= 3 else "und"


class Shelf:
    """Files by what they were made from: the longest unused goes first when there is no more room."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._files: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def kept(self, key: str, make: Callable[[], bytes]) -> bytes:
        with self._lock:
            if key in self._files:
                self._files.move_to_end(key)
                return self._files[key]
        made = make()
        with self._lock:
            self._files[key] = made
            while sum(map(len, self._files.values())) > self._most:
                self._files.popitem(last=False)
        return made
