"""A draft as the checks see it: the text as it is typed, its pieces, and what the brief says about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from writer.domain import manuscript
from writer.domain.briefs import Brief
from writer.domain.checking import TEXT, TITLE, Family, Finding, Severity
from writer.domain.drafts import Draft, Section
from writer.services.checks.blocks import Block, Kind, blocks_of
from writer.services.checks.reading import Reading, Sentence, Word, reading_of

CJK_LANGUAGES = ("zh", "ja")


@dataclass(frozen=True, slots=True)
class Piece:
    """A block with what it is made of, and the key of the section that it stands in."""

    block: Block
    reading: Reading
    section: str


@dataclass(frozen=True)
class Document:
    """`text` has plain line ends. `sections` are the text's; `whole` is false for a section that is looked at alone."""

    text: str
    title: str
    draft: Draft
    sections: tuple[Section, ...]
    whole: bool = True

    @classmethod
    def of(cls, draft: Draft, text: str | None = None, title: str | None = None) -> "Document":
        """Raises UserMistake where the text has more sections than a draft may have."""
        plain = manuscript.join(draft.sections) if text is None else manuscript.plain_lines(text)
        sections = draft.sections if text is None else manuscript.split(plain, draft.sections)
        return cls(plain, draft.title if title is None else title, draft, sections)

    @classmethod
    def of_section(cls, draft: Draft, section: Section, text: str) -> "Document":
        plain = manuscript.plain_lines(text)
        return cls(plain, draft.title, draft, (replace(section, text=plain),), whole=False)

    @property
    def brief(self) -> Brief:
        return self.draft.brief

    @property
    def language(self) -> str:
        return self.brief.language

    @property
    def is_english(self) -> bool:
        return self.language.partition("-")[0].casefold() == "en"

    @property
    def is_cjk(self) -> bool:
        return self.language.partition("-")[0].casefold() in CJK_LANGUAGES

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        starts = list(self._section_starts())
        return tuple(self._piece(block, starts) for block in blocks_of(self.text))

    def _piece(self, block: Block, starts: Sequence[tuple[int, str]]) -> Piece:
        key = next((key for start, key in reversed(starts) if start <= block.start), "")
        return Piece(block, reading_of(block.kind, block.text), key)

    def _section_starts(self) -> Iterator[tuple[int, str]]:
        """Where each section begins: its heading, or its text where it has none."""
        if not self.whole:
            yield 0, self.sections[0].key
            return
        at = 0
        for number, section in enumerate(self.sections):
            heading = f"## {' '.join(section.heading.split())}".rstrip()
            is_titled = section.role == manuscript.BODY and bool(section.heading.strip() or number)
            lead = heading if is_titled else manuscript.plain_lines(section.text).strip("\n")[:200]
            found = self.text.find(lead, at)
            yield (at if number == 0 or found < 0 else found), section.key
            at = max(at, found + 1)

    @cached_property
    def prose(self) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.block.kind.is_prose)

    @cached_property
    def running(self) -> tuple[Piece, ...]:
        """Prose without headings."""
        return tuple(piece for piece in self.prose if piece.block.kind is not Kind.HEADING)

    @cached_property
    def words(self) -> int:
        return sum(len(piece.reading.words) for piece in self.pieces if piece.block.kind is not Kind.CODE)

    @property
    def headings(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.block.kind is Kind.HEADING]

    def sentences(self) -> Iterator[tuple[Piece, Sentence]]:
        """Without headings."""
        return ((piece, sentence) for piece in self.running for sentence in piece.reading.sentences)

    def finding(
        self,
        check: str,
        family: Family,
        severity: Severity,
        sentence: str,
        span: tuple[int, int] | None = None,
        *,
        section: str = "",
        heuristic: bool = False,
    ) -> Finding:
        """Without a span it is about all of the text."""
        start, end = span or (0, len(self.text))
        key = section or self._section_at(start)
        quote = self.text[start:end]
        return Finding(check, family, severity, sentence, start, end, quote, section=key, heuristic=heuristic)

    def title_finding(self, check: str, family: Family, severity: Severity, sentence: str) -> Finding:
        return Finding(check, family, severity, sentence, 0, len(self.title), self.title, target=TITLE)

    def _section_at(self, place: int) -> str:
        return next((piece.section for piece in reversed(self.pieces) if piece.block.start <= place), "")


def placed(piece: Piece, finding: Finding) -> Finding:
    """A finding of the piece alone, as one of the text."""
    by = piece.block.start
    fix = replace(finding.fix, at=finding.fix.at + by) if finding.fix else None
    section = finding.section or piece.section
    return replace(finding, start=finding.start + by, end=finding.end + by, fix=fix, section=section, target=TEXT)


def span_of(piece: Piece, part: Sentence | Word) -> tuple[int, int]:
    return piece.block.start + part.start, piece.block.start + part.end
