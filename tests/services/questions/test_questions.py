from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.questions.conftest import ROUTE, TIDES, WIND, House, settings_for
from tests.support.scripted_server import Reply, ScriptedServer
from writer.bootstrap import build
from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.domain.claims import ClaimStatus
from writer.domain.drafting import BUILT_IN
from writer.domain.errors import NotFound, UnknownRoute, UserMistake
from writer.domain.jobs import JobState
from writer.domain.questions import DO_NOT_SAY
from writer.domain.scopes import Scope, of_sources
from writer.services.questions import Questions
from writer.settings import read_settings

COST = "What did the barrage at Rance cost?"
ELSE = Actor("somebody else")


@pytest.fixture
def questions(house: House) -> Iterator[Questions]:
    return house.app.questions


def quoted(house: House, text: str = COST, scope: Scope | None = None) -> str:
    question = house.ask(text, scope or Scope(), BUILT_IN)
    assert question.answer
    return question.answer.text or (question.answer.refusal.sentence if question.answer.refusal else "")


def test_without_a_model_the_answer_is_the_sentence_itself_with_its_citation(anywhere: House) -> None:
    anywhere.source("Tides", TIDES)
    anywhere.source("Wind", WIND)
    question = anywhere.ask(COST, route=BUILT_IN)

    assert question.answer
    assert question.answer.text == (
        "From *Tides*:\n\n- “The barrage at Rance cost 95 million francs. "
        "It was opened in 1966 by President de Gaulle.” [[S1.p1]]"
    )
    assert {claim.status for claim in question.answer.claims} == {ClaimStatus.SUPPORTED}
    assert anywhere.model.requests == []


def test_without_a_model_what_the_sources_do_not_say_is_refused_with_the_nearest_passages(house: House) -> None:
    house.source("Tides", TIDES)
    question = house.ask("How many turbines does the barrage have?", route=BUILT_IN)

    assert question.answer
    assert question.answer.refusal
    assert question.answer.refusal.sentence == DO_NOT_SAY
    assert question.answer.refusal.nearest == ("S1.p1",)
    assert question.answer.refusal.suggested[0] == "turbines barrage"


def test_the_same_question_gives_the_same_bytes(house: House) -> None:
    house.source("Tides", TIDES)
    assert quoted(house) == quoted(house)


@pytest.mark.parametrize("text", ["", "   \n", "?!…", "\ud83d", "x" * 50_000])
def test_what_is_no_question_is_refused_in_a_sentence(house: House, text: str) -> None:
    house.source("Tides", TIDES)
    with pytest.raises(UserMistake, match="question"):
        house.app.questions.ask(text, LOCAL_ACTOR)
    assert house.app.questions.recent(LOCAL_ACTOR) == []


def test_without_sources_or_with_none_in_scope_nothing_is_asked(house: House) -> None:
    with pytest.raises(UserMistake, match="no sources to ask yet"):
        house.app.questions.ask(COST, LOCAL_ACTOR)
    source = house.source("Tides", TIDES)
    with pytest.raises(UserMistake, match="Choose more"):
        house.app.questions.ask(COST, LOCAL_ACTOR, Scope(tags=("nowhere",)))
    with pytest.raises(UserMistake, match="not there any more"):
        house.app.questions.ask(COST, LOCAL_ACTOR, of_sources([source.id + 7]))


def test_sources_that_are_still_being_read_are_waited_for_in_a_sentence(tmp_path: Path, model: ScriptedServer) -> None:
    app = build(read_settings(settings_for(tmp_path / "data", model)))
    app.sources.add_text("Tides", TIDES, LOCAL_ACTOR)  # nothing runs here that would read it
    with pytest.raises(UserMistake, match="still being read"):
        app.questions.ask(COST, LOCAL_ACTOR)
    app.close()


def test_an_unknown_route_is_told_at_once(house: House) -> None:
    house.source("Tides", TIDES)
    with pytest.raises(UnknownRoute):
        house.app.questions.ask(COST, LOCAL_ACTOR, route="nobody:at-all")
    assert house.app.questions.recent(LOCAL_ACTOR) == []


def test_two_tabs_that_ask_the_same_share_one_answer(house: House) -> None:
    house.source("Tides", TIDES)
    house.model.script = Reply(hold_after=0)
    first = house.app.questions.ask(COST, LOCAL_ACTOR, route=ROUTE)
    second = house.app.questions.ask(COST, LOCAL_ACTOR, route=ROUTE)
    house.app.jobs.stop(first.job_id, LOCAL_ACTOR)

    assert first.job_id == second.job_id


def test_what_is_anothers_is_not_there(house: House, questions: Questions) -> None:
    source = house.source("Tides", TIDES)
    mine = house.ask(COST, route=BUILT_IN)
    for act in (questions.get, questions.again, questions.keep, questions.unkeep, questions.delete):
        with pytest.raises(NotFound):
            act(mine.id, ELSE)
    with pytest.raises(NotFound):
        questions.into_draft(mine.id, ELSE)
    with pytest.raises(UserMistake, match="no sources"):
        questions.ask(COST, ELSE, of_sources([source.id]))
    assert questions.recent(ELSE) == []


