"""DOCX by Pandoc. It gets its own tree as JSON, so that no text of a draft is ever read as markup, raw or otherwise."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from writer.domain.document_model import Article
from writer.domain.errors import ExportFailed
from writer.typesetting.children import run
from writer.typesetting.pandoc_tree import document_of
from writer.typesetting.reference import with_our_look

_MISSING = "Word files need Pandoc, which is not installed here: pip install pypandoc_binary. Other formats work."


@cache
def pandoc_program() -> str:
    """The one that came with the wheel, or the machine's own; "" where there is none."""
    wheel = find_spec("pypandoc")
    folders = [str(Path(place) / "files") for place in (wheel.submodule_search_locations or [])] if wheel else []
    return shutil.which("pandoc", path=os.pathsep.join(folders)) or shutil.which("pandoc") or ""


class PandocTypesetter:
    def __init__(self, program: Callable[[], str] = pandoc_program) -> None:
        self._program = program

    def why_not(self) -> str:
        return "" if self._program() else _MISSING

    def typeset(self, article: Article) -> bytes:
        if not self._program():
            raise ExportFailed(_MISSING)
        with tempfile.TemporaryDirectory(prefix="writer-docx-") as folder:
            home = Path(folder)
            look = home / "reference.docx"
            default = self._run(home, ["--print-default-data-file=reference.docx"], b"")
            look.write_bytes(with_our_look(default))
            tree = json.dumps(document_of(article)).encode()
            changed = str(int(article.changed_at.timestamp()))
            options = ["--from=json", "--to=docx", f"--reference-doc={look}", "--output=-"]
            return self._run(home, options, tree, SOURCE_DATE_EPOCH=changed)

    def _run(self, home: Path, options: Sequence[str], given: bytes, **environment: str) -> bytes:
        """In the sandbox it reads no file but those named here, and writes none; the heap has a limit, too."""
        limits = ["+RTS", "-M1G", "-RTS", "--sandbox", f"--data-dir={home}"]
        return run([self._program(), *limits, *options], given, home, "Word file", **environment)
