"""The list of contents of an exported collection. What it says is only what things are called: it gives no ids, no
owners and no places on a disk, and none is ever taken from it."""

import json
import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from writer.domain.collections import MAX_NAME, Collection, Cut
from writer.domain.errors import SourceRefused
from writer.domain.kinds import SUFFIX_OF
from writer.domain.sources import Source
from writer.domain.text import joined_surrogates

MANIFEST = "manifest.json"
FORMAT = "writer-collection"
MOST_SOURCES = 5_000
MAX_BYTES = 10_000_000
FILE_NAME = re.compile(r"sources/\d{1,6}(?:\.[a-z0-9]{1,8})?")
NO_MANIFEST = "This is no exported collection: it holds no list of contents that can be read."

_Short = Annotated[str, StringConstraints(max_length=500)]
_Address = Annotated[str, StringConstraints(max_length=2000)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Listed(_Part):
    """One source. `file` is the name that its document has in the archive."""

    file: Annotated[str, StringConstraints(pattern=rf"^{FILE_NAME.pattern}$")]
    title: _Short
    filename: _Short = ""
    authors: _Short = ""
    published: _Short = ""
    url: _Address = ""
    licence: _Short = ""
    tags: Annotated[list[_Short], Field(max_length=20)] = []


class Manifest(_Part):
    format: Literal["writer-collection"]
    version: Literal[1]
    name: Annotated[str, StringConstraints(max_length=MAX_NAME)]
    description: Annotated[str, StringConstraints(max_length=1000)] = ""
    tokens: int = Cut().tokens
    overlap: int = Cut().overlap
    sources: Annotated[list[Listed], Field(max_length=MOST_SOURCES)] = []


def manifest_from(data: bytes) -> Manifest:
    """Raises SourceRefused with what is wrong."""
    try:
        stated = json.loads(data)
        return Manifest.model_validate(_cleaned(stated))
    except ValidationError as error:
        first = error.errors()[0]
        where = joined_surrogates(".".join(str(part) for part in first["loc"])) or "all of it"
        raise SourceRefused(
            f"The collection's list of contents cannot be used ({where[:80]}): {first['msg']}."
        ) from None
    except (ValueError, RecursionError):  # no JSON, no text, or nested without end
        raise SourceRefused(NO_MANIFEST) from None


def manifest_of(collection: Collection, listed: list[Listed]) -> bytes:
    made = Manifest(
        format="writer-collection",
        version=1,
        name=collection.name,
        description=collection.description,
        tokens=collection.cut.tokens,
        overlap=collection.cut.overlap,
        sources=listed,
    )
    return json.dumps(made.model_dump(), ensure_ascii=False, indent=1).encode()


def listed_as(source: Source, number: int) -> Listed:
    return Listed(
        file=f"sources/{number:05}{SUFFIX_OF.get(source.kind, '')}",
        title=source.title[:500],
        filename=source.filename[:500],
        authors=source.authors[:500],
        published=source.published[:500],
        url=source.url if len(source.url) <= 2000 else "",
        licence=source.licence[:500],
        tags=list(source.tags)[:20],
    )


def _cleaned(value: object) -> object:
    """Without NUL and lone surrogates, which JSON may hold and no database can."""
    match value:
        case str():
            return joined_surrogates(value)
        case dict():
            return {joined_surrogates(str(name)): _cleaned(item) for name, item in value.items()}
        case list():
            return [_cleaned(item) for item in value]
    return value
