"""The library of drafts: finding, placing, changing many at once, days, titles that are taken twice."""

from writer.services.library.service import Entry, Found, Library, Packed
from writer.services.library.titles import TitleIndex

__all__ = ["Entry", "Found", "Library", "Packed", "TitleIndex"]
