"""On-page checks for search engines, by the thresholds that the panel names. Nothing is to be mended by stuffing."""

import re
from collections.abc import Iterator, Sequence

from writer.domain.checking import Family, Figure, Finding, Severity
from writer.domain.text import slug
from writer.services.checks.blocks import Kind
from writer.services.checks.document import Document, Piece
from writer.services.checks.keyphrase import pattern_of, words_in
from writer.services.checks.title_width import pixels

Found = tuple[Figure, list[Finding]]
_FAMILY = Family.SEO
_LEAST_WORDS, _CORNERSTONE = 300, 900
_CORNERSTONES = ("pillar-guide",)
_TITLE = (400, 600)
_DESCRIPTION = (121, 156)
_DENSITY = (0.5, 3.0)
_IN_HEADINGS = (0.30, 0.75)
_IMAGE = re.compile(r"!\[([^\[\]\n]{0,500})\]\([^()\n]{0,1000}\)")
_INLINE_CODE = re.compile(r"`[^`\n]{1,1000}`")
_LINK = re.compile(r"(?<!!)\[[^\[\]\n]{1,500}\]\(\s*<?([^()\s<>]{1,1000})|<(https?://[^\s<>]{1,1000})>")


def search_engines(document: Document) -> Iterator[Found]:
    yield _length(document)
    yield from _keyphrase(document)
    yield _title(document)
    yield _description(document)
    yield _headings(document)
    yield _images(document)
    yield _links(document, "outbound-links", "Links to elsewhere", outbound=True)
    yield _links(document, "internal-links", "Links to own pages", outbound=False)


def counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _measured(name: str, label: str, shown: str, value: float | None, severity: Severity | None, why: str) -> Figure:
    return Figure(name, _FAMILY, label, shown, value, severity, why)


def _unless_good(figure: Figure, finding: Finding) -> Found:
    return figure, [] if figure.severity is Severity.GOOD else [finding]


def _length(document: Document) -> Found:
    least = _CORNERSTONE if document.brief.content_type in _CORNERSTONES else _LEAST_WORDS
    words = document.words
    severity = Severity.GOOD if words >= least else Severity.PROBLEM
    figure = _measured("text-length", "Length", f"{words:,} words", words, severity, f"{least} words or more.")
    reason = f"The text has {words} words; pages of this kind are found with {least} or more."
    return _unless_good(figure, document.finding("text-length", _FAMILY, severity, reason))


def _keyphrase(document: Document) -> Iterator[Found]:
    keyphrase = next((phrase.strip() for phrase in document.brief.keyphrases if phrase.strip()), "")
    if not keyphrase:
        why = "The brief names no keyphrase: what depends on one is left out."
        yield _measured("keyphrase", "Keyphrase", "none", None, None, why), []
        return
    yield _phrase_length(document, keyphrase)
    yield _density(document, keyphrase)
    yield _first_paragraph(document, keyphrase)
    yield _in_headings(document, keyphrase)
    yield _in_title(document, keyphrase)
    yield _in_slug(document, keyphrase)


def _phrase_length(document: Document, keyphrase: str) -> Found:
    count = words_in(keyphrase)
    severity = Severity.GOOD if 1 <= count <= 4 else Severity.IMPROVE if count <= 8 else Severity.PROBLEM
    figure = _measured(
        "keyphrase-length", "Length of the keyphrase", counted(count, "word"), count, severity, "1 to 4 words."
    )
    reason = f"The keyphrase “{keyphrase}” has {count} words; people search with 1 to 4."
    return _unless_good(figure, document.finding("keyphrase-length", _FAMILY, severity, reason))


def _density(document: Document, keyphrase: str) -> Found:
    """How often for each hundred words, in prose only."""
    places = [
        (piece.block.start + match.start(), piece.block.start + match.end())
        for piece in document.prose
        for match in pattern_of(keyphrase).finditer(piece.block.text)
    ]
    share = 100 * len(places) / max(1, document.words)
    low, high = _DENSITY
    severity = Severity.GOOD if low <= share <= high else Severity.PROBLEM
    shown = f"{share:.1f} % ({len(places)}×)"
    figure = _measured("density", "Density of the keyphrase", shown, round(share, 2), severity, f"{low} to {high} %.")
    if share > high:
        reason = (
            f"“{keyphrase}” stands there {len(places)} times, {share:.1f} % of the words: say it otherwise at times."
        )
        found = [document.finding("density", _FAMILY, severity, reason, place) for place in places]
        return figure, found
    reason = (
        f"“{keyphrase}” makes {share:.1f} % of the words; {low} % shows what the text is about. Only where it fits."
    )
    return _unless_good(figure, document.finding("density", _FAMILY, severity, reason, _first(document)))


