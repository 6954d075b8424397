import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Screen, said
from tests.services.playground.conftest import by_model
from tests.support.furnished import finished
from tests.support.scripted_server import Reply, ScriptedServer, failing
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.playground import Comparison, Contender, Verdict
from writer.domain.prompt_library import Place, PromptText

FIRST, SECOND, THIRD = (Contender(f"openai:scripted-{number}") for number in (1, 2, 3))


def compared(app: App, *contenders: Contender, blind: bool = False, prompt: str = "Say hi") -> Comparison:
    one = app.playground.compare(PromptText(prompt), contenders or (FIRST, SECOND), LOCAL_ACTOR, blind=blind)
    job = app.playground.job(one)
    assert job is not None
    finished(app, job)
    return app.playground.get(one.id, LOCAL_ACTOR)


def settled(app: App, at: AppTest) -> AppTest:
    job = app.playground.job(app.playground.recent(LOCAL_ACTOR)[0])
    assert job is not None
    finished(app, job)
    return at.run()


def view(at: AppTest, name: str) -> AppTest:
    at.session_state["view"] = name
    return at.run()


def opened(at: AppTest, key: str, press: str, **fields: str) -> AppTest:
    """The dialog behind a button, with its fields set by their labels; then a button in it. The driver knows no dialog
    that stays open: what opened it is pressed again with what is pressed in it."""
    at.button(key=key).click().run()
    at.button(key=key).click()
    for label, value in fields.items():
        for field in (*at.text_input, *at.text_area):
            if field.label == label.replace("_", " "):
                field.set_value(value)
    next(one for one in at.button if press in (one.key, one.label)).click()
    return at.run()


def plain(text: str) -> str:
    return text.replace("\\", "")


def test_without_a_model_the_page_says_what_to_set_up(screen: Screen) -> None:
    at = screen("playground")

    assert "the built-in drafter quotes sources and cannot answer prompts" in said(at)
    assert "Compare" not in [button.label for button in at.button]
    at.button(key="playground:settings").click().run()
    assert at.title[0].value == "Settings"


