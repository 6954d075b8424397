"""Texts that try to be more than text: nothing in a draft is code, markup or an address for the engines."""

import io
import re
import socket
import zipfile

import pytest
from lxml.html import document_fromstring as html_tree

from tests.services.test_drafts import a_draft, a_source
from tests.support.shipped import W, docx_part, pdf_pages
from writer.domain.actors import LOCAL_ACTOR as ME
from writer.domain.drafts import Section
from writer.domain.errors import ExportFailed, UserMistake
from writer.services.drafts import Drafts
from writer.services.exports import FORMATS, Exports
from writer.services.exports.parsing import parse
from writer.services.exports.service import Shelf
from writer.typesetting import PandocTypesetter, TypstTypesetter

SECRET = "the-secret-of-this-machine"


@pytest.fixture
def drafts(sqlite_stores):
    return Drafts(sqlite_stores.drafts, sqlite_stores.sources)


@pytest.fixture
def exports(drafts):
    return Exports(drafts, {"docx": PandocTypesetter(), "pdf": TypstTypesetter()})


def attacks(secret_file):
    return {
        "raw html": "```{=html}\n<script>alert(1)</script>\n```\n\n`<b onclick=x>`{=html}",
        "raw openxml": "```{=openxml}\n<w:p><w:r><w:t>INJECTED</w:t></w:r></w:p>\n```\n\n`<w:br/>`{=openxml}",
        "metadata": f"---\ntitle: INJECTED\nbibliography: {secret_file}\ninclude-before: {secret_file}\n---\n\ntext",
        "typst": f'#read("{secret_file}") #import "@preview/x:1.0.0": * #{{ panic("INJECTED") }} $ sqrt(2) $ <a> @b',
        "end of a string": f'"); read("{secret_file}"); (" \\" \\\\" \\u{{22}} ',
        "tex": rf"\input{{{secret_file}}} \write18{{id}} $\\input{{{secret_file}}}$",
        "include": f"!include {secret_file}\n\n{{{{< include {secret_file} >}}}}\n\n{{% include {secret_file} %}}",
        "file image": f"![x]({secret_file}) ![y](file://{secret_file}) <img src='{secret_file}'>",
        "remote image": "![x](https://images.example/a.png) ![y][z]\n\n[z]: https://images.example/b.png",
        "svg image": "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+)",
        "no picture": "![x](data:image/png;base64,AAAA)",
        "script link": "[x](javascript:alert(1)) [y](data:text/html,x) [z](file:///etc/passwd)",
        "field code": 'DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc" {INCLUDETEXT "x"}',
        "note of itself": "A[^a].\n\n[^a]: see [^a] and [^b]\n\n[^b]: see [^a]",
        "controls": "a\x01b\x0bc\ufffed",
    }


@pytest.mark.parametrize("name", list(attacks("")))
def test_what_looks_like_code_stays_text_in_every_file(name, sqlite_stores, exports, tmp_path):
    secret_file = tmp_path / "secret.txt"
    secret_file.write_text(SECRET)
    text = attacks(secret_file.as_posix())[name]
    draft = a_draft(sqlite_stores, Section("s1", f"Heading {text.splitlines()[0][:60]}", text), title=f"T {text[:80]}")

    made = {kind: exports.export(draft.id, kind, ME).content for kind in FORMATS}

    for kind, content in made.items():
        assert SECRET not in _unpacked(kind, content), kind
    page = html_tree(made["html"].decode())
    assert not [e.tag for e in page.iter() if e.tag in ("script", "iframe", "svg", "object", "link", "base", "form")]
    assert not [name for e in page.iter() for name in e.attrib if name.startswith("on")]
    addresses = [e.get(name, "") for e in page.iter() for name in ("href", "src")]
    assert all(re.match(r"(?:https?:|#|data:image/|mailto:|$)", address) for address in addresses)
    assert not [e.get("src") for e in page.iter("img")]
    body = docx_part(made["docx"], "document")
    assert "INJECTED" not in [text.text for text in body.iter(f"{W}t")]
    assert not list(body.iter(f"{W}instrText"))


def _unpacked(kind, content):
    if kind in ("docx", "epub"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return "".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())
    return "".join(pdf_pages(content)) if kind == "pdf" else content.decode()


def test_word_files_refer_to_nothing_outside_but_links(sqlite_stores, exports, tmp_path):
    text = attacks(str(tmp_path))["file image"] + "\n\n" + attacks("")["remote image"]
    draft = a_draft(sqlite_stores, Section("s1", "One", text))

    with zipfile.ZipFile(io.BytesIO(exports.export(draft.id, "docx", ME).content)) as package:
        related = package.read("word/_rels/document.xml.rels").decode()

    outside = [one for one in related.split("<Relationship ") if 'TargetMode="External"' in one]
    assert all("relationships/hyperlink" in one for one in outside)


