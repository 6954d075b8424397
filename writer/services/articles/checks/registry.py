"""Checks by name. A content type names the ones it wants and gives them their parameters."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from writer.domain.drafting import BUILT_IN
from writer.domain.drafts import Draft, Section
from writer.domain.errors import ConfigurationError
from writer.services.articles.content_types import ContentType, content_types


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
    def is_extracts(self) -> bool:
        return bool(self.written) and all(section.route == BUILT_IN for section in self.written)

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


_OF_WORDING = {"opening_defines", "opening_states", "opening_answers", "dateline", "ends_with"}
"""What only somebody who chooses the words can satisfy: extracts say what their sources say."""


def findings(article: Article, type_: ContentType) -> list[Finding]:
    """All findings, in the order of the type's checks. Extracts are not asked for a wording."""
    rules = [rule for rule in type_.checks if not (article.is_extracts and rule.name in _OF_WORDING)]
    return [finding for rule in rules for finding in _run(article, rule.name, rule.parameters)]


def findings_of(draft: Draft) -> list[Finding]:
    """Of its text as it is; none where its content type is no longer there."""
    type_ = content_types().get(draft.brief.content_type)
    parts = tuple(section for section in draft.sections if section.text or section.gap)
    return findings(Article.of(draft, parts), type_) if type_ else []


def _run(article: Article, name: str, parameters: Mapping[str, Any]) -> Iterable[Finding]:
    if name not in CHECKS:
        raise ConfigurationError(f"There is no check named “{name}”.")
    return CHECKS[name](article, **parameters)
