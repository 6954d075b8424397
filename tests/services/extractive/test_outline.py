import pytest

from tests.services.extractive.support import CALLER, Shown, outline_of, passage, written
from writer.domain.briefs import Brief
from writer.domain.citations import cited_ids
from writer.services.extractive.headings import cleaned


def report(*headings: str, source: int = 1) -> list:
    """One passage of its own words under each heading."""
    return [
        passage(
            f"The town keeps {n + 3} words about {heading.casefold()} in its yearly book of bees. "
            f"Anybody who asks about {heading.casefold()} is shown page {n + 3} of that book.",
            "A book of bees", heading, source=source, ordinal=n, title="A book of bees",
        )
        for n, heading in enumerate(headings, start=1)
    ]  # fmt: skip


PARTS = (
    "Introduction",
    "Honey and wax",
    "Swarms in May",
    "Roof gardens",
    "Winter feeding",
    "References",
    "Table of contents",
)


async def test_headings_come_from_the_sources_own_structure_without_the_empty_ones(drafter_over):
    sources = report(*PARTS)

    outline = await drafter_over(sources).outline(Brief("Bees in the town", words=600), sources, CALLER, Shown())

    assert {s.heading for s in outline.sections} == {"Honey and wax", "Swarms in May", "Roof gardens", "Winter feeding"}
    assert outline.title == "Bees in the town"
    assert [s.key for s in outline.sections] == ["s1", "s2", "s3", "s4"]


async def test_the_briefs_questions_are_headings_in_their_order(drafter_over):
    sources = report(*PARTS)
    brief = Brief("Bees in the town", questions=("Why do bees swarm?", "who feeds them in winter?"), words=900)

    outline = await drafter_over(sources).outline(brief, sources, CALLER, Shown())

    headings = [s.heading for s in outline.sections]
    assert headings.index("Why do bees swarm?") < headings.index("Who feeds them in winter?")


async def test_alike_headings_of_several_sources_become_one_and_stay_as_points(drafter_over):
    sources = [*report("Winter feeding", "Swarms in May"), *report("Feeding in winter", "Roof gardens", source=2)]

    outline = await drafter_over(sources).outline(Brief("Bees in the town", words=600), sources, CALLER, Shown())

    feeding = [s for s in outline.sections if "eeding" in s.heading]
    assert len(feeding) == 1
    assert len(feeding[0].key_points) == 1
    assert "two sources" in feeding[0].promise


@pytest.mark.parametrize(("words", "most"), [(300, 4), (900, 6), (3000, 8)])
async def test_longer_briefs_get_more_sections_between_four_and_eight(drafter_over, words, most):
    sources = report("Honey", "Swarms", "Gardens", "Winter", "Wax", "Queens", "Drones", "Mites", "Jars", "Schools")

    outline = await drafter_over(sources).outline(Brief("Bees in the town", words=words), sources, CALLER, Shown())

    assert len(outline.sections) == most


async def test_the_outline_is_shown_as_it_is_made(drafter_over):
    sources, shown = report(*PARTS), Shown()

    outline = await drafter_over(sources).outline(Brief("Bees in the town", words=600), sources, CALLER, shown)

    assert shown.text.splitlines() == [f"- {s.heading}" for s in outline.sections]


async def test_without_sources_the_questions_are_the_outline_and_every_section_a_gap(drafter_over):
    brief = Brief(
        "Bees in the town",
        questions=("What do bees need?", "What do they cost?"),
        must_include=("the school",),
        words=500,
    )

    article = await written(drafter_over([]), brief, [])

    assert [s.heading for s in article.outline.sections] == ["What do bees need?", "What do they cost?", "The school"]
    assert all(drafted.gap is not None and not drafted.text for drafted in article.drafted.values())
    assert article.plan.faults(brief.must_include, brief.words) == []


async def test_without_sources_and_questions_there_is_still_an_outline_to_fill(drafter_over):
    article = await written(drafter_over([]), Brief("Bees in the town", words=500), [])

    assert len(article.outline.sections) == 4
    assert all(drafted.gap is not None for drafted in article.drafted.values())


async def test_sources_without_headings_still_give_sections(drafter_over):
    sources = [
        passage(
            "Roof gardens feed the bees of the harbour from May on. Roof gardens hold more soil than expected. "
            "Winter syrup costs the school sixty crowns a year. Winter syrup is given to the weakest colonies only."
        ),
        passage(
            "Swarm calls reach the fire brigade of the town every May. Swarm calls doubled between 2019 and 2023.",
            source=2,
        ),
    ]

    article = await written(drafter_over(sources), Brief("Bees in the town", words=600), sources)

    assert len(article.outline.sections) >= 3
    assert cited_ids(article.whole)


async def test_an_outline_that_the_writer_changed_is_followed(drafter_over):
    sources = report(*PARTS)

    article = await written(
        drafter_over(sources), Brief("Bees in the town", words=600), sources, outline_of("Honey and wax", "Astronauts")
    )

    assert cited_ids(article.text("Honey and wax")) == ["S1.p2"]
    assert article.drafted["Astronauts"].gap is not None


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("2.1 Costs and funding", "Costs and funding"),
        ("CHAPTER III: THE LONG WINTER", "The long winter"),
        ("Chapter 3", ""),
        ("IV. Swarms", "Swarms"),
        ("**What** `bees` need:", "What bees need"),
        ("Introduction", ""),
        ("Results and discussion", ""),
        ("Limits of this study", ""),
        ("References", ""),
        ("12", ""),
        ("Über die Bienen", "Über die Bienen"),
        ("1950s hives", "1950s hives"),
    ],
)
def test_headings_are_cleaned_to_what_a_writer_would_keep(raw, clean):
    assert cleaned(raw) == clean
