import pytest

MARKDOWN = """---
title: "On: tea"
author: [Ada, {name: Bob}]
date: 2024-05-01
---
# Tea

It is **hot** and [old](x).

![A cup of tea](cup.png)

1. pour
2. wait
   - long

> quoted

| a | b |
|---|---|
| 1 | 2 |

```py
x = 1
```
"""
SENTENCE = "Die Straße ist grün – und „schön“."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_text_is_decoded_whatever_it_was_saved_as(read, encoding):
    document = read("notes.txt", (SENTENCE + "\r\n\r\nZweiter Absatz, naïve Größe.").encode(encoding))

    assert document.blocks[0].text == SENTENCE
    assert len(document.blocks) == 2


def test_wrapped_lines_become_paragraphs_and_short_lines_headings(read):
    document = read(
        "a.txt", b"History of Tea\n\nTea came to Europe\nin the 17th century.\n\n- green\n- black\n\nThe end."
    )

    assert [(block.kind, block.text) for block in document.blocks] == [
        ("heading", "History of Tea"),
        ("paragraph", "Tea came to Europe in the 17th century."),
        ("list", "- green\n- black"),
        ("paragraph", "The end."),
    ]


def test_offsets_of_blocks_point_into_the_text(read):
    document = read("a.md", b"# One\n\nFirst *paragraph*.\n\n## Two\n\n* a\n* b\n")

    assert all(document.text[block.start : block.end] == block.text for block in document.blocks)


def test_markdown_keeps_its_structure_and_loses_its_markup(read):
    document = read("a.md", MARKDOWN.encode())

    assert (document.title, document.authors, document.published) == ("On: tea", "Ada, Bob", "2024-05-01")
    assert [(block.kind, block.text) for block in document.blocks] == [
        ("heading", "Tea"),
        ("paragraph", "It is hot and old."),
        ("caption", "A cup of tea"),
        ("list", "1. pour\n2. wait\n  - long"),
        ("quote", "quoted"),
        ("table", "a | b\n1 | 2"),
        ("code", "x = 1"),
    ]


def test_without_front_matter_the_first_heading_is_the_title_and_author_and_date_stay_empty(read):
    document = read("a.md", b"# Tea\n\nWritten by nobody in particular in 2019.")

    assert (document.title, document.authors, document.published) == ("Tea", "", "")


@pytest.mark.parametrize("matter", [b"title: [", b"- a\n- b", b"a: &a [x]\nb: *a", b"title: !!python/name:os.system x"])
def test_odd_front_matter_is_text_and_runs_nothing(read, matter):
    document = read("a.md", b"---\n" + matter + b"\n---\n\nText stays.")

    assert "Text stays." in document.text


def test_scripts_and_tags_of_html_blocks_do_not_reach_the_text(read):
    document = read("a.md", b"Before.\n\n<div onclick='x()'>inside</div>\n\nAfter <b>it</b>.")

    assert "onclick" not in document.text
    assert "<b>" not in document.text


def test_five_megabytes_of_pasted_text_are_read(read):
    paragraph = "The council met on Tuesday. It decided to spend more on libraries and on the repair of bridges.\n\n"

    document = read("pasted.txt", (paragraph * (5_000_000 // len(paragraph))).encode())

    assert len(document.blocks) == 5_000_000 // len(paragraph)
