"""Drafts as files to take away: Markdown, and what is made of it for Word, print, e-book readers and the web."""

from writer.services.exports.citing import STYLES
from writer.services.exports.service import FORMATS, Exported, Exports, Format, filename_of

__all__ = ["FORMATS", "STYLES", "Exported", "Exports", "Format", "filename_of"]
