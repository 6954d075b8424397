"""Engines for files that Writer does not write itself: Pandoc for Word's, Typst for PDF. Each runs as a child process
that gets a finished tree, and nothing to look up."""

from writer.typesetting.pandoc import PandocTypesetter
from writer.typesetting.typst import TypstTypesetter

__all__ = ["PandocTypesetter", "TypstTypesetter"]
