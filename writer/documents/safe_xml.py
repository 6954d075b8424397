"""XML from files: no entities, nothing external."""

from typing import TYPE_CHECKING

from writer.documents.archive import BROKEN
from writer.domain.errors import SourceRefused

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def xml_of(data: bytes) -> "Element":
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(data)
    except DefusedXmlException as error:
        raise SourceRefused(
            "The file defines XML entities, which attacks do and word processors do not, so it was not read."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise SourceRefused(BROKEN) from error
    return root


def text_at(root: "Element", path: str) -> str:
    """The text of the first element there, on one line; "" when there is none."""
    return " ".join((root.findtext(path) or "").split())


def local(tag: object) -> str:
    """A tag's name without its namespace; "" for comments and the like."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
