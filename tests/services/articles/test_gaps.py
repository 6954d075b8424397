"""Gaps end to end on a real App: with the built-in drafter, and with a model that refuses until it has evidence."""

from contextlib import suppress

import pytest

from tests.support.data_folder import warmed
from tests.support.scripted_article import kind_of, quick, section_key
from tests.support.scripted_server import Reply, ScriptedServer
from writer.bootstrap import build
from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.domain.briefs import Brief
from writer.domain.drafts import Draft, Section, SectionState
from writer.domain.errors import EditConflict, NotFound, UserMistake
from writer.domain.jobs import JobState
from writer.domain.outlines import Outline, OutlineSection
from writer.settings import read_settings

BOB = Actor("bob")
TIDES = """# Tides

Tides are the rise and fall of sea levels. They are caused by the gravity of the moon and the sun.
The moon pulls the water on the near side of the earth towards it, which makes a bulge of water.
When the sun and the moon stand in one line, their pulls add up, and the tides are higher than usual.
"""
KRAUT = """# Sauerkraut at sea

Sauerkraut was carried on ships because sauerkraut kept sailors free of scurvy for months.
Captain Cook took seven thousand pounds of sauerkraut on his first voyage in 1768.
"""
REFUSAL = '{"status": "insufficient", "missing": ["what it cost"], "suggested_queries": ["tidal power cost", "price"]}'


@pytest.fixture
def open_app(tmp_path):
    built = []

    def opened(**settings):
        names = {f"WRITER_{name.upper()}": value for name, value in settings.items()}
        app = build(read_settings({"HOME": str(tmp_path), "WRITER_DATA_DIR": str(warmed(tmp_path / "data")), **names}))
        app.start()
        built.append(app)
        return app

    yield opened
    for app in built:
        app.close()


def finished(app, job):
    for _ in app.jobs.follow(job.id, LOCAL_ACTOR):
        pass
    return app.jobs.get(job.id, LOCAL_ACTOR)


def add(app, title, text, by=LOCAL_ACTOR):
    source = app.sources.add_text(title, text, by)
    list(app.jobs.follow(app.jobs.for_source(source.id, by).id, by))
    return source


def with_gap(app, **brief) -> Draft:
    """An article on tides whose second section asks for sauerkraut, which no source mentions."""
    add(app, "Tides", TIDES)
    draft = app.articles.start(Brief("How tides work", words=300, **brief), LOCAL_ACTOR)
    finished(app, app.jobs.for_draft(draft.id, LOCAL_ACTOR))
    shape = Outline(
        "Tides", (OutlineSection("s1", "The moon and the sun"), OutlineSection("s2", "Sauerkraut and scurvy on ships"))
    )
    assert finished(app, app.articles.approve(draft.id, shape, LOCAL_ACTOR)).state is JobState.DONE
    draft = app.drafts.open(draft.id, LOCAL_ACTOR)
    assert [part.key for part in app.gaps.of(draft.id, LOCAL_ACTOR)] == ["s2"]
    return draft


def test_a_card_says_what_is_missing_and_what_to_search_for(open_app):
    app = open_app()
    draft = with_gap(app)

    part = app.gaps.of(draft.id, LOCAL_ACTOR)[0]

    assert "Sauerkraut and scurvy on ships" in part.gap.missing
    assert any("Sauerkraut" in query for query in part.gap.suggested_queries)
    assert part.again


def test_a_section_is_written_again_from_a_source_that_came_later(open_app):
    app = open_app()
    draft = with_gap(app)
    before = {section.key: section for section in draft.sections}
    kraut = add(app, "Sauerkraut at sea", KRAUT)

    job = finished(app, app.gaps.retry(draft.id, "s2", LOCAL_ACTOR))

    assert (job.state, job.kind) == (JobState.DONE, "section")
    after = app.drafts.open(draft.id, LOCAL_ACTOR)
    assert f"[[S{kraut.id}.p" in after.section("s2").text
    assert after.section("s2").gap is None
    assert {s.key: s for s in after.sections if s.key != "s2"} == {k: s for k, s in before.items() if k != "s2"}
    assert app.gaps.of(draft.id, LOCAL_ACTOR) == []
    assert app.drafts.versions(draft.id, LOCAL_ACTOR)[0].note == "“Sauerkraut and scurvy on ships” written again"


