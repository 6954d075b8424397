"""A writer's own rules of style: for the checks, for passes over a draft, and for whoever writes with a model."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from writer.domain.errors import UserMistake

VARIETIES = {"": "As it comes", "en-GB": "British", "en-US": "American"}
OXFORD = {"": "As it comes", "always": "Always", "never": "Never"}
MOST_ENTRIES = 500
MOST_CHARACTERS = 100
ANY_CHECK = "*"
_COMPARED = 120


@dataclass(frozen=True, slots=True)
class Preferred:
    """`wanted` is written wherever `unwanted` would stand."""

    unwanted: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A finding that the writer does not want to hear of again: the check, and the text that it found."""

    check: str
    text: str

    def covers(self, check: str, quote: str) -> bool:
        return self.check in (ANY_CHECK, check) and self.text == folded(quote)


@dataclass(frozen=True, slots=True)
class StyleGuide:
    """`variety` and `oxford_comma` are "" where the writer has no rule."""

    preferred: tuple[Preferred, ...] = ()
    banned: tuple[str, ...] = ()
    variety: str = ""
    oxford_comma: str = ""
    ignored: tuple[Ignored, ...] = ()

    def __post_init__(self) -> None:
        if self.variety not in VARIETIES or self.oxford_comma not in OXFORD:
            raise UserMistake("A style guide has British spelling, American spelling or none; commas likewise.")
        entries = [*self.banned, *(part for pair in self.preferred for part in (pair.unwanted, pair.wanted))]
        if max(len(self.banned), len(self.preferred), len(self.ignored)) > MOST_ENTRIES:
            raise UserMistake(f"A style guide holds {MOST_ENTRIES} entries of each kind at the most.")
        if any(not entry.strip() or "\n" in entry or len(entry) > MOST_CHARACTERS for entry in entries):
            raise UserMistake(f"A term is one line of 1 to {MOST_CHARACTERS} characters.")

    @property
    def is_empty(self) -> bool:
        return not (self.preferred or self.banned or self.variety or self.oxford_comma)

    def ignores(self, check: str, quote: str) -> bool:
        return any(one.covers(check, quote) for one in self.ignored)

    def rules(self) -> tuple[str, ...]:
        """As sentences for whoever writes; what is ignored by the checks is no rule."""
        spelling = {"en-GB": "Spell as in British English.", "en-US": "Spell as in American English."}
        comma = {
            "always": "Put a comma before the last item of a list of three or more (the Oxford comma).",
            "never": "Put no comma before the “and” or “or” of a simple list (no Oxford comma).",
        }
        found = [spelling.get(self.variety, ""), comma.get(self.oxford_comma, "")]
        found += [f"Write “{pair.wanted}”, never “{pair.unwanted}”." for pair in self.preferred]
        found += [f"Never use: {'; '.join(self.banned)}."] if self.banned else []
        return tuple(filter(None, found))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(
            tuple(Preferred(**pair) for pair in value.get("preferred", ())),
            tuple(value.get("banned", ())),
            value.get("variety", ""),
            value.get("oxford_comma", ""),
            tuple(Ignored(**one) for one in value.get("ignored", ())),
        )


@dataclass(frozen=True, slots=True)
class GuideName:
    """`id` is "" for the first one, which is there without being made."""

    id: str
    name: str


def folded(text: str) -> str:
    """How two findings' texts are compared: letters' case and white space do not count, nor what comes late in a long
    one."""
    return " ".join(text.casefold().split())[:_COMPARED]
