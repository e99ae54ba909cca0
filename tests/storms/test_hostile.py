"""Broken files and files made to do harm, for everything that is read: a sentence each, and nothing else.

The short form takes a few hundred inputs; `make storms` as many as SEGSTUDIO_FUZZ_INPUTS says.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from segstudio.errors import SegStudioError
from tests.storms.hostile import Reader, mutated, readers

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="what hangs is ended by a timer")

FULL = "SEGSTUDIO_FUZZ_INPUTS" in os.environ
INPUTS = int(os.environ.get("SEGSTUDIO_FUZZ_INPUTS", "260"))
SEED = int(os.environ.get("SEGSTUDIO_FUZZ_SEED", "0"))
HANG_S = 5.0
MOST_KB = 1 << 20


class Hang(BaseException):
    """It took longer than anything may; no reader catches this."""


def test_whatever_is_read_a_sentence_or_nothing(tmp_path: Path) -> None:
    """No crash, no hang (processor time), no file elsewhere, and not too much memory."""
    found = readers(tmp_path / "seeds", models=FULL)
    before, names = _resident_kb(), _names(tmp_path)
    failures: list[str] = []
    told = dict.fromkeys((reader.name for reader in found), 0)
    with _ended_when_it_hangs(), warnings.catch_warnings():
        warnings.simplefilter("error")
        for number in range(INPUTS):
            reader = found[number % len(found)]
            outcome = _tried(reader, number, tmp_path / "work")
            told[reader.name] += outcome == "told"
            if outcome not in ("told", "read"):
                failures.append(f"{reader.name}, seed {SEED}, input {number}: {outcome}")
            if len(failures) >= 20:
                break
    assert not failures, "\n".join(failures)
    assert _names(tmp_path) == names
    assert _resident_kb() - before < MOST_KB
    if FULL:
        grown = (_resident_kb() - before) / 1024
        sys.stdout.write(f"{INPUTS:,} inputs, {sum(told.values()):,} told, {grown:.0f} MB at most: {told}\n")


def _tried(reader: Reader, number: int, work: Path) -> str:
    dice = random.Random(SEED * 1_000_003 + number)
    data = mutated(dice.choice(reader.seeds), reader.seeds, dice)
    folder = work / "in"
    try:
        signal.setitimer(signal.ITIMER_PROF, HANG_S)
        reader.read(data, folder)
    except SegStudioError as error:
        return "told" if str(error) else "no words"
    except Hang:
        return "hang"
    except Exception:  # noqa: BLE001 (whatever it is, it is a fault)
        return traceback.format_exc(limit=-3)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        shutil.rmtree(work, ignore_errors=True)
    return "read"


@contextmanager
def _ended_when_it_hangs() -> Iterator[None]:
    def end(_number: int, _frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGPROF, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGPROF, before)


def _names(place: Path) -> set[str]:
    return {str(path) for path in place.rglob("*")}


def _resident_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
