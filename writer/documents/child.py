"""`python -m writer.documents.child PATH KIND LIMITS`: read one hostile file and print what it holds as JSON.

Runs under limits that it sets on itself before it touches the file. Imports little: it starts for each file.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from writer.documents.limits import Limits
from writer.domain.errors import SourceRefused
from writer.domain.sources import Block

OUT_OF_MEMORY = 3


def restrict(limits: Limits) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the parent's timeout still holds
        return
    for what, most in ((resource.RLIMIT_AS, limits.memory_bytes), (resource.RLIMIT_CPU, limits.seconds)):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(path: Path, kind: str, limits: Limits) -> dict[str, Any]:
    if kind == "pdf":
        from writer.documents.pdf import read_pdf

        pdf = read_pdf(path, limits)
        return _reply(pdf.blocks, title=pdf.title or _first_title(pdf.blocks), authors=pdf.authors, pages=pdf.pages)
    from writer.documents.plain import decoded, read_plain

    text = decoded(path.read_bytes())
    if len(text) > limits.characters:
        raise SourceRefused("The file holds more text than Writer reads in one piece. Split it first.")
    if kind == "text":
        return _reply(read_plain(text))
    from writer.documents.marked import read_markdown

    matter, blocks = read_markdown(text)
    title = matter.title or _first_title(blocks)
    return _reply(blocks, title=title, authors=matter.authors, published=matter.published)


def _first_title(blocks: list[Block]) -> str:
    first = next((block for block in blocks if block.kind == "heading"), None)
    return first.text if first is not None and first.level == 1 else ""


def _reply(blocks: list[Block], **stated: Any) -> dict[str, Any]:
    return {"blocks": [asdict(block) for block in blocks], **stated}


def main(path: str, kind: str, limits_as_json: str) -> int:
    limits = Limits(**json.loads(limits_as_json))
    restrict(limits)
    try:
        reply = read(Path(path), kind, limits)
    except SourceRefused as refusal:
        reply = {"refused": str(refusal)}
    except MemoryError:
        return OUT_OF_MEMORY
    json.dump(reply, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
