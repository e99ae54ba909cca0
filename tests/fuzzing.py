"""Damaging files in many ways, for the tests that give them to readers.

Ordinarily a few hundred for each reader; SEGSTUDIO_FUZZ_SECONDS gives each that long, and
SEGSTUDIO_FUZZ_REPORT names a file that is told how many. The seed of a failing input
stands in the message, and `damaged` makes of it the same bytes again.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

from segstudio.errors import SegStudioError

SECONDS = float(os.environ.get("SEGSTUDIO_FUZZ_SECONDS", "0"))
REPORT = os.environ.get("SEGSTUDIO_FUZZ_REPORT", "")
FEW = 120
SLOW_SECONDS = 5.0
"""Of the processor: the clock also counts who else is at work."""

_TOKENS = (
    *(
        b"",
        b"0",
        b"-1",
        b"1e308",
        b"-1e-308",
        b"NaN",
        b"Infinity",
        b"null",
        b"true",
        b'"',
        b"[",
        b"]",
        b"{",
        b"}",
        b",",
    ),
    *(
        b"999999999999999999999",
        b"../../../../etc/passwd",
        b"\x00",
        b"\xff\xfe",
        b"[[[[[[[[",
        b"<",
        b">",
        b"&a;",
        b"]]>",
    ),
    *(
        b"\xed\xa0\x80",
        b"4294967296",
        b"2147483647",
        b"65535",
        b"/etc/passwd",
        b"C:\\x",
        b"\\u0000",
        b"\\ud800",
        b"\n",
    ),
)


def fuzz(path: Path, content: bytes, use: Callable[[Path], object], *, few: int = FEW) -> None:
    """Write `content`, sound and then damaged, to `path` and `use` it: it is read or refused in a sentence, soon.

    Nothing else is left in the folder of `path`.
    """
    there = {one for one in path.parent.rglob("*") if one.is_file() and one != path}
    until = time.monotonic() + SECONDS
    seed = 0
    while seed < few or time.monotonic() < until:
        path.write_bytes(damaged(content, seed) if seed else content)
        started = time.process_time()
        try:
            use(path)
        except SegStudioError:
            if not seed:  # the sound file
                raise
        except Exception as error:
            raise AssertionError(f"seed {seed} of {path.name}") from error
        assert time.process_time() - started < SLOW_SECONDS, f"seed {seed} of {path.name} took too long"
        seed += 1
    assert {one for one in path.parent.rglob("*") if one.is_file() and one != path} == there
    if REPORT:
        with Path(REPORT).open("a", encoding="utf-8") as report:
            report.write(f"{path.name}: {seed} files\n")


def damaged(content: bytes, seed: int) -> bytes:
    """Return the content with one to four damages, the same for the same seed."""
    chance = random.Random(seed)
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4))):
        at = chance.randrange(len(data) + 1)
        to = min(len(data), at + chance.choice((0, 1, 1, 2, 8, 40)))
        match chance.randrange(6):
            case 0:
                data[at:to] = b""
            case 1:
                data[at:to] = chance.choice(_TOKENS)
            case 2:
                data[at:to] = chance.randbytes(to - at)
            case 3:
                data[at:at] = data[at:to] * chance.choice((1, 3, 50))
            case 4:
                del data[at:]
            case 5 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
    return bytes(data)