def test_nobodys_question_reads_others_sources(house: House) -> None:
    house.source("Tides", TIDES)
    house.source("Wind", WIND, by=ELSE)
    question = house.ask(COST, route=BUILT_IN, by=ELSE)

    assert question.answer
    assert question.answer.refusal
    assert question.answer.refusal.nearest in ((), ("S2.p1",))


def test_new_changed_and_deleted_sources_make_an_answer_outdated(house: House, questions: Questions) -> None:
    tides = house.source("Tides", TIDES)
    question = house.ask(COST, route=BUILT_IN)
    narrow = house.ask(COST, of_sources([tides.id]), BUILT_IN)
    assert questions.outdated([question, narrow]) == frozenset()
    house.source("Wind", WIND)
    assert questions.outdated([question, narrow]) == {question.id}
    again = questions.again(question.id, LOCAL_ACTOR)
    house.followed(again.job_id)
    assert not questions.is_outdated(questions.get(question.id, LOCAL_ACTOR))
    house.app.sources.delete(tides.id, LOCAL_ACTOR)

    assert questions.outdated([questions.get(question.id, LOCAL_ACTOR), narrow]) == {question.id, narrow.id}
    assert [one.id for one in questions.again_where_changed(LOCAL_ACTOR)] == [question.id]


def test_a_source_that_is_deleted_leaves_the_answer_and_says_so(house: House, questions: Questions) -> None:
    tides = house.source("Tides", TIDES)
    question = house.ask(COST, route=BUILT_IN)
    house.app.sources.delete(tides.id, LOCAL_ACTOR)

    assert question.answer
    assert questions.get(question.id, LOCAL_ACTOR).answer == question.answer
    assert questions.references(question) == []
    claim = questions.claims(question)[0]
    assert (claim.status, claim.changed) == (ClaimStatus.BROKEN, ("S1.p1",))


def test_sources_that_go_while_it_is_answered_are_said_to_be_gone(tmp_path: Path, model: ScriptedServer) -> None:
    app = build(read_settings(settings_for(tmp_path / "data", model)))
    app.start()
    house = House(app, model)
    source = house.source("Tides", TIDES)
    model.script = Reply("It cost 95 million francs [[S1.p1]].", count=3, hold_after=1)
    question = app.questions.ask(COST, LOCAL_ACTOR, route=ROUTE)
    model.wait_for(lambda: bool(model.requests) and model.requests[0].chunks_sent >= 1)
    app.sources.delete(source.id, LOCAL_ACTOR)
    model.release()
    house.followed(question.job_id)
    now = app.questions.get(question.id, LOCAL_ACTOR)
    app.close()

    assert now.answer
    assert [claim.status for claim in now.answer.claims] == [ClaimStatus.BROKEN]


def test_deleting_a_question_stops_its_answer(house: House, questions: Questions) -> None:
    house.source("Tides", TIDES)
    house.model.script = Reply(hold_after=0)
    question = questions.ask(COST, LOCAL_ACTOR, route=ROUTE)
    house.model.wait_for(lambda: bool(house.model.requests))
    questions.delete(question.id, LOCAL_ACTOR)
    house.model.wait_for(lambda: house.model.requests[0].disconnected_at is not None)

    assert house.app.jobs.get(question.job_id, LOCAL_ACTOR).state is JobState.STOPPED


def test_an_answer_goes_on_after_the_process_that_began_it_is_gone(tmp_path: Path, model: ScriptedServer) -> None:
    """The runner's end is that of its process: the step is released, and claimed by whoever starts next."""
    app = build(read_settings(settings_for(tmp_path / "data", model)))
    app.start()
    House(app, model).source("Tides", TIDES)
    model.script = Reply(hold_after=0)
    question = app.questions.ask(COST, LOCAL_ACTOR, route=ROUTE)
    model.wait_for(lambda: bool(model.requests))
    app.close()
    model.script = Reply("It cost 95 million francs [[S1.p1]].")
    app = build(read_settings(settings_for(tmp_path / "data", model)))
    app.start()
    House(app, model).followed(question.job_id)
    now = app.questions.get(question.id, LOCAL_ACTOR)
    app.close()

    assert now.answer
    assert now.answer.text == "It cost 95 million francs [[S1.p1]]."


def test_an_answer_becomes_a_section_of_a_draft_before_its_conclusion(house: House, questions: Questions) -> None:
    house.source("Tides", TIDES)
    question = house.ask(COST, route=BUILT_IN)
    draft = questions.into_draft(question.id, LOCAL_ACTOR)
    again = questions.into_draft(question.id, LOCAL_ACTOR, draft.id)

    assert question.answer
    assert [(s.key, s.heading, s.text) for s in again.sections] == [
        ("answer1", COST, question.answer.text),
        ("answer2", COST, question.answer.text),
    ]
    newest = house.app.drafts.versions(draft.id, LOCAL_ACTOR)[0]
    assert (newest.origin.kind, newest.origin.route) == ("generated", BUILT_IN)
    assert [one.number for one in house.app.drafts.references(again)] == [1]


def test_a_refusal_cannot_be_put_into_a_draft(house: House, questions: Questions) -> None:
    house.source("Tides", TIDES)
    question = house.ask("How is sourdough bread baked?", route=BUILT_IN)
    with pytest.raises(UserMistake, match="no answer"):
        questions.into_draft(question.id, LOCAL_ACTOR)
