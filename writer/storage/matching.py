"""Words looked for in drafts, as a condition."""

from sqlalchemy import ColumnElement, exists, func, or_

from writer.domain.text import joined_surrogates
from writer.storage.rows import DraftRow, SectionRow


def matching(query: str) -> list[ColumnElement[bool]]:
    """Every word of the query occurs somewhere in title, headings or text. Wildcards in it are plain characters."""
    return [_mentions(word) for word in joined_surrogates(query).lower().split()]


def _mentions(word: str) -> ColumnElement[bool]:
    in_section = or_(
        func.lower(SectionRow.heading).contains(word, autoescape=True),
        func.lower(SectionRow.text).contains(word, autoescape=True),
    )
    somewhere = exists().where(SectionRow.draft_id == DraftRow.id, in_section).correlate(DraftRow)
    return or_(func.lower(DraftRow.title).contains(word, autoescape=True), somewhere)