def test_a_section_that_is_finished_while_its_card_is_drawn_is_no_open_part(open_app):
    app = open_app()
    draft = with_gap(app)
    add(app, "Sauerkraut at sea", KRAUT)
    job = app.gaps.retry(draft.id, "s2", LOCAL_ACTOR)

    class FinishedMeanwhile:
        def latest_for_draft(self, draft_id, kind):
            finished(app, job)
            return app.jobs.for_draft(draft_id, LOCAL_ACTOR, kind)

    ledger, app.gaps._ledger = app.gaps._ledger, FinishedMeanwhile()
    parts = app.gaps.of(draft.id, LOCAL_ACTOR)
    app.gaps._ledger = ledger

    assert parts == []


def test_a_source_that_came_later_counts_also_where_the_brief_names_its_sources(open_app):
    app = open_app()
    draft = with_gap(app, source_ids=(1,))
    add(app, "Sauerkraut at sea", KRAUT)

    finished(app, app.gaps.retry(draft.id, "s2", LOCAL_ACTOR))

    assert "scurvy" in app.drafts.open(draft.id, LOCAL_ACTOR).section("s2").text


def test_without_anything_new_the_gap_stays_a_gap(open_app):
    app = open_app()
    draft = with_gap(app)

    assert finished(app, app.gaps.retry(draft.id, "s2", LOCAL_ACTOR)).state is JobState.DONE

    assert app.drafts.open(draft.id, LOCAL_ACTOR).section("s2").gap is not None


def test_the_passages_that_the_writer_names_are_used_whatever_a_rule_thinks(open_app):
    app = open_app()
    draft = with_gap(app)

    finished(app, app.gaps.retry(draft.id, "s2", LOCAL_ACTOR, passage_ids=["S1.p1"]))

    section = app.drafts.open(draft.id, LOCAL_ACTOR).section("s2")
    assert section.gap is None
    assert "[[S1.p1]]" in section.text


def test_passages_of_others_and_invented_ones_are_not_there(open_app):
    app = open_app()
    draft = with_gap(app)
    foreign = add(app, "Kraut", KRAUT, BOB)

    for ids in ([f"S{foreign.id}.p1"], ["S999.p1"], ["S1.p1", "nonsense"]):
        with pytest.raises(NotFound, match="no such passage"):
            app.gaps.retry(draft.id, "s2", LOCAL_ACTOR, passage_ids=ids)
    with pytest.raises(UserMistake, match="At most 12"):
        app.gaps.retry(draft.id, "s2", LOCAL_ACTOR, passage_ids=[f"S1.p{n}" for n in range(13)])


def test_a_gap_that_its_writer_takes_over_is_an_empty_section(open_app):
    app = open_app()
    draft = with_gap(app)

    after = app.gaps.write_myself(draft.id, "s2", LOCAL_ACTOR)

    assert after.section("s2").gap is None
    assert [s.key for s in after.sections] == [s.key for s in draft.sections]
    saved = app.drafts.save_section(
        after.id, after.revision, LOCAL_ACTOR, key="s2", heading="Sauerkraut", text="My own words."
    )
    assert saved.section("s2").text == "My own words."


def test_a_section_that_is_left_out_is_gone_and_stays_in_the_versions(open_app):
    app = open_app()
    draft = with_gap(app)

    after = app.gaps.leave_out(draft.id, "s2", LOCAL_ACTOR)

    assert [s.key for s in after.sections] == [s.key for s in draft.sections if s.key != "s2"]
    newest, before = app.drafts.versions(draft.id, LOCAL_ACTOR)[:2]
    assert newest.note == "“Sauerkraut and scurvy on ships” left out"
    sections = app.drafts.version(draft.id, before.number, LOCAL_ACTOR).sections
    assert "s2" in [s.key for s in sections]


