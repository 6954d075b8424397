import logging

import pytest

from tests.support.scripted_server import Reply, ScriptedServer, failing
from writer.domain.actors import Actor
from writer.domain.completions import Purpose
from writer.domain.errors import NotFound, UnknownRoute, UserMistake
from writer.domain.ports.settings import ProviderAccount
from writer.providers.presets import Limits
from writer.providers.registry import Registry
from writer.providers.retried import RetryPolicy
from writer.services.accounts import Accounts
from writer.services.jobs.loop import EngineLoop
from writer.services.providers import Providers

ME = Actor("local")
KEY = "sk-canary-1234567890"


class Desk:
    """The service with all that it stands on."""

    def __init__(self, stores, loop, environment=(), routes=()):
        self.events = []
        self.accounts = Accounts(stores.settings, environment)
        limits = Limits(connect_s=2, first_token_s=5, idle_s=5, whole_s=10)
        self.registry = Registry(self.accounts.of, self.events.append, limits=limits, policy=RetryPolicy(attempts=1))
        self.providers = Providers(self.registry, self.accounts, stores.settings, run=loop.run, default_routes=routes)


@pytest.fixture
def open_desk(sqlite_stores):
    loop = EngineLoop()
    desks = []

    def opened(*environment, routes=()):
        desks.append(Desk(sqlite_stores, loop, environment, routes))
        return desks[-1]

    yield opened
    for desk in desks:
        loop.run(desk.registry.aclose(), 10)
    loop.close()


@pytest.fixture
def desk(open_desk):
    return open_desk()


def local(server, name="mine", key=KEY):
    return ProviderAccount(name, "openai-compatible", server.url, key, ("model-a",))


def test_a_key_goes_in_and_never_comes_out(desk, caplog):
    caplog.set_level(logging.DEBUG)

    desk.providers.save(ProviderAccount("openai", "openai", "", KEY, ("gpt-5-mini",)), ME)

    view = desk.providers.accounts(ME)[0]
    assert (view.name, view.preset, view.key_set, view.origin) == ("openai", "openai", True, "stored")
    assert KEY not in repr(view) + caplog.text


def test_saving_without_a_key_keeps_the_stored_one(desk):
    desk.providers.save(ProviderAccount("openai", "openai", "", KEY), ME)

    desk.providers.save(ProviderAccount("openai", "openai", "", "", ("gpt-5",)), ME)

    assert desk.accounts.of("local")[0].key == KEY
    assert desk.providers.accounts(ME)[0].models == ("gpt-5",)


@pytest.mark.parametrize("change", [{"base_url": "https://evil.example/v1"}, {"preset": "openrouter"}])
def test_a_stored_key_is_never_sent_to_another_address(change, desk):
    account = {"name": "openai", "preset": "openai", "base_url": ""}
    desk.providers.save(ProviderAccount(**account, key=KEY), ME)

    with pytest.raises(UserMistake, match="enter the key again"):
        desk.providers.save(ProviderAccount(**{**account, **change}), ME)

    assert desk.accounts.of("local")[0].base_url == ""


def test_what_the_owner_stored_wins_over_the_environment(open_desk):
    desk = open_desk(ProviderAccount("openai", "openai", "https://a.example", "env-key-123"))
    assert desk.providers.accounts(ME)[0].origin == "environment"

    desk.providers.save(ProviderAccount("openai", "openai", "https://b.example", "own-key-123"), ME)

    (account,) = desk.accounts.of("local")
    assert (account.base_url, account.key) == ("https://b.example", "own-key-123")
    desk.providers.delete("openai", ME)
    assert desk.accounts.of("local")[0].key == "env-key-123"


def test_an_account_of_the_environment_offers_its_presets_models_unless_it_names_others(open_desk):
    others = ProviderAccount("gemini", "gemini", "", "env-key-456", ("gemini-own",))
    desk = open_desk(ProviderAccount("openai", "openai", "", "env-key-123"), others)

    offered = {account.name: account.models for account in desk.providers.accounts(ME)}

    preset = next(preset for preset in desk.providers.presets() if preset.name == "openai")
    assert offered == {"openai": tuple(preset.models), "gemini": ("gemini-own",)}
    assert preset.models


def test_the_environments_key_is_not_used_for_an_address_that_was_stored(open_desk):
    desk = open_desk(ProviderAccount("openai", "openai", "https://a.example", "env-key-123"))

    desk.providers.save(ProviderAccount("openai", "openai", "https://evil.example", ""), ME)
    assert desk.accounts.of("local")[0].key == ""
    desk.providers.save(ProviderAccount("openai", "openai", "", "", ("gpt-5",)), ME)
    assert desk.accounts.of("local")[0].key == "env-key-123"


