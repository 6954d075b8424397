"""What a source is called until its file says better."""

import re
from pathlib import PurePath

MAX_TITLE = 200


def title_from(filename: str) -> str:
    """“annual_report-2024.pdf” → “annual report 2024”: the name alone, without folders."""
    stem = PurePath(filename.replace("\\", "/")).stem
    return tidy(re.sub(r"[_\-]+", " ", stem)) or "Untitled"


def tidy(title: str) -> str:
    """One line of printable text, at most 200 characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in title).split())
    return line if len(line) <= MAX_TITLE else line[: MAX_TITLE - 1].rstrip() + "…"


def first_line(text: str) -> str:
    """What a pasted text may be called: its first line with a letter in it, cut after 80 characters at a word."""
    line = next((tidy(line.lstrip("# ")) for line in text.splitlines() if any(c.isalpha() for c in line)), "")
    if len(line) <= 80:
        return line or "Pasted text"
    return line[:80].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
