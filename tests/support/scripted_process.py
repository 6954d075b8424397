"""The scripted server in a process of its own: its CPU time and its death are then not the test's."""

import json
import subprocess
import sys
import urllib.request
from typing import Any, Self

from tests.support.scripted_replies import Asked

WAITING_S = 60.0


class ServerProcess:
    """The same server in a process of its own; `script` is a name of NAMED or "module:attribute"."""

    def __init__(self, script: str = "reply", port: int = 0) -> None:
        command = [sys.executable, "-m", "tests.support.scripted_server", "--port", str(port), "--script", script]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.root = self._process.stdout.readline().strip()
        self.url = f"{self.root}/v1"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def requests(self) -> list[Asked]:
        return [Asked(**record) for record in self._own("requests")]

    def release(self) -> None:
        self._own("release")

    def forget(self) -> None:
        self._own("forget")

    def _own(self, what: str) -> Any:
        with urllib.request.urlopen(f"{self.root}/_scripted/{what}", timeout=WAITING_S) as reply:
            return json.load(reply)
