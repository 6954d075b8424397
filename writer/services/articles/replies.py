"""What models answer, read with patience: fences, near-citations, JSON with words round it, gaps."""

import json
import re
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from writer.domain.citations import PASSAGE_ID, TOKEN
from writer.domain.drafting import Headline
from writer.domain.drafts import Gap

_FENCED = re.compile(r"\A\s*```[\w-]*\n(.*?)\n?```\s*\Z", re.DOTALL)
_ID = r"S\d+\.p\d+"
# "[S7.p12]", "(S7.p12)", "【S7.p12】" and "[[S7.p12], [S7.p13]]" all mean what "[[S7.p12]]" says.
_CITED = re.compile(
    rf"\[[\[ \t]*{_ID}(?:[\[\] \t,;]*{_ID})*[\] \t]*\]"
    rf"|\(\s*{_ID}(?:\s*[,;]\s*{_ID})*\s*\)"
    rf"|【\s*{_ID}(?:\s*[,;]\s*{_ID})*\s*】"
)
_CODE = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]+`)", re.DOTALL)
_MARKS = re.compile(r"(?<![\[\w])\[(?:\d{1,3}(?:\s*[,–-]\s*\d{1,3})*)\](?![\(\]])")
MOST_IDS = 3
_TRIES = 50
NOTHING_NAMED = "The sources do not hold what this section needs."


def json_in(text: str) -> Any:
    """The first JSON object in a reply, whatever stands round it; None when there is none."""
    start = text.find("{")
    for _ in range(_TRIES):
        if start < 0:
            break
        try:
            return json.JSONDecoder().raw_decode(text, start)[0]
        except (ValueError, RecursionError):
            start = text.find("{", start + 1)
    return None


def gap_in(text: str) -> Gap | None:
    """The gap that a reply declares; prose is none, even prose that quotes JSON."""
    if not _unfenced(text).startswith("{"):
        return None
    value = json_in(text)
    if not isinstance(value, dict) or value.get("status") != "insufficient":
        return None
    missing = _strings(value.get("missing"))
    return Gap(missing or (NOTHING_NAMED,), _strings(value.get("suggested_queries")))


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
    """Citations in the one form that the draft keeps, at most three ids each; foreign marks go. Code is left alone."""
    pieces = _CODE.split(text)
    pieces[::2] = [_MARKS.sub("", _CITED.sub(_token, piece)) for piece in pieces[::2]]
    return "".join(pieces)


def near_citations(text: str) -> str:
    """Citations that are nearly in the draft's form put into it. Whole tokens, code and everything else stay."""
    pieces = _CODE.split(text)
    pieces[::2] = [_CITED.sub(lambda m: m[0] if TOKEN.fullmatch(m[0]) else _token(m), piece) for piece in pieces[::2]]
    return "".join(pieces)


def _token(found: re.Match[str]) -> str:
    ids = list(dict.fromkeys(match.group(0) for match in PASSAGE_ID.finditer(found.group(0))))
    return f"[[{', '.join(ids[:MOST_IDS])}]]"


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
