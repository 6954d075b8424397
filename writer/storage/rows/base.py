"""Column types that hold the same value on both engines, and the database's clock."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Dialect, LargeBinary, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from writer.domain.text import joined_surrogates

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROS = 1_000_000


class Base(DeclarativeBase):
    pass


class CleanText(TypeDecorator[str]):
    """Text without NUL and lone surrogates, which neither engine can hold."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else joined_surrogates(value)


class Json(TypeDecorator[Any]):
    """JSON as text: the database never looks inside, and keeps the order of keys."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(cleaned(value), ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class Digest(TypeDecorator[str]):
    """A digest in hexadecimal, stored as its bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else bytes(value).hex()


class Instant(TypeDecorator[datetime]):
    """UTC as whole microseconds since 1970: leases are added to and compared alike on both engines."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return (aware - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)


def cleaned(value: Any) -> Any:
    """The same JSON value with every text in it fit for storing."""
    match value:
        case str():
            return joined_surrogates(value)
        case dict():
            return {cleaned(key): cleaned(item) for key, item in value.items()}
        case list() | tuple():
            return [cleaned(item) for item in value]
    return value


class now_micros(FunctionElement[int]):
    """The database's clock at this very statement, in microseconds since 1970."""

    inherit_cache = True
    type = BigInteger()


@compiles(now_micros, "sqlite")  # type: ignore[untyped-decorator, no-untyped-call, unused-ignore]  # sqlalchemy leaves it untyped
def _sqlite_now(element: now_micros, compiler: SQLCompiler, **options: Any) -> str:
    return "(CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER) * 1000)"


@compiles(now_micros, "postgresql")  # type: ignore[untyped-decorator, no-untyped-call, unused-ignore]  # sqlalchemy leaves it untyped
def _postgres_now(element: now_micros, compiler: SQLCompiler, **options: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"


def from_now(seconds: float) -> ColumnElement[int]:
    return now_micros() + int(seconds * MICROS)
