"""What will train here, told without torch: it must not be loaded into the window's process."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess

from segstudio.counting import counted

_TIMEOUT_S = 10


def device_text() -> str:
    """Return `GPU name · memory` for the first NVIDIA GPU, `Apple GPU`, or `CPU · cores`."""
    gpu = _first_nvidia(_ask_nvidia())
    if gpu:
        return gpu
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return "Apple GPU"
    cores = os.cpu_count() or 1
    return f"CPU · {counted(cores, 'core')}"


def _ask_nvidia() -> str:
    program = shutil.which("nvidia-smi")
    if program is None:
        return ""
    query = [program, "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _first_nvidia(answer: str) -> str:
    """Return the header's text for the first line `NVIDIA GeForce RTX 4070, 12282` (MiB); nothing for no such line."""
    lines = answer.strip().splitlines()
    name, _, memory = lines[0].rpartition(",") if lines else ("", "", "")
    if not name or not memory.strip().isdigit():
        return ""
    more = f" (+{len(lines) - 1})" if len(lines) > 1 else ""
    return f"{name.removeprefix('NVIDIA ').strip()}{more} · {int(memory) / 1024:.0f} GB"
