"""Provider accounts and settings. Keys are sealed before they reach the database."""

from base64 import b64decode, b64encode

from sqlalchemy import delete, select

from writer.domain.ports.settings import Cipher, ProviderAccount
from writer.storage.database import Database
from writer.storage.rows import AccountRow, SettingRow

_SECRET = "secret:"


class Settings:
    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._cipher = cipher

    def accounts(self, owner_id: str) -> list[ProviderAccount]:
        with self._database.reading() as session:
            rows = session.scalars(
                select(AccountRow).where(AccountRow.owner_id == owner_id).order_by(AccountRow.name)
            ).all()
        return [self._account(row) for row in rows]

    def save_account(self, owner_id: str, account: ProviderAccount) -> None:
        values = {
            "preset": account.preset,
            "base_url": account.base_url,
            "models": list(account.models),
            **({"sealed_key": self._cipher.seal(account.key)} if account.key else {}),
        }
        insert = self._database.inserting(AccountRow).values(owner_id=owner_id, name=account.name, **values)
        with self._database.writing() as session:
            session.execute(insert.on_conflict_do_update(index_elements=["owner_id", "name"], set_=values))

    def delete_account(self, owner_id: str, name: str) -> None:
        with self._database.writing() as session:
            session.execute(delete(AccountRow).where(AccountRow.owner_id == owner_id, AccountRow.name == name))

    def value(self, owner_id: str, name: str) -> str | None:
        with self._database.reading() as session:
            return session.scalar(
                select(SettingRow.value).where(SettingRow.owner_id == owner_id, SettingRow.name == name)
            )

    def set_value(self, owner_id: str, name: str, value: str) -> None:
        insert = self._database.inserting(SettingRow).values(owner_id=owner_id, name=name, value=value)
        with self._database.writing() as session:
            session.execute(insert.on_conflict_do_update(index_elements=["owner_id", "name"], set_={"value": value}))

    def secret(self, owner_id: str, name: str) -> str:
        sealed = self.value(owner_id, f"{_SECRET}{name}")
        return self._cipher.unseal(b64decode(sealed)) if sealed else ""

    def set_secret(self, owner_id: str, name: str, secret: str) -> None:
        sealed = b64encode(self._cipher.seal(secret)).decode() if secret else ""
        self.set_value(owner_id, f"{_SECRET}{name}", sealed)

    def _account(self, row: AccountRow) -> ProviderAccount:
        key = self._cipher.unseal(row.sealed_key) if row.sealed_key else ""
        return ProviderAccount(row.name, row.preset, row.base_url, key, tuple(row.models))
