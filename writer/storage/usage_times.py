"""How long calls took, as histograms that can be added up: text, so that both engines join them as they are.

A bucket is 5 % wide: number n > 0 holds times from 1.05^(n-1) up to 1.05^n milliseconds, 0 what is below one. A time is
told as its bucket's geometric middle, which is at most sqrt(1.05) - 1 < 2.5 % off. A histogram is any number of entries
of 12 hexadecimal digits, four for the bucket and eight for a count; the same bucket may come again.
"""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from writer.domain.analytics import Latency

_WIDTH = math.log(1.05)
_LAST = 400  # 3.5 days


def bucket_of(milliseconds: float) -> int:
    if milliseconds < 1:
        return 0
    return min(_LAST, 1 + int(math.log(milliseconds) / _WIDTH))


def middle_of(bucket: int) -> float:
    return math.exp((bucket - 0.5) * _WIDTH) if bucket else 0.5


def packed(counts: Mapping[int, int]) -> str:
    return "".join(f"{bucket:04x}{count:08x}" for bucket, count in counts.items())


def counted(entries: str) -> Counter[int]:
    """Adds up what occurs more than once."""
    found = _counts(entries)
    return Counter({int(bucket): int(found[bucket]) for bucket in found.nonzero()[0]})


def latency(entries: str) -> Latency | None:
    """By nearest rank; None without any time."""
    if not entries:
        return None
    import numpy as np

    up_to = np.cumsum(_counts(entries))
    calls = int(up_to[-1])
    ranks = [-(-calls * percent // 100) for percent in (50, 95, 99)]
    p50, p95, p99 = (round(middle_of(int(bucket)), 3) for bucket in np.searchsorted(up_to, ranks))
    return Latency(p50, p95, p99, calls)


def _counts(entries: str) -> Any:
    import numpy as np

    pairs = np.frombuffer(bytes.fromhex(entries), np.dtype([("bucket", ">u2"), ("count", ">u4")]))
    return np.bincount(pairs["bucket"], weights=pairs["count"]).astype(np.int64)
