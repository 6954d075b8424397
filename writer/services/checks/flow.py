"""How a text flows: lengths, passives, transitions, beginnings, each with its threshold and the places to look at."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from writer.domain.checking import Family, Figure, Finding, Severity, light
from writer.services.checks.blocks import Kind
from writer.services.checks.document import Document, Piece, span_of
from writer.services.checks.reading import LONG, Sentence

Found = tuple[Figure, list[Finding]]
_FAMILY = Family.READABILITY
_PARAGRAPH, _LONG_PARAGRAPH = 150, 200
_STRETCH, _LONG_STRETCH = 300, 350
_IN_A_ROW = 3
_LEAST_SENTENCES = 5
"""Shares of fewer sentences than that say nothing."""


def flow(document: Document) -> Iterator[Found]:
    if not document.words:
        return
    yield _long_sentences(document)
    yield _paragraphs(document)
    if document.whole:
        yield _stretches(document)
    if document.is_english:
        yield _passive(document)
        yield _transitions(document)
    yield _beginnings(document)


def _share_of(
    document: Document, check: str, label: str, matches: Callable[[Sentence], bool], bounds: tuple[float, float]
) -> tuple[Figure, list[tuple[Piece, Sentence]]]:
    """The share of the sentences that match, in per cent, and those."""
    all_ = list(document.sentences())
    found = [(piece, sentence) for piece, sentence in all_ if matches(sentence)]
    share = 100 * len(found) / max(1, len(all_))
    enough = len(all_) >= _LEAST_SENTENCES
    severity = light(share, *bounds) if enough else None
    why = f"Up to {bounds[0]:.0f} % is good, up to {bounds[1]:.0f} % will do."
    return Figure(check, _FAMILY, label, f"{share:.0f} %", round(share, 1), severity, why), found


def _long_sentences(document: Document) -> Found:
    figure, found = _share_of(
        document, "long-sentences", f"Sentences over {LONG} words", lambda sentence: sentence.is_long, (25, 30)
    )
    return figure, [
        document.finding(
            "long-sentences",
            _FAMILY,
            figure.severity,
            f"{len(sentence.words)} words: split it, or take something out. {figure.shown} of the sentences are long.",
            span_of(piece, sentence),
        )
        for piece, sentence in found
        if figure.severity not in (None, Severity.GOOD) and figure.severity
    ]


def _passive(document: Document) -> Found:
    figure, found = _share_of(document, "passive", "Passive", lambda sentence: sentence.passive is not None, (10, 15))
    if figure.severity in (None, Severity.GOOD) or not figure.severity:
        return figure, []
    findings = []
    for piece, sentence in found:
        start, end = sentence.passive or (sentence.start, sentence.end)
        place = (piece.block.start + start, piece.block.start + end)
        reason = f"Passive, as far as one can tell. Say who does it: {figure.shown} of the sentences are passive."
        findings.append(document.finding("passive", _FAMILY, figure.severity, reason, place, heuristic=True))
    return figure, findings


def _transitions(document: Document) -> Found:
    all_ = list(document.sentences())
    with_one = sum(sentence.has_transition for _, sentence in all_)
    share = 100 * with_one / max(1, len(all_))
    severity = None
    if len(all_) >= _LEAST_SENTENCES:
        severity = Severity.GOOD if share >= 30 else Severity.IMPROVE if share >= 20 else Severity.PROBLEM
    why = "Sentences with a word like “because” or “however”: 30 % is good, 20 % will do."
    figure = Figure("transitions", _FAMILY, "Transition words", f"{share:.0f} %", round(share, 1), severity, why)
    if severity in (None, Severity.GOOD) or severity is None:
        return figure, []
    reason = (
        f"{share:.0f} % of the sentences say how they follow from the one before; 30 % make a text easier to follow."
    )
    return figure, [document.finding("transitions", _FAMILY, severity, reason)]


def _paragraphs(document: Document) -> Found:
    paragraphs = [piece for piece in document.running if piece.block.kind is Kind.PARAGRAPH]
    longest = max((len(piece.reading.words) for piece in paragraphs), default=0)
    why = f"Up to {_PARAGRAPH} words is good, up to {_LONG_PARAGRAPH} will do."
    severity = light(longest, _PARAGRAPH, _LONG_PARAGRAPH)
    figure = Figure("paragraphs", _FAMILY, "Longest paragraph", f"{longest} words", longest, severity, why)
    return figure, [
        document.finding(
            "paragraphs",
            _FAMILY,
            light(len(piece.reading.words), _PARAGRAPH, _LONG_PARAGRAPH),
            f"This paragraph has {len(piece.reading.words)} words; {_PARAGRAPH} are enough.",
            (piece.block.start, piece.block.end),
        )
        for piece in paragraphs
        if len(piece.reading.words) > _PARAGRAPH
    ]


def _stretches(document: Document) -> Found:
    """From one heading to the next."""
    stretches = [
        list(pieces)
        for is_heading, pieces in groupby(document.prose, lambda piece: piece.block.kind is Kind.HEADING)
        if not is_heading
    ]
    longest = max(map(_words_of, stretches), default=0)
    why = f"Up to {_STRETCH} words without a heading is good, up to {_LONG_STRETCH} will do."
    severity = light(longest, _STRETCH, _LONG_STRETCH)
    figure = Figure(
        "subheadings", _FAMILY, "Longest part without a heading", f"{longest} words", longest, severity, why
    )
    return figure, [
        document.finding(
            "subheadings",
            _FAMILY,
            light(_words_of(pieces), _STRETCH, _LONG_STRETCH),
            f"{_words_of(pieces)} words without a subheading; put one in after {_STRETCH} at the latest.",
            (pieces[0].block.start, pieces[-1].block.end),
        )
        for pieces in stretches
        if _words_of(pieces) > _STRETCH
    ]


def _words_of(pieces: Sequence[Piece]) -> int:
    return sum(len(piece.reading.words) for piece in pieces)


def _beginnings(document: Document) -> Found:
    """Sentences in a row that begin alike; a heading or a list ends the row."""
    runs: list[list[tuple[Piece, Sentence]]] = []
    for is_text, pieces in groupby(document.prose, lambda piece: piece.block.kind is Kind.PARAGRAPH):
        if is_text:
            sentences = [(piece, sentence) for piece in pieces for sentence in piece.reading.sentences]
            runs += [list(run) for _, run in groupby(sentences, lambda pair: pair[1].beginning)]
    alike = [run for run in runs if len(run) >= _IN_A_ROW]
    severity = Severity.PROBLEM if alike else Severity.GOOD
    most = max(map(len, runs), default=0)
    why = f"Sentences in a row that begin with the same word: {_IN_A_ROW} are too many."
    figure = Figure("beginnings", _FAMILY, "Same beginnings in a row", str(most), most, severity, why)
    return figure, [
        document.finding(
            "beginnings",
            _FAMILY,
            Severity.PROBLEM,
            f"{len(run)} sentences in a row begin with “{run[0][1].beginning}”.",
            (span_of(*run[0])[0], span_of(*run[-1])[1]),
        )
        for run in alike
    ]
