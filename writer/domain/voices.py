"""A writer's voice as figures: what is counted in each paragraph, and how far another paragraph is from it.

Every feature is measured for a paragraph of FEWEST_WORDS words or more. A voice holds each one's mean and standard
deviation over the paragraphs of its samples. The distance of a paragraph is the root mean square of its standard scores
z = (x - mean) / max(deviation, floor), each cut at MOST_Z: about 1 for the writer's own paragraphs.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, pstdev

from writer.domain.citations import TOKEN
from writer.domain.text import sentences, words

FEWEST_WORDS = 20
MOST_Z = 4.0
MAX_NAME = 80
WINDOW = 20  # words: the moving window of the type-token ratio (MATTR), which does not depend on a text's length

FIRST = frozenset(["i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves"])
SECOND = frozenset(["you", "your", "yours", "yourself", "yourselves"])
CONJUNCTIONS = frozenset(["and", "but", "or", "so", "yet", "nor", "because"])
HEDGES = frozenset(
    [
        "about",
        "almost",
        "apparently",
        "arguably",
        "could",
        "fairly",
        "generally",
        "largely",
        "likely",
        "mainly",
        "may",
        "maybe",
        "might",
        "mostly",
        "often",
        "perhaps",
        "possibly",
        "probably",
        "quite",
        "rather",
        "relatively",
        "roughly",
        "seem",
        "seems",
        "somewhat",
        "sometimes",
        "suggests",
        "tend",
        "tends",
        "usually",
    ]
)
_CONTRACTION = re.compile(r"[a-z]+(?:n['’]t|['’](?:s|re|ve|ll|d|m))\b", re.IGNORECASE)
_POSSESSIVE = re.compile(r"[a-z]+['’]s\b", re.IGNORECASE)
_PRONOUN_S = frozenset(["it", "he", "she", "that", "there", "here", "what", "who", "where", "how", "let"])
_HEADING = re.compile(r"^\s{0,3}(?:#{1,6}\s|[-*+]\s|\d+[.)]\s|>|\||```)")

FLOORS = {
    "sentence words": 1.5,
    "sentence spread": 1.5,
    "word letters": 0.2,
    "vocabulary richness": 0.03,
    "paragraph words": 10.0,
    "conjunction openings": 0.1,
}
"""The least deviation that a difference is divided by; for rates in 100 words it is 0.5."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Over the paragraphs of the samples."""

    name: str
    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Profile:
    """`openings` are the words that sentences begin with most often, with their share of all sentences."""

    figures: tuple[Figure, ...]
    openings: tuple[tuple[str, float], ...]
    paragraphs: int


@dataclass(frozen=True, slots=True)
class Voice:
    """`digest` is the sha256 of its samples, which are not kept. A voice never changes but for its name."""

    id: str
    owner_id: str
    name: str
    profile: Profile
    digest: str
    samples: int
    words: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Distance:
    """`furthest` are up to three features with their standard scores, the furthest first."""

    start: int
    end: int
    distance: float
    furthest: tuple[tuple[str, float], ...]


def paragraph_spans(text: str) -> list[tuple[int, int]]:
    """Of the paragraphs that are prose and long enough to be measured."""
    found = [(match.start(), match.end()) for match in re.finditer(r"\S(?:.|\n(?![ \t]*\n))*", text)]
    return [(a, b) for a, b in found if not _HEADING.match(text[a:b]) and len(words(_plain(text[a:b]))) >= FEWEST_WORDS]


def features(paragraph: str) -> dict[str, float]:
    """Of one paragraph; rates are in 100 words."""
    text = _plain(paragraph)
    found, parts = words(text), sentences(text) or [text]
    lengths = [len(words(part)) for part in parts]
    rate = 100 / max(1, len(found))
    firsts = [first for part in parts if (first := _first(part))]
    return {
        "sentence words": fmean(lengths),
        "sentence spread": pstdev(lengths),
        "word letters": fmean(len(word) for word in found),
        "vocabulary richness": _richness(found),
        "paragraph words": float(len(found)),
        "conjunction openings": sum(first in CONJUNCTIONS for first in firsts) / max(1, len(firsts)),
        "contractions": rate * _contractions(text),
        "first person": rate * sum(_root(word) in FIRST for word in found),
        "second person": rate * sum(_root(word) in SECOND for word in found),
        "hedges": rate * sum(word in HEDGES for word in found),
        "commas": rate * text.count(","),
        "semicolons and colons": rate * (text.count(";") + text.count(":")),
        "dashes": rate * (text.count("–") + text.count("—") + text.count(" - ")),
        "questions": rate * text.count("?"),
        "exclamations": rate * text.count("!"),
    }


