"""One draft with everything that files get wrong, read back from each kind of file."""

import io
import re
import zipfile
from xml.etree import ElementTree

import pytest

from tests.support.shipped import (
    CITED,
    CODE,
    EXPECTED,
    KINDS,
    TITLE,
    W,
    docx_part,
    full_draft,
    marks_in,
    notes_in,
    pdf_pages,
)
from writer.domain.actors import LOCAL_ACTOR as ME
from writer.services.drafts import Drafts
from writer.services.exports import Exports
from writer.typesetting import PandocTypesetter, TypstTypesetter
from writer.typesetting.reference import with_our_look


@pytest.fixture
def exports(sqlite_stores):
    drafts = Drafts(sqlite_stores.drafts, sqlite_stores.sources)
    return Exports(drafts, {"docx": PandocTypesetter(), "pdf": TypstTypesetter()})


@pytest.fixture
def made(sqlite_stores, exports):
    draft = full_draft(sqlite_stores, ME)
    return lambda kind, style="footnotes": exports.export(draft.id, kind, ME, style).content


@pytest.mark.parametrize("kind", KINDS)
def test_citations_and_their_order_are_the_same_in_every_kind_of_file(kind, made):
    content = made(kind)

    assert [int(mark) for mark in marks_in(kind, content)] == EXPECTED
    assert len(notes_in(kind, content)) == CITED
    assert notes_in(kind, content) == notes_in("markdown", made("markdown"))


def _words(kind, content):
    if kind == "docx":
        return "".join(t.text or "" for t in docx_part(content, "document").iter(f"{W}t"))
    if kind == "pdf":
        return " ".join(" ".join(pdf_pages(content)).split())
    if kind == "epub":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xhtml"))
    return content.decode()


@pytest.mark.parametrize("kind", ["html", "docx", "pdf", "epub", "text"])
def test_title_code_placeholders_and_gaps_are_there_as_they_were_written(kind, made):
    import html

    words = html.unescape(_words(kind, made(kind)))

    assert TITLE in words.replace("\u00a0", " ")
    assert (" ".join(CODE.split()) if kind == "pdf" else CODE) in words
    assert "Image: " in words
    assert "Far away" in words
    assert "Not in the sources." in words
    assert "prices for 2026" in words
    assert "open ended" in words
    assert "Once more" in words


def test_word_files_have_real_headings_lists_tables_footnotes_and_pictures(made):
    content = made("docx")
    body = docx_part(content, "document")
    styles = [style.get(f"{W}val") for style in body.iter(f"{W}pStyle")]

    assert styles.count("Title") == 1
    assert styles.count("Heading1") == 5
    assert styles.count("Heading2") == 1
    assert {"SourceCode", "BlockText"} <= set(styles)
    assert len(list(body.iter(f"{W}tbl"))) == 1
    assert len(list(body.iter(f"{W}numPr"))) >= 3
    names = [mark.get(f"{W}name") for mark in body.iter(f"{W}bookmarkStart")]
    assert len(names) == len(set(names))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert [name for name in package.namelist() if name.startswith("word/media/")]
        assert "Georgia" in package.read("word/styles.xml").decode()


def test_the_same_note_cited_again_is_a_field_that_leads_to_it(made):
    body = docx_part(made("docx"), "document")
    fields = [field.get(f"{W}instr") for field in body.iter(f"{W}fldSimple")]

    assert [re.findall(r"note_\d+", field)[0] for field in fields] == ["note_2", "note_1", "note_40", "note_21"]


def test_a_pdf_is_tagged_and_has_its_title_fonts_bookmarks_and_page_numbers(made):
    import pypdfium2

    content = made("pdf")
    with pypdfium2.PdfDocument(content) as document:
        assert document.is_tagged()
        assert document.get_metadata_value("Title") == TITLE
        outline = [item.get_title() for item in document.get_toc()]
        assert outline.count("Results") == 3
    assert b"/FontFile3" in content or b"/FontFile2" in content
    assert all(page.split()[-1] == str(number) for number, page in enumerate(pdf_pages(content), start=1))


def test_an_e_book_has_what_the_standard_asks_for_and_every_link_leads_somewhere(made):
    with zipfile.ZipFile(io.BytesIO(made("epub"))) as book:
        first = book.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert book.read("mimetype") == b"application/epub+zip"
        pages = {
            name: book.read(name).decode() for name in book.namelist() if name.endswith((".xhtml", ".opf", ".xml"))
        }
        files = set(book.namelist())
    for page in pages.values():
        ElementTree.fromstring(page)  # well-formed, or it raises
    package = pages["EPUB/book.opf"]
    assert {f"EPUB/{href}" for href in re.findall(r'<item [^>]*href="([^"]+)"', package)} | {
        "mimetype",
        "META-INF/container.xml",
        "EPUB/book.opf",
    } == files
    assert re.search(r"dcterms:modified\">\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ<", package)
    anchors = {(name, anchor) for name, page in pages.items() for anchor in re.findall(r' id="([^"]+)"', page)}
    for name, page in pages.items():
        assert len(re.findall(r' id="', page)) == len({a for n, a in anchors if n == name})
        for file, anchor in re.findall(r'href="([^":#]*)#([^"]+)"', page):
            assert (f"EPUB/{file}" if file else name, anchor) in anchors


def test_a_web_page_needs_nothing_else_and_its_notes_lead_back(made):
    page = made("html").decode()

    assert "<script" not in page
    assert not re.findall(r'(?:src|srcset)="(?!data:)', page)
    assert "url(" not in page
    assert "@media print" in page
    anchors = re.findall(r' id="([^"]+)"', page)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(anchors)
    assert page.count("Back to the text") == CITED + 4


@pytest.mark.parametrize("kind", ["markdown", "html", "docx", "pdf", "epub", "text"])
def test_author_and_date_stand_in_the_text_and_each_source_once_in_the_list(kind, made):
    words = _words(kind, made(kind, "author-date"))

    assert words.count("(A. Moon 2024a, p. 1)") == 1
    assert "(A. Moon 2024b, p. 1; A. Moon 2024a, p. 1)" in words
    assert "Sources" in words
    assert len(re.findall(r"A\. Moon 2024[a-h]: Report [A-H]", words)) == 8


def test_links_in_the_text_lead_to_the_source(made):
    page = made("html", "links").decode()

    assert page.count('href="https://reports.example/r?a=1&amp;b=2"') == CITED + 4
    assert "note-1" not in page


def test_a_word_file_does_not_say_when_its_reference_was_made():
    def reference(stamp):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as parts:
            parts.writestr(zipfile.ZipInfo("word/theme/theme1.xml", stamp), b"<theme/>")
        return made.getvalue()

    assert with_our_look(reference((2024, 1, 1, 9, 0, 0))) == with_our_look(reference((2026, 2, 3, 10, 0, 2)))


def test_the_same_draft_makes_the_same_bytes(sqlite_stores):
    draft = full_draft(sqlite_stores, ME)
    drafts = Drafts(sqlite_stores.drafts, sqlite_stores.sources)
    once, again = (Exports(drafts, {"docx": PandocTypesetter(), "pdf": TypstTypesetter()}) for _ in range(2))

    for kind in ("html", "epub", "text", "pdf", "docx"):
        assert once.export(draft.id, kind, ME).content == again.export(draft.id, kind, ME).content
