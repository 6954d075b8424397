"""Engines that set an article as a file of a format that Writer does not write itself."""

from typing import Protocol

from writer.domain.document_model import Article


class Typesetter(Protocol):
    def why_not(self) -> str:
        """ "" when the engine is there; else a sentence that says what is missing."""
        ...

    def typeset(self, article: Article) -> bytes:
        """The file. Raises ExportFailed."""
        ...
