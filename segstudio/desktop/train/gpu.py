"""The GPUs of this machine: how many there are for a training, and how busy one is, told without torch."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

_TIMEOUT_S = 5


def gpu_count() -> int:
    """Return how many GPUs a training can have: those of the machine, or as many of them as this program may use."""
    there = gpus_listed(_asked("--list-gpus"))
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    if allowed is None:
        return there
    return min(there, len([each for each in allowed.split(",") if each.strip() not in ("", "-1")]))


def gpus_listed(told: str) -> int:
    """Return how many GPUs stand in a list with a line `GPU 0: name (UUID: …)` for each; pure."""
    return len(re.findall(r"^GPU \d+:", told, flags=re.MULTILINE))


def gpu_use(device: str) -> float | None:
    """Return how busy `cuda:N …` is in percent, or None where nobody can tell."""
    number = re.match(r"cuda:(\d+)", device)
    index = number[1] if number else "0"
    told = _asked(f"--id={index}", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits")
    try:
        return float(told.strip())
    except ValueError:
        return None


def _asked(*words: str) -> str:
    """Return what the driver's program says, nothing where there is none or it fails."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ""
    try:
        told = subprocess.run(
            [program, *words], capture_output=True, text=True, check=False, timeout=_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return told.stdout if told.returncode == 0 else ""
