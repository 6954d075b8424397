import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.api.conftest import TIDES
from tests.support.data_folder import warmed
from writer.cli import main

ROOT = Path(__file__).parents[2]


@dataclass
class Terminal:
    """Runs commands in one data folder: in this process, or in one of their own."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    environ: dict[str, str]

    def __call__(self, *argv):
        """(exit code, standard output, standard error)"""
        self.capsys.readouterr()
        code = main([str(part) for part in argv])
        return code, *self.capsys.readouterr()

    def json(self, *argv):
        code, out, err = self(*argv, "--json")
        assert code == 0, err
        return json.loads(out)

    def start(self, *argv, **environ):
        return subprocess.Popen(
            [sys.executable, "-m", "writer", *map(str, argv)],
            cwd=ROOT,
            env={**os.environ, **self.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_minds_interrupts,
        )

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


def _minds_interrupts():
    """Programs that are begun in the background of a script inherit that Ctrl-C is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def terminal(tmp_path, capsys, monkeypatch):
    environ = {"WRITER_DATA_DIR": str(warmed(tmp_path / "data")), "HOME": str(tmp_path)}
    for name in list(os.environ):
        if name.startswith(("WRITER_", "OPENAI_", "GEMINI_", "GOOGLE_")):
            monkeypatch.delenv(name)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return Terminal(tmp_path, capsys, environ)


@pytest.fixture
def tides(terminal):
    return terminal.file("tides.md", TIDES)


@pytest.fixture
def brief(terminal):
    return terminal.file("brief.yaml", "topic: How tides work\nwords: 300\n")
