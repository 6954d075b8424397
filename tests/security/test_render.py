from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.security.payloads import EVERYTHING, EVIL, IMAGES
from writer.security.render import CitationView, as_html, as_markdown, plain, render_markdown, without_remote_images

TAGS = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "code",
    "hr",
    "a",
    "img",
    "span",
}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}
TAGS |= {"br", "sub", "sup", "b", "i", "em", "strong", "u", "s", "del", "ins", "mark", "kbd", "small"}
PNG = "data:image/png;base64,iVBORw0KGgo="


class Page(HTMLParser):
    """What a browser would make of it: tags, attributes, and the text that a reader sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data):
        self.text += data

    def of(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def known(passage_id):
    return CitationView(1, f'"{passage_id}" <b>of</b> a title', f"/sources?passage={passage_id}")


def assert_safe(html):
    for tag, attributes in Page(html).tags:
        assert tag in TAGS
        assert set(attributes) <= {"href", "title", "rel", "src", "alt", "class", "start"}
        assert attributes.get("href", "#")[:1] in "#/?" or attributes["href"].startswith(
            ("http://", "https://", "mailto:")
        )
        assert not attributes.get("href", "").startswith("//")
        assert attributes.get("src", PNG).startswith("data:image/")
        assert "svg" not in attributes.get("src", "")
        if "href" in attributes:
            assert attributes["rel"] == "noopener noreferrer nofollow"


@pytest.mark.parametrize("payload", EVERYTHING)
def test_every_prefix_of_a_hostile_text_renders_to_harmless_tags(payload):
    text = f"Before {payload} after"
    for end in range(len(text) + 1):
        assert_safe(render_markdown(text[:end], citation=known))


@given(
    st.lists(
        st.sampled_from([*EVERYTHING, "\n\n", "`", "```\n", "[", "](", "<", ">", "[[S1.p1]]", '"', "\\"]), max_size=6
    )
)
def test_hostile_texts_joined_in_any_order_stay_harmless(pieces):
    assert_safe(render_markdown("".join(pieces), citation=known))


@given(st.text(max_size=200))
def test_any_text_at_all_renders_to_harmless_tags(text):
    assert_safe(render_markdown(text, citation=known))


@pytest.mark.parametrize("payload", IMAGES)
def test_no_image_from_elsewhere_is_loaded_and_its_address_stays_readable(payload):
    page = Page(render_markdown(payload))

    assert page.of("img") == []
    assert EVIL in page.text or "data:" in page.text


@pytest.mark.parametrize("payload", IMAGES[:8])
def test_an_image_becomes_a_placeholder_that_names_its_address(payload):
    html = render_markdown(payload)

    assert 'class="blocked-image"' in html
    assert "Image not loaded" in Page(html).text
    assert "q=secret" in Page(html).text


def test_an_image_inside_the_text_itself_is_shown():
    assert Page(render_markdown(f"![a chart]({PNG})")).of("img") == [{"src": PNG, "alt": "a chart"}]


def test_a_citation_is_built_from_our_tables_with_a_link_to_its_passage():
    html = render_markdown("Ice melts [[S7.p12]].", citation=known)

    assert '<sup class="citation"><a href="/sources?passage=S7.p12"' in html
    assert Page(html).of("a")[0]["title"] == '"S7.p12" <b>of</b> a title'
    assert Page(html).text.strip() == "Ice melts 1."


def test_several_passages_in_one_token_become_several_numbers():
    views = {"S7.p12": CitationView(1, "one"), "S3.p4": CitationView(2, "two")}

    html = render_markdown("Both [[S7.p12, S3.p4]].", citation=views.get)

    assert html.strip() == (
        '<p>Both <sup class="citation" title="one">1</sup><sup class="citation" title="two">2</sup>.</p>'
    )


def test_an_unknown_passage_is_shown_as_a_question_mark_and_its_neighbour_stays():
    html = render_markdown("So [[S7.p12, S9.p9]].", citation={"S7.p12": CitationView(1, "one")}.get)

    assert Page(html).text.strip() == "So 1?."
    assert 'class="citation unknown"' in html


def test_a_definition_in_the_text_cannot_turn_a_citation_into_a_link():
    html = render_markdown(f"Fact [[S7.p12]].\n\n[S7.p12]: https://{EVIL}/", citation=known)

    assert EVIL not in html


def test_html_in_the_text_cannot_forge_a_citation():
    html = render_markdown('<sup class="citation"><a href="https://evil.example">1</a></sup>', citation=known)

    assert Page(html).of("a") == []
    assert all("class" not in attributes for attributes in Page(html).of("sup"))


def test_a_half_streamed_citation_is_not_shown_yet():
    assert Page(render_markdown("Ice melts [[S7.p1")).text.strip() == "Ice melts"


def test_citations_in_code_stay_as_they_are():
    assert "<code>[[S7.p12]]</code>" in render_markdown("`[[S7.p12]]`", citation=known)


def test_ordinary_markdown_renders_as_expected():
    html = render_markdown("# A\n\n**b** *i* [l](https://ok.example) H<sub>2</sub>O<br>x\n\n| a |\n|---|\n| 1 |")

    for expected in (
        "<h1>A</h1>",
        "<strong>b</strong>",
        "<em>i</em>",
        'href="https://ok.example"',
        "<sub>2</sub>",
        "<br>",
    ):
        assert expected in html
    assert "<td>1</td>" in html


def test_templates_in_the_text_survive_literally():
    text = "{{7*7}} {{lipsum}} {0.name!r} %s ${7}"

    assert Page(render_markdown(text)).text.strip() == text


@pytest.mark.parametrize("payload", EVERYTHING)
def test_exported_markdown_loads_no_image_and_runs_nothing_in_a_strangers_viewer(payload):
    exported = without_remote_images(f"Before\n\n{payload}\n\nafter")

    tokens = [t for b in MarkdownIt("js-default", {"html": True}).parse(exported) for t in (b, *(b.children or []))]
    assert not [token for token in tokens if token.type == "image"]
    assert not [
        t for t in tokens if t.type.startswith("html") and t.content.strip("</>\n ") not in ("b", "sub", "sup", "br")
    ]


def test_code_survives_an_export_unchanged():
    text = "Use `![alt](src)`:\n\n```html\n<img src=x>\n![y](z)\n```\n"

    assert without_remote_images(text) == text


def test_names_lose_what_would_deceive_the_eye():
    assert plain("safe\u202egnp.exe\nsecond\x00line\u200b") == "safe gnp.exe second line"
    assert plain("x" * 400) == "x" * 299 + "…"


@pytest.mark.parametrize("payload", EVERYTHING)
def test_a_title_is_text_in_html_and_in_markdown(payload):
    in_html, in_markdown = (
        Page(f'<p title="{as_html(payload, 9999)}">{as_html(payload, 9999)}</p>'),
        as_markdown(payload, 9999),
    )

    assert [tag for tag, _ in in_html.tags] == ["p"]
    page = Page(MarkdownIt("js-default", {"html": True}).render(f"# {in_markdown}"))
    assert [tag for tag, _ in page.tags] == ["h1"]
    assert page.text.strip() == plain(payload, 9999)


@pytest.mark.parametrize(
    "storm",
    [
        "[" * 300_000,
        "![" * 100_000,
        "[[S1.p1" * 50_000,
        "".join("`" * n + " " for n in range(400)),
        "<img " * 50_000,
        "*a " * 20_000,
    ],
    ids=["brackets", "images", "tokens", "backticks", "tags", "stars"],
)
def test_a_text_made_to_hold_up_the_parser_is_done_before_the_tests_time_is_up(storm):
    assert_safe(render_markdown(storm))
    assert without_remote_images(storm)


def test_brackets_beyond_reason_are_still_shown():
    assert Page(render_markdown("[" * 2001)).text.strip() == "[" * 2001