def test_an_account_of_the_environment_cannot_be_deleted_and_an_unknown_one_is_not_there(open_desk):
    desk = open_desk(ProviderAccount("openai", "openai", "", "env-key-123"))

    with pytest.raises(UserMistake, match="comes from the environment"):
        desk.providers.delete("openai", ME)
    with pytest.raises(NotFound):
        desk.providers.delete("nobody", ME)


@pytest.mark.parametrize(
    "account",
    [
        ProviderAccount("", "openai"),
        ProviderAccount("Has Blanks", "openai"),
        ProviderAccount("a:b", "openai"),
        ProviderAccount("x" * 41, "openai"),
        ProviderAccount("a", "no-such-preset"),
        ProviderAccount("a", "openai", "ftp://x"),
        ProviderAccount("a", "openai", "https://user:pw@x/v1"),
        ProviderAccount("a", "openai", "https://x/v1?key=1"),
        ProviderAccount("a", "openai", "https://[bad"),
        ProviderAccount("a", "openai", "https://x:99999"),
        ProviderAccount("a", "openai", "", "two words"),
        ProviderAccount("a", "openai", "", "line\nbreak"),
        ProviderAccount("a", "openai", "", "ключ"),
    ],
)
def test_an_account_that_cannot_work_is_refused_with_a_sentence(account, desk):
    with pytest.raises(UserMistake, match=r"\.$"):
        desk.providers.save(account, ME)

    assert desk.providers.accounts(ME) == []


def test_without_anything_set_up_there_are_no_routes(desk):
    assert desk.providers.routes(ME) == []


def test_an_account_alone_suggests_its_first_model(open_desk):
    environment = [ProviderAccount("openai", "openai", "", "env-key-123"), ProviderAccount("gemini", "gemini", "", "")]

    assert open_desk(*environment).providers.routes(ME) == ["openai:gpt-5-mini"]


def test_the_settings_order_holds_until_the_owner_sets_another(open_desk):
    desk = open_desk(routes=("ollama:a", "openai:b"))
    assert desk.providers.routes(ME) == ["ollama:a", "openai:b"]

    desk.providers.set_routes([" openai:c ", "ollama:a", "openai:c", ""], ME)

    assert desk.providers.routes(ME) == ["openai:c", "ollama:a"]
    desk.providers.set_routes([], ME)
    assert desk.providers.routes(ME) == []


@pytest.mark.parametrize("route", ["openai", "nobody:model", "openai:", ":model", "openai:two words"])
def test_a_route_that_leads_nowhere_is_refused(route, desk):
    with pytest.raises(UnknownRoute):
        desk.providers.set_routes([route], ME)


def test_the_test_button_asks_for_one_word_and_says_how_long_the_first_took(desk):
    with ScriptedServer(Reply("ready")) as server:
        desk.providers.save(local(server), ME)

        report = desk.providers.test(" mine:model-a ", ME)

        assert report.ok, report.sentence
        assert report.first_token_ms is not None
        assert report.sentence.startswith("mine:model-a answered, the first word after ")
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert [(event.purpose, event.caller.user) for event in desk.events] == [(Purpose.TEST, "local")]


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_a_refusal_is_a_report_with_a_sentence_and_never_shows_the_key(status, desk):
    with ScriptedServer(failing(status, f"Incorrect API key provided: {KEY}")) as server:
        desk.providers.save(local(server), ME)

        report = desk.providers.test("mine:model-a", ME)

    assert not report.ok
    assert report.first_token_ms is None
    assert KEY not in report.sentence
    assert "mine:model-a" in report.sentence


def test_a_route_without_its_key_is_reported_not_raised(desk):
    report = desk.providers.test("openai:gpt-5-mini", ME)

    assert not report.ok
    assert "needs an API key" in report.sentence


def test_health_knows_every_route_in_use(desk):
    with ScriptedServer(failing(500)) as server:
        desk.providers.save(local(server), ME)
        desk.providers.set_routes(["mine:model-a", "ollama:x"], ME)
        for _ in range(6):
            desk.providers.test("mine:model-a", ME)

        mine, other = desk.providers.health(ME)

    assert (mine.route, mine.state) == ("mine:model-a", "open")
    assert mine.retry_in > 0
    assert (other.route, other.state) == ("ollama:x", "closed")


def test_models_of_an_account_that_is_not_there_are_not_found(desk):
    with pytest.raises(NotFound):
        desk.providers.models("nobody", ME)


def test_presets_say_what_a_person_has_to_enter(desk):
    names = {preset.name: preset for preset in desk.providers.presets()}

    assert names["openai"].needs_key
    assert not names["ollama"].needs_key
    assert names["openai"].title
