"""LangChain beside Writer: an environment that sees Writer's packages and has LangChain's on top, made once."""

import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[1]
REQUIREMENTS = Path(__file__).with_name("requirements-langchain.txt")
WITHOUT = (
    "LangChain could not be installed here (python -m pip says: {said}). With a package index in reach, run again."
)


def langchain() -> Path | str:
    """The interpreter to run it with, or why there is none. Its packages never reach Writer's own environment, and
    torch stays the one that is installed."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.prefix.encode()).hexdigest()[:12]
    home = Path(tempfile.gettempdir()) / f"writer-langchain-{os.getuid()}-{digest}"
    python = home / "bin" / "python"
    if (home / "installed").is_file():
        return python
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    (ours,) = home.glob("lib/python*/site-packages")
    (ours / "writer.pth").write_text(f"{sysconfig.get_paths()['purelib']}\n", "utf-8")
    command = [str(python), "-m", "pip", "install", "--quiet", "-c", str(ROOT / "constraints.txt")]
    done = subprocess.run([*command, "-r", str(REQUIREMENTS)], capture_output=True, text=True, check=False)
    if done.returncode:
        return WITHOUT.format(said=" ".join(done.stderr.split())[-300:])
    (home / "installed").touch()
    return python


class Peer:
    """The ingestion in a process of its own, loaded before the first round. No request leaves the machine."""

    def __init__(self, python: Path, model: Path) -> None:
        quiet = {"HF_HUB_OFFLINE": "1", "LANGSMITH_TRACING": "false", "ORT_DISABLE_TELEMETRY": "1"}
        self._process = subprocess.Popen(
            [str(python), str(Path(__file__).with_name("langchain_peer.py")), str(model)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **quiet},
        )
        self._answer()

    def seconds(self, texts: list[str]) -> float:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"texts": texts}) + "\n")
        self._process.stdin.flush()
        return float(self._answer())

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the LangChain process ended")
        return line

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=30)
        if self._process.stdout is not None:
            self._process.stdout.close()
