"""Web pages, EPUB, RTF and CSV."""

import pytest

from tests.documents.packages import chapter, epub_of
from writer.documents.limits import Limits
from writer.domain.errors import SourceRefused

LONG = "The tide rises by four metres in spring, and pilots wait for high water before they bring ships in. " * 3
PAGE = f"""<!DOCTYPE html><html><head><title>Tides of the north - The Gauge</title>
<link rel="canonical" href="https://gauge.example/tides">{{head}}</head><body>
<nav><a href="/">Home</a><a href="/about">About us</a></nav>
<article><h1>Tides of the north</h1><p>{LONG}</p><h2>Causes</h2><p>The <b>moon</b> pulls. {LONG}</p>
<ul><li>Spring</li><li>Neap<ol><li>first</li></ol></li></ul>
<table><tr><th>Port</th><th>Range</th></tr><tr><td>Riga</td><td>0.3 m</td></tr></table>
<blockquote><p>Water waits for nobody.</p></blockquote></article>
<footer>Copyright 1999 The Gauge. All rights reserved.</footer><script>alert("no")</script></body></html>"""


def shape(document):
    return [(block.kind, block.level, block.text) for block in document.blocks]


def page(head: str = "") -> bytes:
    return PAGE.replace("{head}", head).encode()


def test_a_web_page_is_its_article_with_headings_lists_tables_and_quotes(read):
    document = read("tides.html", page())

    assert [(kind, level, text[:30]) for kind, level, text in shape(document)] == [
        ("heading", 1, "Tides of the north"),
        ("paragraph", 0, LONG[:30]),
        ("heading", 2, "Causes"),
        ("paragraph", 0, ("The moon pulls. " + LONG)[:30]),
        ("list", 0, "- Spring\n- Neap\n  1. first"),
        ("table", 0, "Port | Range\nRiga | 0.3 m"),
        ("quote", 0, "Water waits for nobody."),
    ]
    assert (document.title, document.canonical_url) == ("Tides of the north", "https://gauge.example/tides")


@pytest.mark.parametrize(
    ("head", "authors", "published"),
    [
        ("", "", ""),
        ('<meta name="author" content="Ada Example">', "Ada Example", ""),
        ('<meta property="article:author" content="https://social.example/ada">', "", ""),
        ('<meta property="article:published_time" content="2024-05-03T10:00:00Z">', "", "2024-05-03"),
        ('<meta name="citation_publication_date" content="2024/05/03">', "", "2024-05-03"),
        ('<meta name="date" content="last Tuesday">', "", ""),
        (
            '<script type="application/ld+json">{"@graph": [{"@type": "Person", "author": "Not"},'
            '{"@type": "NewsArticle", "datePublished": "2024-05-03",'
            '"author": [{"name": "Ada Example"}, "Bo Moon"]}]}</script>',
            "Ada Example, Bo Moon",
            "2024-05-03",
        ),
        ('<script type="application/ld+json">{broken</script>', "", ""),
        ('<script type="application/ld+json">' + "[" * 5000 + "</script>", "", ""),
    ],
)
def test_author_and_day_are_what_the_page_states_and_never_guessed_from_its_text(read, head, authors, published):
    document = read("tides.html", page(head))

    assert (document.authors, document.published) == (authors, published)


def test_a_page_that_is_no_article_is_read_whole_but_for_what_stands_around_it(read):
    document = read("list.html", b"<body><nav>Home</nav><h1>Ports</h1>Riga<br>and <i>Danzig</i><div>Reval</div></body>")

    assert shape(document) == [
        ("heading", 1, "Ports"),
        ("paragraph", 0, "Riga and Danzig"),
        ("paragraph", 0, "Reval"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        '<meta charset="windows-1252"><h1>Cafés</h1><p>Ölhäfen — naïve</p>'.encode("cp1252"),
        '<meta charset="nonsense"><h1>Cafés</h1><p>Ölhäfen — naïve</p>'.encode(),
        '<meta charset="iso-8859-5"><h1>Cafés</h1><p>Ölhäfen — naïve</p>'.encode("utf-8-sig"),
        "<h1>Cafés</h1><p>Ölhäfen — naïve</p>".encode("utf-16"),
    ],
)
def test_a_page_is_decoded_as_it_says_unless_its_bytes_say_otherwise(read, content):
    assert read("x.html", content).text == "Cafés\n\nÖlhäfen — naïve"


def test_a_hundred_thousand_nested_elements_end_in_a_sentence_or_in_text(read):
    content = b"<html><body>" + b"<div>" * 100_000 + b"deep down" + b"</div>" * 100_000 + b"</body></html>"

    with pytest.raises(SourceRefused, match="holds no text"):
        read("deep.html", content)


