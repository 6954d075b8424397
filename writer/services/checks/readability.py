"""Readability: the named formulas over what was counted, and the thresholds that the panel goes by.

Headings and list items count as sentences; code, addresses and tables are left out. Formulas made for English are given
for English only, and none that needs syllables for anything else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import fmean

from writer.domain.checking import Family, Figure, Severity
from writer.services.checks.document import Document

WORDS_PER_MINUTE = 238
"""M. Brysbaert, "How many words do we read per minute?", Journal of Memory and Language 109, 2019: silent reading of
non-fiction in English, 260 for fiction."""
CHARACTERS_PER_MINUTE = {"zh": 255, "ja": 357}
"""S. Trauzettel-Klosinski, K. Dietz, "Standardized Assessment of Reading Performance: The New International Reading
Speed Texts IReST", Investigative Ophthalmology & Visual Science 53, 2012."""
SMOG_SENTENCES = 30


@dataclass(frozen=True, slots=True)
class Counts:
    """`complex_words` are Gunning's, `unfamiliar_words` those that are not on Dale and Chall's list, `long_words` have
    more than six letters."""

    sentences: int
    words: int
    letters: int
    syllables: int = 0
    polysyllables: int = 0
    complex_words: int = 0
    unfamiliar_words: int = 0
    long_words: int = 0


def flesch_reading_ease(of: Counts) -> float:
    """0 (hard) to 100 (easy). R. Flesch, "A new readability yardstick", Journal of Applied Psychology 32, 1948."""
    return 206.835 - 1.015 * of.words / of.sentences - 84.6 * of.syllables / of.words


def flesch_kincaid(of: Counts) -> float:
    """School grade. J. P. Kincaid et al., Research Branch Report 8-75, Naval Technical Training Command, 1975."""
    return 0.39 * of.words / of.sentences + 11.8 * of.syllables / of.words - 15.59


def gunning_fog(of: Counts) -> float:
    """School grade. R. Gunning, The Technique of Clear Writing, 1952."""
    return 0.4 * (of.words / of.sentences + 100 * of.complex_words / of.words)


def smog(of: Counts) -> float:
    """School grade, for 30 sentences or more. G. H. McLaughlin, "SMOG grading", Journal of Reading 12, 1969."""
    return 3.1291 + 1.0430 * sqrt(of.polysyllables * SMOG_SENTENCES / of.sentences)


def coleman_liau(of: Counts) -> float:
    """School grade. M. Coleman, T. L. Liau, "A computer readability formula designed for machine scoring", Journal of
    Applied Psychology 60, 1975."""
    return 0.0588 * 100 * of.letters / of.words - 0.296 * 100 * of.sentences / of.words - 15.8


def automated_readability_index(of: Counts) -> float:
    """School grade. R. J. Senter, E. A. Smith, "Automated Readability Index", AMRL-TR-66-220, 1967."""
    return 4.71 * of.letters / of.words + 0.5 * of.words / of.sentences - 21.43


def dale_chall(of: Counts) -> float:
    """4.9 and less is easy, 10 and more is for graduates. E. Dale, J. Chall, Educational Research Bulletin 27, 1948."""
    share = 100 * of.unfamiliar_words / of.words
    return 0.1579 * share + 0.0496 * of.words / of.sentences + (3.6365 if share > 5 else 0.0)


def lix(of: Counts) -> float:
    """Under 30 is very easy, over 60 very hard, in any language with spaces between words. C.-H. Björnsson,
    Läsbarhet, 1968."""
    return of.words / of.sentences + 100 * of.long_words / of.words


_ENGLISH: tuple[tuple[str, str, Callable[[Counts], float], str], ...] = (
    ("flesch", "Flesch Reading Ease", flesch_reading_ease, "0 (hard) to 100 (easy); over 60 is plain English."),
    ("flesch-kincaid", "Flesch–Kincaid grade", flesch_kincaid, "Years of school that it takes, of US schools."),
    ("fog", "Gunning fog", gunning_fog, "Years of school; words of three syllables and more weigh."),
    ("smog", "SMOG", smog, "Years of school, from the words of three syllables and more."),
    ("coleman-liau", "Coleman–Liau", coleman_liau, "Years of school, by letters instead of syllables."),
    ("ari", "ARI", automated_readability_index, "Automated Readability Index: years of school, by letters."),
    ("dale-chall", "Dale–Chall", dale_chall, "By words that children know: 4.9 and less is easy, 10 is for graduates."),
)


def counted(document: Document) -> Counts:
    readings = [piece.reading for piece in document.prose]
    base = Counts(
        sum(len(reading.sentences) for reading in readings),
        sum(len(reading.words) for reading in readings),
        sum(reading.letters for reading in readings),
        long_words=sum(reading.long_words for reading in readings),
    )
    if not document.is_english:
        return base
    return Counts(
        base.sentences,
        base.words,
        base.letters,
        sum(reading.syllables for reading in readings),
        sum(reading.polysyllables for reading in readings),
        sum(reading.complex_words for reading in readings),
        sum(reading.unfamiliar_words for reading in readings),
        base.long_words,
    )


def figures(document: Document) -> Iterator[Figure]:
    """Without thresholds: those are in `flow.py`, with the places that they point at."""
    of = counted(document)
    yield _reading_time(document, of.words)
    if not of.words:
        return
    if document.is_english:
        yield from (_by_formula(of, *row) for row in _ENGLISH)
    if not document.is_cjk:
        yield _figure("lix", "LIX", lix(of), "Any language: under 30 is very easy, over 60 very hard.")
    lengths = sorted(len(sentence.words) for piece in document.prose for sentence in piece.reading.sentences)
    yield _figure(
        "sentence-mean", "Words in a sentence", fmean(lengths), "The mean; headings and list items count, too."
    )
    ninetieth = float(lengths[ceil(0.9 * len(lengths)) - 1])
    yield _figure("sentence-p90", "Words in long sentences", ninetieth, "Nine in ten sentences are no longer.")


def _by_formula(of: Counts, name: str, label: str, formula: Callable[[Counts], float], why: str) -> Figure:
    if name == "smog" and of.sentences < SMOG_SENTENCES:
        lacks = f"It takes {SMOG_SENTENCES} sentences to tell; there are {of.sentences}."
        return Figure(name, Family.READABILITY, label, "n/a", None, None, lacks)
    value = formula(of)
    severity = _flesch_light(value) if name == "flesch" else None
    return _figure(name, label, value, why, severity)


def _flesch_light(value: float) -> Severity:
    if value > 60:
        return Severity.GOOD
    return Severity.IMPROVE if value > 50 else Severity.PROBLEM


def _figure(name: str, label: str, value: float, why: str, severity: Severity | None = None) -> Figure:
    return Figure(name, Family.READABILITY, label, f"{value:.1f}", round(value, 2), severity, why)


def _reading_time(document: Document, words: int) -> Figure:
    speed = CHARACTERS_PER_MINUTE.get(document.language.partition("-")[0], WORDS_PER_MINUTE)
    minutes = words / speed
    shown = f"{max(1, round(minutes))} min" if words else "0 min"
    unit = "characters" if document.is_cjk else "words"
    return Figure(
        "reading-time", Family.READABILITY, "Reading time", shown, round(minutes, 2), None, f"{speed} {unit} a minute."
    )


def trend(document: Document) -> tuple[float, ...]:
    """The mean length of the sentences of each paragraph, in order."""
    paragraphs = (piece.reading.sentences for piece in document.running if piece.reading.sentences)
    return tuple(round(fmean(len(sentence.words) for sentence in sentences), 1) for sentences in paragraphs)
