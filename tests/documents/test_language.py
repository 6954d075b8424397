from pathlib import Path

import pytest

from tests.documents.packages import chapter, docx_of, epub_of, odt_of, w_p
from writer.documents.language import detected, primary
from writer.documents.reader import IsolatedReader

TEXTS = {
    "en": "The tide rises by four metres in the spring, and the pilots wait for high water before they bring one in. ",
    "de": "Die Flut steigt im Frühling um vier Meter, und die Lotsen warten auf hohes Wasser, bevor sie fahren. ",
    "fr": "La marée monte de quatre mètres au printemps, et les pilotes attendent la pleine mer avant le port. ",
    "es": "La marea sube cuatro metros en primavera y los prácticos esperan la pleamar antes de entrar en el puerto. ",
    "nl": "Het tij stijgt in het voorjaar met vier meter en de loodsen wachten op hoogwater voordat schepen komen. ",
}


@pytest.mark.parametrize("language", TEXTS)
def test_the_language_of_a_text_is_detected(language: str):
    assert detected(TEXTS[language] * 4) == language


@pytest.mark.parametrize("text", ["", "The tide rises.", "12 34 56 — 78, 90; " * 200])
def test_too_little_text_has_no_language(text: str):
    assert detected(text) == ""


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en", "en"), ("en-GB", "en"), ("DE_at", "de"), ("zh-Hant-TW", "zh"), ("und", ""), ("", ""), ("English", "")],
)
def test_a_stated_tag_becomes_a_primary_one(tag: str, language: str):
    assert primary(tag) == language


@pytest.fixture
def read_bytes(read):
    return lambda name, content: read(name, content).language


def read_page(folder: Path, content: str, kind: str, name: str):
    file = folder / name
    file.write_text(content, encoding="utf-8")
    return IsolatedReader().read(file, kind, name).language


def test_what_a_page_states_comes_before_what_its_text_looks_like(tmp_path: Path):
    page = f"<html lang='fr-CA'><head><title>T</title></head><body><p>{TEXTS['en'] * 4}</p></body></html>"
    assert read_page(tmp_path, page, "html", "p.html") == "fr"
    assert read_page(tmp_path, page.replace(" lang='fr-CA'", ""), "html", "q.html") == "en"
    assert read_page(tmp_path, TEXTS["de"] * 4, "text", "r.txt") == "de"
    assert read_page(tmp_path, "Kurz.", "text", "s.txt") == ""


def test_books_and_office_documents_state_their_language(read_bytes):
    assert read_bytes("t.docx", docx_of(w_p("The tide."))) == "de"
    assert read_bytes("t.odt", odt_of("<text:p>The tide.</text:p>")) == "en"
    assert read_bytes("t.epub", epub_of({"a.xhtml": chapter("<p>The tide.</p>")})) == "sv"
