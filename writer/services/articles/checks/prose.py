"""Checks of what an article says: theses, quotations, attributions, dates, promises of its kind."""

import re
from collections.abc import Iterator, Sequence

from writer.domain.citations import TOKEN
from writer.domain.drafts import count_words
from writer.domain.text import sentences, words
from writer.services.articles.checks.registry import Article, Finding, check

_QUOTED = re.compile(r"“([^”]+)”|\"([^\"\n]+)\"")
_SAYING = re.compile(r"\b(?:said|says|told|according|wrote|writes|explained|asked|added|noted)\b|[—–]\s*[A-Z]|\[\[")
_PRICE = re.compile(r"[$€£¥]\s?\d[\d,.]*|\b\d[\d,.]*\s?(?:dollars?|euros?|pounds?|USD|EUR|GBP)\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DEFINES = re.compile(r"\b(?:is|are|means|refers to|describes|was|were)\b", re.IGNORECASE)
_DATELINE = re.compile(r"^\W*[A-ZÀ-Þ][\w .,'’-]{1,60}[,(—–-]\s*.{0,30}\d{1,2}.{0,30}[—–-]", re.DOTALL)
_DULL = {"a", "an", "and", "are", "as", "be", "by", "for", "in", "is", "it", "of", "on", "or", "should", "that", "the"}


@check
def title_length(article: Article, most: int, what: str = "title") -> Iterator[Finding]:
    if len(article.title) > most:
        yield Finding("", f"The {what} has {len(article.title)} characters; at most {most} are shown.")


@check
def description_length(article: Article, least: int, most: int, what: str = "description") -> Iterator[Finding]:
    length = len(article.description)
    if not length:
        yield Finding("", f"There is no {what}; write one of {least} to {most} characters.")
    elif not least <= length <= most:
        yield Finding("", f"The {what} has {length} characters; {least} to {most} are wanted.")


@check
def field_is_used(article: Article, field: str, what: str, share: float = 0.6) -> Iterator[Finding]:
    """Enough of the field's own words stand in the text."""
    wanted = [word for word in words(article.extra.get(field, "")) if word not in _DULL]
    there = set(words(article.text))
    if wanted and sum(word in there for word in wanted) < share * len(wanted):
        yield Finding("", f"{what} from the brief does not appear: “{article.extra[field].strip()}”.")


@check
def fields_are_used(article: Article, field: str, what: str) -> Iterator[Finding]:
    """Every entry of a list field stands in the text, word for word."""
    text = " ".join(article.text.casefold().split())
    for entry in article.entries(field):
        if " ".join(entry.casefold().split()) not in text:
            yield Finding("", f"{what} from the brief does not appear: “{entry}”.")


@check
def opening_states(article: Article, field: str, what: str) -> Iterator[Finding]:
    """The first part of the article holds most of the field's words."""
    wanted = {word for word in words(article.extra.get(field, "")) if word not in _DULL}
    there = set(words(article.written[0].text)) if article.written else set()
    if wanted and len(wanted & there) < 0.5 * len(wanted):
        yield Finding(_first_key(article), f"{what} does not stand in the opening.")


def _first_key(article: Article) -> str:
    return article.written[0].key if article.written else ""


@check
def opening_answers(article: Article, fields: Sequence[str], most: int = 120) -> Iterator[Finding]:
    """Inverted pyramid: what the brief says of who, what, when … stands within the first words."""
    opening = words(TOKEN.sub(" ", article.text))[:most]
    for field in fields:
        wanted = {word for word in words(article.extra.get(field, "")) if word not in _DULL}
        if wanted and len(wanted & set(opening)) < 0.5 * len(wanted):
            yield Finding(_first_key(article), f"The first {most} words do not say {field}.")


@check
def opening_defines(article: Article, most: int = 40) -> Iterator[Finding]:
    """The first sentence says in one go what the thing is."""
    first = next((s for section in article.written for s in sentences(section.text)), "")
    if not first:
        yield Finding("", "There is no text that could define anything.")
    elif not _DEFINES.search(first) or count_words(first) > most:
        yield Finding(_first_key(article), f"The first sentence is no definition of at most {most} words.")


@check
def mentions(article: Article, words: Sequence[str], sentence: str) -> Iterator[Finding]:
    """Somewhere in headings or text one of the words stands."""
    text = " ".join((article.title, *(s.heading for s in article.sections), article.text))
    if not re.search("|".join(rf"\b{re.escape(word)}" for word in words), text, re.IGNORECASE):
        yield Finding("", sentence)


@check
def paragraphs_cited(article: Article) -> Iterator[Finding]:
    """Each paragraph of the body names a source."""
    for section in article.body:
        bare = [p for p in re.split(r"\n\s*\n", section.text) if count_words(p) >= 12 and not TOKEN.search(p)]
        if bare:
            yield Finding(section.key, f"A paragraph names no source: “{' '.join(bare[0].split())[:60]}…”.")


@check
def quotes_attributed(article: Article, least: int = 0) -> Iterator[Finding]:
    """Quotations of six words or more say who spoke, or where it stands, in their paragraph."""
    count = 0
    for section in article.sections:
        for paragraph in re.split(r"\n\s*\n", section.text):
            long = [a or b for a, b in _QUOTED.findall(paragraph) if count_words(a or b) >= 6]
            count += len(long)
            if long and not _SAYING.search(_QUOTED.sub(" ", paragraph)):
                yield Finding(section.key, f"Nobody is named for the quotation “{long[0][:60]}…”.")
    if count < least:
        yield Finding("", f"{count} quotations stand in the text; at least {least} belong here.")


@check
def dated_prices(article: Article) -> Iterator[Finding]:
    """A price says when it was seen."""
    for section in article.sections:
        for sentence in sentences(section.text):
            if _PRICE.search(sentence) and not _YEAR.search(sentence):
                yield Finding(section.key, f"A price has no date: “{' '.join(sentence.split())[:80]}”.")


@check
def dateline(article: Article) -> Iterator[Finding]:
    """Place and day in front of the first sentence."""
    first = article.written[0].text if article.written else ""
    if not _DATELINE.match(first[:160]):
        yield Finding(_first_key(article), "The text does not begin with a dateline (place, day, dash).")


@check
def ends_with(article: Article, field: str, what: str) -> Iterator[Finding]:
    """The last part of the article holds the field, word for word."""
    wanted = " ".join(article.extra.get(field, "").casefold().split())
    last = " ".join(article.written[-1].text.casefold().split()) if article.written else ""
    if wanted and wanted not in last:
        yield Finding(article.written[-1].key if article.written else "", f"{what} is missing at the end.")
