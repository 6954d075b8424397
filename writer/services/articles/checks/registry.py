"""Checks by name. A content type names the ones it wants and gives them their parameters."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from writer.domain.drafts import Draft, Section
from writer.domain.errors import ConfigurationError
from writer.services.articles.content_types import ContentType


@dataclass(frozen=True, slots=True)
class Finding:
    """`key` is the section's, "" for the article as a whole; `sentence` is for the writer."""

    key: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Article:
    """What a check looks at. `extra` holds the content type's own fields of the brief."""

    title: str
    description: str
    sections: tuple[Section, ...]
    extra: Mapping[str, str]
    keyphrases: tuple[str, ...] = ()

    @classmethod
    def of(cls, draft: Draft, sections: tuple[Section, ...]) -> Self:
        return cls(draft.title, draft.description, sections, dict(draft.brief.extra), draft.brief.keyphrases)

    @property
    def body(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.role == "body")

    @property
    def written(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.text)

    @property
    def text(self) -> str:
        return "\n\n".join(section.text for section in self.sections)

    def entries(self, field: str) -> list[str]:
        """The lines of a list field, without empty ones."""
        return [line.strip() for line in self.extra.get(field, "").splitlines() if line.strip()]


Check = Callable[..., Iterator[Finding]]
CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    CHECKS[function.__name__] = function
    return function


def findings(article: Article, type_: ContentType) -> list[Finding]:
    """All findings, in the order of the type's checks."""
    return [finding for rule in type_.checks for finding in _run(article, rule.name, rule.parameters)]


def _run(article: Article, name: str, parameters: Mapping[str, Any]) -> Iterable[Finding]:
    if name not in CHECKS:
        raise ConfigurationError(f"There is no check named “{name}”.")
    return CHECKS[name](article, **parameters)