def test_gaps_are_their_owners_alone(open_app):
    app = open_app()
    draft = with_gap(app)

    for asked in (
        lambda: app.gaps.of(draft.id, BOB),
        lambda: app.gaps.retry(draft.id, "s2", BOB),
        lambda: app.gaps.write_myself(draft.id, "s2", BOB),
        lambda: app.gaps.leave_out(draft.id, "s2", BOB),
    ):
        with pytest.raises(NotFound, match="no such draft"):
            asked()


def test_a_section_with_a_text_has_no_gap_to_fill(open_app):
    app = open_app()
    draft = with_gap(app)

    for asked in (app.gaps.retry, app.gaps.write_myself, app.gaps.leave_out):
        with pytest.raises(UserMistake, match="has a text"):
            asked(draft.id, "s1", LOCAL_ACTOR)
        with pytest.raises(NotFound, match="no such section"):
            asked(draft.id, "s9", LOCAL_ACTOR)


def test_an_article_that_waits_for_its_writer_is_not_written_in(open_app):
    app = open_app()
    draft = with_gap(app)
    app.articles.redo_outline(draft.id, LOCAL_ACTOR)

    with pytest.raises(UserMistake, match="still being written"):
        app.gaps.retry(draft.id, "s2", LOCAL_ACTOR)


def test_a_draft_without_a_plan_can_have_its_gaps_filled_too(open_app):
    app = open_app()
    draft = with_gap(app)
    copy = app.drafts.duplicate(draft.id, LOCAL_ACTOR)
    add(app, "Sauerkraut at sea", KRAUT)

    finished(app, app.gaps.retry(copy.id, "s2", LOCAL_ACTOR))

    assert "scurvy" in app.drafts.open(copy.id, LOCAL_ACTOR).section("s2").text


def test_what_the_writer_typed_meanwhile_is_never_replaced(open_app):
    app = open_app()
    draft = with_gap(app)
    job = app.gaps.retry(draft.id, "s2", LOCAL_ACTOR, passage_ids=["S1.p1"])
    saved = None
    while saved is None:
        now = app.drafts.open(draft.id, LOCAL_ACTOR)
        with suppress(EditConflict):  # the job came between the look and the save
            saved = app.drafts.save_section(draft.id, now.revision, LOCAL_ACTOR, key="s2", heading="Mine", text="Mine.")
    finished(app, job)

    assert saved.section("s2").text == "Mine."
    assert "Mine." in app.drafts.open(draft.id, LOCAL_ACTOR).section("s2").text


def test_a_gap_is_exported_as_a_note_and_not_as_prose(open_app):
    app = open_app()
    draft = with_gap(app)

    text = app.exports.export(draft.id, "markdown", LOCAL_ACTOR).content.decode()

    card = text[text.index("> **Not in the sources.**") :]
    assert "> - Sauerkraut and scurvy on ships" in card
    assert all(line.startswith(">") for line in card.partition("\n\n")[0].splitlines())


def refusing(asked) -> Reply:
    """A model that finds nothing about costs (s1) until it is shown the passage that has them."""
    if kind_of(asked) == "section" and section_key(asked) == "s1" and "48 million" not in asked.prompt:
        return Reply(REFUSAL)
    return quick(asked)


@pytest.fixture
def model():
    with ScriptedServer(refusing) as server:
        yield server


