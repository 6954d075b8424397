import json

from hypothesis import given
from hypothesis import strategies as st

from tests.services.articles.support import CALLER, ScriptedProvider, outline, passage
from writer.domain.briefs import Brief
from writer.domain.errors import ProviderUnavailable
from writer.domain.outlines import ArticlePlan
from writer.services.articles.model_drafter import ModelDrafter
from writer.services.articles.plans import budgets, mended, plain_plan

OUTLINE = outline("Costs", "People", "Machines")
BRIEF = Brief("Tidal power", words=900, must_include=("Tides are free",))
EVIDENCE = {
    "s1": [passage("S1.p1"), passage("S1.p2")],
    "s2": [passage("S1.p1"), passage("S2.p1")],
    "s3": [passage("S1.p1")],
}


def reply(**changes: object) -> str:
    rows = [
        {"key": "s1", "owned": ["Tides are free"], "words": 300, "passages": ["S1.p1"]},
        {"key": "s2", "owned": ["People fish"], "words": 300, "passages": ["S2.p1", "S9.p9"]},
        {"key": "s3", "owned": ["Turbines turn"], "words": 300, "passages": []},
    ]
    return json.dumps({"thesis": "Tides pay.", "glossary": [], "sections": rows, **changes})


async def planned(*answers, brief: Brief = BRIEF) -> tuple[ArticlePlan, ScriptedProvider]:
    provider = ScriptedProvider(*answers)
    return await ModelDrafter(provider).plan(brief, OUTLINE, EVIDENCE, CALLER), provider


async def test_a_sound_plan_costs_one_call():
    plan, provider = await planned(f"Here it is:\n```json\n{reply()}\n```")

    assert len(provider.requests) == 1
    assert plan.faults(BRIEF.must_include, BRIEF.words) == []
    assert plan.sections[0].owned == ("Tides are free",)
    assert json.loads(provider.requests[0].reply_schema)["required"] == ["thesis", "glossary", "sections"]


async def test_passages_have_one_owner_and_unknown_ids_are_dropped():
    plan, _ = await planned(reply())

    assert [row.passage_ids for row in plan.sections] == [("S1.p1", "S1.p2"), ("S2.p1",), ("S1.p1",)]
    # s3 has nothing of its own: it shares its nearest passage rather than being a gap.


async def test_a_plan_with_faults_is_repaired_once_by_the_model():
    rows = json.loads(reply())["sections"]
    rows[1]["owned"] = ["tides are free"]
    plan, provider = await planned(reply(sections=rows), reply())

    assert "owned by 2 sections" in provider.requests[1].messages[-1].content
    assert plan.sections[1].owned == ("People fish",)


async def test_a_plan_that_stays_faulty_is_mended_by_rule():
    rows = json.loads(reply())["sections"]
    for row in rows:
        row["owned"] = ["One fact"]
    plan, provider = await planned(reply(sections=rows))

    assert len(provider.requests) == 2
    assert plan.faults(BRIEF.must_include, BRIEF.words) == []
    assert plan.sections[0].owned[0] == "One fact"
    assert plan.sections[1].mention_only == ("One fact",)


async def test_a_reply_that_is_no_plan_gives_the_plan_made_by_rule():
    for nonsense in ("I cannot plan.", "{}", '{"sections": [{"key": "x9"}]}', "[" * 5000):
        plan, provider = await planned(nonsense)
        assert len(provider.requests) == 2
        assert plan == plain_plan(BRIEF, OUTLINE, EVIDENCE)
        assert plan.faults(BRIEF.must_include, BRIEF.words) == []


async def test_a_failing_repair_round_does_not_cost_the_plan():
    plan, _ = await planned("nonsense", [ProviderUnavailable("scripted:one", "gone")])
    assert plan == plain_plan(BRIEF, OUTLINE, EVIDENCE)


async def test_rows_left_out_by_the_model_are_filled_from_the_outline():
    plan, _ = await planned(reply(sections=json.loads(reply())["sections"][:1]))

    assert [row.key for row in plan.sections] == ["s1", "s2", "s3"]
    assert plan.sections[2].promise == "What Machines means."


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=24), st.integers(100, 20_000))
def test_budgets_add_up_to_the_body_s_share_and_none_is_nothing(asked: list[int], total: int):
    sizes = budgets(asked, total)
    assert abs(sum(sizes) - total) <= total / 10
    assert min(sizes) >= 1


facts = st.lists(st.sampled_from(["Tides are free", "tides are FREE", "a", "A ", "b", "c"]), max_size=5)


@given(
    st.lists(facts, min_size=3, max_size=3), st.lists(st.sampled_from(["a", "b", "x", "Tides are free"]), max_size=4)
)
def test_a_mended_plan_never_has_faults(owned: list[list[str]], must_include: list[str]):
    from dataclasses import replace

    brief = Brief("Tides", words=900, must_include=tuple(must_include))
    base = plain_plan(brief, OUTLINE, EVIDENCE)
    rows = tuple(replace(row, owned=tuple(o)) for row, o in zip(base.sections, owned, strict=True))
    assert mended(replace(base, sections=rows), brief).faults(brief.must_include, brief.words) == []
