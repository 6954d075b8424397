"""Budgets on the pages: set, changed, deleted, warned of; and what is said of an article's cost."""

import pytest

from tests.pages.conftest import Screen, said
from tests.support.furnished import Furnished, finished, outline_of
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.budgets import Hold, Unpriced
from writer.domain.completions import Completion, Finished, StopReason, Tokens
from writer.domain.drafting import BUILT_IN
from writer.domain.jobs import JobState
from writer.storage.budgets import Budgets
from writer.storage.replies import Replies

ROUTE = "openai:gpt-4.1-mini"


@pytest.fixture
def settings_of_app(model) -> dict[str, str]:
    return {
        "WRITER_OPENAI__API_KEY": "key",
        "WRITER_OPENAI__BASE_URL": model.url,
        "WRITER_ROUTES": ROUTE,
    }


def spend(app: App, micros: int) -> None:
    """As a call of this month does."""
    Budgets(app.database).settle(Hold("h", "local", ROUTE, app.budgets.month, "", micros), micros, held=False)


def test_a_budget_is_set_changed_and_deleted(app: App, screen: Screen) -> None:
    at = screen("settings")
    at.number_input(key="budget:limit").set_value(2.5)
    at.selectbox(key="budget:route").set_value(ROUTE)
    at.selectbox(key="budget:unpriced").set_value(Unpriced.ALLOW)
    next(button for button in at.button if button.label == "Set budget").click().run()

    (standing,) = app.budgets.standings(LOCAL_ACTOR)
    budget = standing.budget
    assert (budget.limit_micros, budget.route, budget.month, budget.unpriced) == (2_500_000, ROUTE, "", Unpriced.ALLOW)

    at.number_input(key=f"budget:limit:{budget.id}").set_value(4.0)
    next(button for button in at.button if button.label == "Save" and budget.id in button.form_id).click().run()
    assert app.budgets.get(budget.id, LOCAL_ACTOR).limit_micros == 4_000_000

    at.button(key=f"budget:delete:{budget.id}").click().run()
    assert app.budgets.standings(LOCAL_ACTOR) == []


def test_from_80_percent_a_banner_warns_where_work_is_begun_and_at_100_it_says_that_calls_are_refused(
    app: App, screen: Screen, furnished: Furnished
) -> None:
    app.budgets.add(1_000_000, LOCAL_ACTOR)
    spend(app, 799_999)
    editor = screen("editor", draft=furnished.written_id)
    assert not [one for one in [*editor.warning, *editor.error] if "budget" in one.value]
    places = list(editor.main.children)

    spend(app, 1)
    for page in ("write", "ask", "playground", "settings"):
        assert "used to 80%" in screen(page).warning[0].value
    editor.run()
    assert "used to 80%" in editor.warning[0].value
    assert list(editor.main.children) == places  # else a browser mounts the text anew, under the writer's hands

    spend(app, 200_000)
    at = screen(draft=furnished.outlined_id)
    assert "used up" in at.error[0].value
    assert "without a model" in at.error[0].value


def test_beside_the_approval_stands_what_writing_will_cost_and_a_cap_ends_it_with_choices(
    app: App, screen: Screen, furnished: Furnished
) -> None:
    draft = outline_of(app, words=900)
    at = screen(draft=draft.id)
    assert "will cost about" in said(at)
    at.number_input(key=f"cap:{draft.id}").set_value(0.006).run()
    at.button(key="approve").click().run()
    job = finished(app, app.jobs.for_draft(draft.id, LOCAL_ACTOR))
    assert job.state is JobState.FAILED
    assert app.budgets.cap(job.id, LOCAL_ACTOR).cap_micros == 6000

    at = screen(draft=draft.id)
    assert "may cost" in at.warning[0].value
    at.number_input(key=f"cap:raise:{job.id}").set_value(5.0)
    at.button(key="raise_cap").click().run()

    assert app.budgets.cap(job.id, LOCAL_ACTOR).cap_micros == 5_000_000
    assert finished(app, app.jobs.for_draft(draft.id, LOCAL_ACTOR)).state is JobState.DONE


def test_a_limit_that_was_reached_can_be_taken_away(app: App, screen: Screen, furnished: Furnished) -> None:
    draft = outline_of(app, words=900)
    at = screen(draft=draft.id)
    at.number_input(key=f"cap:{draft.id}").set_value(0.006).run()
    at.button(key="approve").click().run()
    job = finished(app, app.jobs.for_draft(draft.id, LOCAL_ACTOR))
    assert job.state is JobState.FAILED

    screen(draft=draft.id).button(key="drop_cap").click().run()

    assert app.budgets.cap(job.id, LOCAL_ACTOR) is None
    assert finished(app, app.jobs.for_draft(draft.id, LOCAL_ACTOR)).state is JobState.DONE


def test_a_used_up_budget_leaves_the_built_in_drafter_as_a_choice(
    app: App, screen: Screen, furnished: Furnished
) -> None:
    draft = outline_of(app, words=900)
    app.budgets.add(1, LOCAL_ACTOR)
    at = screen(draft=draft.id)
    at.button(key="approve").click().run()
    assert finished(app, app.jobs.for_draft(draft.id, LOCAL_ACTOR)).state is JobState.FAILED

    at = screen(draft=draft.id)
    assert "Raise the budget" in at.warning[0].value
    at.selectbox(key="go_on_by").set_value(BUILT_IN)
    at.button(key="go_on_other").click().run()

    assert finished(app, app.jobs.for_draft(draft.id, LOCAL_ACTOR)).state is JobState.DONE


def test_the_reply_cache_is_switched_on_and_cleared(app: App, screen: Screen) -> None:
    at = screen("settings")
    assert at.button(key="cache:clear").disabled
    at.toggle(key="cache:on").set_value(True).run()
    assert app.reply_cache.is_on(LOCAL_ACTOR)

    finished = Finished(Tokens(1, 1), ROUTE, StopReason.STOP)
    Replies(app.database).put("key", Completion("A reply.", finished), "local")
    at = screen("settings")
    assert "1 reply, 8 characters" in said(at)
    at.button(key="cache:clear").click().run()
    assert app.reply_cache.kept(LOCAL_ACTOR).replies == 0


def test_beside_research_stands_what_it_will_cost(app: App, screen: Screen) -> None:
    at = screen("sources")

    assert "Research will cost about" in said(at)
