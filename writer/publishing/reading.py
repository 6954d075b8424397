"""What sites answer as values: text is text, an address can be followed, and a post without an id is none."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from writer.domain.errors import ReplyInvalid, SourceRefused
from writer.domain.text import joined_surrogates
from writer.security.fetch import parsed

_LINE, _TEXT = 2000, 20_000_000


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def rows(value: object) -> Sequence[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def text(value: object, limit: int = _TEXT) -> str:
    return joined_surrogates(value[:limit]) if isinstance(value, str) else ""


def line(value: object) -> str:
    return " ".join(text(value, _LINE).split())


def identity(value: object, site: str) -> str:
    """An id that goes into a path: letters and digits only."""
    id_ = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not (id_.isascii() and id_.isalnum() and len(id_) <= 64):
        raise ReplyInvalid(f"{site} answered without the id of the post. Look at the site before you send it again.")
    return id_


def address(value: object) -> str:
    """ "" for what could not be followed."""
    try:
        return parsed(text(value, 4000).strip()).url
    except SourceRefused:
        return ""


def fingerprint(*values: object) -> str:
    return hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()[:16]
