"""Prompts that are kept: their variables, their versions, and the one plain pass that fills them in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from writer.domain.errors import UserMistake
from writer.domain.text import joined_surrogates

MAX_TEXT = 100_000
MAX_FILLED = 1_000_000
MAX_VARIABLES = 100
MAX_NAME = 120
MAX_TAGS = 20
MAX_TAG = 40
MAX_NOTE = 200
MAX_OUTPUT_TOKENS = 64_000
MAX_TEMPERATURE = 2.0
_VARIABLE = re.compile(r"\{\{[ \t]*([^\W\d]\w{0,39})[ \t]*\}\}")


def variables_in(*texts: str) -> tuple[str, ...]:
    """The names in {{double braces}}, each once, in the order in which they come."""
    return tuple(dict.fromkeys(name for text in texts for name in _VARIABLE.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """One pass, never a template engine: a value is put in as it is, also where it holds {{braces}} itself, and
    whatever else stands between braces stays. Raises UserMistake where a variable has no value, or where it all gets
    too long."""
    if missing := [name for name in variables_in(text) if name not in values]:
        names = ", ".join(f"{{{{{name}}}}}" for name in missing)
        raise UserMistake(f"The prompt has no value for {names}. Fill in every variable first.")
    # Counted before: a long value in thousands of places would fill the memory.
    if len(text) + sum(len(values[name]) for name in _VARIABLE.findall(text)) > MAX_FILLED:
        raise UserMistake(f"With its values filled in, a prompt may have {MAX_FILLED:,} characters. Shorten them.")
    return _VARIABLE.sub(lambda found: values[found[1]], text)


@dataclass(frozen=True, slots=True)
class PromptText:
    """What a model is asked: `system` may be empty. The parameters are those it was tried with."""

    user: str
    system: str = ""
    temperature: float = 0.7
    max_output_tokens: int = 1024

    def __post_init__(self) -> None:
        for name in ("system", "user"):
            object.__setattr__(self, name, joined_surrogates(getattr(self, name)))
        if not self.user.strip():
            raise UserMistake("The prompt is empty: write what the model is asked.")
        if len(self.user) + len(self.system) > MAX_TEXT:
            raise UserMistake(f"A prompt may have {MAX_TEXT:,} characters. Shorten it.")
        if len(self.variables) > MAX_VARIABLES:  # each is a field of the form
            raise UserMistake(f"A prompt may have {MAX_VARIABLES} variables. Take some out.")
        check_parameters(self.temperature, self.max_output_tokens)

    @property
    def variables(self) -> tuple[str, ...]:
        return variables_in(self.system, self.user)

    def filled(self, values: Mapping[str, str]) -> tuple[str, str]:
        """(system, user) as they are sent."""
        if missing := [name for name in self.variables if name not in values]:
            filled("".join(f"{{{{{name}}}}}" for name in missing), {})  # one sentence that names them all
        return filled(self.system, values), filled(self.user, values)


def check_parameters(temperature: float, max_output_tokens: int) -> None:
    if not 0 <= temperature <= MAX_TEMPERATURE:  # also of NaN
        raise UserMistake(f"The temperature must lie between 0 and {MAX_TEMPERATURE:g}.")
    if not 1 <= max_output_tokens <= MAX_OUTPUT_TOKENS:
        raise UserMistake(f"The longest reply must lie between 1 and {MAX_OUTPUT_TOKENS:,} tokens.")


@dataclass(frozen=True, slots=True)
class Place:
    """How a prompt is found again. `folder` is a path ("Marketing/Mail"), "" outside all folders."""

    name: str
    folder: str = ""
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        name, tags = _line(self.name), tuple(dict.fromkeys(filter(None, map(_line, self.tags))))
        folder = "/".join(filter(None, map(_line, self.folder.split("/"))))
        if not name or len(name) > MAX_NAME:
            raise UserMistake(f"A prompt needs a name of 1 to {MAX_NAME} characters.")
        if len(folder) > MAX_NAME:
            raise UserMistake(f"The name of a folder may have {MAX_NAME} characters.")
        if len(tags) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in tags):
            raise UserMistake(f"A prompt may have {MAX_TAGS} tags of {MAX_TAG} characters.")
        for field, value in (("name", name), ("folder", folder), ("tags", tags)):
            object.__setattr__(self, field, value)


@dataclass(frozen=True, slots=True)
class PromptVersion:
    """Never changed once it is there. `number` counts from 1 within its prompt."""

    number: int
    text: PromptText
    note: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SavedPrompt:
    """`latest` is its newest version."""

    id: str
    owner_id: str
    place: Place
    latest: PromptVersion
    created_at: datetime
    updated_at: datetime

    @property
    def mark(self) -> str:
        """What usage and versions of drafts say of text that was made with it."""
        return f"prompt:{self.id}@{self.latest.number}"

    def matches(self, words: Iterable[str]) -> bool:
        """Whether each of the folded words stands in its name, folder, tags or text."""
        text = self.latest.text
        stated = "\n".join((self.place.name, self.place.folder, *self.place.tags, text.system, text.user)).casefold()
        return all(word in stated for word in words)


Noted = tuple[PromptText, str]
"""A text of a prompt, and what is new in it."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A prompt on its way in or out of a file: versions oldest first, at least one."""

    place: Place
    versions: tuple[Noted, ...]

    @classmethod
    def of(cls, prompt: SavedPrompt, versions: Sequence[PromptVersion]) -> Self:
        in_order = sorted(versions, key=lambda version: version.number)
        return cls(prompt.place, tuple((version.text, version.note) for version in in_order))


def noted(note: str) -> str:
    found = _line(note)
    if len(found) > MAX_NOTE:
        raise UserMistake(f"A note may have {MAX_NOTE} characters.")
    return found


def _line(text: str) -> str:
    return " ".join(joined_surrogates(text).split())
