"""RTF: its text by striprtf, and from the lines of it headings, lists and tables."""

import re
from itertools import groupby

from writer.documents.plain import level_of, looks_like_heading
from writer.documents.reading import Reading, stated_title
from writer.domain.errors import SourceRefused
from writer.domain.sources import Block

_PICTURES = re.compile(r"\{\\(?:\*\\shppict|pict|\*\\themedata|\*\\datastore|\*\\blipuid)[^{}]*\}")
_STATED = r"\{\\(?:\*\\)?%s\s+([^{}\\]{1,300})\}"
_MADE = re.compile(r"\{\\(?:revtim|creatim)\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_ITEM = re.compile(r"\s*(?:•\s*|[-*·–]\s+|\d{1,3}[.)]\s+)\S")


def read_rtf(data: bytes) -> Reading:
    from striprtf.striprtf import rtf_to_text

    if not data.lstrip()[:5].startswith(b"{\\rtf"):
        raise SourceRefused("The file is not RTF, whatever its name says.")
    written = _PICTURES.sub("", data.decode("latin-1"))
    if written.count("}") < written.count("{") / 2:
        raise SourceRefused("The file is cut off: much of what it opens it never closes. Save or download it anew.")
    text = rtf_to_text(written, encoding="cp1252", errors="replace")
    blocks = list(_merged([_block(line) for line in text.splitlines() if line.strip(" \t|")]))
    made = _MADE.search(written)
    day = f"{made.group(1)}-{int(made.group(2)):02}-{int(made.group(3)):02}" if made else ""
    return Reading(blocks, stated_title(_told(written, "title"), blocks), _told(written, "author"), day)


def _told(written: str, what: str) -> str:
    found = re.search(_STATED % what, written[:100_000])
    return " ".join(found.group(1).split()) if found else ""


def _block(line: str) -> Block:
    if line.rstrip().endswith("|"):
        return Block("table", " | ".join(cell.strip() for cell in line.rstrip().rstrip("|").split("|")))
    if _ITEM.match(line):
        return Block("list", line.strip())
    if looks_like_heading(line):
        return Block("heading", line.strip(), level=level_of(line))
    return Block("paragraph", line.strip())


def _merged(blocks: list[Block]) -> list[Block]:
    found: list[Block] = []
    for kind, alike in groupby(blocks, key=lambda block: block.kind):
        group = list(alike)
        joined = kind in ("list", "table")
        found += [Block(kind, "\n".join(block.text for block in group))] if joined else group
    return found
