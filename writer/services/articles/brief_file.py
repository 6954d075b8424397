"""A brief as a YAML file, for the command line: what is wrong with it is said by field, never by traceback."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

import yaml

from writer.domain.briefs import Brief
from writer.domain.errors import UserMistake
from writer.services.articles.content_types import content_types, type_of

_LISTS = ("keyphrases", "questions", "must_include", "avoid")
_TEXTS = (
    "topic",
    "content_type",
    "reader",
    "goal",
    "angle",
    "tone",
    "point_of_view",
    "reading_level",
    "language",
)
_KNOWN = tuple(field.name for field in fields(Brief))
_MOST = 200_000


def brief_from_yaml(text: str) -> Brief:
    """Raises UserMistake with a sentence that names the line or the field. Fields of the content type may stand under
    `extra` or beside the others."""
    data = _mapping(text)
    own = _own_fields(data)
    unknown = [str(name) for name in data if name not in _KNOWN and name not in own]
    if unknown:
        raise UserMistake(
            f"The brief has a field “{unknown[0]}” that Writer does not know. Known: {', '.join(_KNOWN)}."
        )
    values = {name: _READ[name](name, value) for name, value in data.items() if name in _READ and value is not None}
    beside = {name: data[name] for name in data if name in own and name not in _KNOWN}
    extra = _extra(data.get("extra") or {}) + _extra(beside)
    if "topic" not in values:
        raise UserMistake("The brief has no topic. Add a line “topic: …”.")
    brief = Brief(**values, extra=extra)
    type_of(brief)
    return brief


def _mapping(text: str) -> Mapping[str, Any]:
    if len(text) > _MOST:
        raise UserMistake(f"The brief has {len(text):,} characters; a brief of more than {_MOST:,} is not read.")
    try:
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "somewhere"
        raise UserMistake(f"The brief is no valid YAML: {error.problem} ({where}).") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UserMistake("The brief is no valid YAML: it holds characters or values that cannot be read.") from error
    if data is None:
        raise UserMistake("The brief is empty. It needs at least a line “topic: …”.")
    if not isinstance(data, dict):
        raise UserMistake("The brief must be fields with values, such as “topic: Tidal power”.")
    return data


def _own_fields(data: Mapping[str, Any]) -> frozenset[str]:
    type_ = content_types().get(str(data.get("content_type") or "explainer"))
    return frozenset(field.name for field in type_.fields) if type_ else frozenset()


def _text(name: str, value: Any) -> str:
    if isinstance(value, int | float | str | date) and not isinstance(value, bool):
        return str(value).strip()
    raise UserMistake(f"The brief's field “{name}” must be text; put it in quotation marks.")


def _list(name: str, value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(text for item in items if (text := _text(name, item)))


def _words(name: str, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise UserMistake(f"The brief's field “{name}” must be a whole number, such as 1200.")


def _date(name: str, value: Any) -> date:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    raise UserMistake(f"The brief's field “{name}” must be a date, such as 2027-01-31.")


def _numbers(name: str, value: Any) -> tuple[int, ...]:
    items = value if isinstance(value, list) else [value]
    found = [str(item).removeprefix("S") for item in items]
    if not all(item.isdecimal() for item in found):
        raise UserMistake(f"The brief's field “{name}” must be numbers of sources, such as [1, 2].")
    return tuple(int(item) for item in found)


def _extra(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise UserMistake("The brief's field “extra” must be fields with values.")
    return tuple((str(name), "\n".join(_list(str(name), item))) for name, item in value.items() if item is not None)


_READ: Mapping[str, Callable[[str, Any], Any]] = {
    **dict.fromkeys(_TEXTS, _text),
    **dict.fromkeys(_LISTS, _list),
    "words": _words,
    "due": _date,
    "source_ids": _numbers,
}
