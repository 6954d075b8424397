"""Bad files of every packed and marked-up kind: one sentence each, in bounded time and memory."""

import os

import pytest

from tests.documents.packages import (
    BILLION_LAUGHS,
    XXE,
    chapter,
    docx_of,
    epub_of,
    locked_zip,
    odt_of,
    understated,
    w_p,
    zip_bomb,
    zipped,
)
from tests.documents.pdfs import pdf_of
from writer.documents.limits import Limits
from writer.domain.errors import SourceRefused

A_DOCX = docx_of(w_p("A page of words."))
AN_ODT = odt_of("<text:p>A page of words.</text:p>")
AN_EPUB = epub_of({"a.xhtml": chapter("<p>A page of words.</p>")})
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + os.urandom(600)
LOCKED_ODT = odt_of("", manifest="<manifest><file-entry><encryption-data/></file-entry></manifest>")
A_PDF = pdf_of([[(12, "A page with enough words on it to be read as text.")]])


@pytest.mark.parametrize(
    ("filename", "content", "says"),
    [
        *((f"empty.{kind}", b"", "is empty") for kind in ("docx", "odt", "epub", "html", "rtf", "csv")),
        ("cut.docx", A_DOCX[: len(A_DOCX) // 2], "broken"),
        ("cut.odt", AN_ODT[: len(AN_ODT) // 2], "broken"),
        ("cut.epub", AN_EPUB[:-30], "broken"),
        ("cut.rtf", rb"{\rtf1{\a{\b{\c{\d The harbour was built", "is cut off"),
        ("locked.docx", OLD_OFFICE, "password-protected"),
        ("locked2.docx", locked_zip(A_DOCX), "password-protected"),
        ("locked.odt", LOCKED_ODT, "password-protected"),
        ("locked.epub", locked_zip(AN_EPUB), "password-protected"),
        ("book.docx", AN_EPUB, "is not a Word document: it holds an EPUB"),
        ("text.epub", AN_ODT, "is not an EPUB: it holds an OpenDocument text"),
        ("text.odt", A_DOCX, "is not an OpenDocument text"),
        ("other.docx", zipped({"a.txt": "words"}), "is not a Word document"),
        ("other.epub", zipped({"a.txt": "words"}), "is not an EPUB"),
        ("sheet.odt", zipped({"content.xml": "<a/>"}), "no text document"),
        ("paper.docx", A_PDF, "is not a Word document: it holds a PDF"),
        ("paper.html", A_PDF, "holds a PDF"),
        ("page.html", b"Just words, none of them a tag.", "is not a web page"),
        ("page.rtf", b"<html>", "is not an RTF document"),
        ("rows.csv", A_DOCX, "holds a ZIP archive"),
        ("laughs.docx", docx_of(w_p("&h;"), prolog=BILLION_LAUGHS), "XML entities"),
        ("laughs.odt", odt_of("<text:p>&h;</text:p>", prolog=BILLION_LAUGHS), "XML entities"),
        ("laughs.epub", epub_of({"a.xhtml": chapter("<p>x</p>")}, prolog=BILLION_LAUGHS), "XML entities"),
        ("outside.docx", docx_of(w_p("&a;"), prolog=XXE), "XML entities"),
        ("outside.odt", odt_of("<text:p>&a;</text:p>", prolog=XXE), "XML entities"),
        ("bomb.docx", zip_bomb("docx", 300), "would unpack to 300 MB"),
        ("bomb.epub", zip_bomb("application/epub+zip", 50, "OEBPS/a.xhtml"), "would unpack to 50 MB"),
        ("many.docx", zipped({f"{n}": b"" for n in range(10_001)}), "10,001 parts"),
        ("malformed.docx", docx_of("<w:p>"), "broken"),
        ("lies.docx", understated(A_DOCX, "word/document.xml"), "broken"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence_that_says_why(read, filename, content, says):
    with pytest.raises(SourceRefused) as refused:
        read(filename, content)

    assert says in str(refused.value)
    assert len(str(refused.value)) < 260
    assert "Traceback" not in str(refused.value)


def test_entities_in_the_chapters_of_a_book_are_neither_expanded_nor_read_from_disk(read):
    laughing = BILLION_LAUGHS + "<html><body><p>Before &h; after.</p></body></html>"
    reaching = XXE + "<html><body><p>Before &a; after.</p></body></html>"

    text = read("x.epub", epub_of({"a.xhtml": laughing, "b.xhtml": reaching})).text

    assert "lollol" not in text
    assert "root:" not in text
    assert text.count("Before") == 2


def test_entities_in_a_web_page_are_neither_expanded_nor_read_from_disk(read):
    text = read("x.html", (XXE + "<html><body><p>Before &a; after.</p></body></html>").encode()).text

    assert "Before &a; after." in text
    assert "root:" not in text


def test_a_part_that_is_too_large_by_itself_is_refused_unread(read):
    with pytest.raises(SourceRefused, match="far more text"):
        read("x.docx", docx_of(w_p("words " * 5_000)), Limits(part_bytes=2_000))


def test_packed_text_that_unpacks_to_more_than_one_piece_may_hold_is_refused(read):
    with pytest.raises(SourceRefused, match="more text than Writer reads"):
        read("x.docx", docx_of(w_p("words " * 500)), Limits(characters=1_000))


def test_half_a_gigabyte_is_refused_by_its_size_alone(tmp_path):
    from writer.documents.reader import IsolatedReader

    path = tmp_path / "big.docx"
    with path.open("wb") as sparse:
        sparse.write(b"PK\x03\x04")
        sparse.truncate(500_000_000)

    with pytest.raises(SourceRefused, match="has 500 MB; Writer reads up to 50 MB"):
        IsolatedReader().read(path, "docx", "big.docx")


@pytest.mark.parametrize("kind", ["docx", "odt", "epub", "rtf", "html", "csv"])
def test_noise_of_any_kind_is_one_sentence(read, kind):
    for head in (b"PK\x03\x04", b"{\\rtf1 ", b"<html>", b""):
        with pytest.raises(SourceRefused):
            read(f"noise.{kind}", head + b"\x00\x01" * 3_000)
