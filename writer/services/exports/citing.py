"""Citation styles: what stands in the text where a passage is cited, and what is listed at the end."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from writer.domain.errors import UserMistake
from writer.domain.sources import Source
from writer.security.render import plain
from writer.services.drafts import Reference

STYLES = {"footnotes": "Footnotes", "author-date": "Author and date", "links": "Links in the text"}
_QUOTE = 120
_DELETED = "*(source deleted)*"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Citing:
    """`mark` takes the passage ids of one token; `at_word` says that no blank stands before it."""

    mark: Callable[[list[str]], str]
    listed: str
    at_word: bool = False


def citing(style: str, references: Sequence[Reference]) -> Citing:
    styles = {"footnotes": _footnotes, "author-date": _author_date, "links": _links}
    if style not in styles:
        known = ", ".join(STYLES)
        raise UserMistake(f"“{plain(style, 40)}” is not a style of citations: choose one of {known}.")
    return styles[style](references)


def _footnotes(references: Sequence[Reference]) -> Citing:
    numbers = {reference.passage.id: reference.number for reference in references}

    def mark(ids: list[str]) -> str:
        return "".join(f"[^{numbers[id_]}]" if id_ in numbers else f" {_DELETED}" for id_ in ids)

    return Citing(mark, "\n\n".join(map(_footnote, references)), at_word=True)


def _author_date(references: Sequence[Reference]) -> Citing:
    names = _names(references)
    by_id = {reference.passage.id: reference for reference in references}

    def told(id_: str) -> str:
        reference = by_id.get(id_)
        if reference is None:
            return _DELETED
        page = reference.passage.page
        return names[reference.source.id] + (f", p. {page}" if page else "")

    def mark(ids: list[str]) -> str:
        return f"({'; '.join(dict.fromkeys(map(told, ids)))})"

    entries = [f"- {names[source.id]}: {_described(source)}" for source in _sources(references)]
    return Citing(mark, "\n".join(["## Sources", "", *entries]) if entries else "")


def _links(references: Sequence[Reference]) -> Citing:
    by_id = {reference.passage.id: reference for reference in references}

    def told(id_: str) -> str:
        reference = by_id.get(id_)
        if reference is None:
            return _DELETED
        title, address = _title(reference.source), _address(reference.source)
        page = f", p. {reference.passage.page}" if reference.passage.page else ""
        return (f"[{title}](<{address}>)" if address else title) + page

    return Citing(lambda ids: f"({'; '.join(dict.fromkeys(map(told, ids)))})", "")


def _sources(references: Sequence[Reference]) -> list[Source]:
    """By first appearance."""
    return list({reference.source.id: reference.source for reference in references}.values())


def _names(references: Sequence[Reference]) -> dict[int, str]:
    """Each source's "author year": two that would have the same are told apart by a letter."""
    sources = _sources(references)
    names = {source.id: f"{_author(source)} {_year(source)}" for source in sources}
    often, seen = Counter(names.values()), Counter[str]()
    for source in sources:
        name = names[source.id]
        if often[name] > 1:
            names[source.id] = name + _letters(seen[name])
            seen[name] += 1
    return names


def _letters(number: int) -> str:
    """a, b, …, z, aa, ab, …"""
    before, at = divmod(number, len(_LETTERS))
    return (_letters(before - 1) if before else "") + _LETTERS[at]


def _author(source: Source) -> str:
    if source.authors:
        return _escaped(source.authors, 80)
    return f"“{_escaped(source.title or source.filename, 60)}”"


def _year(source: Source) -> str:
    """What the source says of itself; nothing is guessed."""
    found = re.search(r"(?<!\d)\d{4}(?!\d)", source.published)
    return found.group(0) if found else "n.d."


def _described(source: Source) -> str:
    told = [_title(source)]
    told += [_escaped(source.published)] if source.published else []
    address = _address(source)
    told += [f"<{address}>"] if address else []
    return ", ".join(told)


def _footnote(reference: Reference) -> str:
    source, passage = reference.source, reference.passage
    told = [_title(source)]
    told += [_escaped(fact) for fact in (source.authors, source.published) if fact]
    told += [f"p. {passage.page}"] if passage.page else []
    address = _address(source)
    told += [f"<{address}>"] if address else []
    return f"[^{reference.number}]: {', '.join(told)}: “{_escaped(_start_of(passage.text))}”"


def _title(source: Source) -> str:
    return _escaped(source.title or source.filename)


def _address(source: Source) -> str:
    return source.url if re.fullmatch(r"https?://[^\s<>]+", source.url) else ""


def _start_of(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUOTE else line[:_QUOTE].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


def _escaped(text: str, limit: int = 500) -> str:
    """Only what would turn into markup inside a footnote: a title must stay readable in the file itself."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", plain(text, limit))
