import re

import pytest

from tests.services.extractive.support import (
    CALLER,
    Shelf,
    Shown,
    WordHashes,
    body_of,
    contract,
    outline_of,
    passage,
    written,
)
from writer.domain.briefs import Brief
from writer.domain.citations import cited_ids
from writer.domain.outlines import ArticlePlan, SectionPlan
from writer.services.extractive import ExtractiveDrafter
from writer.services.extractive.noise import leans_on_another
from writer.services.extractive.wording import WHAT_IT_IS, unescaped

QUOTE = re.compile(r"^- “(.*)” \[\[(S\d+\.p\d+)\]\]", re.MULTILINE)

BRIEF = Brief(
    "Bees in the town",
    questions=("What are the costs?", "Which diseases harm the bees?"),
    must_include=("hives on the roof of the school",),
    words=600,
)
COSTS = passage(
    "Each hive costs the town 240 crowns including the stand. "
    "The costs of sugar and jars come to 60 crowns for each hive a year. "
    "They are paid out of the budget for parks.",
    "Costs",
    page=4,
)
DISEASES = passage(
    "The varroa mite harms more bees in the town than any other disease. "
    "Foul brood is a disease that spreads from hive to hive on tools. "
    "It must be reported to the vet within a day.",
    "Diseases of bees",
    ordinal=2,
)
SCHOOL = passage(
    "Four hives stand on the roof of the school beside the chimney. Pupils weigh the honey every Friday after lessons.",
    "The school",
    source=2,
    title="Courier",
)
SOURCES = [COSTS, DISEASES, SCHOOL]


def quotes(text: str) -> list[tuple[str, str]]:
    return [(unescaped(quote), id_) for quote, id_ in QUOTE.findall(text)]


async def test_every_quote_is_verbatim_and_cites_the_passage_it_stands_in(drafter_over, samples):
    brief = Brief("How Brindle Bay heats its homes from the harbour", words=900)
    by_id = {p.id: " ".join(p.text.split()) for p in samples}

    article = await written(drafter_over(samples), brief, samples)

    found = quotes(article.whole)
    assert len(found) >= 8
    assert all(quote in by_id[id_] for quote, id_ in found)


async def test_nothing_but_quotes_and_the_names_of_sources_is_in_a_section(drafter_over, samples):
    article = await written(
        drafter_over(samples), Brief("How Brindle Bay heats its homes from the harbour", words=900), samples
    )

    for line in article.whole.splitlines():
        assert not line or QUOTE.match(line) or re.fullmatch(r"(From|Also from|And from) \*.+\*:", line), line


async def test_no_quote_opens_with_a_pronoun_and_none_is_a_caption_reference_or_boilerplate(drafter_over, samples):
    article = await written(
        drafter_over(samples), Brief("How Brindle Bay heats its homes from the harbour", words=2000), samples
    )

    for quote, _ in quotes(article.whole):
        assert not leans_on_another(quote), quote
        assert not re.search(r"Figure|Photo|Table|Journal|cookie|subscribe|©|doi|fictional|\bI\b|\bWe\b", quote), quote


async def test_the_same_input_gives_the_same_bytes_in_whatever_order_the_passages_come(drafter_over, samples):
    brief = Brief("How Brindle Bay heats its homes from the harbour", words=900, must_include=("homes on the hill",))

    first = await written(drafter_over(samples), brief, samples)
    again = await written(drafter_over(samples), brief, samples)
    mixed = [*samples[1::2], *reversed(samples[::2])]
    shuffled = await written(drafter_over(mixed), brief, mixed)

    assert first == again == shuffled


