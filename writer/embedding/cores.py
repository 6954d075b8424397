"""How many encoders may run side by side: the physical cores that this process is given."""

import math
import os
from collections.abc import Collection
from pathlib import Path

MOST_WORKERS = 16
"""Beyond it memory bandwidth, not arithmetic, is what runs out."""

_CPUS = Path("/sys/devices/system/cpu")
_CGROUP = Path("/sys/fs/cgroup")


def worker_count(cpus: Collection[int] | None = None, topology: Path = _CPUS, cgroup: Path = _CGROUP) -> int:
    """Physical cores among `cpus` (by default those that this process may use), no more than the container's share.

    Two threads on the two halves of one core are slower than one: the arithmetic units are the same."""
    allowed = _own_cpus() if cpus is None else cpus
    cores = {_core_of(cpu, topology) for cpu in allowed}
    return max(1, min(len(cores), _quota(cgroup), MOST_WORKERS))


def _own_cpus() -> Collection[int]:
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return range(os.cpu_count() or 1)


def _core_of(cpu: int, topology: Path) -> tuple[str, str]:
    """A name that both halves of a core share; the number of the CPU where the system does not tell."""
    places = [topology / f"cpu{cpu}" / "topology" / name for name in ("physical_package_id", "core_id")]
    try:
        package, core = (place.read_text().strip() for place in places)
    except OSError:
        return "", str(cpu)
    return package, core


def _quota(cgroup: Path) -> int:
    """CPUs that the control group may use at once: "200000 100000" is two, "max" all."""
    try:
        share, period = (cgroup / "cpu.max").read_text().split()[:2]
        return math.ceil(int(share) / int(period))
    except (OSError, ValueError, ZeroDivisionError):
        return MOST_WORKERS