def _first(document: Document) -> tuple[int, int] | None:
    paragraph = next((piece for piece in document.running if piece.block.kind is Kind.PARAGRAPH), None)
    return (paragraph.block.start, paragraph.block.end) if paragraph else None


def _first_paragraph(document: Document, keyphrase: str) -> Found:
    place = _first(document)
    there = bool(place and pattern_of(keyphrase).search(document.text, *place))
    severity = Severity.GOOD if there else Severity.PROBLEM
    shown = "yes" if there else "no"
    label = "Keyphrase in the first paragraph"
    figure = _measured("first-paragraph", label, shown, float(there), severity, "Readers see at once what it is about.")
    reason = f"The first paragraph does not say “{keyphrase}”."
    return _unless_good(figure, document.finding("first-paragraph", _FAMILY, severity, reason, place))


def _in_headings(document: Document, keyphrase: str) -> Found:
    headings = [piece for piece in document.headings if piece.block.level in (2, 3)]
    with_it = [piece for piece in headings if pattern_of(keyphrase).search(piece.block.text)]
    label, why = "Keyphrase in headings", "In 30 to 75 % of the headings."
    if not headings:
        return _measured("headings-keyphrase", label, "no headings", None, None, why), []
    share = len(with_it) / len(headings)
    severity = Severity.GOOD if _IN_HEADINGS[0] <= share <= _IN_HEADINGS[1] else Severity.IMPROVE
    figure = _measured("headings-keyphrase", label, f"{100 * share:.0f} %", round(100 * share, 1), severity, why)
    reason = f"“{keyphrase}” stands in {len(with_it)} of {len(headings)} headings; 30 to 75 % of them is usual."
    shown = (with_it if share > _IN_HEADINGS[1] else headings)[0]
    return _unless_good(figure, document.finding("headings-keyphrase", _FAMILY, severity, reason, _span(shown)))


def _span(piece: Piece) -> tuple[int, int]:
    return piece.block.start, piece.block.end


def _in_title(document: Document, keyphrase: str) -> Found:
    found = pattern_of(keyphrase).search(document.title)
    begins = bool(found and not re.search(r"\w", document.title[: found.start()]))
    severity = Severity.GOOD if begins else Severity.IMPROVE if found else Severity.PROBLEM
    shown = "at its start" if begins else "in it" if found else "missing"
    figure = _measured("title-keyphrase", "Keyphrase in the title", shown, None, severity, "Best at its start.")
    reason = f"The title begins with other words than “{keyphrase}”." if found else f"The title lacks “{keyphrase}”."
    return _unless_good(figure, document.title_finding("title-keyphrase", _FAMILY, severity, reason))


def _in_slug(document: Document, keyphrase: str) -> Found:
    """The address that exports and sites get: always ASCII, with hyphens, at most 75 characters."""
    address = document.draft.slug or slug(document.title)
    plain = slug(keyphrase, "")
    named = bool(document.draft.slug) or address != "untitled" or "untitled" in document.title.casefold()
    severity = Severity.GOOD if plain and plain in address else Severity.IMPROVE
    severity = severity if named else Severity.PROBLEM
    why = "Chosen under Details, or made of the title: lower-case ASCII letters, digits, hyphens, 75 at the most."
    figure = _measured("slug", "Address of the page", address, None, severity, why)
    reason = (
        f"The address “{address}” does not name the keyphrase “{keyphrase}”."
        if named
        else "No address can be made of the title: it has no letter of the Latin alphabet."
    )
    return _unless_good(figure, document.title_finding("slug", _FAMILY, severity, reason))


