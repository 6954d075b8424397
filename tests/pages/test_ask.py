import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Screen, said
from tests.support.furnished import Furnished, fill_library, finished
from tests.support.scripted_server import Reply, ScriptedServer, failing
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.questions import Question
from writer.domain.scopes import Scope

ANSWERED = "How much did the plant and the network cost?"
UNANSWERED = "What is the director of Harbour Heat paid?"


def asked(app: App, text: str, scope: Scope | None = None) -> Question:
    question = app.questions.ask(text, LOCAL_ACTOR, scope or Scope())
    job = app.questions.job(question)
    assert job is not None
    finished(app, job)
    return app.questions.get(question.id, LOCAL_ACTOR)


def typed(at: AppTest, text: str) -> AppTest:
    at.text_input(key="ask:text").set_value(text)
    return at.button(key="ask:ask").click().run()


def settled(app: App, at: AppTest) -> AppTest:
    question = next(iter([*app.questions.recent(LOCAL_ACTOR), *app.questions.kept(LOCAL_ACTOR)]))
    job = app.questions.job(question)
    assert job is not None
    finished(app, job)
    return at.run()


def test_without_sources_the_page_says_what_it_is_for_and_offers_samples(app: App, screen: Screen) -> None:
    at = screen("ask")
    assert "Ask what your documents know" in said(at)
    at.button(key="ask:samples").click().run()

    assert len(app.sources.listing(LOCAL_ACTOR)) == 5


def test_a_question_is_asked_answered_and_stays_at_its_address(app: App, screen: Screen, furnished: Furnished) -> None:
    at = settled(app, typed(screen("ask"), ANSWERED))

    (question,) = app.questions.recent(LOCAL_ACTOR)
    assert not at.exception
    assert ANSWERED in said(at)
    assert "Quoted word for word" in said(at)
    assert at.query_params["question"] == question.id
    again = screen("ask", question=question.id)
    assert [b.label for b in again.button if str(b.key).startswith("ask:read:")] == [
        "Read Harbour Heat annual report 2024"
    ]


def test_what_the_sources_do_not_hold_is_said_with_ways_on(app: App, screen: Screen, furnished: Furnished) -> None:
    question = asked(app, UNANSWERED)
    at = screen("ask", question=question.id)

    assert at.subheader[0].value == "Your sources do not say\\."
    assert "Searched 5 sources with" in said(at)
    assert at.expander[0].label == "Nearest passages: they do not answer the question"
    assert "Put into a draft" not in [button.label for button in at.button]


@pytest.mark.parametrize("text", ["", "  ", "?!", "x" * 50_000])
def test_what_cannot_be_asked_is_said_and_nothing_is_started(
    app: App, screen: Screen, furnished: Furnished, text: str
) -> None:
    at = typed(screen("ask"), text)

    assert at.warning
    assert not at.exception
    assert app.questions.recent(LOCAL_ACTOR) == []


def test_only_the_chosen_sources_are_asked(app: App, screen: Screen, furnished: Furnished) -> None:
    survey = next(s for s in app.sources.listing(LOCAL_ACTOR) if "survey" in s.title)
    at = screen("ask")
    at.multiselect(key="ask:sources").set_value([survey.id]).run()
    at = settled(app, typed(at, ANSWERED))

    (question,) = app.questions.recent(LOCAL_ACTOR)
    assert question.scope == Scope(source_ids=(survey.id,))
    assert not at.exception


def test_collections_and_tags_narrow_what_is_asked(app: App, screen: Screen, furnished: Furnished) -> None:
    survey = next(s for s in app.sources.listing(LOCAL_ACTOR) if "survey" in s.title)
    shelf = app.collections.add("Research", LOCAL_ACTOR)
    app.collections.join(shelf.id, [survey.id], LOCAL_ACTOR)
    app.collections.tag([survey.id], ["numbers"], LOCAL_ACTOR)
    at = screen("ask")
    at.multiselect(key="ask:collections").set_value([shelf.id])
    at.multiselect(key="ask:tags").set_value(["numbers"]).run()
    typed(at, "How many households answered?")

    (question,) = app.questions.recent(LOCAL_ACTOR)
    assert question.scope == Scope(collections=(shelf.id,), tags=("numbers",))


def test_a_question_is_saved_and_let_go_again(app: App, screen: Screen, furnished: Furnished) -> None:
    question = asked(app, ANSWERED)
    at = screen("ask", question=question.id)
    at.button(key="ask:keep").click().run()
    assert [one.id for one in app.questions.kept(LOCAL_ACTOR)] == [question.id]
    assert at.button(key="ask:keep").label == "Saved"
    at.button(key="ask:keep").click().run()

    assert app.questions.kept(LOCAL_ACTOR) == []


