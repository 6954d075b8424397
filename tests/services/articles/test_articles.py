import asyncio
import random
from dataclasses import asdict, replace
from datetime import date

import pytest

from tests.services.articles.conftest import ROUTE, Studio
from tests.support import scripted_article
from tests.support.scripted_article import STATISTIC, kind_of, quick, same_statistic, section_key
from tests.support.scripted_server import Asked, Reply, failing
from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.domain.briefs import Brief
from writer.domain.citations import cited_ids
from writer.domain.drafts import Draft, DraftState, Origin, SectionState
from writer.domain.errors import NotFound, UnknownRoute, UserMistake
from writer.domain.jobs import JobState, StepState
from writer.domain.outlines import Outline, OutlineSection
from writer.domain.sources import NewSource
from writer.services.articles import Articles
from writer.services.articles.overlap import overlaps
from writer.services.extractive import ExtractiveDrafter

BRIEF = Brief("Tidal power in harbour towns", words=1200, must_include=("Tides come twice a day",))


def kinds(studio: Studio) -> list[str]:
    return [kind_of(asked) for asked in studio.server.requests]


def shared_in(draft: Draft) -> list:
    return overlaps([(section.key, section.text) for section in draft.sections])


async def test_a_brief_becomes_a_cited_draft_by_four_calls_in_a_row(studio_on_both: Studio):
    sourced = studio_on_both
    draft = await sourced.written(BRIEF)

    keys = [section.key for section in draft.sections]
    assert draft.state is DraftState.IN_REVIEW
    assert keys == ["introduction", "s1", "s2", "s3", "s4", "s5", "s6", "conclusion"]
    assert all(section.state is SectionState.DONE and section.text for section in draft.sections)
    assert all(cited_ids(section.text) for section in draft.sections if section.role == "body")
    assert all(section.flags == () for section in draft.sections)
    assert draft.title == "Tides at work in six harbours"
    assert 121 <= len(draft.description) <= 156
    assert sorted(kinds(sourced)) == sorted(
        ["outline", "plan", *["section"] * 6, "introduction", "conclusion", "headline"]
    )
    assert abs(draft.word_count - 1200) < 240
    assert shared_in(draft) == []


async def test_every_version_says_who_made_it(sourced: Studio):
    draft = await sourced.written(BRIEF)
    versions = sourced.stores.drafts.versions(draft.id)

    assert {version.origin.kind for version in versions} == {"generated"}
    sections = [version for version in versions if version.origin.prompt_version.startswith("section@")]
    assert len(sections) == 6
    assert {version.origin.route for version in sections} == {ROUTE}


async def test_the_writer_shapes_the_outline_before_anything_else_is_written(sourced: Studio):
    draft = sourced.articles.start(BRIEF, LOCAL_ACTOR)
    job = sourced.jobs.for_draft(draft.id, LOCAL_ACTOR)
    assert job is not None
    waiting = await sourced.followed(job.id)
    shown = sourced.stores.drafts.get(draft.id)

    assert waiting.state is JobState.WAITING
    assert shown.state is DraftState.OUTLINED
    assert shown.outline is not None
    assert shown.title == "Tides at work"
    assert kinds(sourced) == ["outline"]

    edited = replace(
        shown.outline,
        sections=(shown.outline.sections[2], OutlineSection("", "Prospects of tidal power"), shown.outline.sections[0]),
    )
    sourced.articles.approve(draft.id, edited, LOCAL_ACTOR)
    sourced.articles.approve(draft.id, edited, LOCAL_ACTOR)  # a double click
    done = await sourced.followed(job.id)
    written = sourced.stores.drafts.get(draft.id)

    assert done.state is JobState.DONE
    assert [s.key for s in written.sections] == ["introduction", "s3", "s4", "s1", "conclusion"]
    assert written.sections[2].heading == "Prospects of tidal power"
    assert kinds(sourced).count("section") == 3


