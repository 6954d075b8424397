"""A folder that is taken in again."""


def test_what_did_not_change_is_not_read_again_and_what_did_is_the_next_version(terminal):
    folder = terminal.folder / "papers"
    folder.mkdir()
    (folder / "moon.md").write_text("# Moon\n\nThe moon is 384,400 kilometres away from the earth.")
    (folder / "ports.csv").write_text("Port,Year\nRiga,1879\n")
    assert terminal("ingest", folder)[0] == 0

    code, _, err = terminal("ingest", folder)
    assert code == 0
    assert "2 of 2 documents have not changed." in err

    (folder / "moon.md").write_text("# Moon\n\nThe moon is about 384,400 kilometres away from the earth.")
    sources = {source["filename"]: source for source in terminal.json("ingest", folder)}
    assert {name: source["revision"] for name, source in sources.items()} == {"moon.md": 2, "ports.csv": 1}
    assert terminal.json("search", "How far is the moon?")[0]["text"].startswith("The moon is about")
