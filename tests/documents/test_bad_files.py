"""Each bad file is one sentence, and nothing else happens."""

import os

import pytest

from tests.documents.pdfs import encrypted_pdf, pdf_of, scanned_pdf
from writer.documents.limits import Limits
from writer.documents.sniffing import shown, sniff
from writer.domain.errors import SourceRefused

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200)
ARCHIVE = b"PK\x03\x04\x14\x00" + os.urandom(200)
A_PDF = pdf_of([[(12, "A page with enough words on it to be read as text.")]])


@pytest.mark.parametrize(
    ("filename", "content", "says"),
    [
        ("empty.txt", b"", "is empty"),
        ("empty.pdf", b"", "is empty"),
        ("blank.txt", b" \n\t \n", "holds no text"),
        ("holiday.txt", PNG, "holds a PNG image"),
        ("holiday.pdf", PNG, "is not a PDF: it holds a PNG image"),
        ("setup.md", PROGRAM, "holds a program"),
        ("report.txt", ARCHIVE, "holds a ZIP archive"),
        ("report.pdf", ARCHIVE, "is not a PDF"),
        ("paper.txt", A_PDF, "holds a PDF"),
        ("letter.pages", b"PK\x03\x04", "Writer reads PDF, Word (.docx), OpenDocument (.odt), EPUB, HTML, RTF, CSV"),
        ("letter.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Save it as .docx"),
        ("noise.txt", bytes(range(256)) * 8, "binary data"),
        ("text.pdf", b"only words here", "is not a PDF"),
        ("garbage.pdf", b"%PDF-1.7\n" + os.urandom(3000), "broken"),
        ("cut.pdf", A_PDF[: len(A_PDF) // 3], "broken"),
        ("locked.pdf", encrypted_pdf(), "password-protected"),
        ("scan.pdf", scanned_pdf(), "has no text layer"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence_that_says_why(read, filename, content, says):
    with pytest.raises(SourceRefused) as refused:
        read(filename, content)

    assert says in str(refused.value)
    assert "Traceback" not in str(refused.value)
    assert len(str(refused.value)) < 250


def test_the_encrypted_fixture_opens_with_its_password_so_the_refusal_is_about_the_password():
    import pypdfium2

    assert len(pypdfium2.PdfDocument(encrypted_pdf("secret"), password="secret")) == 1


def test_a_file_above_the_size_limit_is_refused_unread(read):
    with pytest.raises(SourceRefused, match="Writer reads up to 0 MB"):
        read("big.txt", b"words " * 1000, Limits(file_bytes=1000))


def test_a_pdf_with_too_many_pages_is_refused_with_the_number(read):
    with pytest.raises(SourceRefused, match="has 4 pages"):
        read("long.pdf", pdf_of([[(12, "A page of words.")]] * 4), Limits(pages=3))


def test_more_text_than_one_piece_may_hold_is_refused(read):
    with pytest.raises(SourceRefused, match="more text than Writer reads"):
        read("long.txt", b"words and words\n\n" * 100, Limits(characters=500))


def test_reading_that_needs_too_much_memory_ends_as_a_sentence(read):
    with pytest.raises(SourceRefused, match="memory"):
        read("large.txt", "words and 🙂 more words. ".encode() * 700_000, Limits(memory_bytes=90_000_000))


def test_reading_that_takes_too_long_is_stopped_with_a_sentence(read):
    with pytest.raises(SourceRefused, match="took longer than 1 s"):
        read("large.md", b"# A\n\n*one* two **three**\n\n" * 400_000, Limits(seconds=1))


@pytest.mark.parametrize("name", ["../../etc/passwd.txt", "a\x00b.txt", "C:\\x\\y.txt", "n" * 400 + ".txt"])
def test_hostile_names_are_shown_short_and_without_folders(name):
    quoted = shown(name)

    assert "/" not in quoted
    assert "\\" not in quoted
    assert "\x00" not in quoted
    assert len(quoted) < 90


def test_utf16_with_a_mark_is_text_although_half_of_it_is_nul():
    assert sniff("notes.txt", "Ein Text".encode("utf-16")) == "text"
