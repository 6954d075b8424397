"""Word and OpenDocument: structure and metadata, and only what the reader of the document would see."""

from tests.documents.packages import W, docx_of, odt_of, w_item, w_p, w_table


def shape(document):
    return [(block.kind, block.level, block.text) for block in document.blocks]


def test_a_word_document_keeps_headings_lists_tables_quotes_and_captions_in_their_order(read):
    body = (
        w_p("The Tides", "Titre1")
        + w_p("They come twice a day.")
        + w_p("Causes", "Titre2")
        + w_item("The moon")
        + w_item("near and far", depth=1)
        + w_item("The sun")
        + w_item("First", number=2)
        + w_item("Second", number=2)
        + w_table(("Port", "Range"), ("Riga", "0.3 m"))
        + w_p("Water waits for nobody.", "Zitat")
        + w_p("Figure 1. A gauge", "Bild")
    )

    document = read("tides.docx", docx_of(body))

    assert shape(document) == [
        ("heading", 1, "The Tides"),
        ("paragraph", 0, "They come twice a day."),
        ("heading", 2, "Causes"),
        ("list", 0, "- The moon\n  1. near and far\n- The sun\n1. First\n2. Second"),
        ("table", 0, "Port | Range\nRiga | 0.3 m"),
        ("quote", 0, "Water waits for nobody."),
        ("caption", 0, "Figure 1. A gauge"),
    ]
    assert [document.text[block.start : block.end] for block in document.blocks] == [b.text for b in document.blocks]


def test_a_word_document_states_its_title_author_and_day(read):
    content = docx_of(w_p("Text."), title="On Tides", author="Ada Example", modified="2024-05-03T10:11:12Z")

    document = read("x.docx", content)

    assert (document.title, document.authors, document.published) == ("On Tides", "Ada Example", "2024-05-03")


def test_a_title_that_a_program_made_up_gives_way_to_the_first_heading(read):
    content = docx_of(w_p("On Tides", "Titre1") + w_p("Text."), title="Microsoft Word - draft3.docx")

    assert read("x.docx", content).title == "On Tides"


def test_headings_are_known_by_inheritance_and_by_outline_level_and_circles_end(read):
    body = w_p("Chapter", "Mine") + w_p("Part", more='<w:outlineLvl w:val="2"/>') + w_p("Text.", "Circle")

    assert shape(read("x.docx", docx_of(body))) == [
        ("heading", 1, "Chapter"),
        ("heading", 3, "Part"),
        ("paragraph", 0, "Text."),
    ]


def test_deleted_text_field_codes_and_second_copies_of_text_boxes_are_left_out(read):
    box = f"<w:txbxContent>{w_p('In a box.')}</w:txbxContent>"
    alternate = f"<AlternateContent><Choice>{box}</Choice><Fallback>{box}</Fallback></AlternateContent>"
    body = (
        "<w:p><w:r><w:t>Kept</w:t></w:r><w:del><w:r><w:delText> gone</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t> and added</w:t></w:r></w:ins><w:moveFrom><w:r><w:t> moved</w:t></w:r></w:moveFrom>"
        "<w:r><w:instrText> PAGE </w:instrText></w:r><w:r><w:t>.</w:t></w:r>"
        f"<w:r>{alternate}</w:r></w:p>"
    )

    assert [block.text for block in read("x.docx", docx_of(body)).blocks] == ["Kept and added.", "In a box."]


def test_text_in_content_controls_and_tables_inside_tables_is_found(read):
    inner = f"<w:tbl><w:tr><w:tc>{w_p('inner')}</w:tc></w:tr></w:tbl>"
    body = (
        f"<w:sdt><w:sdtContent>{w_p('In a control.')}</w:sdtContent></w:sdt>"
        f"<w:tbl><w:tr><w:tc>{w_p('outer')}{inner}</w:tc></w:tr></w:tbl>"
    )

    text = read("x.docx", docx_of(body)).text

    assert "In a control." in text
    assert "outer inner" in text


def test_footnotes_come_last_as_references_without_the_lines_that_separate_them(read):
    notes = (
        f'<w:footnotes {W}><w:footnote w:type="separator">{w_p("---")}</w:footnote>'
        f"<w:footnote>{w_p('See Moon 1901.')}</w:footnote></w:footnotes>"
    )

    document = read("x.docx", docx_of(w_p("Text."), more={"word/footnotes.xml": notes}))

    assert shape(document)[-1] == ("reference", 0, "See Moon 1901.")
    assert len(document.blocks) == 2


def test_an_opendocument_text_keeps_its_structure_and_states_its_facts(read):
    body = (
        '<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:p text:style-name="P1">Tides</text:p>'
        '<text:section><text:h text:outline-level="2">Causes</text:h></text:section>'
        "<text:p>The<text:s/>moon<text:note><text:note-body><text:p>A note.</text:p></text:note-body></text:note>"
        " and<text:line-break/>the sun.</text:p>"
        "<text:list><text:list-item><text:p>One</text:p><text:list><text:list-item><text:p>Deeper</text:p>"
        "</text:list-item></text:list></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>Port</text:p></table:table-cell>"
        "<table:table-cell><text:p>Range</text:p></table:table-cell></table:table-row></table:table>"
        '<text:p text:style-name="Quotations">Water waits.</text:p>'
    )

    document = read("tides.odt", odt_of(body))

    assert shape(document) == [
        ("heading", 1, "Tides"),
        ("heading", 2, "Causes"),
        ("paragraph", 0, "The moon and the sun."),
        ("list", 0, "- One\n  - Deeper"),
        ("table", 0, "Port | Range"),
        ("quote", 0, "Water waits."),
        ("reference", 0, "A note."),
    ]
    assert (document.title, document.authors, document.published) == ("The tides", "Ada Example", "2024-05-03")