async def test_the_plan_is_sound_and_gives_every_passage_one_section(drafter_over, samples):
    brief = Brief(
        "Harbour heat",
        words=1500,
        must_include=("homes on the hill", "the cost of a connection", "penguins in the tunnel"),
    )

    article = await written(drafter_over(samples), brief, samples)

    assert article.plan.faults(brief.must_include, brief.words) == []
    assert sum(row.words for row in article.plan.sections) == brief.words
    ids = [id_ for row in article.plan.sections for id_ in row.passage_ids]
    assert len(ids) == len(set(ids))
    texts = [quote for quote, _ in quotes(article.whole)]
    assert len(texts) == len(set(texts))


async def test_a_section_answers_its_heading_and_not_its_neighbours(drafter_over):
    article = await written(
        drafter_over(SOURCES), BRIEF, SOURCES, outline_of(*BRIEF.questions, "The hives of the school")
    )

    assert cited_ids(article.text("What are the costs?")) == ["S1.p1"]
    assert cited_ids(article.text("Which diseases harm the bees?")) == ["S1.p2"]
    assert cited_ids(article.text("The hives of the school")) == ["S2.p1"]


async def test_the_page_is_given_where_the_source_has_pages(drafter_over):
    article = await written(drafter_over(SOURCES), BRIEF, SOURCES, outline_of(*BRIEF.questions))

    costs = article.text("What are the costs?")
    assert "- “Each hive costs the town 240 crowns including the stand.” [[S1.p1]] (p. 4)." in costs
    assert "(p." not in article.text("Which diseases harm the bees?")


async def test_a_sentence_that_leans_on_a_quoted_one_comes_along_with_it(drafter_over):
    article = await written(drafter_over(SOURCES), BRIEF, SOURCES, outline_of(*BRIEF.questions))

    assert "hive to hive on tools. It must be reported to the vet within a day.”" in article.text(
        "Which diseases harm the bees?"
    )


async def test_what_two_sources_say_alike_is_quoted_once_with_the_other_named(drafter_over):
    twin = passage("Every hive costs the town 240 crowns including the stand.", "Costs", source=3, title="Minutes")
    sources = [*SOURCES, twin]

    article = await written(drafter_over(sources), BRIEF, sources, outline_of(*BRIEF.questions))

    costs = article.text("What are the costs?")
    assert costs.count("240 crowns") == 1
    assert "(p. 4; also in [[S3.p1]])." in costs


async def test_the_same_sentence_with_other_figures_is_no_duplicate(drafter_over):
    other = passage("Each hive costs the town 310 crowns including the stand.", "Costs", source=3, title="Minutes")
    sources = [*SOURCES, other]

    article = await written(drafter_over(sources), BRIEF, sources, outline_of(*BRIEF.questions))

    assert "240 crowns" in article.text("What are the costs?")
    assert "310 crowns" in article.text("What are the costs?")


async def test_a_heading_that_no_source_answers_is_a_gap_with_nothing_quoted(drafter_over):
    outline = outline_of(*BRIEF.questions, "Tunnels for penguins under the harbour")

    article = await written(drafter_over(SOURCES), BRIEF, SOURCES, outline)

    silent = article.drafted["Tunnels for penguins under the harbour"]
    assert silent.text == ""
    assert silent.gap is not None
    assert silent.gap.missing[0] == "Tunnels for penguins under the harbour"
    assert "Bees in the town Tunnels for penguins under the harbour" in silent.gap.suggested_queries


async def test_a_must_include_is_quoted_where_a_source_says_it_and_flagged_where_none_does(drafter_over):
    brief = Brief(
        "Bees in the town",
        must_include=("four hives on the roof of the school", "costs of penguins and ice"),
        words=400,
    )

    article = await written(drafter_over(SOURCES), brief, SOURCES, outline_of("Costs of the hives", "Diseases of bees"))

    assert "Four hives stand on the roof of the school" in article.whole
    flags = [flag for drafted in article.drafted.values() for flag in drafted.flags]
    assert any("costs of penguins and ice" in flag for flag in flags)
    assert not any("roof of the school" in flag for flag in flags)