async def test_an_outline_cannot_be_approved_before_it_is_there(sourced: Studio):
    draft = sourced.articles.start(BRIEF, LOCAL_ACTOR)
    with pytest.raises(UserMistake, match="not ready"):
        sourced.articles.approve(draft.id, Outline("T", (OutlineSection("s1", "A"),)), LOCAL_ACTOR)
    with pytest.raises(NotFound):
        sourced.articles.approve(draft.id, Outline("T", (OutlineSection("s1", "A"),)), Actor("somebody else"))


async def test_a_double_click_on_start_is_one_draft_and_a_new_brief_another(sourced: Studio):
    first = sourced.articles.start(BRIEF, LOCAL_ACTOR)
    assert sourced.articles.start(BRIEF, LOCAL_ACTOR).id == first.id
    assert sourced.articles.start(replace(BRIEF, words=1000), LOCAL_ACTOR).id != first.id


async def test_another_outline_for_the_same_draft_replaces_the_text_once_it_is_approved(sourced: Studio):
    draft = await sourced.written(BRIEF)
    job = sourced.articles.redo_outline(draft.id, LOCAL_ACTOR)
    await sourced.followed(job.id)
    proposed = sourced.stores.drafts.get(draft.id)
    assert [s.text for s in proposed.sections] == [s.text for s in draft.sections]

    assert proposed.outline is not None
    sourced.articles.approve(draft.id, replace(proposed.outline, sections=proposed.outline.sections[:2]), LOCAL_ACTOR)
    await sourced.followed(job.id)
    written = sourced.stores.drafts.get(draft.id)
    assert [s.key for s in written.sections] == ["introduction", "s1", "s2", "conclusion"]
    assert any(version.note == "New outline approved" for version in sourced.stores.drafts.versions(draft.id))


async def test_another_outline_by_a_route_that_does_not_exist_leaves_the_first_one_waiting(sourced: Studio):
    draft = sourced.articles.start(BRIEF, LOCAL_ACTOR)
    job = sourced.jobs.for_draft(draft.id, LOCAL_ACTOR)
    await sourced.followed(job.id)

    with pytest.raises(UnknownRoute):
        sourced.articles.redo_outline(draft.id, LOCAL_ACTOR, "nobody:nothing")
    assert sourced.jobs.get(job.id, LOCAL_ACTOR).state is JobState.WAITING


async def test_with_a_provider_that_always_reaches_for_the_strongest_statistic_it_is_said_once(
    studio_on_both: Studio,
):
    sourced = studio_on_both
    sourced.server.script = same_statistic
    draft = await sourced.written(BRIEF)

    assert shared_in(draft) == []
    assert draft.sections[1].text.count("47 percent") >= 1
    assert all("47 percent" not in section.text for section in draft.sections[2:])
    assert all(section.text and section.gap is None for section in draft.sections)
    assert kinds(sourced).count("repair") == 5


async def test_when_everything_is_the_same_text_nothing_is_left_empty_without_saying_so(sourced: Studio):
    parrot = " ".join([STATISTIC] * 12)

    def script(asked: Asked) -> Reply:
        return Reply(parrot) if kind_of(asked) not in ("outline", "plan", "headline") else quick(asked)

    sourced.server.script = script
    draft = await sourced.written(BRIEF)

    assert shared_in(draft) == []
    assert draft.section("s1").text
    for section in draft.sections:
        assert section.text or "only what other parts" in section.gap.missing[0]


async def test_a_repair_by_the_model_that_works_is_kept(sourced: Studio):
    def script(asked: Asked) -> Reply:
        return quick(asked) if kind_of(asked) == "repair" else same_statistic(asked)

    sourced.server.script = script
    draft = await sourced.written(BRIEF)

    assert shared_in(draft) == []
    notes = [version.note for version in sourced.stores.drafts.versions(draft.id)]
    assert "“People” rewritten to end a repetition" in notes
    assert "Repeated sentences taken out" not in notes


