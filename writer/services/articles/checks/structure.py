"""Checks of an article's build: counts, parts, lists, tables, code."""

import re
from collections.abc import Iterator, Sequence

from writer.domain.drafts import Section
from writer.services.articles.checks.registry import Article, Finding, check

_NUMBER = re.compile(r"\d+")
_STEP = re.compile(r"^\s{0,3}\d{1,3}[.)]\s+\S", re.MULTILINE)
_STEP_HEADING = re.compile(r"^(?:step\s+)?\d{1,2}\b|^step\b", re.IGNORECASE)
_BULLET = re.compile(r"^\s{0,3}[-*+•]\s+\S", re.MULTILINE)
_ROW = re.compile(r"^\s*\|(.+)\|\s*$")
_RULE = re.compile(r"^[\s|:-]+$")
_FENCE = re.compile(r"^\s*```(.*)$", re.MULTILINE)


@check
def number_in_title(article: Article) -> Iterator[Finding]:
    """The number in the title equals the count of H2 headings."""
    count = len(article.body)
    found = _NUMBER.search(article.title)
    if found is None:
        yield Finding("", f"The title names no number; the list has {count} items.")
    elif int(found.group(0)) != count:
        yield Finding("", f"The title says {found.group(0)}, and the list has {count} items.")


@check
def numbered_steps(article: Article, field: str = "steps") -> Iterator[Finding]:
    """As many numbered steps as the brief gives; at least two when it gives none."""
    steps = max((len(_STEP.findall(section.text)) for section in article.body), default=0)
    steps = max(steps, sum(bool(_STEP_HEADING.match(section.heading)) for section in article.body))
    given = len(article.entries(field))
    if given and steps != given:
        yield Finding("", f"The brief gives {given} steps, and the text numbers {steps}.")
    elif steps < 2:
        yield Finding("", "The steps are not numbered.")


@check
def has_part(article: Article, words: Sequence[str], sentence: str) -> Iterator[Finding]:
    """A heading, of any level, that has one of the words."""
    headings = [section.heading for section in article.body]
    headings += re.findall(r"^#{3,6}\s+(.+)$", article.text, re.MULTILINE)
    pattern = re.compile("|".join(rf"\b{re.escape(word)}" for word in words), re.IGNORECASE)
    if not any(pattern.search(heading) for heading in headings):
        yield Finding("", sentence)


@check
def section_count(article: Article, least: int = 1, most: int = 99) -> Iterator[Finding]:
    count = len(article.body)
    if not least <= count <= most:
        yield Finding("", f"This type has {least} to {most} sections; the article has {count}.")


@check
def full_table(article: Article, field: str = "options") -> Iterator[Finding]:
    """A table of options and criteria, with every option of the brief and no empty cell."""
    tables = [(section, rows) for section in article.sections for rows in _tables(section.text)]
    if not tables:
        yield Finding("", "There is no table that sets the options side by side.")
    for section, rows in tables:
        if any(not cell for row in rows for cell in row[1:]) or len({len(row) for row in rows}) > 1:
            yield Finding(section.key, "The table has an empty cell; write “not found” where nothing was found.")
    shown = " ".join(cell for _, rows in tables for row in rows for cell in row).casefold()
    for option in article.entries(field) if tables else ():
        if option.casefold() not in shown:
            yield Finding("", f"The table leaves out “{option}”.")


def _tables(text: str) -> Iterator[list[list[str]]]:
    rows: list[list[str]] = []
    for line in [*text.splitlines(), ""]:
        if row := _ROW.match(line):
            if not _RULE.match(line):
                rows.append([cell.strip() for cell in row.group(1).split("|")])
        elif rows:
            yield rows
            rows = []


@check
def list_in_part(article: Article, words: Sequence[str], sentence: str) -> Iterator[Finding]:
    """A bulleted list in the section, or under the subheading, that has one of the words."""
    pattern = re.compile("|".join(rf"\b{re.escape(word)}" for word in words), re.IGNORECASE)
    parts = [part for section in article.body for part in _parts(section)]
    if not any(pattern.search(heading) and _BULLET.search(text) for heading, text in parts):
        yield Finding("", sentence)


def _parts(section: Section) -> Iterator[tuple[str, str]]:
    heading = section.heading
    for piece in re.split(r"^(?=#{3,6}\s)", section.text, flags=re.MULTILINE):
        first, _, rest = piece.partition("\n")
        yield (first, rest) if first.startswith("#") else (heading, piece)


@check
def headings_ask(article: Article, least: int = 2) -> Iterator[Finding]:
    """Questions as headings, or as lines of their own in bold."""
    asked = sum(section.heading.endswith("?") for section in article.body)
    asked += len(re.findall(r"^(?:#{3,6}\s.+|\*\*.+)\?(?:\*\*)?\s*$", article.text, re.MULTILINE))
    if asked < least:
        yield Finding("", f"{asked} questions stand as headings; at least {least} belong here.")


@check
def named_code(article: Article) -> Iterator[Finding]:
    """Blocks of code that say their language, so that readers can run them."""
    opening = [(s.key, fence) for s in article.sections for fence in _FENCE.findall(s.text)[::2]]
    if not opening:
        yield Finding("", "There is no block of code to run.")
    for key, language in opening:
        if not language.strip():
            yield Finding(key, "A block of code does not say its language.")


@check
def characters_at_most(article: Article, limits: dict[str, int]) -> Iterator[Finding]:
    """Limits of channels, by a word of the section's heading; posts of a thread are counted one by one."""
    for section in article.body:
        for word, limit in limits.items():
            if word.casefold() not in section.heading.casefold():
                continue
            posts = re.split(r"\n\s*\n", section.text) if "thread" in word.casefold() else [section.text]
            for post in posts:
                if len(post) > limit:
                    yield Finding(section.key, f"{len(post)} characters stand where {word} allows {limit}.")
