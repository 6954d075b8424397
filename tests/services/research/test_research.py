import threading

import pytest

from tests.services.research.conftest import finished
from tests.support.search_server import Answer, results, row
from tests.support.sites import Page
from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.domain.briefs import Brief
from writer.domain.drafts import DraftState
from writer.domain.errors import NotFound, UserMistake
from writer.domain.imports import ImportOutcome
from writer.domain.jobs import JobState, StepState
from writer.domain.research import Coverage
from writer.services.research.service import worth_searching

BRIEF = Brief("The harbour heat pump", questions=("What did the harbour heat pump cost?", "Who invented sauerkraut?"))
BOB = Actor("bob")


def set_up(app, engine):
    app.web_search.save("searxng", LOCAL_ACTOR, address=engine.url)


def researched(app, brief=BRIEF, **options):
    return finished(app, app.research.start(brief, LOCAL_ACTOR, **options))


def asked_the_web(app, job, questions):
    finished(app, app.research.search_web(job.id, questions, LOCAL_ACTOR))
    return app.research.get(job.id, LOCAL_ACTOR)


def test_each_question_says_how_far_the_sources_answer_it(app, engine):
    job = researched(app)

    found = app.research.get(job.id, LOCAL_ACTOR)
    coverage = {one.question.text: one.coverage for one in found.questions}
    assert coverage["Who invented sauerkraut?"] is Coverage.NOTHING
    assert coverage["What did the harbour heat pump cost?"] in (Coverage.THIN, Coverage.ENOUGH)
    assert found.questions[0].passage_ids
    assert {one.question.perspective for one in found.questions} >= {"writer", "reader", "sceptic", "historian"}
    assert app.drafts.open(job.draft_id, LOCAL_ACTOR).state is DraftState.RESEARCHING
    assert engine.requests == []


def test_nothing_leaves_without_a_web_search_that_was_set_up(app, engine):
    job = researched(app)

    with pytest.raises(UserMistake, match="No web search is set up"):
        app.research.search_web(job.id, [0], LOCAL_ACTOR)
    with pytest.raises(UserMistake, match="No web search is set up"):
        app.research.start(BRIEF, LOCAL_ACTOR, web=True)
    assert engine.requests == []


def test_only_the_questions_that_were_ticked_are_sent(app, engine):
    set_up(app, engine)
    job = researched(app)
    assert engine.requests == []

    found = asked_the_web(app, job, [1])

    assert engine.queries == ["Who invented sauerkraut?"]
    assert [one.title for one in found.candidates] == ["Page 1", "Page 2"]
    assert [one.date for one in found.candidates] == ["", "2024-05-06"]
    assert found.candidates[0].serves == (1,)


def test_a_question_that_was_answered_is_not_sent_and_paid_for_twice(app, engine):
    set_up(app, engine)
    job = researched(app)
    asked_the_web(app, job, [1])

    found = asked_the_web(app, job, [0, 1, 1])

    assert engine.queries == ["Who invented sauerkraut?", "What did the harbour heat pump cost?"]
    assert len(found.candidates) == 2
    assert found.candidates[0].serves == (1, 0)


def test_the_web_is_searched_at_once_only_where_that_was_asked_for(app, engine):
    set_up(app, engine)

    job = researched(app, web=True)

    asked = [one.question.text for one in app.research.get(job.id, LOCAL_ACTOR).questions]
    assert engine.queries == asked


def test_a_page_counts_once_and_says_when_it_is_a_source_already(app, engine, serve):
    site = serve({"/page": Page(body=b"<p>Sauerkraut is old.</p>", headers={"Content-Type": "text/html"})})
    url = f"http://127.0.0.1:{site.port}/page"
    engine.script = lambda request: results(row(1, url=f"{url}?utm_source=x#part"), row(2, url=url))
    set_up(app, engine)
    job = researched(app)

    found = asked_the_web(app, job, [0, 1])

    assert [one.url for one in found.candidates] == [url]
    assert found.candidates[0].serves == (0, 1)
    assert found.candidates[0].source_id == 0


