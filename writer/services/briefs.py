"""Briefs as people write them, in JSON or YAML, made into the value. Each refusal is one sentence."""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from writer.domain.briefs import Brief
from writer.domain.errors import UserMistake
from writer.domain.money import micros_of
from writer.domain.text import joined_surrogates
from writer.security.render import plain
from writer.services.articles.content_types import DEFAULT, content_types

MAX_FIELD = 20_000
MAX_EXTRA = 30
_LISTS = ("keyphrases", "questions", "must_include", "avoid")
_IDS = {"source_ids": "S", "collection_ids": "C"}
_OTHER_NAMES = {
    "title": "topic",
    "type": "content_type",
    "audience": "reader",
    "length": "words",
    "word_count": "words",
    "keywords": "keyphrases",
    "pov": "point_of_view",
    "locale": "language",
}
_FIELDS = {field.name for field in fields(Brief)}


def brief_from(data: object) -> Brief:
    """Fields that a brief does not have belong to its content type, and go to `extra`. Raises UserMistake."""
    if not isinstance(data, Mapping):
        raise UserMistake("A brief is a list of fields, such as “topic: How tides work”.")
    named = _named(data)
    extra = named.pop("extra", None) or {}
    if not isinstance(extra, Mapping):
        raise UserMistake("“extra” must hold the content type's own fields, each with its name.")
    given = {name: value for name, value in named.items() if value is not None}
    values = {name: _value(name, value) for name, value in given.items() if name in _FIELDS}
    beside = {name: value for name, value in given.items() if name not in _FIELDS}
    for name in sorted(beside.keys() - _own_fields(str(given.get("content_type", "")))):
        _refuse_misspelt(name)
    others = {**beside, **extra}
    if len(others) > MAX_EXTRA:
        raise UserMistake(f"At most {MAX_EXTRA} fields of its own fit into a brief.")
    values.setdefault("topic", "")
    if (type_ := content_types().get(values.get("content_type", DEFAULT))) is not None:
        values.setdefault("words", type_.words)
    return Brief(**values, extra=tuple((_name(name), _extra(name, value)) for name, value in others.items()))


def cap_in(data: object) -> int | None:
    """Takes “max_cost” out of what people write with a brief: it is for the job, not for the text. In millionths of a
    US dollar; None where there is none. Raises UserMistake."""
    if not isinstance(data, MutableMapping) or data.get("max_cost") is None:
        if isinstance(data, MutableMapping):
            data.pop("max_cost", None)
        return None
    given = data.pop("max_cost")
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise UserMistake("“max_cost” must be a number of US dollars, such as 0.50.")
    return micros_of(given, "“max_cost”")


def with_collections(data: object, ids_of: Callable[[Sequence[str | int]], Sequence[int]]) -> object:
    """People name collections ("collections: [Harbour]"); a brief has their ids. Raises UserMistake for what is not
    there."""
    if not isinstance(data, Mapping) or "collections" not in data:
        return data
    given = data["collections"] or []
    items = [given] if isinstance(given, str | int) else _items("collections", given)
    if not all(isinstance(item, str | int) and not isinstance(item, bool) for item in items):
        raise UserMistake("“collections” must be a list of names.")
    others = {name: value for name, value in data.items() if name != "collections"}
    return {**others, "collection_ids": [*(others.get("collection_ids") or []), *ids_of(items)]}


def _own_fields(content_type: str) -> set[str]:
    type_ = content_types().get(content_type.strip())
    return {field.name for field in type_.fields} if type_ else set()


def _refuse_misspelt(name: str) -> None:
    """“word: 500” would otherwise become a field of the content type, and the length stay what it was."""
    meant = get_close_matches(name, sorted(_FIELDS), 1, cutoff=0.8)
    if meant:
        raise UserMistake(f"The brief has a field “{_name(name)}” that Writer does not know. Is “{meant[0]}” meant?")


def _named(data: Mapping[Any, Any]) -> dict[str, Any]:
    """By our names; the proper name wins where both are there."""
    given = {str(name).strip().lower().replace("-", "_"): value for name, value in data.items()}
    other = {_OTHER_NAMES[name]: given.pop(name) for name in list(given) if name in _OTHER_NAMES}
    return {**other, **given}


def _value(name: str, value: Any) -> Any:
    if name in _LISTS:
        return _lines(name, value)
    if name == "words":
        return _number(name, value)
    if name in _IDS:
        return tuple(_number(name, str(item).removeprefix(_IDS[name])) for item in _items(name, value))
    if name == "due":
        return _date(value)
    return _text(name, value).strip()


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        raise UserMistake(f"“{_name(name)}” must be text.")
    if len(str(value)) > MAX_FIELD:
        raise UserMistake(f"“{_name(name)}” has {len(str(value)):,} characters; {MAX_FIELD:,} is the most.")
    return joined_surrogates(str(value))


def _items(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise UserMistake(f"“{_name(name)}” must be a list.")
    return list(value)


def _lines(name: str, value: Any) -> tuple[str, ...]:
    """A single text is a list of its lines."""
    items = value.splitlines() if isinstance(value, str) else _items(name, value)
    return tuple(text for text in (_text(name, item).strip() for item in items) if text)


def _number(name: str, value: Any) -> int:
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 20:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise UserMistake(f"“{_name(name)}” must be a whole number.")
    return value


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise UserMistake("“due” must be a date like 2026-12-24.") from None


def _extra(name: object, value: Any) -> str:
    """One entry per line where a field holds a list."""
    if isinstance(value, list | tuple):
        return "\n".join(_text(str(name), item) for item in value)
    return _text(str(name), value)


def _name(name: object) -> str:
    return plain(str(name), 60)
