from tests.documents.pdfs import pdf_of

BODY = (
    "The harbour was built in 1802 and enlarged twice, because the ships grew longer and the",
    "trade in grain moved to the coast. A second basin followed when the railway came.",
)
OWN = {
    1: "Pilots guide the larger ships through the narrow channel between the two sandbanks.",
    2: "Grain is weighed twice, once on the ship and once more in the tall brick warehouse.",
    3: "Every autumn the council measures the depth of the basin with a lead and a line.",
    4: "Nobody knows who carved the names of forty sailors into the oldest mooring post.",
}


def page(heading: str, number: int) -> list[tuple[int, str]]:
    lines = [(9, "Harbour Review, volume 12"), (18, heading), *((11, line) for line in BODY)]
    own = [(11, OWN[number]), (11, f"{OWN[number][:40]} and so on."), (11, f"This ends part {heading}.")]
    return [*lines, *own, (9, f"Page {number}")]


def test_headings_pages_and_title_come_from_the_pdf_itself(read):
    document = read("h.pdf", pdf_of([page("The old basin", 1), page("The new basin", 2)], title="The Harbour"))

    assert (document.title, document.authors, document.pages) == ("The Harbour", "Ada Example", 2)
    headings = [(block.text, block.page) for block in document.blocks if block.kind == "heading"]
    assert headings == [("The old basin", 1), ("The new basin", 2)]


def test_lines_of_a_paragraph_are_joined(read):
    document = read("h.pdf", pdf_of([page("The old basin", 1)]))

    assert any("longer and the trade in grain" in block.text for block in document.blocks)


def test_headers_and_footers_that_repeat_are_dropped(read):
    document = read("h.pdf", pdf_of([page(f"Part {word}", n) for n, word in enumerate("ABCD", 1)]))

    assert "volume 12" not in document.text
    assert "Page 3" not in document.text
    assert OWN[3] in document.text


def test_captions_and_references_are_marked_as_such(read):
    lines = [(11, line) for line in BODY]
    lines += [(11, "Figure 3: The harbour in 1850, seen from the north."), (16, "References")]
    lines += [(11, "[1] Example, A. (1999). Harbours of the coast. Sample Press.")]

    kinds = {block.kind: block.text for block in read("h.pdf", pdf_of([lines])).blocks}

    assert kinds["caption"].startswith("Figure 3")
    assert kinds["reference"].startswith("[1] Example")


def test_a_title_that_a_word_processor_left_behind_is_not_taken_for_one(read):
    document = read("h.pdf", pdf_of([page("The old basin", 1)], title="Microsoft Word - draft7.doc"))

    assert "Word" not in document.title
