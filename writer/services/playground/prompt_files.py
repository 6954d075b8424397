"""Prompts as one file, YAML or JSON. A file is foreign: read without objects, within bounds, and never run."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from writer.domain.errors import UserMistake
from writer.domain.prompt_library import Packed, Place, PromptText, noted

FORMAT = "writer-prompts/1"
MAX_BYTES = 4_000_000

_NOT_OURS = "This file holds no prompts that Writer knows how to read. Export some to see the form."
_DEEPEST = 10
_LONG_NUMBER = re.compile(r"[-+0-9_:.]{200,}")
_SAFE_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # both are safe; the one in C is ten times as fast
_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")

Form = Literal["yaml", "json"]


@dataclass(frozen=True, slots=True)
class Imported:
    """How many prompts are new, have a new version, or were there as they are."""

    added: int
    revised: int
    unchanged: int


class _Strict(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class _Version(_Strict):
    prompt: str
    system: str = ""
    temperature: float = 0.7
    max_output_tokens: int = 1024
    note: str = ""


class _Prompt(_Strict):
    name: str
    folder: str = ""
    tags: list[str] = Field([], max_length=100)
    versions: list[_Version] = Field(min_length=1, max_length=500)


class _File(_Strict):
    format: Literal["writer-prompts/1"]
    prompts: list[_Prompt] = Field(max_length=2_000)


def written(packed: Sequence[Packed], form: Form) -> str:
    document = {"format": FORMAT, "prompts": [_as_data(one) for one in packed]}
    if form == "json":
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    text: str = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    return text


class _Dumper(yaml.SafeDumper):
    """Writes the line breaks that few know as escapes: as themselves they come back as spaces."""


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _OTHER_BREAKS.search(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _text_node)


def read(content: bytes) -> list[Packed]:
    """Raises UserMistake for anything that is not a whole and good file: nothing of it is used then."""
    if len(content) > MAX_BYTES:
        raise UserMistake(f"The file is larger than {MAX_BYTES // 1_000_000} MB. Split it.")
    try:
        file = _File.model_validate(_parsed(content))
    except ValidationError as error:
        raise UserMistake(f"{_NOT_OURS} The first thing that is wrong: {_first(error)}.") from error
    return [_packed(one) for one in file.prompts]


def _parsed(content: bytes) -> Any:
    try:
        text = content.decode("utf-8-sig")
        if text.lstrip().startswith("{"):
            return json.loads(text)
        _check_events(text)
        return yaml.load(text, _SAFE_LOADER)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise UserMistake(_NOT_OURS) from error


def _check_events(text: str) -> None:
    """Raises ValueError. Deep nesting would exhaust the loader's stack, in C without a word; an alias says a text again
    as often as it likes; a number to the base of 60 (“1:1:1”) takes the square of its length to read. No export has
    a tag, which would make a number of any text."""
    depth = 0
    for event in yaml.parse(text, _SAFE_LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise ValueError("aliases")
        if getattr(event, "tag", None) is not None:
            raise ValueError("tags")
        if isinstance(event, yaml.ScalarEvent) and _LONG_NUMBER.fullmatch(event.value):
            raise ValueError("a number that is too long")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")


def _packed(prompt: _Prompt) -> Packed:
    place = Place(prompt.name, prompt.folder, tuple(prompt.tags))
    texts = (PromptText(v.prompt, v.system, v.temperature, v.max_output_tokens) for v in prompt.versions)
    return Packed(place, tuple((text, noted(v.note)) for text, v in zip(texts, prompt.versions, strict=True)))


def _as_data(packed: Packed) -> dict[str, Any]:
    return {
        "name": packed.place.name,
        "folder": packed.place.folder,
        "tags": list(packed.place.tags),
        "versions": [
            {
                "prompt": text.user,
                "system": text.system,
                "temperature": text.temperature,
                "max_output_tokens": text.max_output_tokens,
                "note": note,
            }
            for text, note in packed.versions
        ],
    }


def _first(error: ValidationError) -> str:
    found = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, found['loc'])) or 'the whole'}: {found['msg']}"
