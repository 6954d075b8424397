"""The filters of `search`."""

from tests.api.conftest import TIDES
from writer.bootstrap import build
from writer.domain.actors import LOCAL_ACTOR
from writer.settings import read_settings

PAGE = """<html lang="de"><head><title>Watt</title><meta name="date" content="2024-03-05"></head>
<body><p>{}</p></body></html>"""


def collect(terminal, name, source_id):
    """Into a new collection, with a tag: people do both on the page."""
    app = build(read_settings(terminal.environ))
    try:
        app.collections.join(app.collections.add(name, LOCAL_ACTOR).id, [source_id], LOCAL_ACTOR)
        app.collections.tag([source_id], ["moon"], LOCAL_ACTOR)
    finally:
        app.close()


def found(terminal, *options):
    return {hit["title"] for hit in terminal.json("search", "spring tides", "--limit", "50", *options)}


def test_each_filter_of_a_search_narrows_it(terminal):
    text = terminal.file("tides.md", TIDES)
    page = terminal.file("watt.html", PAGE.format("Spring tides are the highest tides. " * 3))
    (source,) = terminal.json("ingest", text)
    assert terminal("ingest", page)[0] == 0
    collect(terminal, "Coast", source["id"])

    assert found(terminal) == {"Tides", "Watt"}
    assert found(terminal, "--source", source["id"]) == {"Tides"}
    assert found(terminal, "--collection", "coast") == {"Tides"}
    assert found(terminal, "--kind", "html") == {"Watt"}
    assert found(terminal, "--kind", "html", "--kind", "markdown") == {"Tides", "Watt"}
    assert found(terminal, "--language", "de") == {"Watt"}
    assert found(terminal, "--since", "2024-03-05") == {"Watt"}
    assert found(terminal, "--until", "2024-03-04") == set()
    assert found(terminal, "--tag", "moon") == {"Tides"}
    assert found(terminal, "--tag", "unknown") == set()
    code, _, err = terminal("search", "spring tides", "--collection", "Unknown")
    assert code == 2
    assert "Unknown" in err
