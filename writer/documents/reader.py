"""The reader that others use: each file is read by a child process, whose worst end is one sentence here."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from writer.documents.assembly import cleaned, placed
from writer.documents.child import OUT_OF_MEMORY
from writer.documents.language import detected, primary
from writer.documents.limits import DEFAULT_LIMITS, Limits
from writer.documents.sniffing import HEAD_BYTES, shown, sniff
from writer.domain.errors import SourceRefused
from writer.domain.kinds import SUFFIX_OF
from writer.domain.sources import Block, Document

_START_UP_SECONDS = 5
_ROOT = str(Path(__file__).parents[2])
_STATED = ("title", "authors", "published", "canonical_url")
_PASSED_ON = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "LD_LIBRARY_PATH")


class IsolatedReader:
    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits

    def read(self, path: Path, kind: str, filename: str) -> Document:
        name = shown(filename)
        self._check(path, kind, filename)
        reply = self._ask_child(path, kind, name)
        if "refused" in reply:
            raise SourceRefused(f"{name}: {reply['refused']}")
        blocks = cleaned(Block(**block) for block in reply["blocks"])
        if not any(block.kind != "heading" for block in blocks):
            raise SourceRefused(f"{name} holds no text.")
        text, found = placed(blocks)
        stated = {key: " ".join(str(reply.get(key, "")).split())[:500] for key in _STATED}
        language = primary(str(reply.get("language", ""))) or detected(text)
        return Document(blocks=found, text=text, pages=reply.get("pages", 0), language=language, **stated)

    def _check(self, path: Path, kind: str, filename: str) -> None:
        size = path.stat().st_size
        if size > self._limits.file_bytes:
            most = self._limits.file_bytes / 1e6
            raise SourceRefused(f"{shown(filename)} has {size / 1e6:.0f} MB; Writer reads up to {most:.0f} MB.")
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        sniff(filename if Path(filename).suffix else f"{filename or 'text'}{SUFFIX_OF[kind]}", head)

    def _ask_child(self, path: Path, kind: str, name: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "writer.documents.child", str(path), kind, json.dumps(asdict(self._limits))]
        # What it prints goes to a file: a pipe would have to be drained while waiting, and could be filled without end.
        with tempfile.TemporaryFile() as printed:
            try:
                ended = subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=printed,
                    stderr=subprocess.DEVNULL,
                    timeout=self._limits.seconds + _START_UP_SECONDS,
                    check=False,
                    env=_environment(),
                )
            except subprocess.TimeoutExpired as error:
                raise SourceRefused(self._too_slow(name)) from error
            if ended.returncode != 0:
                raise SourceRefused(self._why_ended(name, ended.returncode))
            printed.seek(0)
            reply: dict[str, Any] = json.load(printed)
            return reply

    def _too_slow(self, name: str) -> str:
        return f"{name} took longer than {self._limits.seconds} s to read, so reading was stopped. Split it into parts."

    def _why_ended(self, name: str, code: int) -> str:
        if code in (-9, -24):  # SIGKILL and SIGXCPU: out of processor time
            return self._too_slow(name)
        if code == OUT_OF_MEMORY or code < 0:
            return f"{name} needs more memory to read than one file may use, or is broken. Save it anew or split it."
        return f"{name} cannot be read: it is broken. Save or download it anew, then add it again."


def _environment() -> dict[str, str]:
    """Nothing secret reaches a process that handles hostile files."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**kept, "PYTHONPATH": _ROOT, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