class TestWithAModel:
    @pytest.fixture
    def settings_of_app(self, model: ScriptedServer) -> dict[str, str]:
        model.script = by_model
        return {
            "WRITER_OPENAI__API_KEY": "sk-scripted-0123456789",
            "WRITER_OPENAI__BASE_URL": model.url,
            "WRITER_OPENAI__MODELS": "scripted-1,scripted-2",
        }

    def test_a_prompt_with_a_variable_is_compared_and_stays_at_its_address(
        self, app: App, screen: Screen, model: ScriptedServer
    ) -> None:
        at = screen("playground")
        at.text_area(key="playground:prompt").set_value("Say {{what}}").run()
        at.text_area(key="playground:system").set_value("Be kind").run()
        at.text_area(key="playground:value:what").set_value("{{what}} 7").run()
        at.selectbox(key="playground:route:1").set_value("openai:scripted-2").run()
        at.number_input(key="playground:temperature:1").set_value(1.3).run()
        at.number_input(key="playground:length:1").set_value(55).run()
        at = settled(app, at.button(key="playground:compare").click().run())

        (one,) = app.playground.recent(LOCAL_ACTOR)
        assert not at.exception
        assert at.query_params["comparison"] == one.id
        assert one.contenders[1] == Contender("openai:scripted-2", 1.3, 55)
        assert {asked.prompt for asked in model.requests} == {"Say {{what}} 7"}
        assert {asked.system for asked in model.requests} == {"Be kind"}
        again = screen("playground", comparison=one.id)
        assert [plain(one.value) for one in again.subheader[:2]] == ["A · openai:scripted-1", "B · openai:scripted-2"]
        assert "first token" in said(again)
        assert "cost n/a" in plain(said(again))

    def test_one_model_is_offered_at_two_temperatures(self, app: App, screen: Screen) -> None:
        app.providers.set_routes(["openai:scripted-1"], LOCAL_ACTOR)
        at = screen("playground")
        at.selectbox(key="playground:route:1").set_value("openai:scripted-1").run()
        at.text_area(key="playground:prompt").set_value("Hi").run()
        settled(app, at.button(key="playground:compare").click().run())

        (one,) = app.playground.recent(LOCAL_ACTOR)
        assert one.contenders[0].route == one.contenders[1].route

    @pytest.mark.parametrize(("text", "told"), [("", "prompt is empty"), ("Say {{what}}", "no value for")])
    def test_what_cannot_be_asked_is_said_and_nothing_is_begun(
        self, app: App, screen: Screen, text: str, told: str
    ) -> None:
        at = screen("playground")
        at.text_area(key="playground:prompt").set_value(text).run()
        at.button(key="playground:compare").click().run()

        assert told in at.warning[0].value
        assert app.playground.recent(LOCAL_ACTOR) == []

    def test_routes_are_added_up_to_four_and_taken_away(self, app: App, screen: Screen) -> None:
        at = screen("playground")
        for _ in range(2):
            at.button(key="playground:more").click().run()
        assert at.button(key="playground:more").disabled
        assert at.selectbox(key="playground:route:3")
        at.button(key="playground:fewer").click().run()

        assert [box.key for box in at.selectbox if str(box.key).startswith("playground:route")][-1][-1] == "2"

    def test_a_failure_is_shown_beside_the_others(self, app: App, screen: Screen, model: ScriptedServer) -> None:
        model.script = lambda asked: failing(401) if asked.model == "scripted-2" else by_model(asked)
        at = screen("playground", comparison=compared(app, FIRST, SECOND, THIRD).id)

        assert [plain(error.value)[:17] for error in at.error] == ["openai:scripted-2"]
        assert "refuses the API key" in at.error[0].value
        assert len([b for b in at.button if str(b.key).startswith("playground:use:")]) == 2

    def test_names_are_hidden_until_the_vote_and_the_vote_is_rated(self, app: App, screen: Screen) -> None:
        one = compared(app, blind=True)
        at = screen("playground", comparison=one.id)
        assert [value.value for value in at.subheader[:2]] == ["Reply A", "Reply B"]
        assert "first token" not in said(at)
        assert not [b for b in at.button if str(b.key).startswith("playground:use:")]
        at.button(key="playground:vote:first").click().run()

        assert plain(at.subheader[0].value) == f"A · {one.contenders[0].route}"
        at = view(at, "Ratings")
        assert "From 1 blind vote" in said(at)
        assert "do not tell for sure" in said(at)
        assert f"1. {one.contenders[0].route}" in plain(said(at))
        assert "1 won, 0 lost, 0 ties, 0 both bad" in said(at)
        at.toggle(key="playground:apart").set_value(True).run()
        assert "temperature 0.7" in plain(" ".join(text.value for text in at.markdown))

    @pytest.mark.parametrize("verdict", Verdict)
    def test_every_verdict_is_taken(self, app: App, screen: Screen, verdict: Verdict) -> None:
        one = compared(app, blind=True)
        screen("playground", comparison=one.id).button(key=f"playground:vote:{verdict.value}").click().run()

        assert [vote.verdict for vote in app.playground.votes(one)] == [verdict]

    def test_the_names_are_shown_without_a_vote_when_asked_for(self, app: App, screen: Screen) -> None:
        one = compared(app, blind=True)
        screen("playground", comparison=one.id).button(key="playground:reveal").click().run()

        assert app.playground.get(one.id, LOCAL_ACTOR).revealed

    def test_all_votes_are_forgotten_after_a_question(self, app: App, screen: Screen) -> None:
        one = compared(app, blind=True)
        app.playground.vote(one.id, 0, 1, Verdict.TIE, LOCAL_ACTOR)
        at = view(screen("playground"), "Ratings")
        at.button(key="playground:forget").click().run()
        assert app.playground.ratings(LOCAL_ACTOR)
        at = opened(at, "playground:forget", "playground:forget_now")

        assert app.playground.ratings(LOCAL_ACTOR) == []
        assert "No ratings yet" in at.info[0].value

    def test_stop_all_keeps_what_had_come(self, app: App, screen: Screen, model: ScriptedServer) -> None:
        model.script = Reply("Word by word by word.", count=7, hold_after=4)
        at = screen("playground")
        at.text_area(key="playground:prompt").set_value("Hi").run()
        at = at.button(key="playground:compare").click().run()
        one = app.playground.recent(LOCAL_ACTOR)[0]
        for _ in app.jobs.follow(one.job_id, LOCAL_ACTOR):
            if {reply.text for reply in app.playground.replies(one)} == {"Word by word"}:
                break
        at.button(key="playground:stop").click()
        at = settled(app, at.run())

        assert [one.value for one in at.warning] == ["Stopped: this is what had come."] * 2

    def test_a_reply_goes_into_a_new_draft(self, app: App, screen: Screen) -> None:
        at = screen("playground", comparison=compared(app).id)
        opened(at, "playground:use:1", "playground:put")

        (draft,) = app.drafts.listing(LOCAL_ACTOR)
        assert app.drafts.open(draft.id, LOCAL_ACTOR).sections[0].text == "scripted-2 says Say hi."

    def test_earlier_comparisons_open_are_asked_again_changed_and_deleted(self, app: App, screen: Screen) -> None:
        first, second = compared(app, prompt="First"), compared(app, prompt="Second")
        at = screen("playground", comparison=second.id)
        at.button(key=f"playground:open:{first.id}").click().run()
        assert at.query_params["comparison"] == first.id
        at.button(key="playground:change").click().run()
        assert at.text_area(key="playground:prompt").value == "First"
        at = settled(app, at.button(key="playground:again").click().run())
        newest = app.playground.recent(LOCAL_ACTOR)[0]
        assert at.query_params["comparison"] == newest.id
        opened(at, "playground:delete", "playground:delete_now")

        assert [one.id for one in app.playground.recent(LOCAL_ACTOR)] == [second.id, first.id]

    def test_a_comparison_that_is_not_there_is_said_once(self, screen: Screen) -> None:
        at = screen("playground", comparison="0" * 32)

        assert "There is no such comparison" in said(at)
        assert "There is no such comparison" not in said(at.run())

    def test_a_kept_prompt_fills_the_form_and_its_version_is_named(self, app: App, screen: Screen) -> None:
        kept = app.prompts.add(Place("Hi", "Mail"), PromptText("Say hi", "Be kind", 0.3, 99), LOCAL_ACTOR)
        at = screen("playground")
        at.selectbox(key="playground:kept").set_value(kept.id).run()
        assert at.text_area(key="playground:system").value == "Be kind"
        assert at.number_input(key="playground:temperature:0").value == 0.3
        settled(app, at.button(key="playground:compare").click().run())

        (one,) = app.playground.recent(LOCAL_ACTOR)
        assert one.prompt_mark == kept.mark
        assert one.contenders[0].max_output_tokens == 99

    def test_what_stands_in_the_form_is_kept_as_a_prompt(self, app: App, screen: Screen) -> None:
        at = screen("playground")
        at.text_area(key="playground:prompt").set_value("Say {{what}}").run()
        opened(at, "playground:keep", "Keep", Name="Greeting")

        (kept,) = app.prompts.search(LOCAL_ACTOR)
        assert (kept.place.name, kept.latest.text.user) == ("Greeting", "Say {{what}}")

    def test_the_library_is_searched_edited_used_and_pruned(self, app: App, screen: Screen) -> None:
        kept = app.prompts.add(Place("Hi", "Mail", ("kind",)), PromptText("Say hi"), LOCAL_ACTOR)
        other = app.prompts.add(Place("Sum"), PromptText("Sum up"), LOCAL_ACTOR)
        at = view(screen("playground"), "Prompts")
        at.text_input(key="prompts:words").set_value("sum").run()
        assert [b.key for b in at.button if str(b.key).startswith("prompts:use")] == [f"prompts:use:{other.id}"]
        at.text_input(key="prompts:words").set_value("").run()
        at.selectbox(key="prompts:Tag").set_value("kind").run()
        assert [b.key for b in at.button if str(b.key).startswith("prompts:use")] == [f"prompts:use:{kept.id}"]
        at = opened(at, f"prompts:edit:{kept.id}", "Keep", Prompt_text="Say hello")
        assert app.prompts.get(kept.id, LOCAL_ACTOR).latest.number == 2
        at.session_state[f"prompts:To:{kept.id}:2"] = 1
        at = opened(at, f"prompts:versions:{kept.id}", "Make this the newest again")
        assert app.prompts.get(kept.id, LOCAL_ACTOR).latest.text.user == "Say hi"
        at = opened(at, f"prompts:delete:{kept.id}", "prompts:delete_now")

        assert [one.id for one in app.prompts.search(LOCAL_ACTOR)] == [other.id]
        at.button(key=f"prompts:use:{other.id}").click().run()
        assert at.text_area(key="playground:prompt").value == "Sum up"
