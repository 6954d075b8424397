"""A draft that has everything which files get wrong, and what each kind of file says its citations are."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from xml.etree import ElementTree

from writer.domain.actors import Actor
from writer.domain.briefs import Brief
from writer.domain.drafts import Draft, Gap, Origin, Section
from writer.domain.sources import Document, NewPassage, NewSource
from writer.storage import Stores

TITLE = 'Heat: what "sea water" gives #1 – 20 °C & more 🌊'
DOT = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNg+M/wHwAEAQH/7yMKggAAAABJRU5Erk"
    "JggmCC"
)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
CITED = 40
CODE = 'print("[^1] # not a heading")  # \\ {{ site.title }}'


def full_draft(stores: Stores, by: Actor) -> Draft:
    """Forty passages of eight sources; three are cited again; headings twice; a table, code, pictures, scripts."""
    sources = [_source(stores, by, f"Report {letter}: pipes_and *pumps*") for letter in "ABCDEFGH"]
    ids = [f"S{sources[n % 8]}.p{n // 8 + 1}" for n in range(CITED)]
    cited = [f"Sentence {n} of this draft [[{id_}]]." for n, id_ in enumerate(ids, start=1)]
    sections = (
        Section("i", "Introduction", " ".join(cited[:5]), role="introduction"),
        Section("s1", "Results", " ".join(cited[5:15]) + f"\n\nBoth again [[{ids[1]}, {ids[0]}]]."),
        Section("s2", "Results", _furniture(cited[15:20])),
        Section("s3", "Wörter: other scripts", _scripts(cited[20:25])),
        Section("s4", "Left open", "", gap=Gap(("prices for 2026",), ("heat pump prices",))),
        Section("s5", "A fence that nothing closes", " ".join(cited[25:30]) + "\n\n```\nopen ended"),
        Section("c", "Conclusion", " ".join(cited[30:]) + f" Once more [[{ids[39]}; {ids[20]}]].", role="conclusion"),
    )
    draft = stores.drafts.create(by.user, Brief("Sea water heat"), TITLE)
    return stores.drafts.save(draft.id, draft.revision, Origin("person", by.user), title=TITLE, sections=sections)


def _source(stores: Stores, by: Actor, title: str) -> int:
    new = NewSource("text", title, "r.txt", digest=title, url="https://reports.example/r?a=1&b=2", authors="A. Moon")
    source = stores.sources.add(by.user, new)
    passages = [NewPassage(n, f"Passage {n} <of> {title}.", (), n, 0, 10, f"{title}{n}") for n in range(1, 6)]
    stores.sources.put_document(source.id, Document(title, (), "", authors="A. Moon", published="2024-05-01"), passages)
    return source.id


def _furniture(cited: list[str]) -> str:
    return (
        f"| Pipe | Flow |\n|---|--:|\n| {cited[0]} | 12 |\n| {cited[1]} | 3 |\n\n```python\n{CODE}\n```\n\n"
        f"- {cited[2]}\n- second\n  1. {cited[3]}\n\n> {cited[4]}\n\n![A dot]({DOT})\n\n"
        "![Far away](https://images.example/far.png)\n\n<script>alert(1)</script>"
    )


def _scripts(cited: list[str]) -> str:
    return f"### Results\n\n{' '.join(cited)}\n\nمرحبا بالعالم\n\nשלום עולם\n\nIn Chinese 漢字, and 😀."


def marks_in(kind: str, content: bytes) -> list[str]:
    """The numbers of the notes as a reader meets them in the text, from top to bottom."""
    return _READERS[kind](content)


def _markdown(content: bytes) -> list[str]:
    text = re.sub(r"^\[\^\d+\]: .*$|^```.*?^```$", "", content.decode(), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"\[\^(\d+)\]", text)


def _html(content: bytes) -> list[str]:
    return re.findall(r'<sup id="mark-[\d-]+"><a href="[^"]*#note-\d+"[^>]*>(\d+)</a>', content.decode())


def _text(content: bytes) -> list[str]:
    body = content.decode().partition("\nNotes\n-----")[0].replace("print(", "\x00")
    return re.findall(r"\[(\d+)\]", re.sub("\x00.*", "", body))


def _epub(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        package = book.read("EPUB/book.opf").decode()
        names = dict(re.findall(r'<item id="(x\d+)" href="([^"]+)"', package))
        order = [names[one] for one in re.findall(r'<itemref idref="(x\d+)"', package)]
        return [mark for name in order for mark in _html(book.read(f"EPUB/{name}"))]


def _docx(content: bytes) -> list[str]:
    """Word counts footnotes by itself; a field repeats the number of one that is there."""
    marks: list[str] = []
    first = 0
    for element in docx_part(content, "document").iter():
        if element.tag == f"{W}footnoteReference":
            first += 1
            marks.append(str(first))
        elif element.tag == f"{W}fldSimple":
            marks.append("".join(text.text or "" for text in element.iter(f"{W}t")))
    return marks


def _pdf(content: bytes) -> list[str]:
    return re.findall(r"(?:draft|again|more|,)\s?(\d+)(?=\s?[.,])", _pdf_body(content))


def _pdf_body(content: bytes) -> str:
    """Without the footnotes at the foot of each page: those begin with their number."""
    pages = [" ".join(page.split()) for page in pdf_pages(content)]
    return " ".join(re.split(r"\s\d+Report [A-H]:", page)[0] for page in pages)


def docx_part(content: bytes, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return ElementTree.fromstring(package.read(f"word/{name}.xml"))


def pdf_pages(content: bytes) -> list[str]:
    import pypdfium2

    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def notes_in(kind: str, content: bytes) -> list[str]:
    """What each note says, in order, as plain words."""
    words = _NOTES[kind](content)
    return [" ".join(re.sub(r"\\(?=[*_\[\]<>\\`])", "", note).split()) for note in words]


def _markdown_notes(content: bytes) -> list[str]:
    found = re.findall(r"^\[\^\d+\]: (.*)$", content.decode(), re.MULTILINE)
    return [re.sub(r"(?<!\\)<(https[^>]*)>", r"\1", note) for note in found]


def _html_notes(content: bytes) -> list[str]:
    import html

    found = re.findall(r'id="note-\d+"[^>]*>\s*(.*?)</(?:li|aside)>', content.decode(), re.DOTALL)
    bare = [re.sub(r"<a [^>]*Back to the text.*$", "", note, flags=re.DOTALL) for note in found]
    return [re.sub(r"^\s*\d+\. ", "", html.unescape(re.sub(r"<[^>]+>", "", note))) for note in bare]


def _epub_notes(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return _html_notes(book.read("EPUB/notes.xhtml"))


def _text_notes(content: bytes) -> list[str]:
    return re.findall(r"^\[\d+\] (.*)$", content.decode().partition("\nNotes\n-----")[2], re.MULTILINE)


def _docx_notes(content: bytes) -> list[str]:
    notes = docx_part(content, "footnotes").findall(f"{W}footnote")
    return ["".join(t.text or "" for t in note.iter(f"{W}t")) for note in notes if note.get(f"{W}type") is None]


def _pdf_notes(content: bytes) -> list[str]:
    text = " ".join(" ".join(page.split()) for page in pdf_pages(content))
    return re.findall(r"(?<=\d)(Report [A-H]: .*?”)", text)


_READERS: Mapping[str, Callable[[bytes], list[str]]] = {
    "markdown": _markdown,
    "hugo": _markdown,
    "jekyll": _markdown,
    "astro": _markdown,
    "html": _html,
    "text": _text,
    "epub": _epub,
    "docx": _docx,
    "pdf": _pdf,
}
_NOTES: Mapping[str, Callable[[bytes], list[str]]] = {
    "markdown": _markdown_notes,
    "hugo": _markdown_notes,
    "jekyll": _markdown_notes,
    "astro": _markdown_notes,
    "html": _html_notes,
    "text": _text_notes,
    "epub": _epub_notes,
    "docx": _docx_notes,
    "pdf": _pdf_notes,
}
KINDS = tuple(_READERS)
EXPECTED = [*range(1, 16), 2, 1, *range(16, 41), 40, 21]
MOMENT = datetime(2026, 1, 2, tzinfo=UTC)
