"""Content types: data files with extra fields, an outline pattern and checks, validated once and then plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from writer.domain.briefs import Brief
from writer.domain.errors import ConfigurationError, UserMistake

FOLDER = Path(__file__).parents[2] / "content_types"
DEFAULT = "explainer"

FieldKind = Literal["line", "text", "list", "number"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the brief that this type alone asks for. A "list" holds one entry per line."""

    name: str
    label: str
    kind: FieldKind = "line"
    help: str = ""


@dataclass(frozen=True, slots=True)
class CheckRule:
    """A check by its name, with the parameters that this type gives it."""

    name: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ContentType:
    """`outline` are the usual parts in order; `guidance` is what a model is told about writing it."""

    name: str
    title: str
    description: str
    words: int
    outline: tuple[str, ...]
    guidance: str
    fields: tuple[Field, ...] = ()
    checks: tuple[CheckRule, ...] = ()
    introduction: bool = True
    conclusion: bool = True

    @property
    def counts_sections_in_title(self) -> bool:
        return any(rule.name == "number_in_title" for rule in self.checks)

    @property
    def description_bounds(self) -> tuple[int, int]:
        """Fewest and most characters: what the type's own check asks for is also what is written."""
        asked = next((rule.parameters for rule in self.checks if rule.name == "description_length"), None)
        return (int(asked["least"]), int(asked["most"])) if asked else DESCRIPTION

    @property
    def most_title(self) -> int:
        """Characters of a title that models are asked for."""
        return next((int(rule.parameters["most"]) for rule in self.checks if rule.name == "title_length"), ASKED_TITLE)


DESCRIPTION = (121, 156)
"""Characters of a meta description, where a type does not say otherwise."""
ASKED_TITLE = 60


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _FieldFile(_Strict):
    name: str
    label: str
    kind: FieldKind = "line"
    help: str = ""


class _TypeFile(_Strict):
    name: str
    title: str
    description: str
    words: int
    outline: list[str]
    guidance: str
    fields: list[_FieldFile] = []
    checks: list[dict[str, dict[str, Any]] | str] = []
    introduction: bool = True
    conclusion: bool = True


def parsed(text: str, filename: str) -> ContentType:
    """Raises ConfigurationError that names the file and the field."""
    try:
        file = _TypeFile.model_validate(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise ConfigurationError(f"The content type file {filename} cannot be used: {error}") from error
    return ContentType(
        file.name,
        file.title,
        file.description,
        file.words,
        tuple(file.outline),
        file.guidance.strip(),
        tuple(Field(f.name, f.label, f.kind, f.help) for f in file.fields),
        tuple(_rule(entry) for entry in file.checks),
        file.introduction,
        file.conclusion,
    )


def _rule(entry: dict[str, dict[str, Any]] | str) -> CheckRule:
    if isinstance(entry, str):
        return CheckRule(entry, {})
    ((name, parameters),) = entry.items()
    return CheckRule(name, parameters)


@cache
def content_types() -> dict[str, ContentType]:
    """All that are shipped, by name, in alphabetical order."""
    found = [parsed(path.read_text(encoding="utf-8"), path.name) for path in sorted(FOLDER.glob("*.yaml"))]
    return {type_.name: type_ for type_ in found}


def type_of(brief: Brief) -> ContentType:
    """Raises UserMistake for a type that does not exist."""
    types = content_types()
    if brief.content_type not in types:
        known = ", ".join(types)
        raise UserMistake(f"There is no content type “{brief.content_type}”. Choose one of: {known}.")
    return types[brief.content_type]