def _title(document: Document) -> Found:
    width, (low, high) = pixels(document.title), _TITLE
    severity = Severity.GOOD if low <= width <= high else Severity.IMPROVE if width < low else Severity.PROBLEM
    shown = f"{width} px, {len(document.title)} characters"
    figure = _measured("title-width", "Title as search engines show it", shown, width, severity, f"{low} to {high} px.")
    reason = (
        f"The title is {width} px wide; search engines cut it at {high} (about 60 characters)."
        if width > high
        else f"The title is {width} px wide; {low} to {high} (about 50 to 60 characters) are there to be used."
    )
    return _unless_good(figure, document.title_finding("title-width", _FAMILY, severity, reason))


def _description(document: Document) -> Found:
    length, (low, high) = len(document.draft.description), _DESCRIPTION
    severity = Severity.GOOD if low <= length <= high else Severity.IMPROVE if length else Severity.PROBLEM
    shown = f"{length} characters" if length else "none"
    figure = _measured("description", "Meta description", shown, length, severity, f"{low} to {high} characters.")
    reason = (
        f"The meta description has {length} characters; {low} to {high} are shown."
        if length
        else "There is no meta description: search engines will choose a piece of the text."
    )
    return _unless_good(figure, Finding("description", _FAMILY, severity, reason, target=""))


def _headings(document: Document) -> Found:
    """One H1, which is the title, and no level skipped on the way down."""
    faults: list[Finding] = []
    for piece in document.headings:
        if piece.block.level == 1:
            reason = "The title is the page's one main heading: begin this line with “## ”."
            faults.append(document.finding("heading-levels", _FAMILY, Severity.PROBLEM, reason, _span(piece)))
    levels = [1, *(piece.block.level for piece in document.headings)]
    for before, piece in zip(levels, document.headings, strict=False):
        if piece.block.level > before + 1:
            reason = f"From level {before} to level {piece.block.level}: a level of headings is left out."
            faults.append(document.finding("heading-levels", _FAMILY, Severity.PROBLEM, reason, _span(piece)))
    severity = Severity.PROBLEM if faults else Severity.GOOD
    shown = counted(len(faults), "fault") if faults else "in order"
    return _measured("heading-levels", "Levels of headings", shown, len(faults), severity, "None is skipped."), faults


def _images(document: Document) -> Found:
    found = [
        (piece, match) for piece in document.pieces if _may_link(piece) for match in _IMAGE.finditer(piece.block.text)
    ]
    bare = [(piece, match) for piece, match in found if not match[1].strip()]
    reason = "This picture has no text in its stead (alt text): some readers and all search engines see nothing."
    faults = [
        document.finding("images", _FAMILY, Severity.PROBLEM, reason, _match_span(piece, match))
        for piece, match in bare
    ]
    severity = Severity.PROBLEM if bare else Severity.GOOD if found else Severity.IMPROVE
    shown = f"{len(found)}, {len(bare)} without alt text" if bare else str(len(found))
    figure = _measured("images", "Pictures", shown, len(found), severity, "One at least, each with an alt text.")
    if not found:
        return figure, [document.finding("images", _FAMILY, severity, "The text has no picture.", _first(document))]
    return figure, faults


def _may_link(piece: Piece) -> bool:
    return piece.block.kind is not Kind.CODE


def _match_span(piece: Piece, match: re.Match[str]) -> tuple[int, int]:
    return piece.block.start + match.start(), piece.block.start + match.end()


def _links(document: Document, name: str, label: str, *, outbound: bool) -> Found:
    count = sum(is_outbound == outbound for is_outbound in _targets(document.pieces))
    severity = Severity.GOOD if count else Severity.IMPROVE
    figure = _measured(name, label, str(count), count, severity, "One at least.")
    where = "another site" if outbound else "a page of your own (an address like /tides)"
    reason = f"No link leads to {where}."
    return _unless_good(figure, document.finding(name, _FAMILY, severity, reason, _first(document)))


def _targets(pieces: Sequence[Piece]) -> Iterator[bool]:
    """For each link whether it leads elsewhere. Links to a place on the same page do not count."""
    for piece in pieces:
        for match in _LINK.finditer(_INLINE_CODE.sub("", piece.block.text)) if _may_link(piece) else ():
            target = match[1] or match[2]
            if not target.startswith(("#", "mailto:", "tel:")):
                yield bool(re.match(r"(?:[a-z][a-z0-9+.-]*:)?//", target, re.IGNORECASE))
