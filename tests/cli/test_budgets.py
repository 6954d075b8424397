from tests.support.scripted_article import quick
from tests.support.scripted_server import ScriptedServer


def test_a_budget_is_set_changed_told_and_deleted(terminal):
    assert terminal("budget")[1] == "No budget is set.\n"
    (one,) = terminal.json("budget", "--set", "2.50", "--route", "openai:gpt-5-mini")["budgets"]
    assert (one["budget"]["limit_micros"], one["budget"]["unpriced"], one["spent_micros"]) == (2_500_000, "refuse", 0)

    changed = terminal.json("budget", "--set", "4", "--route", "openai:gpt-5-mini", "--unpriced", "allow")["budgets"]
    assert [(two["budget"]["id"], two["budget"]["limit_micros"]) for two in changed] == [
        (one["budget"]["id"], 4_000_000)
    ]
    assert "$0.00 of $4.00" in terminal("budget")[1]
    assert terminal.json("budget", "--delete", one["budget"]["id"])["budgets"] == []


def test_what_is_no_amount_or_no_month_is_bad_input(terminal):
    assert terminal("budget", "--set", "much")[0] == 2
    assert terminal("budget", "--set", "nan")[0] == 2
    assert terminal("budget", "--set", "1", "--month", "November")[0] == 2
    assert terminal("budget", "--delete", "nothing")[0] == 2


def test_health_says_what_work_needs_and_whether_it_is_ready(terminal):
    told = terminal.json("health")

    assert told["ready"]
    assert {"Migrations", "Disk", "Queue"} <= {check["name"] for check in told["checks"]}
    assert told["workload"]["waiting"] == 0
    assert "ok       Queue" in terminal("health")[1]


def test_an_article_ends_with_three_at_its_limit_and_goes_on_with_a_higher_one(terminal, tmp_path, monkeypatch):
    brief = tmp_path / "brief.yaml"
    brief.write_text("topic: Tidal power\nwords: 600\nmax_cost: 0.003\n")
    with ScriptedServer(quick) as server:
        monkeypatch.setenv("WRITER_OPENAI__BASE_URL", server.url)
        monkeypatch.setenv("WRITER_OPENAI__API_KEY", "key")
        asked = ("generate", brief, "--route", "openai:gpt-4.1-mini", "--out", tmp_path / "article.md")

        code, _, err = terminal(*asked)
        assert code == 3, err
        assert "may cost $0.0030 at most" in err
        assert terminal(*asked, "--max-cost", "much")[0] == 2
        code, _, err = terminal(*asked, "--max-cost", "5")
        assert code == 0, err
