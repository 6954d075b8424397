import pytest

from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.domain.errors import RequestRejected, UserMistake
from writer.domain.ports.web_search import Found
from writer.services.web_search import WebSearches
from writer.websearch import ENGINES

KEY = "BSA-very-secret-key"


class Engine:
    def __init__(self, kind, address, key):
        self.name, self.host, self.key = kind.title(), address.partition("://")[2] or f"{kind}.example", key

    def search(self, query, limit):
        if self.key == "bad":
            raise RequestRejected(self.name, "no.")
        return [Found("A", "https://a.example/", "a.example")] if self.key != "empty" else []


@pytest.fixture
def searches(sqlite_stores):
    return WebSearches(sqlite_stores.settings, ENGINES, lambda kind, address, key: Engine(kind, address, key))


def test_web_search_is_off_until_it_is_set_up(searches):
    assert searches.of("local") is None
    assert searches.setup(LOCAL_ACTOR).kind == ""
    assert not searches.test(LOCAL_ACTOR).ok


def test_a_key_goes_in_and_never_comes_out(searches):
    searches.save("brave", LOCAL_ACTOR, key=f" {KEY} ")

    setup = searches.setup(LOCAL_ACTOR)
    assert (setup.kind, setup.key_set) == ("brave", True)
    assert KEY not in repr(setup)
    assert searches.of("local").key == KEY
    assert searches.of("bob") is None
    assert not searches.setup(Actor("bob")).key_set


def test_an_empty_key_keeps_the_one_that_is_stored_for_the_same_service_only(searches):
    searches.save("brave", LOCAL_ACTOR, key=KEY)
    searches.save("brave", LOCAL_ACTOR)
    assert searches.of("local").key == KEY

    with pytest.raises(UserMistake, match="needs a key"):
        searches.save("tavily", LOCAL_ACTOR)
    searches.save("searxng", LOCAL_ACTOR, address="https://search.example/")
    assert (searches.of("local").key, searches.of("local").host) == ("", "search.example")


def test_off_takes_the_keys_away(searches):
    searches.save("brave", LOCAL_ACTOR, key=KEY)
    searches.save("", LOCAL_ACTOR)

    assert searches.of("local") is None
    with pytest.raises(UserMistake, match="needs a key"):
        searches.save("brave", LOCAL_ACTOR)


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "schlüssel", "a\x00b"])
def test_what_is_no_key_is_refused(searches, key):
    with pytest.raises(UserMistake, match="characters that no key has"):
        searches.save("brave", LOCAL_ACTOR, key=key)


@pytest.mark.parametrize(
    "address",
    ["", "search.example", "ftp://a.example", "https://user:pw@a.example", "https://a.example/?q=", "http://0x7f.1"],
)
def test_what_is_no_address_is_refused(searches, address):
    with pytest.raises(UserMistake, match="address"):
        searches.save("searxng", LOCAL_ACTOR, address=address)


def test_an_unknown_service_is_refused(searches):
    with pytest.raises(UserMistake, match="SearXNG, Brave Search, Tavily"):
        searches.save("altavista", LOCAL_ACTOR)


def test_the_test_button_reports_what_came_of_one_search(searches):
    searches.save("brave", LOCAL_ACTOR, key=KEY)
    assert (searches.test(LOCAL_ACTOR).ok, searches.test(LOCAL_ACTOR).sentence) == (True, "Brave found pages.")
    searches.save("brave", LOCAL_ACTOR, key="bad")
    assert (searches.test(LOCAL_ACTOR).ok, searches.test(LOCAL_ACTOR).sentence) == (False, "Brave: no.")
    searches.save("brave", LOCAL_ACTOR, key="empty")
    assert "no results" in searches.test(LOCAL_ACTOR).sentence