def test_nothing_is_fetched_before_it_is_accepted_and_then_only_what_was_shown(open_app, engine, serve, app):
    site = serve({"/page": Page(body=b"<h1>Old</h1><p>Sauerkraut is very old, people say so.</p>")})
    site.pages["/page"].headers["Content-Type"] = "text/html"
    app.close()
    app = open_app(fetch_hosts=f"{engine.host},127.0.0.1:{site.port}")
    url = f"http://127.0.0.1:{site.port}/page"
    engine.script = lambda request: results(row(1, url=url), row(2, url=f"http://127.0.0.1:{site.port}/other"))
    set_up(app, engine)
    job = researched(app)
    asked_the_web(app, job, [1])
    assert site.asked == []

    for foreign in (f"{url}?x=1", f"{url}/", "http://10.0.0.7/", "javascript:alert(1)", f"{url}\nhttp://10.0.0.7/", ""):
        with pytest.raises(UserMistake, match="did not find"):
            app.research.accept(job.id, [url, foreign], LOCAL_ACTOR)
    with pytest.raises(UserMistake, match="Tick the pages"):
        app.research.accept(job.id, [], LOCAL_ACTOR)
    assert site.asked == []

    finished(app, app.research.accept(job.id, [url], LOCAL_ACTOR))
    found = app.research.get(job.id, LOCAL_ACTOR)
    assert site.paths == ["/robots.txt", "/page"]
    assert [row.outcome for row in found.imports[0].rows] == [ImportOutcome.ADDED]
    assert found.candidates[0].source_id == found.imports[0].rows[0].source_id


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/", "http://169.254.169.254/latest/", "http://2130706433/", "http://[::1]/"]
)
def test_a_result_that_leads_into_the_local_network_is_refused_when_it_is_accepted(app, engine, address):
    engine.script = lambda request: results(row(1, url=address))
    set_up(app, engine)
    job = researched(app)
    found = asked_the_web(app, job, [1])

    for candidate in found.candidates:
        finished(app, app.research.accept(job.id, [candidate.url], LOCAL_ACTOR))
        rows = app.research.get(job.id, LOCAL_ACTOR).imports[0].rows
        assert [one.outcome for one in rows] == [ImportOutcome.REFUSED]
        assert "private network" in rows[0].sentence


def test_research_is_its_owners_alone(app, engine):
    set_up(app, engine)
    job = researched(app)

    for asked in (
        lambda: app.research.get(job.id, BOB),
        lambda: app.research.search_web(job.id, [0], BOB),
        lambda: app.research.accept(job.id, ["https://a.example/"], BOB),
        lambda: app.research.look_again(job.id, BOB),
        lambda: app.research.go_on(job.id, [], BOB),
        lambda: app.research.get("no-such-job", LOCAL_ACTOR),
    ):
        with pytest.raises(NotFound, match="no such research"):
            asked()
    assert app.web_search.setup(BOB).kind == ""
    assert engine.requests == []


def test_another_kind_of_job_is_no_research(app):
    job = app.jobs.recent(LOCAL_ACTOR)[0]
    assert job.kind != "research"

    with pytest.raises(NotFound, match="no such research"):
        app.research.get(job.id, LOCAL_ACTOR)


def test_one_refused_search_does_not_stop_the_others_and_is_sent_again_when_asked(app, engine):
    engine.script = lambda request: Answer(status=400) if "sauerkraut" in request.path else results(row(1))
    set_up(app, engine)
    job = researched(app)

    found = asked_the_web(app, job, [1, 0])
    assert [bool(one.problem) for one in found.searched] == [True, False]
    assert len(found.candidates) == 1
    assert found.job.state is JobState.DONE

    engine.script = lambda request: results(row(7))
    found = asked_the_web(app, job, [1, 0])
    assert [one.title for one in found.candidates] == ["Page 1", "Page 7"]
    assert len(engine.requests) == 3


def test_a_refused_key_is_not_tried_with_every_question(app, engine):
    engine.script = lambda request: Answer(status=402)
    set_up(app, engine)
    job = researched(app)

    found = asked_the_web(app, job, [0, 1, 2, 3])

    assert len(engine.requests) == 1
    assert [("used up" in one.problem) for one in found.searched] == [True] * 4


def test_stop_ends_the_searches_and_going_on_sends_only_the_rest(app, engine):
    asked, go = threading.Event(), threading.Event()

    def first_then_wait(request):
        if len(engine.requests) == 2:
            asked.set()
            go.wait(20)
        return results(row(len(engine.requests)))

    engine.script = first_then_wait
    set_up(app, engine)
    job = researched(app)
    app.research.search_web(job.id, [0, 1, 2], LOCAL_ACTOR)
    assert asked.wait(20)

    app.jobs.stop(job.id, LOCAL_ACTOR)
    go.set()
    stopped = finished(app, job)
    assert stopped.state is JobState.STOPPED

    finished(app, app.jobs.resume(job.id, LOCAL_ACTOR))
    found = app.research.get(job.id, LOCAL_ACTOR)
    assert len(found.searched) == 3
    assert engine.queries.count("What did the harbour heat pump cost?") == 1  # the first, which was finished


def test_research_goes_on_in_another_process(app, engine, open_app):
    set_up(app, engine)
    job = researched(app)
    app.jobs.stop(job.id, LOCAL_ACTOR)
    app.close()

    app = open_app(fetch_hosts=engine.host)
    found = asked_the_web(app, job, [0])

    assert len(found.candidates) == 2
    assert found.questions