async def test_what_the_brief_wants_avoided_is_not_quoted(drafter_over):
    brief = Brief("Bees in the town", avoid=("varroa mite",), words=400)

    article = await written(drafter_over(SOURCES), brief, SOURCES, outline_of("Costs of the hives", "Diseases of bees"))

    assert "varroa" not in article.whole
    assert "Foul brood" in article.whole


async def test_sources_about_something_else_are_not_quoted_unless_they_were_chosen(drafter_over):
    ships = passage(
        "The costs of a ship are paid by the harbour of the capital. "
        "Each ship costs the capital 90 million crowns with its engines. "
        "Repairs cost the capital another 2 million crowns for each ship. "
        "Paint costs the shipyard more than steel in a rainy summer.",
        "Costs of ships", source=7, title="Ships",
    )  # fmt: skip
    bees = passage(
        "Bees in the town cost less than bees in the country. "
        "The town pays the costs of all bees on public roofs. "
        "Costs for bees rose in the town when sugar became dear.",
        "Costs of bees", source=8, title="Bees",
    )  # fmt: skip
    outline = outline_of("What are the costs?", "Diseases")

    article = await written(drafter_over([ships, bees]), Brief("Bees in the town", words=400), [ships, bees], outline)
    chosen = Brief("Bees in the town", words=400, source_ids=(7, 8))
    both = await written(drafter_over([ships, bees]), chosen, [ships, bees], outline)

    assert set(cited_ids(article.whole)) == {"S8.p1"}
    assert set(cited_ids(both.whole)) == {"S7.p1", "S8.p1"}


async def test_quotes_keep_to_the_budget_of_their_section(drafter_over, samples):
    article = await written(
        drafter_over(samples), Brief("How Brindle Bay heats its homes from the harbour", words=400), samples
    )

    for row in article.plan.sections:
        lengths = [len(quote.split()) for quote, _ in quotes(article.text(row.heading))]
        assert sum(lengths) <= row.words + 55, "one follower may come on top"


async def test_a_section_whose_plan_names_no_quotes_is_still_measured_against_the_other_headings(drafter_over):
    outline = outline_of(*BRIEF.questions)
    rows = tuple(
        SectionPlan(s.key, s.heading, "", (), (), (), (), "", "", 300, tuple(p.id for p in SOURCES))
        for s in outline.sections
    )
    asked = contract(BRIEF, outline, ArticlePlan("", rows), "s1", SOURCES)

    drafted = await drafter_over(SOURCES).section(asked, CALLER, Shown())

    assert cited_ids(drafted.text) == ["S1.p1"]


async def test_repair_takes_out_the_quotes_that_the_faults_name_and_no_others(drafter_over):
    drafter = drafter_over(SOURCES)
    article = await written(drafter, BRIEF, SOURCES, outline_of(*BRIEF.questions))
    asked = contract(BRIEF, article.outline, article.plan, "s2", SOURCES)
    shown = Shown("old")

    repaired = await drafter.repair(
        asked,
        article.text("Which diseases harm the bees?"),
        ["“varroa mite harms more bees” is said twice."],
        CALLER,
        shown,
    )

    assert "varroa" not in repaired.text
    assert "Foul brood" in repaired.text
    assert shown.restarts == 1
    assert shown.text == repaired.text


async def test_a_repair_that_leaves_no_quote_is_a_gap(drafter_over):
    drafter = drafter_over(SOURCES)
    article = await written(drafter, BRIEF, SOURCES, outline_of(*BRIEF.questions))
    asked = contract(BRIEF, article.outline, article.plan, "s2", SOURCES)

    repaired = await drafter.repair(
        asked,
        article.text("Which diseases harm the bees?"),
        ["S1.p2 was deleted.", "S2.p1 was deleted."],
        CALLER,
        Shown(),
    )

    assert repaired.text == ""
    assert repaired.gap is not None


