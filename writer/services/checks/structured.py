"""JSON-LD that a text bears out: an article always; steps and questions where its kind has them. Nothing is made up:
what is not known (authors, a day of publication, pictures) is left out."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from writer.services.checks.blocks import Kind
from writer.services.checks.document import Document, Piece
from writer.services.claims.segments import plain_text

_CONTEXT = "https://schema.org"
_STEPS = ("how-to", "tutorial")
_QUESTIONS = ("explainer", "interview", "pillar-guide", "how-to", "tutorial", "landing-page", "comparison", "review")
_NUMBERED = re.compile(r"(?m)^[ \t]{0,3}\d{1,3}[.)][ \t]+")
_STEP_HEADING = re.compile(r"(?:step\s+)?\d{1,2}[.:)]?\s+|step\s*[.:]\s*", re.IGNORECASE)
_LEAST_STEPS = 2
_LEAST_QUESTIONS = 2


def structured(document: Document) -> tuple[dict[str, Any], ...]:
    kind = document.brief.content_type
    found = [_article(document)]
    if kind in _STEPS and len(steps := list(_steps(document))) >= _LEAST_STEPS:
        found.append({"@context": _CONTEXT, "@type": "HowTo", "name": document.title, "step": steps})
    if kind in _QUESTIONS and len(questions := list(_questions(document))) >= _LEAST_QUESTIONS:
        found.append({"@context": _CONTEXT, "@type": "FAQPage", "mainEntity": questions})
    return tuple(found)


def _article(document: Document) -> dict[str, Any]:
    draft = document.draft
    known = {
        "headline": document.title,
        "description": draft.description,
        "keywords": ", ".join(document.brief.keyphrases),
    }
    return {
        "@context": _CONTEXT,
        "@type": "Article",
        **{name: value for name, value in known.items() if value},
        "inLanguage": document.language,
        "wordCount": document.words,
        "dateModified": draft.updated_at.date().isoformat(),
    }


def _steps(document: Document) -> Iterator[dict[str, str]]:
    """Numbered items where there are any; else headings that are numbered."""
    items = [piece for piece in document.pieces if piece.block.kind is Kind.ITEM and _is_numbered(document, piece)]
    if len(items) >= _LEAST_STEPS:
        yield from ({"@type": "HowToStep", "text": plain_text(piece.block.text)} for piece in items)
        return
    for heading, pieces in _parts(document):
        name = plain_text(heading.block.text)
        if _STEP_HEADING.match(name) and pieces:
            yield {"@type": "HowToStep", "name": _STEP_HEADING.sub("", name, count=1), "text": _text(pieces)}


def _is_numbered(document: Document, piece: Piece) -> bool:
    line = document.text.rfind("\n", 0, piece.block.start) + 1
    return bool(_NUMBERED.match(document.text[line : piece.block.start]))


def _questions(document: Document) -> Iterator[dict[str, Any]]:
    for heading, pieces in _parts(document):
        name = plain_text(heading.block.text)
        if name.endswith(("?", "？")) and pieces:
            answer = {"@type": "Answer", "text": _text(pieces)}
            yield {"@type": "Question", "name": name, "acceptedAnswer": answer}


def _parts(document: Document) -> Iterator[tuple[Piece, list[Piece]]]:
    """Each heading with the prose up to the next."""
    heading: Piece | None = None
    for is_heading, pieces in groupby(document.prose, lambda piece: piece.block.kind is Kind.HEADING):
        group = list(pieces)
        if is_heading:
            heading = group[-1]
        elif heading is not None:
            yield heading, group


def _text(pieces: list[Piece]) -> str:
    return " ".join(plain_text(piece.block.text) for piece in pieces)
