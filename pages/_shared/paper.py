"""The reading view: the only place where HTML reaches a page, and all of it comes from the one renderer."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from pages._shared.chips import Chips, split_at
from pages._shared.text import shortened
from writer.domain.drafts import Gap, Section, SectionState
from writer.security.render import CitationView, article_html, plain, render_markdown
from writer.services.drafts import Reference

WEB = Path(__file__).parent / "web"
EDITOR = WEB / "editor"  # built from editor/, see `make editor`
Block = dict[str, Any]


@cache
def web_file(name: str) -> str:
    return (WEB / name).read_text("utf-8")


_paper = st.components.v2.component(
    "writer_paper", html='<div class="root"></div>', css=web_file("paper.css"), js=web_file("paper.js")
)


def show_paper(
    blocks: Iterable[Block],
    references: Sequence[Reference] = (),
    *,
    key: str,
    label: str,
    lead: str = "",
    chips: Chips | None = None,
) -> None:
    data = {"label": label, "lead": lead, "sections": list(blocks), "references": [_listed(r) for r in references]}
    _paper(key=key, data={**data, "claims": chips.cards if chips else []})


def section_blocks(
    sections: Iterable[Section], references: Sequence[Reference] = (), chips: Chips | None = None
) -> list[Block]:
    return [section_block(section, _views(references), chips) for section in sections]


def section_block(section: Section, views: Mapping[str, CitationView], chips: Chips | None = None) -> Block:
    text = chips.marked(section) if chips else section.text
    html = render_markdown(text, citation=views.get) if section.text.strip() else ""
    html = chips.drawn(html) if chips else html
    return {
        "heading": plain(section.heading) if section.role == "body" else "",
        "html": html,
        "gap": _gap(section.gap) if section.gap else None,
        "flags": [plain(flag, 400) for flag in section.flags],
        "empty": "" if html or section.gap else _why_empty(section.state),
    }


def text_block(text: str, heading: str = "") -> Block:
    return {"heading": plain(heading), "html": render_markdown(text)}


def post_block(html: str) -> Block:
    """What a site is sent, cleaned once more; its pictures are in it."""
    return {"heading": "", "html": article_html(html)}


def diff_block(heading: str, before: str, after: str) -> Block:
    return {"heading": plain(heading), "diff": word_changes(before, after)}


def marked_block(heading: str, text: str, sought: str, sentence: str = "") -> Block:
    """A passage as plain text, with the words that were searched for marked, or a whole sentence."""
    before, found, after = split_at(text, sentence)
    marked = f"{_words_marked(before, sought)}<mark>{escaped(found)}</mark>{_words_marked(after, sought)}"
    return {"heading": plain(heading), "html": render_markdown(marked if found else _words_marked(text, sought))}


def _words_marked(text: str, sought: str) -> str:
    words = {word.casefold() for word in re.findall(r"\w{3,}", sought)}
    pieces = re.split(r"(\w+)", text)
    return "".join(f"<mark>{p}</mark>" if _is_sought(p, words) else escaped(p) for p in pieces)


def word_changes(before: str, after: str) -> list[tuple[str, str]]:
    """Runs of equal ("="), removed ("-") and added ("+") text, cut at words."""
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    changes: list[tuple[str, str]] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            changes.append(("=", "".join(old[a:b])))
            continue
        changes += [("-", "".join(old[a:b]))] if b > a else []
        changes += [("+", "".join(new[c:d]))] if d > c else []
    return changes


def where(reference: Reference) -> str:
    passage = reference.passage
    page = f"page {passage.page}" if passage.page else ""
    return ", ".join(filter(None, (passage.published, page, passage.id)))


def _listed(reference: Reference) -> Block:
    return {
        "number": reference.number,
        "title": plain(reference.source.title),
        "where": where(reference),
        "quote": reference.passage.text,
    }


def _views(references: Sequence[Reference]) -> dict[str, CitationView]:
    return {
        r.passage.id: CitationView(
            r.number, f"{r.source.title} ({where(r)}): {shortened(r.passage.text, 200)}", f"#ref-{r.number}"
        )
        for r in references
    }


def _gap(gap: Gap) -> Block:
    return {
        "missing": [plain(text, 400) for text in gap.missing],
        "queries": [plain(text) for text in gap.suggested_queries],
    }


def _why_empty(state: SectionState) -> str:
    reasons = {
        SectionState.FAILED: "This section could not be written.",
        SectionState.STOPPED: "Stopped before it began.",
    }
    return reasons.get(state, "Nothing written yet.")


def _is_sought(piece: str, words: set[str]) -> bool:
    folded = piece.casefold()
    return any(folded == word or (len(word) > 4 and folded.startswith(word[:-1])) for word in words)


def escaped(piece: str) -> str:
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:^=&])", r"\\\1", piece)
