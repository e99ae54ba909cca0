"""Broken files and files made to do harm, for everything that is read: a sentence each, and nothing else.

The short form takes an input or two for each reader; `make storms` as many in all as SEGSTUDIO_FUZZ_INPUTS says.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from types import FrameType

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.project.classes import ClassList
from segstudio.project.images import encode_png
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from segstudio.project.removal import remove_photos
from tests.storms.hostile import Reader, mutated
from tests.storms.hostile_files import files, models
from tests.storms.hostile_projects import projects
from tests.storms.hostile_sets import sets

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="what hangs is ended by a timer")

FULL = "SEGSTUDIO_FUZZ_INPUTS" in os.environ
INPUTS = int(os.environ.get("SEGSTUDIO_FUZZ_INPUTS", "0"))
SEED = int(os.environ.get("SEGSTUDIO_FUZZ_SEED", "0"))
ONLY = os.environ.get("SEGSTUDIO_FUZZ_ONLY", "")
"""The readers whose names have this in them; empty: all."""

HANG_S = 5.0
MOST_KB = 1 << 20
_MENDED = 0.7
_LOOK_EVERY = 1000
_MOST_FAILURES = 20


class Hang(BaseException):
    """It took longer than anything may; no reader catches this."""


@dataclass(slots=True)
class Tally:
    """What one reader was given."""

    inputs: int = 0
    told: int = 0
    slowest_s: float = 0.0
    failures: list[str] = field(default_factory=list)


def test_whatever_is_read_a_sentence_or_nothing(tmp_path: Path) -> None:
    """No crash, no hang (processor time), no file elsewhere, none of others changed, and not too much memory."""
    canary = tmp_path / "of-somebody-else.txt"
    canary.write_text("not to be touched", encoding="utf-8")
    found = [reader for reader in _readers(tmp_path / "seeds") if ONLY in reader.name]
    work = tmp_path.joinpath(*"abcdefgh")  # deep: what climbs is seen
    work.mkdir(parents=True)
    before, names, stamp = _resident_kb(), _names(tmp_path), canary.stat()
    tallies = {reader.name: Tally() for reader in found}
    with _ended_when_it_hangs(), warnings.catch_warnings():
        warnings.simplefilter("error")
        for number, reader in enumerate(islice(_in_turn(found), INPUTS or len(found))):
            _try(reader, number, work / "work", str(canary), tallies[reader.name])
            assert _same(canary.stat(), stamp), f"{reader.name}, seed {SEED}, input {number}: another file"
            if number % _LOOK_EVERY == _LOOK_EVERY - 1:
                assert _names(tmp_path) == names, f"{reader.name}, seed {SEED}, before input {number}"
            if sum(len(tally.failures) for tally in tallies.values()) >= _MOST_FAILURES:
                break
    grown_kb = _resident_kb() - before
    if FULL:
        _report(tallies, grown_kb)
    failures = [failure for tally in tallies.values() for failure in tally.failures]
    assert not failures, "\n".join(failures)
    assert _names(tmp_path) == names
    assert canary.read_text(encoding="utf-8") == "not to be touched"
    assert grown_kb < MOST_KB


def _readers(place: Path) -> Iterator[Reader]:
    place.mkdir()
    project = _project(place)
    if FULL:
        yield from models(place)
    yield from files(project, place)
    yield from sets(project, place)
    yield from projects(project, place)


def _project(place: Path) -> Project:
    """Make a project of two photos with masks, one of which was painted twice, and one in the trash."""
    project = Project.create(place / "seed", classes=ClassList.from_names(["ground", "person", "sky"]))
    rng = np.random.default_rng(0)
    mask = np.zeros((24, 32), dtype=np.uint8)
    mask[4:14, 6:20], mask[12:20, 10:30], mask[:2] = 1, 2, 255
    for key in ("a.png", "b.png", "c.png"):
        source = place / key
        source.write_bytes(encode_png(rng.integers(0, 256, (24, 32, 3), dtype=np.uint8)))
        with project.change() as change:
            change.add_photo(key, source, size=(24, 32))
            change.put_mask(key, mask)
            change.put_state(key, PhotoState(status="done", size=(24, 32), source="x", who="Anna"))
    project.write_mask(project.photo("a.png"), mask[::-1].copy())
    remove_photos(project, ["c.png"])
    return Project.open(project.folder)


def _in_turn(readers: Sequence[Reader]) -> Iterator[Reader]:
    """Yield the readers without end: of each round each has its share, spread over it."""
    longest = max(reader.share for reader in readers)
    for turn in count():
        for reader in readers:
            if turn * reader.share % longest < reader.share:
                yield reader


def _try(reader: Reader, number: int, work: Path, elsewhere: str, tally: Tally) -> None:
    dice = random.Random(SEED * 1_000_003 + number)
    data = mutated(dice.choice(reader.seeds), reader.seeds, dice, elsewhere=elsewhere)
    if reader.mend is not None and dice.random() < _MENDED:
        data = reader.mend(data)
    started = time.process_time()
    outcome = _outcome(reader, data, work)
    tally.inputs += 1
    tally.told += outcome == "told"
    tally.slowest_s = max(tally.slowest_s, time.process_time() - started)
    if outcome not in ("told", "read"):
        tally.failures.append(f"{reader.name}, seed {SEED}, input {number}: {outcome}")


def _outcome(reader: Reader, data: bytes, work: Path) -> str:
    try:
        signal.setitimer(signal.ITIMER_PROF, HANG_S)
        reader.read(data, work / "in")
    except SegStudioError as error:
        return "told" if str(error) else "no words"
    except Hang:
        return "hang"
    except Exception:  # noqa: BLE001 (whatever it is, it is a fault)
        return traceback.format_exc(limit=-6)
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


def _report(tallies: dict[str, Tally], grown_kb: int) -> None:
    for name, tally in tallies.items():
        told = f"{tally.inputs:7,} inputs, {tally.told:7,} told, slowest {tally.slowest_s:.2f} s"
        sys.stdout.write(f"{told}, {len(tally.failures)} faults: {name}\n")
    inputs, told = (sum(getattr(tally, name) for tally in tallies.values()) for name in ("inputs", "told"))
    slowest = max(tally.slowest_s for tally in tallies.values())
    sys.stdout.write(
        f"{len(tallies)} readers, seed {SEED}: {inputs:,} inputs, {told:,} told, slowest {slowest:.2f} s, "
        f"{grown_kb / 1024:.0f} MB more at most, {_resident_kb() / 1024:.0f} MB in all\n"
    )


def _names(place: Path) -> set[str]:
    return {str(path) for path in place.rglob("*")}


def _same(one: os.stat_result, other: os.stat_result) -> bool:
    return (one.st_mtime_ns, one.st_size, one.st_ino) == (other.st_mtime_ns, other.st_size, other.st_ino)


def _resident_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