def profile_of(samples: Sequence[str]) -> Profile:
    paragraphs = [sample[a:b] for sample in samples for a, b in paragraph_spans(sample)]
    measured = [features(paragraph) for paragraph in paragraphs]
    columns = {name: [one[name] for one in measured] for name in measured[0]} if measured else {}
    figures = tuple(Figure(name, round(fmean(c), 4), round(pstdev(c), 4)) for name, c in columns.items())
    firsts = Counter(first for p in paragraphs for part in sentences(_plain(p)) if (first := _first(part)))
    total = max(1, firsts.total())
    ranked = sorted(firsts.items(), key=lambda item: (-item[1], item[0]))[:3]
    return Profile(figures, tuple((word, round(n / total, 4)) for word, n in ranked), len(paragraphs))


def distances(profile: Profile, text: str) -> list[Distance]:
    """For each paragraph that is long enough."""
    return [_distance(profile, text, start, end) for start, end in paragraph_spans(text)]


def described(profile: Profile) -> list[str]:
    """The figures as sentences that a model can follow, and nothing that was not measured."""
    mean = {figure.name: figure.mean for figure in profile.figures}
    spread = round(mean["sentence spread"])
    told = [
        f"Sentences have {mean['sentence words']:.0f} words on average and vary by about {spread}.",
        f"Paragraphs have about {mean['paragraph words']:.0f} words.",
        f"Words have {mean['word letters']:.1f} letters on average; {mean['vocabulary richness']:.0%} of the words in "
        f"any {WINDOW} in a row are different ones.",
    ]
    told += [_rated(name, mean[name]) for name in _RATES]
    told.append(f"{mean['conjunction openings']:.0%} of sentences begin with and, but, or, so, yet, nor or because.")
    if profile.openings:
        told.append("Sentences begin most often with " + ", ".join(f"“{word}”" for word, _ in profile.openings) + ".")
    return told


_RATES = {
    "contractions": "contractions",
    "first person": "words of the first person (I, we)",
    "second person": "words of the second person (you)",
    "hedges": "hedges (perhaps, might, often)",
    "commas": "commas",
    "semicolons and colons": "semicolons and colons",
    "dashes": "dashes",
    "questions": "question marks",
    "exclamations": "exclamation marks",
}


def _rated(name: str, rate: float) -> str:
    what = _RATES[name]
    return f"No {what}." if rate < 0.05 else f"{rate:.1f} {what} in 100 words."


def _distance(profile: Profile, text: str, start: int, end: int) -> Distance:
    measured = features(text[start:end])
    scores = {figure.name: _score(figure, measured[figure.name]) for figure in profile.figures}
    ranked = sorted(scores.items(), key=lambda item: (-abs(item[1]), item[0]))
    far = tuple((name, round(z, 1)) for name, z in ranked[:3] if abs(z) >= 1)
    return Distance(start, end, round(fmean(z * z for z in scores.values()) ** 0.5, 2) if scores else 0.0, far)


def _score(figure: Figure, value: float) -> float:
    z = (value - figure.mean) / max(figure.deviation, FLOORS.get(figure.name, 0.5))
    return max(-MOST_Z, min(MOST_Z, z))


def _plain(text: str) -> str:
    return TOKEN.sub("", text)


def _first(sentence: str) -> str:
    return next(iter(words(sentence)), "")


def _root(word: str) -> str:
    return re.split(r"['’]", word)[0]


def _richness(found: Sequence[str]) -> float:
    windows = [found[n : n + WINDOW] for n in range(max(1, len(found) - WINDOW + 1))]
    return fmean(len(set(window)) / len(window) for window in windows)


def _contractions(text: str) -> int:
    """A possessive is none: after 's the word before it must be one that is contracted with “is”."""
    found = [match.group(0).casefold() for match in _CONTRACTION.finditer(text)]
    return sum(not _POSSESSIVE.fullmatch(word) or _root(word) in _PRONOUN_S for word in found)
