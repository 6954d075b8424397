"""What a reader of one format finds in a file."""

import re
from dataclasses import dataclass, field

from writer.domain.sources import Block

_JUNK_TITLE = re.compile(r"untitled|(?:microsoft )?word|document\d*$|\.(?:docx?|odt|pdf|tex|rtf)$|^\W*$", re.IGNORECASE)
_DATE = re.compile(r"\s*(\d{4}(?:-\d{2}(?:-\d{2})?)?)")


@dataclass(frozen=True, slots=True)
class Reading:
    """Title, authors, date, address and language are what the file itself states, "" where it does not."""

    blocks: list[Block] = field(default_factory=list)
    title: str = ""
    authors: str = ""
    published: str = ""
    canonical_url: str = ""
    pages: int = 0
    language: str = ""


def stated_title(title: str, blocks: list[Block]) -> str:
    """Unless it is what a program put there by itself; then the first heading, where it is an outermost one."""
    title = " ".join(title.split())
    if title and not _JUNK_TITLE.search(title):
        return title
    first = next((block for block in blocks if block.kind == "heading"), None)
    return first.text if first is not None and first.level == 1 else ""


def stated_day(moment: str) -> str:
    """2024-05-03 of "2024-05-03T10:00:00Z"; a year alone stays a year; anything else is not taken for a date."""
    found = _DATE.match(moment)
    return found.group(1) if found else ""