def with_models_gap(open_app, model) -> tuple:
    app = open_app(openai__api_key="sk-scripted-0123456789", openai__base_url=model.url, routes="openai:scripted-1")
    parts = "\n\n".join(
        f"## {word}\n\nTidal power and its {word.lower()} matter to many people in many harbours, as report {n} says."
        for n, word in enumerate(("Costs", "People", "Machines", "Weather", "Harbours", "Prospects"))
    )
    add(app, "Tidal power", f"# Tidal power\n\n{parts}")
    job = app.articles.write(Brief("Tidal power", words=600), LOCAL_ACTOR)
    assert finished(app, job).state is JobState.DONE
    return app, job.draft_id


def test_what_a_model_lacks_is_a_card_and_the_retry_pays_for_that_section_alone(open_app, model):
    app, draft_id = with_models_gap(open_app, model)
    part = app.gaps.of(draft_id, LOCAL_ACTOR)[0]
    assert (part.key, part.gap.missing, part.gap.suggested_queries) == (
        "s1",
        ("what it cost",),
        ("tidal power cost", "price"),
    )
    add(
        app,
        "The bill",
        "# The bill\n\nTidal power costs 48 million crowns, which is what the costs of tidal power mean.",
    )
    model.forget()

    job = finished(app, app.gaps.retry(draft_id, "s1", LOCAL_ACTOR))

    assert job.state is JobState.DONE
    asked = [(kind_of(one), section_key(one)) for one in model.requests]
    assert set(asked) == {("section", "s1")}
    draft = app.drafts.open(draft_id, LOCAL_ACTOR)
    assert draft.section("s1").text
    assert draft.section("s1").gap is None
    assert draft.section("s1").route == "openai:scripted-1"
    calls = app.usage.calls(LOCAL_ACTOR, job_id=job.id) if hasattr(app.usage, "calls") else []
    assert all(call.purpose == "section" for call in calls)


def test_a_model_that_still_refuses_leaves_the_gap(open_app, model):
    app, draft_id = with_models_gap(open_app, model)

    finished(app, app.gaps.retry(draft_id, "s1", LOCAL_ACTOR))

    assert app.gaps.of(draft_id, LOCAL_ACTOR)[0].gap.missing == ("what it cost",)


def test_a_failed_retry_keeps_the_card_and_goes_on_where_it_was(open_app, model):
    app, draft_id = with_models_gap(open_app, model)
    model.script = Reply(status=400, message="no")

    job = finished(app, app.gaps.retry(draft_id, "s1", LOCAL_ACTOR))
    assert job.state is JobState.FAILED
    assert app.gaps.of(draft_id, LOCAL_ACTOR)[0].key == "s1"

    model.script = quick
    finished(app, app.jobs.resume(job.id, LOCAL_ACTOR))
    assert app.gaps.of(draft_id, LOCAL_ACTOR) == []


def test_a_second_click_is_the_same_job(open_app, model):
    app, draft_id = with_models_gap(open_app, model)
    model.script = Reply(hold_after=0)

    first = app.gaps.retry(draft_id, "s1", LOCAL_ACTOR)
    again = app.gaps.retry(draft_id, "s1", LOCAL_ACTOR)

    assert again.id == first.id
    assert app.gaps.of(draft_id, LOCAL_ACTOR)[0].retry is not None
    app.jobs.stop(first.id, LOCAL_ACTOR)


def test_an_introduction_that_says_nothing_of_its_own_is_not_written_again_alone(open_app):
    app = open_app()
    draft = with_gap(app)
    gap = app.drafts.open(draft.id, LOCAL_ACTOR).section("s2").gap
    bare = Section("introduction", "Introduction", "", SectionState.DONE, "introduction", gap)
    rest = [section for section in draft.sections if section.key != "introduction"]
    now = app.drafts.open(draft.id, LOCAL_ACTOR)
    app.drafts.save(draft.id, now.revision, LOCAL_ACTOR, title=draft.title, sections=[bare, *rest])

    assert not app.gaps.of(draft.id, LOCAL_ACTOR)[0].again
    with pytest.raises(UserMistake, match="written from the finished text"):
        app.gaps.retry(draft.id, "introduction", LOCAL_ACTOR)
