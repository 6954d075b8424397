"""Finding the line that a fault speaks of."""

import re
from collections.abc import Sequence

from writer.domain.citations import PASSAGE_ID, TOKEN
from writer.services.extractive.wording import unescaped

_SEQUENCE = 8
_WORD = re.compile(r"[^\W_]+")
_NAMED = re.compile(r"“([^”]{3,})”|\"([^\"]{3,})\"|«([^»]{3,})»")
_QUOTE_LINE = re.compile(r"^\s*[-*]\s")


def without_faulty_lines(text: str, faults: Sequence[str]) -> str:
    """`text` less every quote that a fault names: by its words, by a phrase in quotation marks, or by its citation.
    A source's name with no quote left under it goes too."""
    lines = text.splitlines()
    kept = [
        line for line in lines if not (_QUOTE_LINE.match(line) and any(_speaks_of(fault, line) for fault in faults))
    ]
    blocks = re.split(r"\n{2,}", "\n".join(kept).strip())
    led = [b for n, b in enumerate(blocks) if not b.rstrip().endswith(":") or _has_quotes(blocks[n + 1 : n + 2])]
    return "\n\n".join(block for block in led if block.strip())


def _has_quotes(following: Sequence[str]) -> bool:
    return any(_QUOTE_LINE.match(block) for block in following)


def _speaks_of(fault: str, line: str) -> bool:
    said = _words(unescaped(TOKEN.sub(" ", line)))
    named = [_words(next(filter(None, found))) for found in _NAMED.findall(fault)]
    if any(_contains(said, phrase) for phrase in named if phrase):
        return True
    if _contains(_words(fault), said) or _share_a_sequence(_words(fault), said):
        return True
    ids = {m.group(0) for m in PASSAGE_ID.finditer(fault)}
    return not named and bool(ids & {m.group(0) for m in PASSAGE_ID.finditer(line)})


def _words(text: str) -> list[str]:
    """Cut as small as the check for shared words cuts them, so that its pieces are found again."""
    return [match.group(0).casefold() for match in _WORD.finditer(text)]


def _contains(text: Sequence[str], phrase: Sequence[str]) -> bool:
    return f" {' '.join(phrase)} " in f" {' '.join(text)} "


def _share_a_sequence(first: Sequence[str], second: Sequence[str]) -> bool:
    sequences = {tuple(first[n : n + _SEQUENCE]) for n in range(len(first) - _SEQUENCE + 1)}
    return any(tuple(second[n : n + _SEQUENCE]) in sequences for n in range(len(second) - _SEQUENCE + 1))