def test_no_engine_asks_the_network(sqlite_stores, exports, monkeypatch):
    """Names that lead nowhere and a listener that counts: nobody comes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, address)
        text = (
            f'![x]({address}/a.png)\n\n<img src="{address}/b.png">\n\n#import "@preview/x:1.0.0": *\n\n[l]({address}/c)'
        )
        draft = a_draft(sqlite_stores, Section("s1", "One", text))

        for kind in FORMATS:
            exports.export(draft.id, kind, ME)

        with pytest.raises(BlockingIOError):
            listener.accept()


def test_hugo_runs_no_shortcode_and_jekyll_no_liquid(sqlite_stores, exports):
    text = '{{< figure src="x" >}} {{% raw %}} {{<never closed\n\n```\n{{< code >}}\n```\n\n{% include x %}'
    draft = a_draft(sqlite_stores, Section("s1", "One", text))

    hugo = exports.export(draft.id, "hugo", ME).content.decode()
    jekyll = exports.export(draft.id, "jekyll", ME)

    assert '{{</* figure src="x" */>}}' in hugo
    assert "{{%/* raw */%}}" in hugo
    assert "{{</* code */>}}" in hugo
    assert "{{<never" not in hugo
    assert "render_with_liquid: false" in jekyll.content.decode()
    assert jekyll.filename.endswith("-tides.md")


def test_without_an_engine_a_sentence_says_what_to_install_and_the_rest_works(sqlite_stores, drafts):
    exports = Exports(drafts, {"docx": PandocTypesetter(lambda: ""), "pdf": TypstTypesetter("no_such_module")})
    draft = a_draft(sqlite_stores, Section("s1", "One", "Text."))

    for kind, missing in (("docx", "Pandoc"), ("pdf", "Typst")):
        assert missing in exports.why_not(kind)
        with pytest.raises(ExportFailed, match=f"{missing}, which is not installed here"):
            exports.export(draft.id, kind, ME)
    for kind in set(FORMATS) - {"docx", "pdf"}:
        assert exports.why_not(kind) == ""
        assert exports.export(draft.id, kind, ME).content


def test_an_engine_that_fails_is_told_of_in_a_sentence(sqlite_stores, drafts):
    exports = Exports(drafts, {"docx": PandocTypesetter(lambda: "/bin/false")})
    draft = a_draft(sqlite_stores, Section("s1", "One", "Text."))

    with pytest.raises(ExportFailed, match="could not be made"):
        exports.export(draft.id, "docx", ME)


def test_a_text_that_no_font_can_set_is_refused_with_the_script_named(sqlite_stores, exports):
    draft = a_draft(sqlite_stores, Section("s1", "One", "\U00012000\U00012001\U00012002 " * 200))

    with pytest.raises(ExportFailed, match="cannot set Cuneiform"):
        exports.export(draft.id, "pdf", ME)
    assert exports.export(draft.id, "docx", ME).content


def test_an_unknown_style_is_refused(sqlite_stores, exports):
    draft = a_draft(sqlite_stores, Section("s1", "One", f"A [[S{a_source(sqlite_stores).id}.p1]]."))

    with pytest.raises(UserMistake, match="“apa” is not a style"):
        exports.export(draft.id, "html", ME, "apa")


def test_a_deleted_source_is_named_in_each_style(sqlite_stores, exports):
    draft = a_draft(sqlite_stores, Section("s1", "One", "A [[S99.p1]]."))

    for style in ("footnotes", "author-date", "links"):
        assert "source deleted" in exports.export(draft.id, "text", ME, style).content.decode()


def test_files_are_kept_up_to_a_size_and_the_longest_unused_goes_first():
    shelf, made = Shelf(250), []

    def making(name):
        return lambda: (made.append(name), bytes(100))[1]

    for name in ("a", "b", "a", "c", "a", "b"):
        shelf.kept(name, making(name))

    assert made == ["a", "b", "c", "b"]


def test_two_headings_with_one_name_have_two_anchors_and_no_level_is_left_out():
    blocks = parse("## A\n\n#### B\n\n## A\n\n## A 2\n\n###### C").blocks

    assert [(b.level, b.anchor) for b in blocks] == [(1, "s-a"), (2, "s-b"), (1, "s-a-2"), (1, "s-a-2-2"), (2, "s-c")]


def test_two_marks_at_one_word_do_not_read_as_one_number(sqlite_stores, exports):
    sea, moon = a_source(sqlite_stores, "Sea"), a_source(sqlite_stores, "Moon")
    draft = a_draft(sqlite_stores, Section("s1", "One", f"A [[S{sea.id}.p1, S{moon.id}.p1]]."))

    assert "A[1],[2]." in exports.export(draft.id, "text", ME).content.decode()


def test_the_writers_own_footnotes_and_code_that_looks_like_them_stay(sqlite_stores, exports):
    text = "Mine[^1].\n\n[^1]: My own.\n\n```\n[^1] [[S1.p1]]\n```"
    draft = a_draft(sqlite_stores, Section("s1", "One", text))

    plain = exports.export(draft.id, "text", ME).content.decode()

    assert "Mine[1]." in plain
    assert "    [^1] [[S1.p1]]" in plain
    assert "[1] My own." in plain
