"""A passage as the check reads it, made once for each text."""

import re
from dataclasses import dataclass
from functools import lru_cache

from writer.domain.sources import Passage
from writer.domain.text import sentences
from writer.services.claims.stems import stems

_BLOCKS = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+•·–|#>]|\d{1,2}[.)])\s)")
_MARKER = re.compile(r"^\s*(?:[-*+•·–>]|#{1,6}|\d{1,2}[.)])\s+")
_MARKS = re.compile(r"[“”„‟\"«»‘’‚'`*_\\\[\](){}]")
_DASHES = re.compile(r"[\u2010-\u2015\u2212-]+")
_ODD_SPACES = re.compile(r"[\u00ad\u200b\u200c\u200d\ufeff]")


@dataclass(frozen=True, slots=True)
class SourceText:
    """`sentences` and their stems run in parallel; `terms` are those of the whole passage and of what stands over it.
    `with_title` holds its headings and date too: a sentence may take a name or a year from them."""

    id: str
    sentences: tuple[str, ...]
    sentence_terms: tuple[frozenset[str], ...]
    terms: frozenset[str]
    with_title: str
    verbatim: str


def source_text(passage: Passage) -> SourceText:
    title = " \n".join(filter(None, (passage.source_title, *passage.heading_path, passage.published)))
    return _read(passage.id, passage.text, title)


@lru_cache(maxsize=4096)
def _read(id_: str, text: str, title: str) -> SourceText:
    found = tuple(
        " ".join(sentence.split()) for block in _BLOCKS.split(text) for sentence in sentences(_MARKER.sub("", block))
    )
    terms = tuple(frozenset(stems(sentence)) for sentence in found)
    whole = frozenset(stems(text)) | frozenset(stems(title))
    return SourceText(id_, found, terms, whole, f"{title}\n{text}", verbatim(text))


def verbatim(text: str) -> str:
    """Words and punctuation in one spelling: quotation marks, dashes, white space and case do not tell texts apart."""
    even = _DASHES.sub("-", _MARKS.sub("", _ODD_SPACES.sub("", text))).casefold()
    return " ".join(piece for word in even.split() if (piece := word.strip(".,;:!?…")))
