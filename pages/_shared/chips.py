"""What the check says of each sentence, at its end in the reading view: words and colour, never colour alone."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pages._shared.text import Colour, shortened
from writer.domain.claims import Claim, ClaimStatus
from writer.domain.drafts import Section
from writer.domain.sources import Passage
from writer.security.render import as_html, plain
from writer.services.claims.service import notes

LOOKS: dict[ClaimStatus, tuple[str, Colour]] = {
    ClaimStatus.SUPPORTED: (":material/check:", "green"),
    ClaimStatus.WEAK: (":material/help:", "orange"),
    ClaimStatus.NOT_FOUND: (":material/error:", "red"),
    ClaimStatus.UNCITED: (":material/format_quote:", "violet"),
    ClaimStatus.BROKEN: (":material/link_off:", "red"),
    ClaimStatus.UNCHECKED: (":material/hourglass_empty:", "gray"),
}
# Characters for private use: the renderer lets them through, and a text that holds them itself gets no chips.
_OPEN, _CLOSE = "\ue0f0", "\ue0f1"
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")


class Chips:
    """`marked` is rendered, then `drawn` puts a chip in the place of each mark: no text becomes HTML here but what
    `as_html` has escaped."""

    def __init__(self, claims: Sequence[Claim], passages: Mapping[str, Passage]) -> None:
        self._claims = claims
        self._passages = passages

    @property
    def waiting(self) -> bool:
        return any(claim.status is ClaimStatus.UNCHECKED for claim in self._claims)

    @property
    def cards(self) -> list[dict[str, Any]]:
        return [self._card(claim) for claim in self._claims]

    def marked(self, section: Section) -> str:
        text = section.text
        if _OPEN in text or _CLOSE in text:
            return text
        ends = [(c.end, n) for n, c in enumerate(self._claims) if c.section_key == section.key and _fits(c, text)]
        for end, number in sorted(ends, reverse=True):
            text = f"{text[:end]}{_OPEN}{number}{_CLOSE}{text[end:]}"
        return text

    def drawn(self, html: str) -> str:
        return _MARK.sub(lambda match: self._chip(int(match.group(1))), html)

    def _chip(self, number: int) -> str:
        if number >= len(self._claims):
            return ""
        claim = self._claims[number]
        return (
            f' <button type="button" class="claim {claim.status.name.lower()}" data-claim="{number}" '
            f'aria-expanded="false" title="{as_html(told(claim), 600)}">{as_html(words_of(claim))}</button>'
        )

    def _card(self, claim: Claim) -> dict[str, Any]:
        passage = self._passages.get(claim.verdict.quote_passage)
        return {
            "status": words_of(claim),
            "notes": [plain(note, 400) for note in notes(claim)],
            "title": plain(passage.source_title) if passage else "",
            "where": passage.id if passage else "",
            "quote": split_at(passage.text, claim.verdict.quote) if passage else [],
        }


def words_of(claim: Claim) -> str:
    return f"{claim.status}, source changed" if claim.changed else claim.status.value


def told(claim: Claim) -> str:
    """The tooltip: reasons, then the source sentence."""
    quote = f"{claim.verdict.quote_passage}: “{shortened(claim.verdict.quote, 240)}”" if claim.verdict.quote else ""
    return " ".join(filter(None, (*notes(claim), quote))) or words_of(claim)


def split_at(text: str, sentence: str) -> list[str]:
    """The text before the sentence, the sentence, and the text after; white space may differ."""
    pattern = r"\s+".join(map(re.escape, sentence.split()))
    found = re.search(pattern, text) if pattern else None
    return [text[: found.start()], found.group(0), text[found.end() :]] if found else [text, "", ""]


def _fits(claim: Claim, text: str) -> bool:
    return text[claim.start : claim.end] == claim.sentence