def test_nested_lists_and_tables_by_the_ten_thousand_end_in_bounded_time(read):
    for tags in ("<ul><li>", "<table><tr><td>", "<blockquote>"):
        with pytest.raises(SourceRefused):
            read("deep.html", (tags * 30_000).encode())


def test_a_book_is_its_chapters_in_the_order_of_its_spine_with_their_headings(read):
    chapters = {
        "two.xhtml": chapter("<h1>Second</h1><p>Of the moon.</p>"),
        "one a.xhtml": chapter("<p>Of the sun.<br/>And the sea.</p>", title="First"),
    }
    book = epub_of(chapters, spine='<itemref idref="c1"/><itemref idref="c0"/>')

    document = read("tides.epub", book)

    assert shape(document) == [
        ("heading", 1, "First"),
        ("paragraph", 0, "Of the sun. And the sea."),
        ("heading", 1, "Second"),
        ("paragraph", 0, "Of the moon."),
    ]
    assert (document.title, document.authors, document.published) == ("A Book of Tides", "Ada Example", "1901")


def test_a_chapter_without_headings_is_headed_by_its_title(read):
    document = read("x.epub", epub_of({"a.xhtml": chapter("<p>Text.</p>", "One"), "b.xhtml": chapter("<p>More.</p>")}))

    assert shape(document) == [("heading", 1, "One"), ("paragraph", 0, "Text."), ("paragraph", 0, "More.")]


def test_scrambled_fonts_do_not_lock_a_book_and_locked_chapters_do(read):
    enc = '<encryption><EncryptedData><CipherReference URI="OEBPS/{}"/></EncryptedData></encryption>'
    chapters = {"a.xhtml": chapter("<p>Text.</p>")}

    assert read("x.epub", epub_of(chapters, encryption=enc.format("font.otf"))).text == "Text."
    with pytest.raises(SourceRefused, match="copy-protected"):
        read("x.epub", epub_of(chapters, encryption=enc.format("a.xhtml")))


def test_a_spine_that_leads_out_of_the_package_finds_nothing(read):
    chapters = {"../../../../etc/passwd": chapter("<p>In the package.</p>"), "a.xhtml": chapter("<p>Text.</p>")}

    assert "root:" not in read("x.epub", epub_of(chapters)).text


def test_rtf_gives_its_text_with_accents_lists_tables_and_stated_facts(read):
    content = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}"
        rb"{\info{\title On Tides}{\author Ada Example}{\creatim\yr2024\mo5\dy3}}"
        rb"{\pict\pngblip 89504e47}The Harbour\par The caf\'e9 by the quay opened in 1802, \u8212 ? and stayed.\par "
        rb"\bullet  Spring\par \bullet  Neap\par \trowd\cellx1\cellx2 Port\cell Range\cell\row}"
    )

    document = read("x.rtf", content)

    assert shape(document) == [
        ("heading", 2, "The Harbour"),
        ("paragraph", 0, "The café by the quay opened in 1802, — and stayed."),
        ("list", 0, "• Spring\n• Neap"),
        ("table", 0, "Port | Range"),
    ]
    assert (document.title, document.authors, document.published) == ("On Tides", "Ada Example", "2024-05-03")


@pytest.mark.parametrize(
    ("content", "first"),
    [
        ("Port,Year\nRiga,1879\n", "Port: Riga; Year: 1879"),
        ('Port;Year;Note\n"Dan;zig";1879;"two\nlines"\n', "Port: Dan;zig; Year: 1879; Note: two lines"),
        ("Port\tYear\nRiga\t1879\n", "Port: Riga; Year: 1879"),
        ("Riga,1879\nDanzig,1880\n", "Riga; 1879"),
        ("Port,Year,\nRiga,,seen\n", "Port: Riga; seen"),
        ("Only one column\nRiga\n", "Only one column"),
    ],
)
def test_rows_of_a_table_are_lines_that_can_be_read_by_themselves(read, content, first):
    assert read("ports.csv", content.encode()).text.splitlines()[0] == first


def test_a_table_with_too_many_rows_is_refused_and_a_large_one_comes_in_blocks(read):
    rows = "Port,Year\n" + "".join(f"Port {n},{n}\n" for n in range(1000))

    assert [block.text.count("\n") + 1 for block in read("x.csv", rows.encode()).blocks] == [200] * 5
    with pytest.raises(SourceRefused, match="more than 999 rows"):
        read("x.csv", rows.encode(), Limits(rows=999))


def test_a_quote_that_never_ends_in_a_table_is_a_sentence(read):
    with pytest.raises(SourceRefused, match="never ends"):
        read("x.csv", b'a,b\n1,"' + b"x" * 200_000)
