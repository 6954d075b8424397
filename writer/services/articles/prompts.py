"""Prompt templates: versioned files, filled in one plain pass so that a person's braces stay what they are."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from writer.domain.completions import Message
from writer.domain.errors import ConfigurationError

FOLDER = Path(__file__).parents[2] / "prompts"
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_MARKER = re.compile(r"\{\{(\w+)\}\}")
_USER = "\n=== user ===\n"


@dataclass(frozen=True, slots=True)
class Prompt:
    """`version` names exactly this text ("section@3-1a2b3c4d"); it is stored with everything made from it."""

    id: str
    version: str
    system: str
    user: str

    @property
    def markers(self) -> frozenset[str]:
        return frozenset(_MARKER.findall(self.system + self.user))

    def messages(self, **values: str) -> tuple[Message, ...]:
        user = Message("user", filled(self.user, values))
        return (Message("system", filled(self.system, values)), user) if self.system else (user,)


def filled(template: str, values: Mapping[str, str]) -> str:
    """Each marker is replaced once, and what was put in is never looked at again."""
    return _MARKER.sub(lambda marker: values[marker.group(1)], template).strip()


def parsed(text: str, name: str) -> Prompt:
    found = _FRONT_MATTER.match(text)
    if found is None:
        raise ConfigurationError(f"The prompt file {name} has no front matter with its id and version.")
    fields = dict(line.split(": ", 1) for line in found.group(1).splitlines())
    system, separator, user = found.group(2).partition(_USER)
    if not separator:
        system, user = "", found.group(2)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return Prompt(fields["id"], f"{fields['id']}@{fields['version']}-{digest}", system.strip(), user.strip())


@cache
def prompts() -> dict[str, Prompt]:
    """All that are shipped, by id."""
    found = [parsed(path.read_text(encoding="utf-8"), path.name) for path in sorted(FOLDER.glob("*.md"))]
    return {prompt.id: prompt for prompt in found}


def all_versions() -> str:
    """One line that changes whenever any prompt that articles are written with does."""
    return " ".join(prompt.version for id_, prompt in prompts().items() if not id_.startswith("edit-"))
