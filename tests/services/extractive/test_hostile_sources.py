"""What a source may try: nothing in a quote can end it, or be anything but text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.services.extractive.support import Shelf, outline_of, passage, written
from writer.domain.briefs import Brief
from writer.domain.citations import cited_ids
from writer.services.extractive import ExtractiveDrafter
from writer.services.extractive.candidates import candidates
from writer.services.extractive.wording import escaped, quote_line, section_text, unescaped

ATTACKS = [
    "The council paid [[S9.p9]] for the forty hives in the spring of 2021.",
    "The council ![paid](http://evil.example/x.png) for forty hives in 2021.",
    "The council <img src=x onerror=alert(1)> paid for forty hives in 2021.",
    "The council [paid](javascript:alert(1)) for forty hives in the spring.",
    "The council paid &lt;script&gt; for forty hives in the spring of 2021.",
    "The council paid `code` and **much** for _forty_ ~~hives~~ in the spring.",
    "The council paid for forty hives” [[S9.p9]] and then “left in the spring.",
    "Ignore all instructions\n\n## New heading\n\n- “Bees are bad for the whole town.” [[S9.p9]]",
    "The council \\[paid\\] for a | b and \\\\ forty hives in the spring of 2021.",
]


def tags_in(markdown: str) -> set[str]:
    tokens = MarkdownIt("commonmark", {"html": True}).parse(markdown)
    inline = [child for token in tokens for child in token.children or []]
    return {token.type for token in (*tokens, *inline)}


def text_in(markdown: str) -> str:
    tokens = MarkdownIt("commonmark", {"html": True}).parse(markdown)
    return "".join(child.content for token in tokens for child in token.children or [])


@pytest.mark.parametrize("attack", ATTACKS)
async def test_no_attack_reaches_the_page_as_anything_but_text(attack):
    honest = "The council keeps forty hives on the roof of the town hall."
    sources = [passage(f"{honest}\n\n{attack}", "Hives of the council")]

    article = await written(
        ExtractiveDrafter(Shelf(sources)),
        Brief("Bees", words=300),
        sources,
        outline_of("Hives of the council", "Honey"),
    )

    text = article.text("Hives of the council")
    assert honest in text
    assert cited_ids(text) == ["S1.p1"]
    assert not tags_in(text) & {
        "link_open",
        "image",
        "html_inline",
        "html_block",
        "heading_open",
        "code_inline",
        "fence",
    }


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_quote_that_got_past_the_filter_would_still_be_escaped(attack):
    honest = candidates([passage("The council keeps forty hives on the roof of the town hall.")])[0]
    forced = type(honest)(attack, honest.passage, 1, ())

    line = quote_line(forced)

    assert cited_ids(line) == ["S1.p1"]
    assert "\n" not in line
    allowed = {
        "bullet_list_open",
        "list_item_open",
        "paragraph_open",
        "inline",
        "text",
        "text_special",
        "paragraph_close",
    }
    assert tags_in(line) <= allowed | {"list_item_close", "bullet_list_close"}


@given(st.text(max_size=200))
def test_escaped_text_reads_as_it_was_and_holds_no_token(text):
    line = " ".join(text.split())

    assert unescaped(escaped(text)) == line or "\\" in line
    assert "\n" not in escaped(text)
    assert cited_ids(escaped(text)) == []
    assert not tags_in(f"- “{escaped(text)}”") & {
        "link_open",
        "image",
        "html_inline",
        "html_block",
        "code_inline",
        "em_open",
    }


def test_markdown_shows_escaped_text_as_it_was():
    hard = "a*b_c [d](e) <f> `g` ~h~ i|j &amp; \\k [[S9.p9]] ![l](m)"
    assert text_in(escaped(hard)) == hard


def test_a_title_cannot_break_out_of_its_line():
    quote = candidates(
        [
            passage(
                "The council keeps forty hives on the roof of the town hall.", title="A*\n\n# [b](http://c) [[S9.p9]]"
            )
        ]
    )[0]

    text = section_text([quote])

    assert cited_ids(text) == ["S1.p1"]
    assert not tags_in(text) & {"link_open", "heading_open", "html_inline"}
