"""Names in a sentence: words with a capital letter that no sentence's beginning accounts for, and codes like PM2.5."""

import re
from collections.abc import Iterable

from writer.domain.text import words
from writer.services.claims.stems import EMPTY_WORDS

_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:['’][^\W\d_]+)?(?!\w)")
_CALENDAR = """january february march april may june july august september october november december monday tuesday
wednesday thursday friday saturday sunday jan feb mar apr jun jul aug sep sept oct nov dec"""
_NO_NAMES = EMPTY_WORDS | set(_CALENDAR.split()) | {"i", "mr", "mrs", "ms", "dr", "prof", "st", "no", "yes"}
_TITLE_CASE = 0.6
_SHARED_BEGINNING = 5


def names(sentence: str) -> list[str]:
    """In order, each once. A heading in capitals has none that can be told apart."""
    found: list[str] = []
    all_words = list(_WORD.finditer(sentence))
    capitals = [match for match in all_words if match.group(0)[0].isupper()]
    if len(all_words) > 3 and len(capitals) > _TITLE_CASE * len(all_words):
        return []
    for match in capitals:
        word = re.sub(r"['’]s$", "", match.group(0))
        if word.casefold() not in _NO_NAMES and not (
            _begins(sentence, match.start()) and _stands_alone(match, capitals)
        ):
            found.append(word)
    return list(dict.fromkeys(found))


def missing_names(wanted: Iterable[str], there: str) -> list[str]:
    """Those that `there` has in no form: not in another case, not with another ending, not as initials."""
    held = set(words(re.sub(r"['’]s\b", "", there)))
    beginnings = {word[:_SHARED_BEGINNING] for word in held if len(word) >= _SHARED_BEGINNING}
    initials = _initials(there)
    return [name for name in wanted if not _is_there(name, held, beginnings, initials)]


def _is_there(name: str, held: set[str], beginnings: set[str], initials: str) -> bool:
    plain = re.sub(r"['’]", "", name).casefold()
    if plain in held or name.casefold() in held or plain.removesuffix("s") in held or f"{plain}s" in held:
        return True
    if name.isupper() and len(name) > 1:
        return name in initials
    return len(plain) > _SHARED_BEGINNING and plain[:_SHARED_BEGINNING] in beginnings


def _initials(text: str) -> str:
    """First letters of runs of capitalised words, small words between them left out: NHS, BBHC."""
    runs = re.findall(r"(?:[A-Z][\w'’]*(?:[\s-]+(?:of|and|the|for|in)\b)*[\s-]*){2,}", text)
    return " ".join("".join(re.findall(r"\b[A-Z]", run)) for run in runs)


def _begins(sentence: str, at: int) -> bool:
    before = sentence[:at].rstrip("\"'“‘([ *_")
    return not before or before[-1] in ".!?:;…—–-•"


def _stands_alone(match: re.Match[str], capitals: Iterable[re.Match[str]]) -> bool:
    """Whether no other capitalised word follows: "Marta Quill told" begins with a name, "Tides rise" with a word."""
    return not any(other.start() == match.end() + 1 for other in capitals)
