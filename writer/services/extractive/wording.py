"""Every word that the drafter itself puts on the page. None of it states a fact about the subject."""

import re
from collections.abc import Container, Sequence

from writer.services.extractive.candidates import Candidate

WHAT_IT_IS = "Source brief: extracts from your sources, not written by a model."
_SPECIAL = re.compile(r"([\\`*_\[\]<>~|])|&(?=#?\w+;)")
_LINE_START = re.compile(r"^(\d+)([.)])(?=\s)|^([-+#=>])")
_FEWEST, _MOST = 121, 156
_SHORT_NAME = 4


def escaped(text: str) -> str:
    """Source text as literal Markdown on one line: it can end neither its list item nor its quotation, and whatever
    looks like a link, an image, a tag or one of our citation tokens stays what it is, text."""
    line = _SPECIAL.sub(lambda m: f"\\{m.group(0)}", " ".join(text.split()))
    return _LINE_START.sub(lambda m: f"{m.group(1)}\\{m.group(2)}" if m.group(1) else f"\\{m.group(3)}", line)


def unescaped(markdown: str) -> str:
    return re.sub(r"\\([\\`*_\[\]<>~|&.)+#=-])", r"\1", markdown)


def quote_line(quote: Candidate) -> str:
    """- “Whole sentence.” [[S7.p12]] (p. 4; also in [[S3.p4]])."""
    page = f"p. {quote.passage.page}" if quote.passage.page else ""
    also = f"also in {', '.join(f'[[{id_}]]' for id_ in quote.twins)}" if quote.twins else ""
    remark = "; ".join(filter(None, (page, also)))
    return f"- “{escaped(quote.text)}” [[{quote.id}]]" + (f" ({remark})." if remark else "")


def section_text(quotes: Sequence[Candidate], introduced: Container[int] = ()) -> str:
    """Quotes under the names of their sources. A source that an earlier section has `introduced` is named in short:
    a long title in every section would be the article's most repeated sentence."""
    sources: dict[int, list[Candidate]] = {}
    for quote in quotes:
        sources.setdefault(quote.passage.source_id, []).append(quote)
    return "\n\n".join(
        f"From *{escaped(_name(under[0], short=number in introduced))}*:\n\n" + "\n".join(map(quote_line, under))
        for number, under in sources.items()
    )


def _name(quote: Candidate, *, short: bool) -> str:
    title = " ".join(quote.passage.source_title.split()) or quote.id.split(".")[0]
    names = title.split(" ")
    return f"{' '.join(names[:_SHORT_NAME])}…" if short and len(names) > _SHORT_NAME else title


def promise_of(heading: str, sources: int) -> str:
    if not sources:
        return f"What your sources say on “{heading}”, if they say anything."
    return f"What your sources say on “{heading}” ({counted(sources, 'source')})."


def counted(number: int, noun: str) -> str:
    names = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    return f"{names[number] if number < len(names) else f'{number:,}'} {noun}{'' if number == 1 else 's'}"


def listed(items: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(items[:-1]), items[-1]))) if items else ""


def quoted(headings: Sequence[str]) -> str:
    return listed([f"“{escaped(heading)}”" for heading in headings])


def introduction(covered: Sequence[str], silent: Sequence[str]) -> str:
    paragraphs = [f"*{WHAT_IT_IS}*"]
    if covered:
        paragraphs.append(f"They speak on {quoted(covered)}.")
    if silent:
        paragraphs.append(f"Your sources say nothing usable on {quoted(silent)}.")
    return "\n\n".join(paragraphs)


def conclusion(silent: int, missing_points: Sequence[str], covered: int) -> str:
    lines = []
    if silent:
        lines.append(f"- Add sources for {counted(silent, 'heading')} without extracts, or leave out what they lack.")
    lines += [f"- Find a source for this point of the brief: “{escaped(point)}”." for point in missing_points]
    if covered:
        lines.append("- Put the extracts into your own words, and keep their citations.")
    return "To do before this can become an article:\n\n" + "\n".join(lines)


def description(topic: str, headings: int, quotes: int, sources: int) -> str:
    """121 to 156 characters, unless the topic is too short for it."""
    about = _shortened(topic, 70)
    start = f"{about} A" if about.endswith(("?", "!", ".", "…")) else f"{about}: a"
    text = f"{start} source brief of {counted(quotes, 'extract')} from {counted(sources, 'source')}"
    for tail in (
        f" under {counted(headings, 'heading')}",
        ", each quoted word for word",
        ", each with its citation",
        ", to write from",
    ):
        if len(text) + 1 < _FEWEST and len(text) + len(tail) + 1 <= _MOST:
            text += tail
    return f"{text}."


def _shortened(text: str, length: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
