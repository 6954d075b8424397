"""PDF by Typst, with the fonts that come with it and, for scripts that they lack, those of this machine."""

import json
import sys
import tempfile
import unicodedata
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from writer.domain.document_model import Article
from writer.domain.errors import ExportFailed
from writer.typesetting.children import run
from writer.typesetting.typst_source import TypstProgram

_MISSING = "PDF files need Typst, which is not installed here: pip install typst. Other formats work."
_BOX = "□"
_ROOT = str(Path(__file__).parents[2])
_MOST_BOXES = 0.2
"""Share of the text's letters: with more of them missing, a page of boxes would be no file to send."""
_TOLD = 12


class TypstTypesetter:
    def __init__(self, module: str = "typst") -> None:
        self._module = module

    def why_not(self) -> str:
        return "" if find_spec(self._module) else _MISSING

    def typeset(self, article: Article) -> bytes:
        if self.why_not():
            raise ExportFailed(_MISSING)
        with tempfile.TemporaryDirectory(prefix="writer-pdf-") as folder:
            return _Setting(Path(folder), article).done()


class _Setting:
    def __init__(self, folder: Path, article: Article) -> None:
        self._folder = folder
        self._program = TypstProgram(article)
        self._source = self._program.source()
        self._moment = str(int(article.changed_at.timestamp()))
        for name, data in self._program.pictures.items():
            (folder / name).write_bytes(data)

    def done(self) -> bytes:
        """First as a PDF for everybody (PDF/UA); where a script has no font, with boxes and a note that says so."""
        reply = self._compile(self._source, "ua-1")
        if reply["missing"]:
            source = self._boxed(reply["missing"])
            reply = self._compile(source, "ua-1")
            if reply["error"]:
                reply = self._compile(source, "")
        elif reply["error"]:
            reply = self._compile(self._source, "")
        if reply["error"]:
            raise ExportFailed(f"The PDF could not be made: {reply['error']}. The draft is as it was; try HTML.")
        return (self._folder / "main.pdf").read_bytes()

    def _compile(self, source: str, standard: str) -> dict[str, Any]:
        (self._folder / "main.typ").write_text(source, "utf-8")
        command = [sys.executable, "-m", "writer.typesetting.typst_child", str(self._folder), standard, self._moment]
        said = run(command, b"", self._folder, "PDF", PYTHONPATH=_ROOT, PYTHONUTF8="1", PYTHONDONTWRITEBYTECODE="1")
        reply: dict[str, Any] = json.loads(said)
        return reply

    def _boxed(self, missing: list[str]) -> str:
        boxes = sum(self._source.count(one) * len(one) for one in missing)
        if boxes > _MOST_BOXES * sum(character.isalpha() for character in self._source):
            raise ExportFailed(
                f"The fonts on this machine cannot set {_scripts(missing)}: install one that can, such as Noto, or "
                "take DOCX, EPUB or HTML, which use the reader's fonts."
            )
        source = self._program.source(note_of(missing))
        for one in sorted(missing, key=len, reverse=True):
            source = source.replace(one, _BOX)
        return source


def note_of(missing: list[str]) -> str:
    """By code point: the characters themselves cannot be set."""
    named = [f"U+{ord(one[0]):04X} {unicodedata.name(one[0], '')}".strip() for one in missing[:_TOLD]]
    more = f" and {len(missing) - _TOLD} more" if len(missing) > _TOLD else ""
    return f"Set as {_BOX}, since no font on the machine that made this file has it: {', '.join(named)}{more}."


def _scripts(missing: Iterable[str]) -> str:
    names = [unicodedata.name(one[0], "other").split()[0].removesuffix("-").title() for one in missing]
    return ", ".join(list(dict.fromkeys(names))[:4]).replace("Cjk", "Chinese characters (CJK)")
