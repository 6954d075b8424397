from tests.cli.conftest import Terminal
from tests.support.scripted_server import Reply, ScriptedServer, failing

WHEN = "When do neap tides follow the spring tides?"


def test_the_answer_goes_to_standard_output_with_numbered_sources(terminal: Terminal, tides):
    terminal("ingest", tides)
    code, out, _ = terminal("ask", WHEN)

    assert code == 0
    assert "seven days after the spring tides.” [1]" in out
    assert "[1] Tides, S1.p3" in out


def test_that_the_sources_do_not_say_is_an_answer_too(terminal: Terminal, tides):
    terminal("ingest", tides)
    code, out, err = terminal("ask", "How much do tide tables cost in the shop?")

    assert (code, out) == (0, "Your sources do not say.\n")
    assert "Searched 1 sources" in err


def test_one_json_document_has_the_answer_and_its_claims(terminal: Terminal, tides):
    terminal("ingest", tides)
    document = terminal.json("ask", WHEN, "--source", "S1", "--keep")

    assert document["kept"] is True
    assert document["scope"] == {"source_ids": [1]}
    assert document["answer"]["claims"][0]["status"] == "supported"


def test_what_cannot_be_asked_is_bad_input(terminal: Terminal, tides):
    assert terminal("ask", WHEN)[0] == 2
    terminal("ingest", tides)
    for arguments in (["?!"], [WHEN, "--source", "nine"], [WHEN, "--collection", "none"], [WHEN, "--route", "no:way"]):
        code, out, err = terminal("ask", *arguments)
        assert (code, out) == (2, "")
        assert err.endswith(".\n")


def test_a_provider_that_fails_ends_with_3_and_keeps_the_question(terminal: Terminal, tides, monkeypatch):
    terminal("ingest", tides)
    with ScriptedServer(failing(401)) as model:
        monkeypatch.setenv("WRITER_OPENAI__API_KEY", "sk-scripted-0123456789")
        monkeypatch.setenv("WRITER_OPENAI__BASE_URL", model.url)
        code, out, err = terminal("ask", WHEN, "--route", "openai:scripted-1")

    assert (code, out) == (3, "")
    assert "API key" in err
    assert "The question is kept" in err


def test_an_answer_that_was_killed_goes_on_under_the_same_question(terminal: Terminal, tides, monkeypatch):
    terminal("ingest", tides)
    with ScriptedServer(Reply(hold_after=0)) as model:
        monkeypatch.setenv("WRITER_OPENAI__API_KEY", "sk-scripted-0123456789")
        monkeypatch.setenv("WRITER_OPENAI__BASE_URL", model.url)
        killed = terminal.start(
            "ask", WHEN, "--route", "openai:scripted-1",
            WRITER_OPENAI__API_KEY="sk-scripted-0123456789", WRITER_OPENAI__BASE_URL=model.url,
        )  # fmt: skip
        model.wait_for(lambda: bool(model.requests))
        killed.kill()
        killed.communicate()
        model.script = Reply("They follow about seven days after the spring tides [[S1.p3]].")
        document = terminal.json("ask", WHEN, "--route", "openai:scripted-1")

    assert document["answer"]["text"] == "They follow about seven days after the spring tides [[S1.p3]]."
    assert len(model.requests) == 2
