"""Stable citation tokens ([[S7.p12]], or [[S7.p12, S3.p4]]) and the numbers that readers see, computed at render."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

TOKEN = re.compile(r"\[\[\s*(S\d+\.p\d+(?:\s*[,;]\s*S\d+\.p\d+)*)\s*\]\]")
PASSAGE_ID = re.compile(r"S(\d+)\.p(\d+)")
_FOREIGN_MARKS = re.compile(r"(?<!\[)\[(?:\d{1,3}(?:\s*[,–-]\s*\d{1,3})*)\](?!\()")


def cited_ids(text: str) -> list[str]:
    """Passage ids in order of first appearance."""
    found = (id_ for token in TOKEN.finditer(text) for id_ in ids_of(token.group(1)))
    return list(dict.fromkeys(found))


def ids_of(token_body: str) -> list[str]:
    return [match.group(0) for match in PASSAGE_ID.finditer(token_body)]


def source_id_of(passage: str) -> int:
    match = PASSAGE_ID.fullmatch(passage)
    if match is None:
        raise ValueError(f"not a passage id: {passage!r}")
    return int(match.group(1))


def without_foreign_marks(text: str) -> str:
    """Source text without its own [3] and [4–6], which a model would copy as if they were ours."""
    return _FOREIGN_MARKS.sub("", text)


@dataclass(frozen=True, slots=True)
class Checked:
    """`text` with unknown ids taken out; `unknown` lists them in order. Valid neighbours stay."""

    text: str
    unknown: tuple[str, ...]


def only_known(text: str, known: Callable[[str], bool]) -> Checked:
    """An unknown id invalidates itself only."""
    unknown: list[str] = []

    def kept(token: re.Match[str]) -> str:
        ids = ids_of(token.group(1))
        good = [id_ for id_ in ids if known(id_)]
        unknown.extend(id_ for id_ in ids if not known(id_))
        return f"[[{', '.join(good)}]]" if good else ""

    cleaned = TOKEN.sub(kept, text)
    if unknown:
        cleaned = re.sub(r"[ \t]+([.,;:!?])", r"\1", cleaned)
    return Checked(cleaned, tuple(dict.fromkeys(unknown)))


def numbered(texts: Iterable[str]) -> dict[str, int]:
    """Passage id → number from 1, by first appearance over all texts."""
    order = dict.fromkeys(id_ for text in texts for id_ in cited_ids(text))
    return {id_: number for number, id_ in enumerate(order, start=1)}
