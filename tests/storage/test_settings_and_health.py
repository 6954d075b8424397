from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.storage.makers import OWNER
from writer.domain.errors import ConfigurationError
from writer.domain.ports.settings import ProviderAccount
from writer.security.cipher import FileCipher
from writer.storage import Database, Stores
from writer.storage.rows import AccountRow, SettingRow

ACCOUNT = ProviderAccount("openai", "openai", "https://api.test/v1", "sk-canary", ("m1", "m2"))


def test_accounts_read_back_by_name_with_their_keys(stores: Stores):
    stores.settings.save_account(OWNER, ACCOUNT)
    stores.settings.save_account(OWNER, ProviderAccount("gemini", "gemini"))

    assert stores.settings.accounts(OWNER) == [ProviderAccount("gemini", "gemini"), ACCOUNT]
    assert stores.settings.accounts("somebody else") == []


def test_an_empty_key_keeps_the_one_that_is_stored(stores: Stores):
    stores.settings.save_account(OWNER, ACCOUNT)

    stores.settings.save_account(OWNER, ProviderAccount("openai", "openai", "https://other.test"))

    (account,) = stores.settings.accounts(OWNER)
    assert (account.key, account.base_url, account.models) == ("sk-canary", "https://other.test", ())


def test_a_key_never_reaches_the_database_in_clear(stores: Stores, database: Database):
    stores.settings.save_account(OWNER, ACCOUNT)

    with database.reading() as session:
        sealed = session.scalar(select(AccountRow.sealed_key))

    assert sealed
    assert b"canary" not in bytes(sealed)


def test_a_key_that_was_sealed_with_another_secret_gives_a_sentence(database: Database, tmp_path: Path):
    Stores(database, FileCipher(tmp_path / "one.key")).settings.save_account(OWNER, ACCOUNT)

    with pytest.raises(ConfigurationError, match="secret key of this installation has changed"):
        Stores(database, FileCipher(tmp_path / "two.key")).settings.accounts(OWNER)


def test_a_deleted_account_is_gone(stores: Stores):
    stores.settings.save_account(OWNER, ACCOUNT)
    stores.settings.delete_account("somebody else", "openai")
    assert stores.settings.accounts(OWNER) == [ACCOUNT]
    stores.settings.delete_account(OWNER, "openai")
    assert stores.settings.accounts(OWNER) == []


def test_settings_are_per_owner(stores: Stores):
    assert stores.settings.value(OWNER, "routes") is None
    stores.settings.set_value(OWNER, "routes", "a:b")
    stores.settings.set_value(OWNER, "routes", "c:d\x00")

    assert stores.settings.value(OWNER, "routes") == "c:d"
    assert stores.settings.value("somebody else", "routes") is None


def test_replicas_read_until_when_a_route_rests_and_why(stores: Stores):
    stores.health.publish("openai:m", 60, "503")

    (health,) = stores.health.read()

    assert (health.key, health.reason) == ("openai:m", "503")
    assert 50 < health.open_for <= 60


def test_the_later_of_two_ends_wins_and_zero_clears(stores: Stores):
    stores.health.publish("openai:m", 60, "first")
    stores.health.publish("openai:m", 10, "shorter")
    assert [health.reason for health in stores.health.read()] == ["first"]
    stores.health.publish("openai:m", 120, "longer")
    assert [health.reason for health in stores.health.read()] == ["longer"]
    stores.health.publish("openai:m", 0, "")
    assert stores.health.read() == []


def test_exactly_one_of_many_gets_the_probe(stores: Stores):
    stores.health.publish("openai:m", 60, "503")

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda n: stores.health.take_probe("openai:m", f"w{n}", 60), range(10)))

    assert taken.count(True) == 1
    assert [health.reason for health in stores.health.read()] == ["503"]


def test_a_probe_can_be_taken_again_when_its_time_is_up_or_the_route_is_well(stores: Stores):
    assert stores.health.take_probe("k", "a", -1)
    assert stores.health.take_probe("k", "b", 60)
    assert not stores.health.take_probe("k", "b", 60)
    assert stores.health.read() == []
    stores.health.publish("k", 0, "")
    assert stores.health.take_probe("k", "c", 60)


def test_a_secret_is_sealed_apart_from_values_and_each_owners_own(stores: Stores, database: Database) -> None:
    stores.settings.set_secret("ada", "web_search:brave", "BSA-very-secret")

    assert stores.settings.secret("ada", "web_search:brave") == "BSA-very-secret"
    assert stores.settings.secret("bob", "web_search:brave") == ""
    assert stores.settings.value("ada", "web_search:brave") is None
    with database.reading() as session:
        stored = [str(row) for row in session.execute(select(SettingRow.__table__))]
    assert "BSA-very-secret" not in "".join(stored)

    stores.settings.set_secret("ada", "web_search:brave", "")
    assert stores.settings.secret("ada", "web_search:brave") == ""
