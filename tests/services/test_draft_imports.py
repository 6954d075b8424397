import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.shipped import full_draft
from writer.documents.reader import IsolatedReader
from writer.domain.actors import LOCAL_ACTOR as ME
from writer.domain.errors import SourceRefused
from writer.domain.sources import Block
from writer.services.draft_imports import DraftImports, markdown_of, markdown_parts
from writer.services.drafts import Drafts
from writer.services.exports import Exports
from writer.services.exports.parsing import parse
from writer.typesetting import PandocTypesetter


@pytest.fixture
def drafts(sqlite_stores):
    return Drafts(sqlite_stores.drafts, sqlite_stores.sources)


@pytest.fixture
def imports(drafts):
    return DraftImports(drafts, IsolatedReader())


def test_markdown_keeps_its_markup_and_its_headings_become_sections(imports, drafts):
    matter = "---\ntitle: 'Heat: a #1 story'\ntags: [a]\n---\n\n"
    text = matter + "Lead *text*.\n\n## One\n\nA [link](https://a.example).\n\n## Two\n\n- b\n"

    draft = imports.take("notes/heat.md", io.BytesIO(text.encode()), ME)

    assert draft.title == "Heat: a #1 story"
    assert [(s.role, s.heading, s.text) for s in draft.sections] == [
        ("introduction", "Introduction", "Lead *text*."),
        ("body", "One", "A [link](https://a.example)."),
        ("body", "Two", "- b"),
    ]
    newest = drafts.versions(draft.id, ME)[0]
    assert (newest.origin.kind, newest.note) == ("imported", "Imported from heat.md")


def test_a_note_goes_to_the_section_that_has_its_mark(imports):
    text = "# T\n\n## One\n\nA[^1].\n\n## Two\n\nB[^2] and[^1].\n\n[^1]: First.\n\n[^2]: Second\n    and more.\n"

    draft = imports.take("t.md", io.BytesIO(text.encode()), ME)

    assert draft.sections[0].text == "A[^1].\n\n[^1]: First."
    assert draft.sections[1].text.startswith("B[^2] and[^1].\n\n[^2]: Second\n    and more.")


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("# A\n\nText", "A", "Text"),
        ("Text", "", "Text"),
        ("# A\n\n# B\n\n## C\n\n```\n# code\n```", "A", "## B\n\n### C\n\n```\n# code\n```"),
        ("---\ntitle: A\n---\n# A\n\nText", "A", "Text"),
        ("---\na: &x 1\ntitle: A & B\n---\nText", "A & B", "Text"),
        ("---\n\nnot front matter\n", "", "---\n\nnot front matter"),
        ("\n\n", "", ""),
    ],
)
def test_the_title_is_told_from_the_text(text, title, body):
    assert markdown_parts(text) == (title, body)


def test_a_word_file_that_writer_made_comes_back_as_the_same_words(sqlite_stores, drafts, imports):
    made = Exports(drafts, {"docx": PandocTypesetter()}).export(full_draft(sqlite_stores, ME).id, "docx", ME)

    draft = imports.take("Heat.docx", io.BytesIO(made.content), ME)

    assert draft.title.startswith('Heat: what "sea water" gives #1')
    assert [s.heading for s in draft.sections if s.role == "body"][:3] == [
        "Results",
        "Results",
        "Wörter: other scripts",
    ]
    assert draft.sections[-1].heading == "Notes"
    assert "Passage 1" in draft.sections[-1].text
    assert "| Pipe | Flow |" in draft.sections[2].text


def test_a_web_page_becomes_a_draft_and_its_scripts_do_not(imports):
    page = (
        "<html><head><title>Heat</title></head><body><h1>Heat</h1><script>x()</script><p>One &lt;b&gt; *two*.</p>"
        + ("<h2>More</h2><ul><li>a</li><li>b</li></ul><p>" + "Words of a page. " * 30 + "</p></body></html>")
    )

    draft = imports.take("page.html", io.BytesIO(page.encode()), ME)

    assert draft.title == "Heat"
    assert "x()" not in str(draft.sections)
    assert draft.sections[0].text.startswith(r"One \<b\> \*two\*.")
    assert draft.sections[1].heading == "More"


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.pdf", b"%PDF-1.4", "cannot become a draft"),
        ("a.docx", b"no zip", "a.docx"),
        ("a.md", "ä".encode("latin-1") + b" text", "UTF-8"),
        ("a.md", b"", "empty"),
        ("", b"x", "cannot become a draft"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_reason_and_leaves_no_draft(name, data, why, imports, drafts):
    with pytest.raises(SourceRefused, match=why):
        imports.take(name, io.BytesIO(data), ME)

    assert drafts.listing(ME) == []


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=60)
    | st.text("-=+#.)1 *_&lt;[]()!`~^:|", max_size=20)
)
def test_words_of_a_document_are_words_again_and_never_markup(words):
    made = markdown_of([Block("paragraph", words)], "")

    shown = parse(made).blocks

    assert len(shown) <= 1
    text = "".join(getattr(inline, "text", "?") for block in shown for inline in block.inside)
    assert text.split() == words.split()
