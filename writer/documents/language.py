"""Which language a text is in: as its file states, else as its letters show."""

import re
import threading
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_TAG = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9-]*)?\s*")
_NONE = frozenset({"und", "mul", "zxx", "mis", "xx"})
_LEAST_LETTERS = 200
_SAMPLE = 4_000
_SURE = 0.9
_loading = threading.Lock()


def primary(tag: str) -> str:
    """ "en" of "en-GB" and "EN_us"; "" of what is no language tag, or says that it does not know."""
    found = _TAG.fullmatch(tag)
    language = found.group(1).lower() if found else ""
    return "" if language in _NONE else language


def detected(text: str) -> str:
    """ "" where there is too little text, or it could be more than one."""
    sample = _sample(text)
    if sum(character.isalpha() for character in sample) < _LEAST_LETTERS:
        return ""
    language, certainty = _identifier().classify(sample)
    return str(language) if certainty >= _SURE else ""


def _sample(text: str) -> str:
    """From the beginning and the middle: titles and tables of contents say little."""
    half = _SAMPLE // 2
    middle = max(half, len(text) // 2)
    return f"{text[:half]} {text[middle : middle + half]}"


def _identifier() -> "LanguageIdentifier":
    with _loading:  # files that come together would each load it, half a second and 90 MB
        return _loaded()


@cache
def _loaded() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
