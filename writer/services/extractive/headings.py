"""Headings as a writer would keep them, out of the headings that the sources have."""

import re
from collections.abc import Iterable

from writer.domain.sources import Passage
from writer.domain.text import words
from writer.services.extractive.language import stems
from writer.services.extractive.noise import is_back_matter

LONGEST = 80
_NUMBERING = re.compile(
    r"^\s*(?:(?:chapter|part|section|step|appendix|lesson|unit|module)\s+(?:\d+|[ivxlc]+)\b\s*[:.–—-]*|(?:\d+|[ivx]+|[a-z])(?:\.\d+)*[.)]\s+"
    r"|\d+(?:\.\d+)+\s+|\d{1,2}\s+(?=[A-Z])|[•·▪*–—-]\s+)",
    re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(
    r"""^(?:introduction|intro|preface|foreword|prologue|epilogue|afterword|summary|executive\ssummary|in\s(?:short|brief|summary)|abstract
    |overview|general|conclusions?|concluding\sremarks|discussion|results?(?:\sand\sdiscussion)?|findings?|methods?|methodology
    |materials\sand\smethods|objectives?|purpose|aims?|background|context|scope|about|faqs?|frequently\sasked\squestions|questions
    |appendi(?:x|ces)|annex(?:es)?|part|chapter|section|text|document|report|notes?|more|misc(?:ellaneous)?|other|details?|information
    |key\s(?:points|facts|findings|takeaways|figures|messages)|at\sa\sglance|takeaways?|highlights|next\ssteps|data|tables?|figures?
    |home|news|welcome|untitled|title|main|content|page|read\smore|related(?:\sarticles)?|what\sis\sthis|tl;?dr|interview|q\s?&\s?a
    |participants|setting|design|unlabelled|example|examples|usage|tips|warning|important|attention)$""",
    re.IGNORECASE | re.VERBOSE,
)
_ABOUT_THE_DOCUMENT = re.compile(
    r"\b(?:this|the|our)\s(?:present\s)?(?:study|survey|report|paper|analysis|review|guide|article|document|note|authors?)\b",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[`*_#<>|\[\]{}\\]|\s*[:–—-]\s*$")


def cleaned(heading: str) -> str:
    """Without numbering and mark-up, a shouted one in ordinary letters; "" when no writer would keep it."""
    text = " ".join(_MARKS.sub(" ", heading).split())
    text = _NUMBERING.sub("", text).strip(" .:;,–—-")
    if text.isupper() and len(text) > 4:
        text = text.capitalize()
    return text[:1].upper() + text[1:] if _is_worth_keeping(text) else ""


def _is_worth_keeping(text: str) -> bool:
    count = len(words(text))
    spaceless = not text.isascii() and len(text) >= 4
    return (
        bool(stems(text) or spaceless)
        and not _SAYS_NOTHING.match(text)
        and not _ABOUT_THE_DOCUMENT.search(text)
        and not is_back_matter((text,))
        and 1 <= count <= 12
        and len(text) <= LONGEST
        and any(c.isalpha() for c in text)
    )


def source_headings(passages: Iterable[Passage]) -> dict[str, list[Passage]]:
    """Cleaned headings with the passages under them, the innermost that says something for each passage; titles of
    documents are left out. In reading order."""
    found: dict[str, list[Passage]] = {}
    for passage in passages:
        heading = heading_of(passage)
        if heading:
            found.setdefault(heading, []).append(passage)
    return found


def heading_of(passage: Passage) -> str:
    if is_back_matter(passage.heading_path):
        return ""
    title = cleaned(passage.source_title).casefold()
    for raw in reversed(passage.heading_path):
        heading = cleaned(raw)
        if heading and heading.casefold() != title:
            return heading
    return ""


def as_heading(text: str) -> str:
    """A question or a point of the brief as a heading."""
    text = " ".join(text.split())
    if len(text) > LONGEST:
        text = text[:LONGEST].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
    text = text.rstrip(".;: ")
    return text[:1].upper() + text[1:]