async def test_a_provider_that_fails_at_the_repair_costs_the_article_nothing(sourced: Studio):
    def script(asked: Asked) -> Reply:
        return failing(400) if kind_of(asked) == "repair" else same_statistic(asked)

    sourced.server.script = script
    draft = await sourced.written(BRIEF)

    assert shared_in(draft) == []
    assert any("could not be rewritten" in flag for flag in draft.section("s2").flags)


@pytest.mark.parametrize("script", [quick, same_statistic])
async def test_no_order_of_completion_reaches_the_text(sourced: Studio, script):
    texts = set()
    for seed in range(4):
        chance = random.Random(seed)

        def delayed(asked: Asked, chance: random.Random = chance) -> Reply:
            return replace(script(asked), first_s=chance.random() / 10)

        sourced.server.script = delayed
        # Another reader is another key: nothing is taken from what was kept before.
        draft = await sourced.written(replace(BRIEF, due=None, goal=f"{seed}"))
        texts.add((draft.title, draft.description, draft.markdown(), tuple(s.flags for s in draft.sections)))

    assert len(texts) == 1


async def test_a_job_that_failed_half_way_goes_on_without_paying_again(sourced: Studio):
    def script(asked: Asked) -> Reply:
        return failing(400) if section_key(asked) == "s3" else quick(asked)

    sourced.server.script = script
    failed = await sourced.followed(sourced.articles.write(BRIEF, LOCAL_ACTOR).id)
    assert failed.state is JobState.FAILED
    assert failed.error.startswith(ROUTE)
    assert kinds(sourced).count("section") == 6

    sourced.server.script = quick
    sourced.server.forget()
    job = sourced.articles.write(BRIEF, LOCAL_ACTOR)
    assert job.id == failed.id
    done = await sourced.followed(job.id)

    assert done.state is JobState.DONE
    assert [section_key(asked) for asked in sourced.server.requests if kind_of(asked) == "section"] == ["s3"]
    assert kinds(sourced).count("outline") == kinds(sourced).count("plan") == 0


async def test_the_same_brief_when_all_is_done_is_the_same_job_and_costs_nothing(sourced: Studio):
    draft = await sourced.written(BRIEF)
    calls = len(sourced.server.requests)

    assert (await sourced.written(BRIEF)).id == draft.id
    assert len(sourced.server.requests) == calls


async def test_another_day_is_the_same_article_and_costs_nothing(sourced: Studio):
    draft = await sourced.written(BRIEF)
    calls = len(sourced.server.requests)

    moved = await sourced.written(replace(BRIEF, due=date(2026, 12, 24)))

    assert (moved.id, moved.brief.due, moved.markdown()) == (draft.id, date(2026, 12, 24), draft.markdown())
    assert len(sourced.server.requests) == calls
    started = sourced.articles.start(replace(BRIEF, goal="decide", due=date(2026, 12, 24)), LOCAL_ACTOR)
    again = sourced.articles.start(replace(BRIEF, goal="decide"), LOCAL_ACTOR)
    assert (started.id, started.brief.due) == (again.id, date(2026, 12, 24))
    assert again.brief.due is None


async def test_sections_written_for_one_day_are_used_for_another(sourced: Studio):
    first = await sourced.written(replace(BRIEF, due=date(2026, 12, 24)))
    sourced.stores.drafts.trash(first.id)
    sourced.server.forget()
    await sourced.written(BRIEF)

    assert kinds(sourced).count("section") == 0


async def test_an_unfinished_job_goes_on_after_an_update_and_a_finished_one_is_written_anew(sourced: Studio):
    sourced.server.script = lambda asked: failing(400) if section_key(asked) == "s3" else quick(asked)
    failed = await sourced.followed(sourced.articles.write(BRIEF, LOCAL_ACTOR).id)
    sourced.update = "+newer prompts"
    sourced.server.script = quick

    resumed = sourced.articles.write(BRIEF, LOCAL_ACTOR)
    assert resumed.id == failed.id
    await sourced.followed(resumed.id)
    assert sourced.articles.write(BRIEF, LOCAL_ACTOR).id != failed.id


