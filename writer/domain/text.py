"""Sentences and words, cut the same way everywhere."""

import re
import unicodedata
from itertools import pairwise

_SHORT_FORMS = ("Mr", "Ms", "Dr", "St", "vs", "No", "Mrs", "p", "pp", r"e\.g", r"i\.e", "etc", "Fig", "[A-Z]")
_NOT_AFTER_A_SHORT_FORM = "".join(rf"(?<!\b{form})" for form in _SHORT_FORMS)
_CLOSERS_AND_CITATIONS = r"""["'”’)\]]*(?:\s*\[\[[^\[\]]*\]\])*"""
_NEXT_BEGINS = r"""(?=\s+["'“‘(\[]*[A-Z0-9À-Þ]|\s*$)"""
_END = re.compile(rf"{_NOT_AFTER_A_SHORT_FORM}[.!?…]+{_CLOSERS_AND_CITATIONS}{_NEXT_BEGINS}", re.MULTILINE)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def sentences(text: str) -> list[str]:
    """Sentences of a paragraph or more, with the citation tokens that follow each; line breaks inside are kept."""
    return [text[start:end] for start, end in sentence_spans(text)]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Where they stand."""
    cuts = [0, *(end.end() for end in _END.finditer(text)), len(text)]
    spans = [_trimmed(text, start, end) for start, end in pairwise(cuts)]
    return [(start, end) for start, end in spans if start < end]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def words(text: str) -> list[str]:
    """Lower-cased words without punctuation: what overlap and keyword matching compare."""
    return [match.group(0).casefold() for match in _WORD.finditer(text)]


def slug(text: str, fallback: str = "untitled") -> str:
    """Lower-case ASCII letters, digits and hyphens, at most 75 characters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:75].rstrip("-") or fallback


def joined_surrogates(text: str) -> str:
    """Text that can be stored: surrogate pairs split over chunks joined, lone halves replaced, NUL dropped."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
