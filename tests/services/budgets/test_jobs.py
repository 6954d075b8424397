"""What an article is expected to cost, what it costs, and that it ends before it costs more than it may."""

import json
from dataclasses import replace

import pytest

from tests.services.budgets.conftest import ROUTE
from tests.support.scripted_article import kind_of
from tests.support.scripted_server import Reply, ScriptedServer
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.domain.briefs import Brief
from writer.domain.drafting import BUILT_IN
from writer.domain.drafts import SectionState
from writer.domain.errors import NotFound, UserMistake
from writer.domain.jobs import Job, JobState, StepState

BRIEF = Brief("The harbour pipe in winter", words=1200)


def ended(app: App, job: Job) -> Job:
    list(app.jobs.follow(job.id, LOCAL_ACTOR))
    return app.jobs.get(job.id, LOCAL_ACTOR)


def spent(app: App, job: Job) -> int:
    return sum(call.cost_micros or 0 for call in app.usage.calls(LOCAL_ACTOR, job_id=job.id, limit=1000))


def finished(app: App, job: Job) -> int:
    draft = app.drafts.open(job.draft_id, LOCAL_ACTOR)
    return sum(section.state is SectionState.DONE and bool(section.text) for section in draft.sections)


def outlined(app: App, words: int = 1200) -> Job:
    draft = app.articles.start(replace(BRIEF, words=words), LOCAL_ACTOR)
    job = app.jobs.for_draft(draft.id, LOCAL_ACTOR)
    return ended(app, job)


def approved(app: App, job: Job) -> Job:
    draft = app.drafts.open(job.draft_id, LOCAL_ACTOR)
    return ended(app, app.articles.approve(draft.id, draft.outline, LOCAL_ACTOR))


def test_an_article_costs_what_it_was_expected_to(sourced: App):
    app = sourced
    job = outlined(app)
    before = spent(app, job)
    draft = app.drafts.open(job.draft_id, LOCAL_ACTOR)

    estimate = app.estimates.article(draft.brief, draft.outline, LOCAL_ACTOR, ROUTE)
    job = approved(app, job)

    assert job.state is JobState.DONE
    cost = spent(app, job) - before
    assert estimate.low_micros * 0.7 <= cost <= estimate.high_micros
    assert estimate.high_micros < 6 * estimate.low_micros


def test_from_a_brief_alone_the_whole_article_is_estimated(app: App):
    estimate = app.estimates.article(BRIEF, None, LOCAL_ACTOR, ROUTE)

    job = ended(app, app.articles.write(BRIEF, LOCAL_ACTOR))

    assert estimate.low_micros * 0.7 <= spent(app, job) <= estimate.high_micros


def test_research_costs_what_it_was_expected_to(app: App, server: ScriptedServer):
    questions = ["What did the pipe in the harbour cost in the first winter?", "Who repairs the pipe when it freezes?"]
    asked = {"perspectives": [{"name": name, "questions": questions} for name in ("reader", "sceptic", "builder")]}
    server.script = Reply(json.dumps(asked))
    estimate = app.estimates.research(BRIEF, LOCAL_ACTOR, ROUTE)

    job = ended(app, app.research.start(BRIEF, LOCAL_ACTOR, ROUTE))

    assert job.state is JobState.DONE
    assert 0 < estimate.low_micros * 0.7 <= spent(app, job) <= estimate.high_micros


def test_an_unknown_price_gives_no_estimate_and_the_built_in_drafter_costs_nothing(app: App):
    assert app.estimates.article(BRIEF, None, LOCAL_ACTOR, "openai:nobody-knows-this") is None
    assert app.estimates.article(BRIEF, None, LOCAL_ACTOR, "nobody:m") is None
    free = app.estimates.article(BRIEF, None, LOCAL_ACTOR, BUILT_IN)
    assert (free.low_micros, free.high_micros) == (0, 0)


def test_a_job_ends_before_it_costs_more_than_it_may_and_goes_on_when_it_may(app: App):
    job = outlined(app)
    cap = spent(app, job) + 8_000
    app.budgets.set_cap(job.id, cap, LOCAL_ACTOR)

    job = approved(app, job)

    assert job.state is JobState.FAILED
    assert "What was finished is kept" in job.error
    assert "may cost" in job.error
    assert spent(app, job) <= cap
    kept = finished(app, job)
    failed = [step for step in app.jobs.steps(job.id, LOCAL_ACTOR) if step.state is StepState.FAILED]
    assert {step.error_kind for step in failed} == {"budget"}

    app.budgets.set_cap(job.id, 10_000_000, LOCAL_ACTOR)
    job = ended(app, app.jobs.resume(job.id, LOCAL_ACTOR))
    assert job.state is JobState.DONE
    assert finished(app, job) > kept
    assert app.budgets.cap(job.id, LOCAL_ACTOR).spent_micros == spent(app, job)


def test_an_article_that_its_cap_ended_goes_on_with_the_built_in_drafter(sourced: App):
    app = sourced
    job = outlined(app, words=1300)
    app.budgets.set_cap(job.id, spent(app, job) + 8_000, LOCAL_ACTOR)
    job = approved(app, job)
    asked = spent(app, job)

    job = ended(app, app.articles.go_on(job.draft_id, LOCAL_ACTOR, BUILT_IN))

    assert job.state is JobState.DONE
    assert spent(app, job) == asked
    with pytest.raises(UserMistake):
        app.articles.go_on(job.draft_id, LOCAL_ACTOR, BUILT_IN)


def test_a_cap_holds_from_the_first_call_and_can_be_raised_by_asking_again(app: App, server: ScriptedServer):
    job = ended(app, app.articles.write(BRIEF, LOCAL_ACTOR, cap_micros=1))
    assert job.state is JobState.FAILED
    assert server.requests == []

    again = ended(app, app.articles.write(BRIEF, LOCAL_ACTOR, cap_micros=10_000_000))

    assert again.id == job.id
    assert again.state is JobState.DONE


def test_a_used_up_budget_ends_the_job_and_other_routes_are_not_asked_in_its_place(app: App, server: ScriptedServer):
    app.budgets.add(1, LOCAL_ACTOR, route=ROUTE)

    job = ended(app, app.articles.write(BRIEF, LOCAL_ACTOR))

    assert job.state is JobState.FAILED
    assert "Raise the budget" in job.error
    assert server.requests == []


def test_what_the_budgets_say_was_spent_is_what_the_ledger_says(app: App, server: ScriptedServer):
    app.budgets.add(10_000_000, LOCAL_ACTOR)
    job = ended(app, app.articles.write(BRIEF, LOCAL_ACTOR))

    assert job.state is JobState.DONE
    (standing,) = app.budgets.standings(LOCAL_ACTOR)
    assert standing.spent_micros == spent(app, job) > 0
    assert standing.reserved_micros == 0
    assert len([asked for asked in server.requests if kind_of(asked) == "section"]) > 1


def test_nobody_else_sees_or_sets_what_a_job_may_cost(app: App):
    job = ended(app, app.articles.write(BRIEF, LOCAL_ACTOR, cap_micros=1))

    for attempt in (lambda by: app.budgets.cap(job.id, by), lambda by: app.budgets.set_cap(job.id, 5, by)):
        with pytest.raises(NotFound):
            attempt(Actor("bob", credential="key"))
