"""How engines are run: no secrets in their environment, a folder of their own, and an end."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from writer.domain.errors import ExportFailed

SECONDS = 60
_PASSED_ON = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "LD_LIBRARY_PATH")


def run(command: Sequence[str], given: bytes, folder: Path, what: str, **environment: str) -> bytes:
    """What the child printed. `folder` is its home and working directory."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        ended = subprocess.run(
            command,
            input=given,
            capture_output=True,
            timeout=SECONDS,
            cwd=folder,
            env={**kept, "HOME": str(folder), "LANG": "C.UTF-8", **environment},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ExportFailed(
            f"Making the {what} took longer than {SECONDS} s and was stopped. The draft is as it was; "
            "try a shorter one, or another format."
        ) from error
    except OSError as error:
        raise ExportFailed(f"The {what} cannot be made: the engine does not start ({error.strerror}).") from error
    if ended.returncode != 0:
        raise ExportFailed(f"The {what} could not be made: the engine gave up. The draft is as it was; try HTML.")
    return ended.stdout
