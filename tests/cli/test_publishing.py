"""`publish`, to a site over real sockets."""

import json

import pytest

from tests.cli.conftest import Terminal
from tests.support.site_server import PASSWORD, USER, WordPressSite, serving
from writer.bootstrap import build
from writer.domain.actors import LOCAL_ACTOR
from writer.settings import read_settings


@pytest.fixture
def site():
    with serving(WordPressSite()) as site:
        yield site


@pytest.fixture
def draft(terminal: Terminal, site, monkeypatch) -> str:
    monkeypatch.setenv("WRITER_FETCH_HOSTS", site.host)
    app = build(read_settings())
    app.publishing.sites.add(LOCAL_ACTOR, "wordpress", "My blog", site.url, PASSWORD, USER)
    made = app.drafts.begin("How tides work", LOCAL_ACTOR)
    app.drafts.save_text(made.id, made.revision, LOCAL_ACTOR, title=made.title, text="The moon pulls the water.")
    app.close()
    return made.id


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(terminal: Terminal, site, draft: str):
    code, out, err = terminal("publish", draft, "--to", "My blog", "--dry-run", "--tag", "sea", "--slug", "tides")

    assert code == 0
    assert "The moon pulls the water.</p>" in out
    assert "address: tides" in err
    assert "tags: sea" in err
    assert "Nothing was sent" in err
    assert site.requests == []
    assert PASSWORD not in out + err


def test_it_is_sent_once_and_the_second_time_updated(terminal: Terminal, site, draft: str):
    code, out, err = terminal("publish", draft, "--to", "My blog", "--slug", "tides")
    assert code == 0, err
    assert out.strip().endswith("/tides/")

    again = terminal.json("publish", draft, "--to", "My blog", "--as", "published", "--title", "Tides now")

    assert (again["stage"], again["slug"]) == ("published", "tides")
    assert [(post["title"], post["status"]) for post in site.live] == [("Tides now", "publish")]


def test_a_change_on_the_site_stops_it_until_it_was_seen(terminal: Terminal, site, draft: str):
    sent = terminal.json("publish", draft, "--to", "My blog")
    site.edit(sent["post_id"], content="Somebody else's words.")

    code, _, err = terminal("publish", draft, "--to", "My blog")
    assert code != 0
    assert "Somebody changed the post" in err
    seen = json.loads(terminal("publish", draft, "--to", "My blog", "--dry-run", "--json")[1])
    assert terminal("publish", draft, "--to", "My blog", "--overwrite", seen["overwrite"])[0] == 0

    assert "The moon pulls the water." in site.live[0]["content"]


def test_what_cannot_be_sent_is_refused_with_a_sentence(terminal: Terminal, site, draft: str):
    for wrong, said in (
        (("--to", "nowhere"), "no such site"),
        (("--to", "My blog", "--as", "scheduled"), "time"),
        (("--to", "My blog", "--at", "tomorrow"), "is no time"),
        (("--to", "My blog", "--slug", "No!"), "address"),
    ):
        code, _, err = terminal("publish", draft, *wrong)
        assert code != 0
        assert said in err
    assert site.live == []
