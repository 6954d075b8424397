from starlette.testclient import TestClient

from tests.api.test_api import assert_is_problem
from writer.api import create_api
from writer.domain.actors import LOCAL_ACTOR, Actor


def test_a_budget_is_set_seen_changed_and_deleted(client):
    made = client.post("/budgets", json={"limit": 2.5, "route": "openai:gpt-5-mini"})
    assert made.status_code == 201
    budget = made.json()
    assert made.headers["location"].endswith(f"/budgets/{budget['id']}")
    assert (budget["limit_micros"], budget["spent_micros"], budget["level"]) == (2_500_000, 0, "ok")
    assert budget["every_month"]

    changed = client.put(f"/budgets/{budget['id']}", json={"limit": 4, "unpriced": "allow"}).json()
    assert (changed["limit_micros"], changed["unpriced"]) == (4_000_000, "allow")
    assert [one["id"] for one in client.get("/budgets?month=2026-11").json()] == [budget["id"]]
    assert client.delete(f"/budgets/{budget['id']}").status_code == 204
    assert client.get("/budgets").json() == []


def test_what_is_no_budget_is_refused_in_words(client):
    assert_is_problem(client.post("/budgets", json={"limit": -1}), 422)
    assert_is_problem(client.post("/budgets", json={"limit": 1, "month": "2026-13"}), 422)
    assert_is_problem(client.post("/budgets", json={"limit": 1, "route": "no route"}), 422)
    for limit in (True, 1e-7, "much"):
        assert_is_problem(client.post("/budgets", json={"limit": limit}), 422)
    assert_is_problem(client.post("/budgets", json={"limit": 1, "person": "\0"}), 422)
    assert client.get("/budgets").json() == []
    assert_is_problem(client.put("/budgets/nothing", json={"limit": 1}), 404)
    assert_is_problem(client.delete("/budgets/nothing"), 404)
    assert_is_problem(client.post("/articles", json={"topic": "Tides", "max_cost": "much"}), 422)


def test_others_neither_see_nor_change_a_persons_budget(app, client):
    mine = client.post("/budgets", json={"limit": 1, "person": "local"}).json()
    for_all = client.post("/budgets", json={"limit": 1}).json()
    bob = Actor("bob", credential="key")

    with TestClient(create_api(app, lambda request: bob), base_url="http://localhost") as other:
        assert [one["id"] for one in other.get("/budgets").json()] == [for_all["id"]]
        assert_is_problem(other.put(f"/budgets/{mine['id']}", json={"limit": 5}), 404)
        assert_is_problem(other.put(f"/budgets/{for_all['id']}", json={"limit": 5}), 404)
        assert_is_problem(other.delete(f"/budgets/{for_all['id']}"), 404)
        assert_is_problem(other.post("/budgets", json={"limit": 5}), 404)
        own = other.post("/budgets", json={"limit": 5, "person": "bob"}).json()
        assert other.delete(f"/budgets/{own['id']}").status_code == 204
    assert len(app.budgets.standings(LOCAL_ACTOR)) == 2


def test_an_article_says_what_it_will_cost_and_may_be_capped(written):
    estimate = written.client.get(written.path("/drafts/{draft}/estimate?route=built-in")).json()
    assert estimate == {"low_micros": 0, "high_micros": 0}
    cap = written.path("/jobs/{job}/cap")
    assert written.client.get(cap).json() == {"cap_micros": None, "spent_micros": None}
    assert written.client.put(cap, json={"max_cost": 0.5}).json() == {"cap_micros": 500_000, "spent_micros": 0}
    assert written.client.put(cap, json={"max_cost": None}).json()["cap_micros"] is None


def test_a_finished_article_has_nothing_to_go_on_with(written):
    assert_is_problem(written.client.post(written.path("/drafts/{draft}/go-on"), json={"route": "built-in"}), 422)


def test_a_budget_of_somebody_else_is_seen_and_deleted_by_who_set_it(app, client):
    made = client.post("/budgets", json={"limit": 3, "person": "bob"})

    assert made.status_code == 201, made.text
    budget = made.json()
    assert (budget["person"], budget["limit_micros"]) == ("bob", 3_000_000)
    assert [one["id"] for one in client.get("/budgets").json()] == [budget["id"]]
    assert client.put(f"/budgets/{budget['id']}", json={"limit": 4}).json()["limit_micros"] == 4_000_000
    assert app.budgets.standings(LOCAL_ACTOR) == []  # no page warns of what is not the reader's
    assert client.delete(f"/budgets/{budget['id']}").status_code == 204


def test_a_name_of_characters_that_are_not_kept_is_refused_at_once(app, client):
    kept = client.post("/budgets", json={"limit": 1}).json()

    for route in ("a:\x00", "\x00:b"):
        assert_is_problem(client.post("/budgets", json={"limit": 3, "route": route}), 422)
    assert [one["id"] for one in client.get("/budgets").json()] == [kept["id"]]


def test_a_month_that_no_calendar_has_is_refused(app, client):
    for month in ("0000-01", "0001-12", "9999-12", "2026-00"):
        assert_is_problem(client.post("/budgets", json={"limit": 3, "month": month}), 422)
    assert app.budgets.standings(LOCAL_ACTOR) == []
