"""What a draft's history is told in: sittings of versions, variants, and who wrote which sentence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from writer.domain.citations import TOKEN
from writer.domain.drafts import Origin, Section, VersionSummary
from writer.domain.text import sentence_spans

SITTING = timedelta(minutes=10)
KINDS = ("person", "generated", "suggestion", "restored", "imported", "copied")


@dataclass(frozen=True, slots=True)
class VersionFilter:
    """Which versions are asked for. `kinds` are those of their origins, none for all; `session` one sitting alone."""

    kinds: tuple[str, ...] = ()
    session: int | None = None
    named: bool = False


@dataclass(frozen=True, slots=True)
class Sitting:
    """The autosaves of ten minutes at the most, told by the newest; `count` is 1 for what stands alone."""

    newest: VersionSummary
    first: int
    count: int
    began_at: datetime


@dataclass(frozen=True, slots=True)
class Variant:
    """A draft that began as a copy of version `parent_version` of another; the other may be gone."""

    draft_id: str
    title: str
    parent_id: str
    parent_version: int
    created_at: datetime
    word_count: int = 0


@dataclass(frozen=True, slots=True)
class Touched:
    """The lines that a version changed or brought, each whole, where it changed any text."""

    number: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """Where a sentence stands in its section's text, and the version in which it first appeared (None for one that
    no version has yet)."""

    key: str
    start: int
    end: int
    text: str
    version: int | None


@dataclass(frozen=True, slots=True)
class Origins:
    """Every sentence of a draft, and the versions that they came with."""

    sentences: tuple[Sentence, ...]
    versions: Mapping[int, VersionSummary]

    def origin(self, sentence: Sentence) -> Origin | None:
        summary = self.versions.get(sentence.version or 0)
        return summary.origin if summary else None


def same_sentence(text: str) -> str:
    """What is compared: neither citations nor white space make it another sentence."""
    return " ".join(TOKEN.sub(" ", text).split())


def line_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence stands. Headings and items of a list end with their line."""
    at = 0
    for line in text.split("\n"):
        yield from ((at + start, at + end) for start, end in sentence_spans(line))
        at += len(line) + 1


def first_seen(sections: Sequence[Section], changes: Iterator[Touched]) -> tuple[Sentence, ...]:
    """`changes` are all versions in their order. A sentence came with the first that had it, however often it went
    and came back."""
    found = [(s.key, a, b, s.text[a:b]) for s in sections for a, b in line_sentences(s.text)]
    open_ = {same_sentence(text) for *_, text in found}
    came: dict[str, int] = {}
    for change in changes:
        for line in change.lines:
            whole = same_sentence(line)
            if not any(name in whole for name in open_):  # far cheaper than telling its sentences apart
                continue
            for start, end in sentence_spans(line):
                name = same_sentence(line[start:end])
                if name in open_:
                    came[name] = change.number
                    open_.discard(name)
        if not open_:
            break
    return tuple(Sentence(key, a, b, text, came.get(same_sentence(text))) for key, a, b, text in found)