def test_the_same_brief_again_is_the_same_research_looked_into_once_more(app):
    job = researched(app)
    source = app.sources.add_text(
        "Sauerkraut", "Sauerkraut was invented by cooks. Who invented sauerkraut? Cooks.", LOCAL_ACTOR
    )
    finished(app, app.jobs.for_source(source.id, LOCAL_ACTOR))

    again = researched(app)

    assert again.id == job.id
    found = {one.question.text: one.coverage for one in app.research.get(job.id, LOCAL_ACTOR).questions}
    assert found["Who invented sauerkraut?"] is not Coverage.NOTHING
    steps = app.jobs.steps(job.id, LOCAL_ACTOR)
    assert all(step.state is StepState.DONE for step in steps)
    assert len(app.drafts.listing(LOCAL_ACTOR)) == 1


def test_going_on_makes_the_outline_with_the_ticked_questions_in_the_brief(app):
    job = researched(app)
    asked = app.research.get(job.id, LOCAL_ACTOR).questions

    draft = app.research.go_on(job.id, [0, 2, 99], LOCAL_ACTOR)

    assert draft.id == job.draft_id
    assert draft.brief.questions == (*BRIEF.questions, asked[2].question.text)
    outlined = finished(app, app.jobs.for_draft(draft.id, LOCAL_ACTOR))
    assert outlined.state is JobState.WAITING
    assert app.drafts.open(draft.id, LOCAL_ACTOR).outline is not None


def test_sources_are_enough_by_a_count_that_is_said(app):
    thin = app.research.readiness(BRIEF, LOCAL_ACTOR)
    assert not thin.enough
    assert "1,200 words want about 8" in thin.sentence
    assert "Nothing is near “Who invented sauerkraut?”." in thin.sentence

    for n in range(8):
        text = f"# Harbour {n}\n\nThe harbour heat pump number {n} heats homes with sea water, as report {n} says."
        source = app.sources.add_text(f"Harbour heat pump {n}", text, LOCAL_ACTOR)
        finished(app, app.jobs.for_source(source.id, LOCAL_ACTOR))
    assert app.research.readiness(Brief("The harbour heat pump"), LOCAL_ACTOR).enough


def test_what_is_worth_a_search_is_what_the_sources_do_not_answer(app):
    found = app.research.get(researched(app).id, LOCAL_ACTOR)

    assert 1 in worth_searching(found)
    assert {n for n, one in enumerate(found.questions) if one.coverage is Coverage.ENOUGH}.isdisjoint(
        worth_searching(found)
    )


def test_questions_that_are_there_need_no_draft(app, engine):
    set_up(app, engine)
    job = finished(app, app.research.start_with(["", "who  ate sauerkraut"], BRIEF, LOCAL_ACTOR))

    found = asked_the_web(app, job, [0])

    assert engine.queries == ["who ate sauerkraut"]
    assert len(found.candidates) == 2
    assert app.drafts.listing(LOCAL_ACTOR) == []
    with pytest.raises(UserMistake, match="nothing to search for"):
        app.research.start_with([" "], BRIEF, LOCAL_ACTOR)
    with pytest.raises(UserMistake, match="no such question"):
        app.research.search_web(job.id, [5], LOCAL_ACTOR)


FOCUSED = "# The harbour heat pump\n\n" + "".join(
    f"## {part}\n\nThe harbour heat pump of Brindle Bay {said}\n\n"
    for part, said in (
        ("Warmth", "takes warmth from sea water of seven degrees and lifts it to eighty degrees."),
        ("Cost", "cost 48 million crowns, and the town lent half of the price to the company."),
        ("Network", "serves the district heating network of the town with hot water."),
        ("Noise", "is quiet, since the compressors of the heat pump stand in the old fish hall."),
    )
)


def test_a_question_is_measured_by_what_it_adds_to_the_subject_that_everything_is_near_to(app):
    source = app.sources.add_text("", FOCUSED, LOCAL_ACTOR)
    finished(app, app.jobs.for_source(source.id, LOCAL_ACTOR))
    brief = Brief(
        "The harbour heat pump",
        questions=("What did the harbour heat pump cost?",),
        must_include=("who won the football world cup", "what the pump cost"),
    )
    found = app.research.get(researched(app, brief).id, LOCAL_ACTOR)
    coverage = {one.question.text.removeprefix("The harbour heat pump: "): one.coverage for one in found.questions}

    assert coverage["What did the harbour heat pump cost?"] is Coverage.ENOUGH
    assert coverage["what the pump cost"] is Coverage.ENOUGH
    assert coverage["who won the football world cup"] is Coverage.NOTHING
    assert coverage["how did it begin, and how has it changed?"] is Coverage.THIN
    assert coverage["what are the problems, limits and criticism?"] is Coverage.THIN
