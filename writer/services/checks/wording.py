"""The lists that the checks go by: data files in `writer/wording`, each read once."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "wording"
_ENDINGS = ("'s", "’s", "s", "es", "ed", "d", "ing", "er", "ers", "est", "ly", "n", "y", "ies", "ied")


@cache
def wording(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def _familiar_words() -> frozenset[str]:
    lines = (FOLDER / "dale-chall-en.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def familiar(word: str) -> bool:
    """Dale and Chall's rule: on their list, or a regular form of a word on it; numbers count as familiar."""
    known, bare = _familiar_words(), word.casefold().replace("’", "'")
    if bare in known or not bare[:1].isalpha():
        return True
    if "-" in bare:
        return all(familiar(part) for part in bare.split("-"))
    return any(_stem_is_known(bare, ending, known) for ending in _ENDINGS)


def _stem_is_known(word: str, ending: str, known: frozenset[str]) -> bool:
    if not word.endswith(ending):
        return False
    stem = word[: -len(ending)]
    doubled = stem[:-1] if len(stem) > 2 and stem[-1:] == stem[-2:-1] else ""
    return any(one in known for one in (stem, f"{stem}e", f"{stem}y", doubled) if one)


@cache
def participles() -> frozenset[str]:
    """Irregular ones."""
    return frozenset(wording("prose-en")["participles"].split())


@cache
def transitions() -> re.Pattern[str]:
    return any_of(_listed("prose-en", "transitions"))


@cache
def phrases(file: str, name: str) -> re.Pattern[str]:
    return any_of(_listed(file, name))


@cache
def marks(file: str, name: str) -> re.Pattern[str]:
    """The same for what does not begin and end with a word."""
    return re.compile("|".join(_listed(file, name)), re.IGNORECASE)


def any_of(listed: list[str]) -> re.Pattern[str]:
    """Whole words, in any case, over a line's end. Entries may be regular expressions without groups."""
    bodies = (entry.replace(" ", r"\s+") for entry in sorted(listed, key=len, reverse=True))
    return re.compile(rf"(?<![\w'’-])(?:{'|'.join(bodies)})(?![\w-])", re.IGNORECASE)


def _listed(file: str, name: str) -> list[str]:
    """Entries stand in a list, or with commas between them where none has a comma inside."""
    entries = wording(file)[name]
    listed = entries.split(",") if isinstance(entries, str) else entries
    return [entry.strip() for entry in listed if entry.strip()]
