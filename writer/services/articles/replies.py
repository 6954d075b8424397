"""What models answer, read with patience: fences, near-citations, JSON with words round it, gaps."""

import json
import re
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from writer.domain.citations import PASSAGE_ID, TOKEN, ids_of
from writer.domain.drafting import Headline
from writer.domain.drafts import Gap

_FENCED = re.compile(r"\A\s*```[\w-]*\n(.*?)\n?```\s*\Z", re.DOTALL)
_ID_LIST = r"S\d+\.p\d+(?:\s*[,;]\s*S\d+\.p\d+)*"
# "[S7.p12]", "(S7.p12)", "【S7.p12】" and "[[S7.p12], [S7.p13]]" mean what "[[S7.p12]]" says.
_NEARLY = re.compile(rf"(?<!\[)\[({_ID_LIST})\](?!\])|\(({_ID_LIST})\)|【({_ID_LIST})】|\[\[({_ID_LIST})\](?!\])")
_PAIRS = re.compile(r"\[\[?S\d+\.p\d+\]?(?:\s*[,;]\s*\[?S\d+\.p\d+\]?)+\]")
_NEIGHBOURS = re.compile(rf"\[\[({_ID_LIST})\]\]\s*\[\[({_ID_LIST})\]\]")
_MARKS = re.compile(r"(?<![\[\w])\[(?:\d{1,3}(?:\s*[,–-]\s*\d{1,3})*)\](?![\(\]])")
MOST_IDS = 3


def json_in(text: str) -> Any:
    """The first JSON object in a reply, whatever stands round it; None when there is none."""
    start = text.find("{")
    while start >= 0:
        try:
            value, _ = json.JSONDecoder().raw_decode(text, start)
        except (ValueError, RecursionError):
            start = text.find("{", start + 1)
        else:
            return value
    return None


def gap_in(text: str) -> Gap | None:
    """The gap that a reply declares; prose is none, even prose that quotes JSON."""
    if not _unfenced(text).startswith("{"):
        return None
    value = json_in(text)
    if not isinstance(value, dict) or value.get("status") != "insufficient":
        return None
    missing = _strings(value.get("missing"))
    return Gap(
        missing or ("The sources do not hold what this section needs.",), _strings(value.get("suggested_queries"))
    )


def _strings(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    return tuple(" ".join(item.split())[:300] for item in items if isinstance(item, str) and item.strip())[:10]


def _unfenced(text: str) -> str:
    fenced = _FENCED.match(text)
    return (fenced.group(1) if fenced else text).strip()


def prose_in(text: str, heading: str = "") -> str:
    """Section text as the draft keeps it: no fence round it, not its own heading, citations as tokens."""
    fenced = _FENCED.match(text)
    if fenced and "```markdown" in text[:20].lower():
        text = fenced.group(1)
    lines = text.strip().splitlines()
    if lines and _is_heading(lines[0], heading):
        lines = lines[1:]
    # The article's own headings are of level 2: a section's may only stand below them.
    lines = [re.sub(r"^#{1,2}(?=\s)", "###", line) for line in _outside_code(lines)]
    return cited("\n".join(lines).strip())


def _outside_code(lines: list[str]) -> list[str]:
    inside, shown = False, []
    for line in lines:
        inside ^= line.lstrip().startswith("```")
        shown.append(f" {line}" if inside and re.match(r"#{1,2}\s", line) else line)
    return shown


def _is_heading(line: str, heading: str) -> bool:
    bare = line.strip().lstrip("#").strip(" *")
    return bool(heading) and bare.casefold() == heading.casefold()


def cited(text: str) -> str:
    """Citations in the one form that the draft keeps, at most three ids each; foreign marks go."""
    text = _PAIRS.sub(
        lambda found: f"[[{', '.join(match.group(0) for match in PASSAGE_ID.finditer(found.group(0)))}]]", text
    )
    text = _NEARLY.sub(lambda found: f"[[{next(group for group in found.groups() if group)}]]", text)
    text = _MARKS.sub("", text)
    text = re.sub(r"\]\](\]+)", "]]", text)
    while _NEIGHBOURS.search(text):
        text = _NEIGHBOURS.sub(lambda two: f"[[{two.group(1)}, {two.group(2)}]]", text)
    return TOKEN.sub(lambda token: f"[[{', '.join(list(dict.fromkeys(ids_of(token.group(1))))[:MOST_IDS])}]]", text)


class _HeadlineReply(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)
    title: str
    description: str = ""


def headline_in(text: str) -> Headline | None:
    """None when the reply holds no title."""
    try:
        reply = _HeadlineReply.model_validate(json_in(text))
    except ValidationError:
        return None
    title = _line(reply.title)
    return Headline(title, _line(reply.description)) if title else None


def _line(text: str) -> str:
    return " ".join(TOKEN.sub(" ", text).split()).strip(' "“”#*')
