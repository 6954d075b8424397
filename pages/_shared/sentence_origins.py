"""Who wrote what: every sentence marked by who or what brought it."""

from collections import Counter
from collections.abc import Iterator

import streamlit as st

from pages._shared import drawers
from pages._shared.app import current_actor, get_app
from pages._shared.paper import Block, show_paper
from pages._shared.text import ago, counted
from writer.domain.drafts import Draft, Origin, Section, VersionSummary, count_words
from writer.domain.versions import Origins
from writer.security.render import as_markdown, plain

MADE = {
    "person": "You",
    "generated": "Written",
    "suggestion": "Suggested",
    "restored": "Restored",
    "imported": "Imported",
    "copied": "Copied",
}
_LOOKS = {
    "generated": ":violet-background[written by a model or from your sources]",
    "suggestion": ":blue-background[taken from a suggestion]",
    "imported": ":orange-background[imported]",
    "copied": ":orange-background[copied from another draft]",
    "restored": ":orange-background[restored]",
}


def made_by(origin: Origin) -> str:
    who = MADE.get(origin.kind, origin.kind)
    return f"{who} by {origin.route}" if origin.route else who


def who_wrote_what(draft: Draft) -> None:
    def marked_text() -> None:
        app, actor = get_app(), current_actor()
        found = app.versions.origins(draft.id, actor)
        now = app.drafts.open(draft.id, actor)
        for line in _shares(found):
            st.caption(line)
        looks = [_LOOKS[kind] for kind in dict.fromkeys(_kinds(found)) if kind in _LOOKS]
        st.markdown(" · ".join(["Yours is not marked", *looks]))
        show_paper(
            [_block(section, found) for section in now.sections if section.text.strip()],
            key="origins:paper",
            label="Who wrote what",
        )

    drawers.show("Who wrote what", marked_text)


def _kinds(found: Origins) -> list[str]:
    return [origin.kind for sentence in found.sentences if (origin := found.origin(sentence))]


def _shares(found: Origins) -> Iterator[str]:
    words: Counter[str] = Counter()
    for sentence in found.sentences:
        origin = found.origin(sentence)
        words[made_by(origin) if origin else "Not in a version yet"] += count_words(sentence.text)
    for who, number in words.most_common():
        yield f"{as_markdown(who, 120)}: {counted(number, 'word')}, {number / max(1, words.total()):.0%}"


def _block(section: Section, found: Origins) -> Block:
    marks: list[tuple[str, str, str]] = []
    at = 0
    for sentence in found.sentences:
        if sentence.key != section.key or sentence.end > len(section.text):
            continue
        summary = found.versions.get(sentence.version or 0)
        marks.append((section.text[at : sentence.start], "", ""))
        kind = summary.origin.kind if summary else "unknown"
        marks.append((section.text[sentence.start : sentence.end], kind, _told(summary)))
        at = sentence.end
    return {"heading": plain(section.heading) if section.role == "body" else "", "marks": marks}


def _told(summary: VersionSummary | None) -> str:
    if summary is None:
        return "Not in a version yet"
    return f"{made_by(summary.origin)}, version {summary.number}, {ago(summary.created_at)}"
