"""What reading one file may cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` bounds both CPU and wall time; `characters` bounds the text that comes out. The last five are for
    packed formats and tables: bytes of all parts and of one, unpacked; how well they may be packed; parts; rows."""

    memory_bytes: int = 1_500_000_000
    seconds: int = 60
    pages: int = 2_000
    characters: int = 20_000_000
    file_bytes: int = 50_000_000
    unpacked_bytes: int = 100_000_000
    part_bytes: int = 50_000_000
    ratio: int = 100
    entries: int = 10_000
    rows: int = 100_000


DEFAULT_LIMITS = Limits()