async def test_a_draft_in_the_trash_is_not_written_into_again(sourced: Studio):
    draft = await sourced.written(BRIEF)
    sourced.stores.drafts.trash(draft.id)
    assert sourced.articles.write(BRIEF, LOCAL_ACTOR).draft_id != draft.id


async def test_sections_written_for_another_draft_of_the_same_plan_are_taken_from_there(sourced: Studio):
    first = await sourced.written(BRIEF)
    sourced.stores.drafts.trash(first.id)
    sourced.server.forget()
    again = await sourced.written(BRIEF)

    assert again.id != first.id
    assert again.markdown() == first.markdown()
    assert kinds(sourced).count("section") == 0


async def test_a_source_deleted_while_the_job_runs_is_a_gap_or_a_flag_and_never_a_citation(sourced: Studio):
    draft = sourced.articles.start(BRIEF, LOCAL_ACTOR)
    job = sourced.jobs.for_draft(draft.id, LOCAL_ACTOR)
    await sourced.followed(job.id)
    shown = sourced.stores.drafts.get(draft.id)
    gone: set[int] = set()

    def script(asked: Asked) -> Reply:
        reply = quick(asked)
        if kind_of(asked) == "plan":
            for source in sourced.stores.sources.listing("local")[:5]:
                sourced.stores.sources.delete(source.id)
                gone.add(source.id)
        return reply

    sourced.server.script = script
    sourced.articles.approve(draft.id, shown.outline, LOCAL_ACTOR)
    done = await sourced.followed(job.id)
    written = sourced.stores.drafts.get(draft.id)

    assert done.state is JobState.DONE
    assert not [id_ for id_ in cited_ids(written.markdown()) if int(id_[1:].split(".")[0]) in gone]
    said = [
        *(f for s in written.sections for f in s.flags),
        *(m for s in written.sections if s.gap for m in s.gap.missing),
    ]
    assert any("deleted" in sentence for sentence in said)


async def test_what_the_writer_changes_meanwhile_is_not_overwritten(sourced: Studio):
    seen: list[str] = []

    def script(asked: Asked) -> Reply:
        if kind_of(asked) == "repair" and not seen:
            draft = sourced.stores.drafts.listing("local")[0]
            now = sourced.stores.drafts.get(draft.id)
            mine = [replace(s, text="My own words.") if s.key == "s2" else s for s in now.sections]
            origin = Origin("person", "local")
            sourced.stores.drafts.save(now.id, now.revision, origin, title="My own title", sections=mine)
            seen.append(draft.id)
        return same_statistic(asked)

    sourced.server.script = script
    draft = await sourced.written(BRIEF)

    assert seen == [draft.id]
    assert draft.section("s2").text == "My own words."
    assert draft.title == "My own title"


async def test_a_section_without_material_is_a_gap_and_the_others_are_written(sourced: Studio):
    def script(asked: Asked) -> Reply:
        if section_key(asked) == "s2":
            return Reply('{"status": "insufficient", "missing": ["wages since 2020"], "suggested_queries": ["wages"]}')
        return quick(asked)

    sourced.server.script = script
    draft = await sourced.written(BRIEF)

    assert draft.section("s2").gap.missing == ("wages since 2020",)
    assert draft.section("s2").text == ""
    assert draft.section("s3").text
    introduction = next(asked for asked in sourced.server.requests if kind_of(asked) == "introduction")
    assert "This section lacks: wages since 2020" in introduction.prompt


async def test_without_any_sources_an_article_is_written_and_says_so(studio: Studio):
    draft = await studio.written(BRIEF)

    body = [section for section in draft.sections if section.role == "body"]
    assert all("Written without sources" in section.flags[0] for section in body)
    assert cited_ids(draft.markdown()) == []


