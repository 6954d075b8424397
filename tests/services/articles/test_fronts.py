import pytest

from tests.services.articles.support import CALLER, ScriptedProvider, Shown, contract, passage, prose
from writer.domain.briefs import Brief
from writer.domain.citations import cited_ids
from writer.domain.drafting import WrittenBody
from writer.domain.drafts import Gap, Section
from writer.services.articles.headlines import described
from writer.services.articles.model_drafter import ModelDrafter


def body(content_type: str = "explainer") -> WrittenBody:
    of = contract()
    sections = (
        Section("s1", "Costs").finished("Building costs much [[S1.p1]]. Running costs little."),
        Section("s2", "People").lacking(Gap(("wages",))),
        Section("s3", "Machines").finished("Turbines turn [[S5.p5]]."),
    )
    return WrittenBody(Brief("Tidal power", content_type), of.outline, of.plan, sections, (passage("S1.p1"),))


async def test_introduction_and_conclusion_know_the_finished_text_and_its_ids_only():
    provider = ScriptedProvider(f"Lead [[S9.p9]]. {prose(60)}")
    drafter = ModelDrafter(provider)
    for write, name in ((drafter.introduction, "introduction"), (drafter.conclusion, "conclusion")):
        drafted = await write(body(), CALLER, Shown())
        asked = provider.requests[-1].messages[-1].content
        assert drafted.prompt_version.startswith(f"{name}@")
        assert cited_ids(drafted.text) == ["S1.p1"]
        assert "cited S9.p9" in drafted.flags[0]
        assert asked.endswith("Legal ids: S1.p1")
        assert "## Costs\n\nBuilding costs much" in asked
        assert "(This section lacks: wages)" in asked


async def test_title_and_description_come_as_one_value():
    reply = '{"title": "“Tides at work” [[S1.p1]]", "description": "%s"}' % ("Tides pay. " * 12)
    headline = await ModelDrafter(ScriptedProvider(f"Sure:\n{reply}")).headline(body(), CALLER)

    assert headline.title == "Tides at work"
    assert 121 <= len(headline.description) <= 156
    assert headline.route == "scripted:one"
    assert headline.prompt_version.startswith("headline@")


@pytest.mark.parametrize("reply", ["", "No.", '{"title": ""}', '{"title": 5}', "[1]"])
async def test_without_a_usable_title_the_approved_one_and_the_thesis_stand(reply: str):
    headline = await ModelDrafter(ScriptedProvider(reply)).headline(body(), CALLER)
    assert headline.title == "Tides at work"
    assert headline.description.startswith("Tides pay.")


async def test_a_type_that_asks_for_another_length_is_asked_for_and_given_it():
    provider = ScriptedProvider('{"title": "Tides", "description": "%s"}' % ("Tides pay. " * 12))
    headline = await ModelDrafter(provider).headline(body("newsletter"), CALLER)

    assert 40 <= len(headline.description) <= 90
    asked = provider.requests[-1].messages[0].content
    assert "at most 50 characters" in asked
    assert "has 40 to 90 characters" in asked


async def test_the_number_in_a_list_s_title_is_counted():
    reply = '{"title": "10 ways tides pay", "description": ""}'
    headline = await ModelDrafter(ScriptedProvider(reply)).headline(body("listicle"), CALLER)
    assert headline.title == "3 ways tides pay"


def test_a_description_too_long_is_cut_at_a_word_and_one_too_short_grows_by_the_article_s_own_sentences():
    assert len(described("word " * 60, body())) <= 156
    assert described("word " * 60, body()).endswith("word…")
    assert "Building costs much." in described("Short.", body())