async def test_introduction_says_what_it_is_and_what_is_there(drafter_over):
    drafter = drafter_over(SOURCES)
    article = await written(drafter, BRIEF, SOURCES, outline_of(*BRIEF.questions, "Tunnels for penguins"))
    shown = Shown()

    introduction = await drafter.introduction(body_of(BRIEF, article, SOURCES), CALLER, shown)

    assert WHAT_IT_IS == "Source brief: extracts from your sources, not written by a model."
    assert WHAT_IT_IS in introduction.text
    assert "They speak on “What are the costs?”" in introduction.text
    assert "Your sources say nothing usable on “Tunnels for penguins”." in introduction.text
    assert shown.text == introduction.text
    assert introduction.route == "built-in"


async def test_conclusion_lists_what_is_missing(drafter_over):
    drafter = drafter_over(SOURCES)
    brief = Brief("Bees in the town", must_include=("penguins in the tunnel",), words=600)
    article = await written(drafter, brief, SOURCES, outline_of(*BRIEF.questions, "Wasps and hornets overseas"))

    conclusion = await drafter.conclusion(body_of(brief, article, SOURCES), CALLER, Shown())

    assert "Add sources for one heading without extracts" in conclusion.text
    assert "“penguins in the tunnel”" in conclusion.text


async def test_wishes_that_extracts_cannot_follow_are_noted(drafter_over):
    drafter = drafter_over(SOURCES)
    brief = Brief("Bees in the town", tone="cheerful", reading_level="plain", words=600)
    article = await written(drafter, brief, SOURCES, outline_of(*BRIEF.questions))

    introduction = await drafter.introduction(body_of(brief, article, SOURCES), CALLER, Shown())

    assert introduction.notes == (
        "Extracts are quoted as they are: the brief's tone and reading level had no effect on them.",
    )


async def test_headline_keeps_the_title_and_describes_in_121_to_156_characters(drafter_over, samples):
    drafter = drafter_over(samples)
    brief = Brief("How Brindle Bay heats its homes from the harbour", words=900)
    article = await written(drafter, brief, samples)

    headline = await drafter.headline(body_of(brief, article, samples), CALLER)

    assert headline.title == "How Brindle Bay heats its homes from the harbour"
    assert 121 <= len(headline.description) <= 156


async def test_section_text_is_shown_as_it_is_returned(drafter_over):
    drafter = drafter_over(SOURCES)
    article = await written(drafter, BRIEF, SOURCES, outline_of(*BRIEF.questions))
    shown = Shown()

    drafted = await drafter.section(contract(BRIEF, article.outline, article.plan, "s1", SOURCES), CALLER, shown)

    assert shown.text == drafted.text == article.text("What are the costs?")


def test_the_identity_names_the_embedding_model():
    assert ExtractiveDrafter(Shelf([])).identity == "extractive/1:keywords"
    assert ExtractiveDrafter(Shelf([]), WordHashes()).identity == "extractive/1:word-hashes"


@pytest.mark.parametrize("embedder", [None, WordHashes()])
async def test_unicode_text_is_quoted_as_it_is(embedder):
    text = (
        "Bienenstöcke kosten die Stadt 240 Kronen – das ist weniger als „Honig“ einbringt 🐝. "
        "Der Bürgermeister zahlt die Kosten für naïve Imker gern."
    )
    sources = [
        passage(text, "Kosten der Bienenstöcke"),
        passage("養蜂家は屋根の上に四十の巣箱を置いている。", "屋根", ordinal=2),
    ]
    brief = Brief("Bienen in der Stadt", words=300, language="de")

    article = await written(
        ExtractiveDrafter(Shelf(sources), embedder),
        brief,
        sources,
        outline_of("Kosten der Bienenstöcke", "Krankheiten"),
    )

    assert "weniger als „Honig“ einbringt 🐝.”" in article.text("Kosten der Bienenstöcke")
    assert article.drafted["Krankheiten"].gap is not None
