"""Collections on the command line: listed, taken along, brought in, written from."""

from tests.api.conftest import TIDES
from writer.bootstrap import build
from writer.domain.actors import LOCAL_ACTOR
from writer.settings import read_settings


def harbour(terminal):
    """A collection with one source in it."""
    paper = terminal.folder / "tides.md"
    paper.write_text(TIDES)
    (source,) = terminal.json("ingest", paper)
    app = build(read_settings(terminal.environ))
    made = app.collections.add("Harbour board", LOCAL_ACTOR)
    app.collections.join(made.id, [source["id"]], LOCAL_ACTOR)
    app.close()
    return made.id


def test_a_collection_is_listed_exported_and_brought_in_again(terminal):
    assert "There are no collections." in terminal("collections", "list")[2]
    number = harbour(terminal)
    assert terminal("collections", "list")[1] == f"C{number}  Harbour board: 1 sources, 3 passages\n"
    assert [one["name"] for one in terminal.json("collections", "list")] == ["Harbour board"]

    file = terminal.folder / "harbour.zip"
    assert terminal("collections", "export", "harbour BOARD", "--out", file)[0] == 0
    code, _, err = terminal("collections", "import", file)

    assert code == 0
    assert "“Harbour board (2)” is collection C2, with 0 new sources, 1 that were here." in err


def test_what_cannot_be_exported_or_imported_is_said(terminal):
    code, _, err = terminal("collections", "export", "Unknown", "--out", terminal.folder / "x.zip")
    assert (code, "There is no collection called “Unknown”." in err) == (2, True)
    assert not (terminal.folder / "x.zip").exists()
    code, _, err = terminal("collections", "import", terminal.folder / "missing.zip")
    assert (code, "cannot be read" in err) == (2, True)
    (terminal.folder / "bad.zip").write_bytes(b"no zip")
    code, _, err = terminal("collections", "import", terminal.folder / "bad.zip")
    assert (code, "broken" in err) == (2, True)


def test_an_article_is_written_from_a_collection_named_in_the_brief_or_beside_it(terminal):
    harbour(terminal)
    brief, out = terminal.folder / "brief.yaml", terminal.folder / "out.md"
    brief.write_text("topic: How tides work\nwords: 300\ncollections: [Harbour board]\n")
    assert terminal("generate", brief, "--out", out)[0] == 0
    assert "[^1]" in out.read_text()

    brief.write_text("topic: How tides work\nwords: 300\n")
    assert terminal("generate", brief, "--collection", "Unknown")[0] == 2
    assert terminal("generate", brief, "--collection", "C1", "--out", out)[0] == 0
