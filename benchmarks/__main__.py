"""`python -m benchmarks` prints every figure; `python -m benchmarks article stop` only those of the named scripts."""

import subprocess
import sys
from itertools import dropwhile

ALL = (
    "article", "providers", "stop", "overlap", "extractive", "retrieval", "search", "reimport", "embedding",
    "citations", "startup", "kills", "hunks", "ask", "checks", "exports",
    "ingest_kills", "editor", "editor_kills", "versions", "publish", "library", "compare_routes", "downloads",
    "analytics", "metering",
    "local_generation",
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Options stand last, and go to each script that is named."""
    options = list(dropwhile(lambda argument: not argument.startswith("-"), arguments))
    names = arguments[: len(arguments) - len(options)]
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"There is no benchmark {unknown[0]}. There are: {', '.join(ALL)}.")
        return 2
    failed = 0
    for name in names or ALL:
        print(f"\n{name}", flush=True)
        # Each in a process of its own: one's imports and threads are not another's.
        failed += subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *options], check=False).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