async def test_a_type_without_introduction_and_conclusion_has_none(sourced: Studio):
    draft = await sourced.written(replace(BRIEF, content_type="news", words=600))
    assert {section.role for section in draft.sections} == {"body"}


@pytest.mark.parametrize(
    ("brief", "sentence"),
    [
        (replace(BRIEF, content_type="poem"), "no content type “poem”"),
        (replace(BRIEF, source_ids=(77,)), "S77"),
    ],
)
async def test_a_brief_that_cannot_be_written_starts_nothing(sourced: Studio, brief: Brief, sentence: str):
    for start in (sourced.articles.start, sourced.articles.write):
        with pytest.raises(UserMistake, match=sentence):
            start(brief, LOCAL_ACTOR)
    assert sourced.stores.drafts.listing("local") == []


async def test_stop_keeps_what_was_finished_and_resume_goes_on(sourced: Studio):
    def script(asked: Asked) -> Reply:
        return replace(quick(asked), hold_after=1) if section_key(asked) == "s4" else quick(asked)

    sourced.server.script = script
    job = sourced.articles.write(BRIEF, LOCAL_ACTOR)
    following = asyncio.create_task(sourced.followed(job.id))
    await sourced.server.until(lambda: sum(a.finished_at is not None for a in sourced.server.requests) >= 7)
    await asyncio.to_thread(sourced.jobs.stop, job.id, LOCAL_ACTOR)
    stopped = await following
    assert stopped.state is JobState.STOPPED

    sourced.server.script = scripted_article.quick
    sourced.server.forget()
    sourced.jobs.resume(job.id, LOCAL_ACTOR)
    done = await sourced.followed(job.id)
    again = [section_key(asked) for asked in sourced.server.requests if kind_of(asked) == "section"]
    assert done.state is JobState.DONE
    assert "s4" in again
    assert all(step.state is StepState.DONE for step in sourced.stores.jobs.steps(job.id))


async def test_a_start_that_failed_goes_on_when_it_is_asked_for_again(sourced: Studio):
    sourced.server.script = failing(400)
    draft = sourced.articles.start(BRIEF, LOCAL_ACTOR)
    job = sourced.jobs.for_draft(draft.id, LOCAL_ACTOR)
    assert (await sourced.followed(job.id)).state is JobState.FAILED

    sourced.server.script = quick
    assert sourced.articles.start(BRIEF, LOCAL_ACTOR).id == draft.id
    assert (await sourced.followed(job.id)).state is JobState.WAITING


async def test_an_outline_can_be_approved_after_the_job_was_stopped(sourced: Studio):
    draft = sourced.articles.start(BRIEF, LOCAL_ACTOR)
    job = sourced.jobs.for_draft(draft.id, LOCAL_ACTOR)
    await sourced.followed(job.id)
    sourced.jobs.stop(job.id, LOCAL_ACTOR)

    sourced.articles.approve(draft.id, sourced.stores.drafts.get(draft.id).outline, LOCAL_ACTOR)
    assert (await sourced.followed(job.id)).state is JobState.DONE


async def test_text_typed_into_a_place_before_its_section_was_written_stays(sourced: Studio):
    def script(asked: Asked) -> Reply:
        if section_key(asked) == "s2":
            now = sourced.stores.drafts.get(sourced.stores.drafts.listing("local")[0].id)
            mine = [replace(s, text="Typed by hand.") if s.key == "s2" else s for s in now.sections]
            sourced.stores.drafts.save(now.id, now.revision, Origin("person", "local"), title=now.title, sections=mine)
        return quick(asked)

    sourced.server.script = script
    draft = await sourced.written(BRIEF)
    assert draft.section("s2").text == "Typed by hand."
    assert draft.state is DraftState.IN_REVIEW