def test_questions_whose_sources_changed_say_so_and_are_asked_again_together(
    app: App, screen: Screen, furnished: Furnished
) -> None:
    questions = [asked(app, ANSWERED), asked(app, UNANSWERED)]
    taken = app.sources.add_text("Salaries", "The director of Harbour Heat is paid 90,000 crowns a year.", LOCAL_ACTOR)
    job = app.jobs.for_source(taken.id, LOCAL_ACTOR)
    assert job is not None
    finished(app, job)
    at = screen("ask", question=questions[1].id)
    assert "Sources have changed since this was answered" in said(at)
    at.button(key="ask:all").click().run()
    for question in questions:
        begun = app.questions.job(app.questions.get(question.id, LOCAL_ACTOR))
        assert begun is not None
        finished(app, begun)

    now = app.questions.get(questions[1].id, LOCAL_ACTOR)
    assert now.answer
    assert "90,000 crowns" in now.answer.text
    assert not app.questions.is_outdated(now)


def test_ask_again_starts_another_job(app: App, screen: Screen, furnished: Furnished) -> None:
    question = asked(app, ANSWERED)
    screen("ask", question=question.id).button(key="ask:again").click().run()

    assert app.questions.get(question.id, LOCAL_ACTOR).job_id != question.job_id


def test_putting_an_answer_into_a_draft_asks_which(app: App, screen: Screen, furnished: Furnished) -> None:
    at = screen("ask", question=asked(app, ANSWERED).id)
    at.button(key="ask:into_draft").click().run()

    assert len(at.selectbox(key="ask:draft").options) == 3


def test_deleting_asks_first(app: App, screen: Screen, furnished: Furnished) -> None:
    at = screen("ask", question=asked(app, ANSWERED).id)
    at.button(key="ask:delete").click().run()

    assert "Its answer goes with it" in said(at)
    assert app.questions.recent(LOCAL_ACTOR)


def test_a_suggested_search_is_made_in_sources(app: App, screen: Screen, furnished: Furnished) -> None:
    at = screen("ask", question=asked(app, UNANSWERED).id)
    at.button(key="ask:look:0").click().run()

    assert at.text_input(key="sources:query").value == "director harbour heat paid"


def test_an_earlier_question_opens(app: App, screen: Screen, furnished: Furnished) -> None:
    question = asked(app, ANSWERED)
    at = screen("ask")
    at.button(key=f"ask:open:{question.id}").click().run()

    assert at.query_params["question"] == question.id


def test_a_question_that_is_not_there_is_said_once(app: App, screen: Screen, furnished: Furnished) -> None:
    at = screen("ask", question="0" * 32)

    assert "There is no such question" in said(at)
    assert "There is no such question" not in said(at.run())


class TestWithAModel:
    @pytest.fixture
    def settings_of_app(self, model: ScriptedServer) -> dict[str, str]:
        return {
            "WRITER_OPENAI__API_KEY": "sk-scripted-0123456789",
            "WRITER_OPENAI__BASE_URL": model.url,
            "WRITER_ROUTES": "openai:scripted-1",
        }

    def test_a_refused_key_is_said_and_another_route_can_be_asked(
        self, app: App, screen: Screen, model: ScriptedServer
    ) -> None:
        fill_library(app)
        model.script = failing(401)
        at = settled(app, typed(screen("ask"), ANSWERED))

        assert "refuses the API key" in at.warning[0].value
        at.selectbox(key="brief:route").set_value("built-in").run()
        at = settled(app, typed(at, ANSWERED))
        assert "Quoted word for word" in said(at)

    def test_stop_keeps_what_was_written(self, app: App, screen: Screen, model: ScriptedServer) -> None:
        fill_library(app)
        model.script = Reply("It cost a lot of money to build all of this.", count=5, hold_after=3)
        at = typed(screen("ask"), ANSWERED)
        model.wait_for(lambda: bool(model.requests) and model.requests[0].chunks_sent >= 3)
        at = at.run()
        at.button(key="ask:stop").click()
        at = at.run()
        model.wait_for(lambda: model.requests[0].disconnected_at is not None)

        assert "You stopped this answer" in said(at.run())

    def test_the_model_that_answered_is_named(self, app: App, screen: Screen, model: ScriptedServer) -> None:
        fill_library(app)
        model.script = lambda asked: Reply(
            f"It cost 46.8 million crowns [[{asked.prompt.rpartition('Legal ids: ')[2].split(',')[0]}]]."
        )
        at = settled(app, typed(screen("ask"), ANSWERED))

        assert "Answered by openai" in said(at)
