"""The kinds of documents that can become sources, and how files and servers name them."""

SUFFIXES = {
    ".txt": "text",
    ".text": "text",
    ".log": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdown": "markdown",
    ".pdf": "pdf",
    ".docx": "docx",
    ".odt": "odt",
    ".epub": "epub",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".rtf": "rtf",
    ".csv": "csv",
    ".tsv": "csv",
}

WHOLE_PAGE = "whole page"
"""HTML that is one text from top to bottom: readers leave nothing of it out as being beside the article."""

SUFFIX_OF = {kind: suffix for suffix, kind in reversed(SUFFIXES.items())}
"""The usual one of each kind."""

MEDIA_TYPES = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "text",
    "text/markdown": "markdown",
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/pdf": "pdf",
    "application/epub+zip": "epub",
    "application/rtf": "rtf",
    "text/rtf": "rtf",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}

READABLE = "PDF, Word (.docx), OpenDocument (.odt), EPUB, HTML, RTF, CSV, Markdown (.md) and plain text (.txt)"
