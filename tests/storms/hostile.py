"""Inputs that are broken or made to do harm: mutations of good files, and what a reader of them is."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ELSEWHERE = "/etc/passwd"
"""Stands for a file that is none of the reader's business; a real one, that may be lost, is put in its place."""

_MOST_BYTES = 300_000
_TEXTS: tuple[bytes, ...] = (
    b'"',
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"[" * 100_000,
    b'{"a":' * 20_000,
    b"<a>" * 20_000,
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>',
    b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    b'<?xml version="1.0" encoding="utf-7"?>',
    b"1e999",
    b"-1",
    b"NaN",
    b"Infinity",
    b"9" * 400,
    b"9" * 5000,
    b"99999999999999999999999999",
    b"0.0000000000000001",
    b"0001-01-01T00:00:00+00:00",
    b"9999-12-31T23:59:59-23:59",
    b"\\ud800",
    b"../../../../etc/passwd",
    b"/etc/passwd",
    b"C:\\CON",
    b"null",
    b"true",
    b"A" * 70_000,
    "ß\u202e\u0000".encode(),
)
_VALUES: tuple[object, ...] = (
    None,
    True,
    -1,
    0,
    256,
    2**31,
    2**63,
    10**30,
    10**400,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "x" * 5000,
    "0001-01-01T00:00:00+00:00",
    "9999-12-31T23:59:59-23:59",
    "../../out",
    "../../../../../../out",
    "/etc/passwd",
    "a/../../out",
    "\ud800",
    "\x00",
    [],
    {},
    [[[[]]]],
    {"a": {"a": {}}},
)


@dataclass(frozen=True, slots=True)
class Reader:
    """What is read: `seeds` are good inputs, `read` takes one that may be bad and a folder that is its own.

    `mend` puts the checksums of a bad input right, so that not only they are looked at. Of a round each reader gets
    `share` inputs.
    """

    name: str
    seeds: tuple[bytes, ...]
    read: Callable[[bytes, Path], object]
    mend: Callable[[bytes], bytes] | None = None
    share: int = 1


def mutated(data: bytes, others: Sequence[bytes], dice: random.Random, *, elsewhere: str) -> bytes:
    """Return the input with a few things wrong; what would reach elsewhere reaches for the file `elsewhere`."""
    if dice.random() < 0.4:
        changed = _with_another_value(data, dice)
        if changed is not None:
            return changed.replace(ELSEWHERE.encode(), elsewhere.encode())
    for _ in range(dice.choice((1, 1, 2, 4, 8))):
        data = _once(data, others, dice)
    return data[:_MOST_BYTES].replace(ELSEWHERE.encode(), elsewhere.encode())


def _once(data: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    at = dice.randrange(len(data) + 1)
    to = min(len(data), at + dice.choice((1, 4, 20, 400)))
    other = dice.choice(others)
    start = dice.randrange(len(other) + 1)
    ways = (
        data[:at],
        data[:at] + data[to:],
        data[:to] + data[at:],
        data[:at] + dice.choice(_TEXTS) + data[at:],
        data[:at] + dice.choice(_TEXTS) + data[to:],
        data[:at] + other[start : start + dice.choice((4, 100, 2000))] + data[to:],
        data[:at] + dice.randbytes(to - at) + data[to:],
        data[:at] + bytes([dice.choice((0, 1, 127, 128, 255))]) * (to - at) + data[to:],
    )
    return dice.choice(ways)


def _with_another_value(data: bytes, dice: random.Random) -> bytes | None:
    """Put something of another kind at a random place of a JSON text; None where it is none."""
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        return None
    places: list[tuple[object, object]] = []

    def walk(node: object) -> None:
        pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, value in pairs:
            places.append((node, key))
            walk(value)

    walk(whole)
    if not places:
        return None
    node, key = dice.choice(places)
    chance = dice.random()
    if chance < 0.2:
        del node[key]  # type: ignore[attr-defined]
    elif chance < 0.3 and isinstance(node, dict):
        node[dice.choice([value for value in _VALUES if isinstance(value, str)])] = node.pop(key)
    else:
        node[key] = dice.choice(_VALUES)  # type: ignore[index]
    return json.dumps(whole).encode("utf-8", "surrogatepass")


def written(data: bytes, folder: Path, name: str) -> Path:
    """Write an input as the file `name` of a folder; returns where it lies."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
