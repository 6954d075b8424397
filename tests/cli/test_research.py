import pytest

from tests.cli.conftest import Terminal
from tests.support.search_server import results, row, searching
from writer.bootstrap import build
from writer.domain.actors import LOCAL_ACTOR
from writer.settings import read_settings


@pytest.fixture
def engine():
    with searching(results(row(1, url="http://10.0.0.1/inside"), row(2))) as server:
        yield server


def set_up(engine):
    app = build(read_settings())
    app.web_search.save("searxng", LOCAL_ACTOR, address=engine.url)
    app.close()


def test_questions_come_with_how_far_the_sources_answer_them(terminal: Terminal, tides, brief):
    assert terminal("ingest", tides)[0] == 0

    code, out, _ = terminal("research", brief)

    assert code == 0
    assert any(word in out for word in ("enough", "thin", "nothing"))
    assert "(sceptic)" in out


def test_what_is_sent_is_said_before_and_pages_are_accepted_by_their_numbers(
    terminal: Terminal, tides, engine, monkeypatch
):
    monkeypatch.setenv("WRITER_FETCH_HOSTS", engine.host)
    terminal("ingest", tides)
    set_up(engine)
    asked = terminal.file("asked.yaml", "topic: How tides work\nquestions:\n  - Who invented sauerkraut?\n")

    _, _, first_err = terminal("research", asked, "--web")
    found = terminal.json("research", asked)
    code, out, err = terminal("research", asked, "--web", "--accept", 1)
    assert code == 0, err

    assert code == 0
    assert "Who invented sauerkraut?" in engine.queries
    assert "  Who invented sauerkraut?" in first_err
    assert len(engine.queries) == len(set(engine.queries)) == len(found["searched"])
    assert "[1]" in out
    assert "no date" in out
    assert "private network" in err
    assert terminal("research", asked, "--accept", 99)[0] == 2


def test_without_a_search_service_nothing_is_sent(terminal: Terminal, tides, brief, engine):
    terminal("ingest", tides)

    code, _, err = terminal("research", brief, "--web")

    assert (code, engine.requests) == (2, [])
    assert "No web search is set up" in err
