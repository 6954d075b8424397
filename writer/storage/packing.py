"""A version's sections as few bytes: whole, or as what is other than in an earlier version.

The form is stored and stays: JSON in UTF-8, compressed where that is shorter (a JSON list begins with "[", a zlib
stream never does). Operations on the base's parts make the new ones in order: `[i, j]` takes parts i to j - 1 as they
are, `[i, start, left, text]` takes part i with `text` between its first `start` and its last `left` characters, a
plain text is a new part. The whole is what nothing is the base of.
"""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from writer.domain.drafts import Section
from writer.storage.rows.base import cleaned
from writer.storage.serial import section_from_json, section_to_json

Parts = list[str]
_NOTHING_TO_TELL: Mapping[str, Any] = {"role": "body", "gap": None, "flags": [], "route": "", "state": "done"}


def part_of(section: Section) -> str:
    """One line of JSON, then the text as it is: lines of the text stay lines."""
    facts = cleaned(section_to_json(section))
    text = facts.pop("text")
    told = {name: value for name, value in facts.items() if value != _NOTHING_TO_TELL.get(name, ...)}
    return f"{json.dumps(told, ensure_ascii=False, separators=(',', ':'))}\n{text}"


def section_of(part: str) -> Section:
    facts, _, text = part.partition("\n")
    return section_from_json({**json.loads(facts), "text": text})


def text_of(part: str) -> str:
    return part.partition("\n")[2]


def packed(base: Parts, parts: Parts) -> bytes:
    return _bytes(list(_operations(base, parts)))


def applied(base: Parts, data: bytes) -> Parts:
    parts: Parts = []
    for operation in _read(data):
        match operation:
            case str():
                parts.append(operation)
            case [int(first), int(end)]:
                parts += base[first:end]
            case [int(place), int(start), int(left), str(text)]:
                old = base[place]
                parts.append(f"{old[:start]}{text}{old[len(old) - left :]}")
    return parts


def touched(base: Parts, data: bytes, now: Parts) -> Iterator[str]:
    """The whole lines of `now` in which something came or went."""
    at = 0
    for operation in _read(data):
        match operation:
            case str():
                yield from text_of(operation).split("\n")
            case [int(first), int(end)]:
                at += end - first - 1
            case [_, int(start), int(left), str()]:
                yield from _lines_round(now[at], start, len(now[at]) - left)
        at += 1


def _lines_round(part: str, start: int, end: int) -> list[str]:
    """Those of the text that a change from `start` to `end` reaches; none where only the facts changed."""
    body = part.index("\n") + 1
    if end < body:
        return []
    begin = max(part.rfind("\n", 0, start) + 1, body)
    stop = part.find("\n", max(end, begin))
    return part[begin : stop if stop >= 0 else len(part)].split("\n")


def _operations(base: Parts, parts: Parts) -> Iterator[Any]:
    places = {part: place for place, part in reversed([*enumerate(base)])}
    of_key = {_key(part): place for place, part in enumerate(base)}
    same: list[int] | None = None
    for part in parts:
        place = places.get(part)
        if place is not None:
            if same and same[1] == place:
                same[1] += 1
                continue
            if same:
                yield same
            same = [place, place + 1]
            continue
        if same:
            yield same
        same = None
        yield _change(base, of_key.get(_key(part)), part)
    if same:
        yield same


def _key(part: str) -> str:
    return str(json.loads(part.partition("\n")[0])["key"])


def _change(base: Parts, place: int | None, part: str) -> Any:
    if place is None:
        return part
    old = base[place]
    start = _common(old, part)
    most = min(len(old), len(part)) - start
    left = _common(old[::-1][:most], part[::-1][:most])
    return [place, start, left, part[start : len(part) - left]]


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _bytes(value: Sequence[Any]) -> bytes:
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    short = zlib.compress(plain, 9)
    return short if len(short) < len(plain) else plain


def _read(data: bytes) -> Any:
    return json.loads(data if data[:1] == b"[" else zlib.decompress(data))
