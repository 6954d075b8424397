import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.services.articles.support import CALLER, ScriptedProvider, Shown, passage
from writer.domain.briefs import Brief
from writer.domain.errors import ReplyInvalid, UserMistake
from writer.domain.outlines import Outline, OutlineSection
from writer.services.articles.model_drafter import ModelDrafter
from writer.services.articles.outline_reply import outline_in
from writer.services.articles.service import keyed

GOOD = """# Tides at work
Thesis: Tides pay.
## Costs
Promise: What it costs.
- to build
- to run
## People
Promise: Who lives there.
- fishers
"""


async def test_an_outline_is_streamed_and_read():
    show = Shown()
    provider = ScriptedProvider(GOOD)
    outline = await ModelDrafter(provider).outline(Brief("Tidal power"), [passage("S1.p1")], CALLER, show)

    assert show.text == GOOD
    assert (outline.title, outline.thesis) == ("Tides at work", "Tides pay.")
    assert [section.key for section in outline.sections] == ["s1", "s2"]
    assert outline.sections[0].key_points == ("to build", "to run")
    assert "with 6 sections" in provider.requests[0].messages[-1].content


@pytest.mark.parametrize(
    "form",
    [
        "Title: Tides\n1. Costs\n2. People\n3. Introduction",
        "**Costs**\n- a\n**People**",
        "# Tides\n## 1. Costs\n## 2) People\n## Conclusion\n## costs",
        '```json\n{"title": "Tides", "sections": [{"heading": "Costs"}, "People", {"heading": ""}]}\n```',
        "Sure! Here you go:\n\n### Costs\ntext\n### People [[S1.p1]]",
        "## Section 1: Costs\n## Section 2: People",
    ],
)
def test_what_models_make_of_the_form_is_understood(form: str):
    outline = outline_in(form, "Tidal power")
    assert outline is not None
    assert [section.heading for section in outline.sections] == ["Costs", "People"]
    assert outline.title in ("Tides", "Tidal power")


async def test_a_reply_without_an_outline_is_asked_for_again_and_then_an_error():
    provider = ScriptedProvider("I would rather talk.", GOOD)
    show = Shown()
    outline = await ModelDrafter(provider).outline(Brief("Tidal power"), [], CALLER, show)
    assert len(outline.sections) == 2
    assert show.text == GOOD

    with pytest.raises(ReplyInvalid, match="asked twice and gave no outline"):
        await ModelDrafter(ScriptedProvider("No.")).outline(Brief("Tidal power"), [], CALLER, Shown())


async def test_a_list_of_seven_asks_for_seven_sections():
    provider = ScriptedProvider(GOOD)
    brief = Brief("Tidal power", "listicle", extra=(("items", "7"),))
    await ModelDrafter(provider).outline(brief, [], CALLER, Shown())
    assert "exactly 7 sections" in provider.requests[0].messages[-1].content


@given(st.text(max_size=400) | st.text(alphabet='#*-1.:\n{}[]" abPromise', max_size=400))
def test_no_reply_breaks_the_reading(text: str):
    outline_in(text, "Tidal power")


def test_approved_outlines_keep_their_keys_and_new_sections_get_free_ones():
    edited = Outline(
        " Tides ",
        (OutlineSection("s3", "C"), OutlineSection("", "New"), OutlineSection("s1", "A"), OutlineSection("x!", "B ")),
    )
    assert [(s.key, s.heading) for s in keyed(edited).sections] == [
        ("s3", "C"),
        ("s4", "New"),
        ("s1", "A"),
        ("s5", "B"),
    ]


def test_an_outline_without_a_title_or_with_too_many_sections_is_refused():
    with pytest.raises(UserMistake, match="working title"):
        keyed(Outline(" ", (OutlineSection("s1", "A"),)))
    with pytest.raises(UserMistake, match="may have 40"):
        keyed(Outline("T", tuple(OutlineSection(f"s{i}", str(i)) for i in range(41))))
