"""How busy a GPU of this machine is, told without torch."""

from __future__ import annotations

import re
import shutil
import subprocess

_TIMEOUT_S = 5


def gpu_use(device: str) -> float | None:
    """Return how busy `cuda:N …` is in percent, or None where nobody can tell."""
    program = shutil.which("nvidia-smi")
    number = re.match(r"cuda:(\d+)", device)
    if program is None:
        return None
    index = number[1] if number else "0"
    words = [program, f"--id={index}", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(words, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S)
        return float(told.stdout.strip()) if told.returncode == 0 else None
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
