import pytest

from tests.cli.conftest import Terminal
from tests.services.playground.conftest import by_model
from tests.support.scripted_server import ScriptedServer, failing

TWO = ("--route", "openai:scripted-1", "--route", "openai:scripted-2")


@pytest.fixture
def model(monkeypatch):
    with ScriptedServer(by_model) as server:
        monkeypatch.setenv("WRITER_OPENAI__API_KEY", "sk-scripted-0123456789")
        monkeypatch.setenv("WRITER_OPENAI__BASE_URL", server.url)
        yield server


def test_replies_go_to_standard_output_and_what_went_wrong_beside_it(terminal: Terminal, model):
    model.script = lambda asked: failing(401) if asked.model == "scripted-2" else by_model(asked)
    code, out, err = terminal("compare", "Say {{x}}", *TWO, "--value", "x=a=b {{y}}", "--temperature", "0.5")

    assert code == 0
    assert "## openai:scripted-1, temperature 0.5\n\nscripted-1 says Say a=b {{y}}." in out
    assert "refuses the API key" in err
    assert "cost n/a" in err


def test_one_json_document_has_all_replies(terminal: Terminal, model):
    document = terminal.json("compare", "Hi", *TWO, "--system", "Be kind", "--longest", "9")

    assert [reply["text"] for reply in document["replies"]] == ["scripted-1 says Hi.", "scripted-2 says Hi."]
    assert {asked.system for asked in model.requests} == {"Be kind"}
    assert document["contenders"][0]["max_output_tokens"] == 9


def test_without_any_reply_it_ends_with_3_and_bad_input_with_2(terminal: Terminal, model):
    assert terminal("compare", "Say {{x}}", *TWO)[0] == 2
    assert terminal("compare", "Hi", *TWO, "--value", "x")[0] == 2
    assert terminal("compare", "Hi", *TWO[:2])[0] == 2
    model.script = failing(401)

    assert terminal("compare", "Hi", *TWO)[0] == 3
