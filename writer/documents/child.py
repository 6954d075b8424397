"""`python -m writer.documents.child PATH KIND LIMITS`: read one hostile file and print what it holds as JSON.

Runs under limits that it sets on itself before it touches the file. Imports little: it starts for each file.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from writer.documents.limits import Limits
from writer.documents.plain import decoded, read_plain
from writer.documents.reading import Reading, stated_title
from writer.domain.errors import SourceRefused
from writer.domain.kinds import WHOLE_PAGE

OUT_OF_MEMORY = 3
TOO_LONG = "The file holds more text than Writer reads in one piece. Split it first."


def restrict(limits: Limits) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the parent's timeout still holds
        return
    for what, most in ((resource.RLIMIT_AS, limits.memory_bytes), (resource.RLIMIT_CPU, limits.seconds)):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(path: Path, kind: str, limits: Limits) -> Reading:
    match kind:
        case "pdf":
            from writer.documents.pdf import read_pdf

            pdf = read_pdf(path, limits)
            return Reading(pdf.blocks, pdf.title or stated_title("", pdf.blocks), pdf.authors, pages=pdf.pages)
        case "docx":
            from writer.documents.docx import read_docx

            return read_docx(path, limits)
        case "odt":
            from writer.documents.odt import read_odt

            return read_odt(path, limits)
        case "epub":
            from writer.documents.epub import read_epub

            return read_epub(path, limits)
        case "rtf":
            from writer.documents.rtf import read_rtf

            return read_rtf(path.read_bytes())
    return _read_text(path.read_bytes(), kind, limits)


def _read_text(data: bytes, kind: str, limits: Limits) -> Reading:
    if kind in ("html", WHOLE_PAGE):
        from writer.documents.web_page import decoded_page, read_page

        return read_page(_bounded(decoded_page(data), limits), whole=kind == WHOLE_PAGE)
    text = _bounded(decoded(data), limits)
    if kind == "csv":
        from writer.documents.csv_table import read_csv

        return Reading(read_csv(text, limits))
    if kind == "text":
        return Reading(read_plain(text))
    from writer.documents.marked import read_markdown

    matter, blocks = read_markdown(text)
    return Reading(blocks, matter.title or stated_title("", blocks), matter.authors, matter.published)


def _bounded(text: str, limits: Limits) -> str:
    if len(text) > limits.characters:
        raise SourceRefused(TOO_LONG)
    return text


def _reply(reading: Reading, limits: Limits) -> dict[str, Any]:
    """What came out may be longer than what went in: packed files are."""
    if sum(len(block.text) for block in reading.blocks) > limits.characters:
        raise SourceRefused(TOO_LONG)
    return asdict(reading)


def main(path: str, kind: str, limits_as_json: str) -> int:
    limits = Limits(**json.loads(limits_as_json))
    restrict(limits)
    try:
        reply = _reply(read(Path(path), kind, limits), limits)
    except SourceRefused as refusal:
        reply = {"refused": str(refusal)}
    except MemoryError:
        return OUT_OF_MEMORY
    json.dump(reply, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