async def test_a_heading_that_the_writer_gave_meanwhile_stays_over_the_section_that_is_written_then(sourced: Studio):
    def script(asked: Asked) -> Reply:
        if section_key(asked) == "s2":
            now = sourced.stores.drafts.get(sourced.stores.drafts.listing("local")[0].id)
            mine = [replace(s, heading="My own heading") if s.key == "s2" else s for s in now.sections]
            sourced.stores.drafts.save(now.id, now.revision, Origin("person", "local"), title=now.title, sections=mine)
        return quick(asked)

    sourced.server.script = script
    draft = await sourced.written(BRIEF)
    assert draft.section("s2").heading == "My own heading"
    assert draft.section("s2").text


async def test_sources_added_while_the_outline_waits_are_found(sourced: Studio):
    draft = sourced.articles.start(BRIEF, LOCAL_ACTOR)
    job = sourced.jobs.for_draft(draft.id, LOCAL_ACTOR)
    await sourced.followed(job.id)
    added = sourced.add_source(
        "Machines anew", "Machines machines: what machines mean for tidal power in harbour towns."
    )
    sourced.articles.approve(draft.id, sourced.stores.drafts.get(draft.id).outline, LOCAL_ACTOR)
    await sourced.followed(job.id)

    plan = next(asked for asked in sourced.server.requests if kind_of(asked) == "plan")
    assert f"S{added}.p1" in plan.prompt


async def test_an_approved_outline_of_its_own_finds_passages_for_every_section(sourced: Studio):
    await sourced.written(BRIEF)
    plan = next(asked for asked in sourced.server.requests if kind_of(asked) == "plan")
    found = plan.prompt.partition("<passages_found_for_each_section>")[2].partition("</passages")[0]
    assert len([line for line in found.splitlines() if ": S" in line]) == 6


async def test_the_checks_of_the_type_can_be_asked_for_any_time(sourced: Studio):
    draft = await sourced.written(replace(BRIEF, content_type="how-to"))
    findings = sourced.articles.check(draft.id, LOCAL_ACTOR)
    assert "The steps are not numbered." in [finding.sentence for finding in findings]
    job = sourced.jobs.for_draft(draft.id, LOCAL_ACTOR)
    assert job is not None
    assembled = next(step for step in sourced.jobs.steps(job.id, LOCAL_ACTOR) if step.key == "assemble")
    assert assembled.result is not None
    assert assembled.result["findings"] == [asdict(finding) for finding in findings]
    with pytest.raises(NotFound):
        sourced.articles.check(draft.id, Actor("somebody else"))


def with_built_in(studio: Studio) -> Articles:
    drafter = ExtractiveDrafter(studio.library, None)
    stores = studio.stores
    return Articles(
        stores.drafts,
        stores.jobs,
        stores.sources,
        stores.collections,
        studio.library,
        lambda *_: drafter,
        studio.jobs.wake,
    )


def test_without_any_source_the_built_in_drafter_begins_nothing(studio: Studio):
    articles = with_built_in(studio)

    for begin in (articles.start, articles.write):
        with pytest.raises(
            UserMistake, match=r"^There are no sources to write from yet\. Add one, or choose a model\.$"
        ):
            begin(BRIEF, LOCAL_ACTOR)

    assert studio.stores.drafts.listing(LOCAL_ACTOR.user) == []
    assert studio.articles.write(BRIEF, LOCAL_ACTOR).draft_id


def test_while_sources_are_being_read_nobody_begins_without_them(studio: Studio):
    source = studio.stores.sources.add(LOCAL_ACTOR.user, NewSource("text", "Tides", "tides.txt", "0" * 64))

    for articles in (with_built_in(studio), studio.articles):
        with pytest.raises(UserMistake, match="still being read \\(1 to go\\)"):
            articles.write(BRIEF, LOCAL_ACTOR)
        with pytest.raises(UserMistake, match=f"still being read: S{source.id}"):
            articles.write(replace(BRIEF, source_ids=(source.id,)), LOCAL_ACTOR)

    assert studio.stores.drafts.listing(LOCAL_ACTOR.user) == []
