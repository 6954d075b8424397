"""EPUB 3: a zip of XHTML, one file for each section, notes in their own. The same draft makes the same bytes."""

import io
import uuid
import zipfile
from collections.abc import Sequence
from datetime import UTC
from itertools import groupby

from writer.domain.document_model import Article, Block, Heading, NoteMark, Picture, plain_text
from writer.services.exports.page import look
from writer.services.exports.web import Web, escaped, inlines_of, picture_name

_NAMESPACE = uuid.UUID("6f0f7c1e-5c77-4f7b-9a60-0c3f0a6d4b11")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="EPUB/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>\n'
)


def book_of(article: Article, identity: str) -> bytes:
    """`identity` stays the same over all editions of one draft."""
    files = _Files(article, identity)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        _add(book, "mimetype", b"application/epub+zip", zipfile.ZIP_STORED)
        _add(book, "META-INF/container.xml", _CONTAINER.encode())
        for name, content in files.all():
            _add(book, f"EPUB/{name}", content)
    return buffer.getvalue()


def _add(book: zipfile.ZipFile, name: str, content: bytes, how: int = zipfile.ZIP_DEFLATED) -> None:
    book.writestr(zipfile.ZipInfo(name, _EPOCH), content, how)


class _Files:
    def __init__(self, article: Article, identity: str) -> None:
        self._article = article
        self._identity = uuid.uuid5(_NAMESPACE, identity)
        self._chapters = _chapters(article.blocks)
        inlines = [inlines_of(chapter) for chapter in self._chapters]
        inlines += [inlines_of(note) for note in article.notes]
        pictures = [inline for chapter in inlines for inline in chapter if isinstance(inline, Picture)]
        self._pictures = list({picture.data: picture for picture in pictures}.values())
        homes = {
            (inline.number, inline.place): _chapter_name(number)
            for number, chapter in enumerate(inlines[: len(self._chapters)])
            for inline in chapter
            if isinstance(inline, NoteMark)
        }
        self._web = Web(
            top=2,
            is_book=True,
            pictures=[picture.data for picture in self._pictures],
            notes_in="notes.xhtml",
            marks_in=homes,
        )

    def all(self) -> list[tuple[str, bytes]]:
        pages = [("cover.xhtml", self._cover()), *self._texts()]
        files = [*pages, ("nav.xhtml", self._nav()), ("book.css", look("book.css")), ("book.opf", self._package())]
        pictures = [(picture_name(n, p.kind), p.data) for n, p in enumerate(self._pictures)]
        return [(name, text.encode()) for name, text in files] + pictures

    def _texts(self) -> list[tuple[str, str]]:
        """In reading order."""
        chapters = [(_chapter_name(n), self._web.blocks(chapter)) for n, chapter in enumerate(self._chapters)]
        if self._article.notes:
            chapters.append(("notes.xhtml", f'<h2 id="notes">Notes</h2>\n{self._web.notes(self._article)}'))
        return [(name, self._page(text, "bodymatter")) for name, text in chapters]

    def _cover(self) -> str:
        about = f"<p>{escaped(self._article.description)}</p>" if self._article.description else ""
        title = f'<h1 dir="auto">{escaped(self._article.title)}</h1>'
        return self._page(f'<section class="cover" epub:type="titlepage">{title}{about}</section>', "frontmatter")

    def _page(self, body: str, kind: str) -> str:
        language = escaped(self._article.language)
        direction = ' dir="rtl"' if self._article.is_right_to_left else ""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" '
            f'xmlns:epub="http://www.idpf.org/2007/ops" lang="{language}" xml:lang="{language}"{direction}>\n'
            f"<head><title>{escaped(self._article.title)}</title>"
            '<link rel="stylesheet" type="text/css" href="book.css"/></head>\n'
            f'<body epub:type="{kind}">\n{body}\n</body>\n</html>\n'
        )

    def _nav(self) -> str:
        entries = [
            (f"{_chapter_name(number)}#{block.anchor}", self._heading(block))
            for number, chapter in enumerate(self._chapters)
            for block in chapter
            if isinstance(block, Heading) and block.level == 1
        ]
        entries += [("notes.xhtml", "Notes")] if self._article.notes else []
        listed = "".join(
            f'<li><a href="{file}">{title}</a></li>' for file, title in [("cover.xhtml", self._title()), *entries]
        )
        return self._page(
            f'<nav epub:type="toc" id="toc"><h1>{self._title()}</h1><ol>{listed}</ol></nav>', "frontmatter"
        )

    def _title(self) -> str:
        return escaped(self._article.title)

    def _heading(self, heading: Heading) -> str:
        return escaped(plain_text(heading.inside).strip() or "—")

    def _package(self) -> str:
        names = ["cover.xhtml", *(name for name, _ in self._texts())]
        items = [f'<item id="x{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(names)]
        items += [
            f'<item id="p{n}" href="{picture_name(n, p.kind)}" media-type="image/{p.kind}"/>'
            for n, p in enumerate(self._pictures)
        ]
        spine = "".join(f'<itemref idref="x{n}"/>' for n in range(len(names)))
        turn = ' page-progression-direction="rtl"' if self._article.is_right_to_left else ""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
            f'unique-identifier="id">\n<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n{self._metadata()}'
            '</metadata>\n<manifest>\n<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" '
            'properties="nav"/>\n<item id="css" href="book.css" media-type="text/css"/>\n'
            f"{''.join(items)}\n</manifest>\n<spine{turn}>{spine}</spine>\n</package>\n"
        )

    def _metadata(self) -> str:
        changed = self._article.changed_at.astimezone(UTC)
        about = f"<dc:description>{escaped(self._article.description)}</dc:description>\n"
        return (
            f'<dc:identifier id="id">urn:uuid:{self._identity}</dc:identifier>\n<dc:title>{self._title()}</dc:title>\n'
            f"<dc:language>{escaped(self._article.language)}</dc:language>\n"
            + (about if self._article.description else "")
            + f'<meta property="dcterms:modified">{changed:%Y-%m-%dT%H:%M:%SZ}</meta>\n'
        )


def _chapter_name(number: int) -> str:
    return f"part-{number + 1}.xhtml"


def _chapters(blocks: Sequence[Block]) -> list[list[Block]]:
    """Cut before each heading of the first level."""
    count = 0
    numbered = []
    for block in blocks:
        count += isinstance(block, Heading) and block.level == 1
        numbered.append((count, block))
    return [[block for _, block in group] for _, group in groupby(numbered, key=lambda pair: pair[0])]
