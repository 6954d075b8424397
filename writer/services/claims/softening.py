"""A suggestion for saying less than one cannot show. Deterministic; the writer decides."""

import re
from collections.abc import Callable
from functools import partial

from writer.domain.citations import TOKEN
from writer.services.claims.names import names

_HELD = re.compile(rf"{TOKEN.pattern}|“[^“”]*”|\"[^\"\n]*\"|`[^`\n]*`")
_RULES: tuple[tuple[str, str], ...] = (
    (r"(?:clearly|certainly|undoubtedly|definitely|obviously|of course),? ", ""),
    (r"(?:has|have) (?:shown|proven|proved|demonstrated|established) that", "suggests that"),
    (r"(?:proves|demonstrates|establishes|confirms|shows)(?= (?:that|how|why|the|a)\b)", "suggests"),
    (r"(?:prove|demonstrate|establish|confirm|show)(?= (?:that|how|why)\b)", "suggest"),
    (r"(?:proved|demonstrated|established|confirmed|showed)(?= that\b)", "suggested"),
    (r"guarantees", "may bring"),
    (r"causes", "may contribute to"),
    (r"caused", "may have contributed to"),
    (r"leads to", "may lead to"),
    (r"led to", "may have led to"),
    (r"always", "often"),
    (r"never", "rarely"),
    (r"everyone|everybody", "many people"),
    (r"nobody|no one", "hardly anybody"),
    (r"every", "nearly every"),
    (r"(?<!\bat )all(?= (?:the |of )?\w+s\b)", "most"),
    (r"cannot", "can hardly"),
    (r"will not|won['’]t", "may not"),
    (r"will(?! be able)", "may"),
    (r"must", "probably must"),
)
_STRONG = tuple((re.compile(rf"\b(?:{strong})(?!\w)", re.IGNORECASE), weaker) for strong, weaker in _RULES)
_HEDGED = re.compile(
    r"\b(?:may|might|appears?|seems?|suggests?|probably|perhaps|possibly|likely|about|around|often)\b", re.IGNORECASE
)


def softened(sentence: str) -> str | None:
    """The sentence with its strongest words weakened, or said with reserve as a whole; None when it already is.
    Quotations, code and citation tokens stay."""
    weaker = _outside(sentence, _weakened)
    if weaker != sentence:
        return weaker
    if _HEDGED.search(_HELD.sub(" ", sentence)):
        return None
    return _with_reserve(sentence)


def _weakened(text: str) -> str:
    for strong, weaker in _STRONG:
        text = strong.sub(partial(_as_written, weaker), text)
    return text


def _as_written(weaker: str, strong: re.Match[str]) -> str:
    return weaker[:1].upper() + weaker[1:] if strong.group(0)[:1].isupper() else weaker


def _with_reserve(sentence: str) -> str | None:
    start = re.search(r"\w", sentence)
    if start is None or sentence[: start.start()].strip(" *_"):
        return None  # it begins with a quotation or a bracket: whose words are whose would blur
    at = start.start()
    word = re.split(r"[^\w'’]", sentence[at:], maxsplit=1)[0]
    keeps_case = word.isupper() or word in names(sentence[at:])
    lowered = word if keeps_case else word[:1].lower() + word[1:]
    return f"{sentence[:at]}It appears that {lowered}{sentence[at + len(word) :]}"


def _outside(text: str, change: Callable[[str], str]) -> str:
    pieces: list[str] = []
    start = 0
    for held in _HELD.finditer(text):
        pieces += [change(text[start : held.start()]), held.group(0)]
        start = held.end()
    return "".join([*pieces, change(text[start:])])
