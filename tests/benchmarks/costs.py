"""What a program takes that is started as a person starts it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    wall_s: float
    cpu_s: float
    peak_mb: float


# In a process of its own: one that is started by a large process counts the memory of that as its own.
_METER = """
import json, os, sys, time
began = time.perf_counter()
pid = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
took = time.perf_counter() - began
told = [took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)]
print("\\n" + json.dumps(told))
"""


def cost_of(words: list[str | Path]) -> Cost:
    """Return what a process took; it must end well."""
    told = subprocess.check_output([sys.executable, "-c", _METER, *words], text=True)
    wall, cpu, peak, status = json.loads(told.splitlines()[-1])
    assert not status
    return Cost(wall, cpu, peak)
