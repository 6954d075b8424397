"""Word, OpenDocument and EPUB files made by hand, as good and as bad as the tests need them."""

import io
import zipfile
from collections.abc import Mapping
from urllib.parse import quote

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OD = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "style", "meta", "draw")
)
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'

BILLION_LAUGHS = (
    "<?xml version='1.0'?><!DOCTYPE lolz [<!ENTITY a 'lol'>"
    + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
XXE = "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"


def zipped(parts: Mapping[str, str | bytes], *, stored_first: bool = False) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for n, (name, content) in enumerate(parts.items()):
            how = zipfile.ZIP_STORED if stored_first and n == 0 else zipfile.ZIP_DEFLATED
            package.writestr(name, content, how)
    return made.getvalue()


def w_p(text: str, style: str = "", more: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{more}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def w_item(text: str, number: int = 1, depth: int = 0) -> str:
    return w_p(text, more=f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


def w_table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<w:tc>{w_p(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


STYLES = f"""<w:styles {W}>
<w:style w:styleId="Titre1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="Titre2"><w:name w:val="heading 2"/></w:style>
<w:style w:styleId="Mine"><w:name w:val="My chapter"/><w:basedOn w:val="Titre1"/></w:style>
<w:style w:styleId="Circle"><w:name w:val="Circle"/><w:basedOn w:val="Circle"/></w:style>
<w:style w:styleId="Zitat"><w:name w:val="Intense Quote"/></w:style>
<w:style w:styleId="Bild"><w:name w:val="caption"/></w:style>
</w:styles>"""

NUMBERING = f"""<w:numbering {W}>
<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
</w:numbering>"""


def docx_of(
    body: str, *, title: str = "", author: str = "", modified: str = "", prolog: str = "", more: Mapping[str, str] = {}
) -> bytes:
    core = (
        f"<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator><dcterms:modified>{modified}</dcterms:modified>"
        "<dc:language>de-CH</dc:language>"
    )
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f"{prolog}<w:document {W}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": STYLES,
            "word/numbering.xml": NUMBERING,
            "docProps/core.xml": f"<coreProperties {DC}>{core}</coreProperties>",
            **more,
        }
    )


def odt_of(body: str, *, prolog: str = "", manifest: str = "<manifest/>") -> bytes:
    facts = (
        "<dc:title>The tides</dc:title><meta:initial-creator>Ada Example</meta:initial-creator>"
        "<dc:date>2024-05-03T10:00:00</dc:date><dc:language>en-GB</dc:language>"
    )
    styles = '<style:style style:name="P1" style:parent-style-name="Title"/>'
    content = (
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"{prolog}<office:document-content {OD}>{content}</office:document-content>",
            "meta.xml": f"<office:document-meta {OD} {DC}><office:meta>{facts}</office:meta></office:document-meta>",
            "META-INF/manifest.xml": manifest,
        },
        stored_first=True,
    )


def epub_of(chapters: Mapping[str, str | bytes], *, prolog: str = "", encryption: str = "", spine: str = "") -> bytes:
    items = "".join(
        f'<item id="c{n}" href="{quote(name)}" media-type="application/xhtml+xml"/>' for n, name in enumerate(chapters)
    )
    order = spine or "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    told = "<dc:title>A Book of Tides</dc:title><dc:creator>Ada Example</dc:creator><dc:date>1901</dc:date>"
    told += "<dc:language>sv-FI</dc:language>"
    parts: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfile full-path="OEBPS/book.opf"/></container>',
        "OEBPS/book.opf": (
            f"{prolog}<package {DC}><metadata>{told}</metadata>"
            f"<manifest>{items}</manifest><spine>{order}</spine></package>"
        ),
        **{f"OEBPS/{name}": content for name, content in chapters.items()},
    }
    if encryption:
        parts["META-INF/encryption.xml"] = encryption
    return zipped(parts, stored_first=True)


def chapter(body: str, title: str = "") -> str:
    head = f"<head><title>{title}</title></head>" if title else "<head><title/></head>"
    return f'<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">{head}<body>{body}</body></html>'


def locked_zip(content: bytes) -> bytes:
    """The same package with the flag of encryption set on each part, as archivers with a password leave it."""
    made = bytearray(content)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = made.find(mark)
        while place >= 0:
            made[place + at] |= 1
            place = made.find(mark, place + 4)
    return bytes(made)


def zip_bomb(name: str, megabytes: int, inside: str = "word/document.xml") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml" if name == "docx" else "mimetype", name)
        with package.open(inside, "w", force_zip64=True) as part:
            for _ in range(megabytes):
                part.write(b" " * 1_000_000)
    return made.getvalue()


def understated(content: bytes, part: str, size: int = 100) -> bytes:
    """A package whose directory says that a part unpacks to `size` bytes only."""
    made = bytearray(content)
    place = made.rfind(part.encode()) - 46
    assert made[place : place + 4] == b"PK\x01\x02"
    made[place + 24 : place + 28] = size.to_bytes(4, "little")
    return bytes(made)
