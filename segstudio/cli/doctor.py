"""`segstudio doctor`: what this machine has, what is missing, and what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal, NamedTuple

from segstudio.cli.output import JsonOption, Output
from segstudio.runs.heads import weights_folder

Verdict = Literal["ok", "hint", "problem"]

_GIGABYTE = 1_000_000_000
_LITTLE_MEMORY_GB = 4
_LITTLE_DISK_GB = 5
_QT_START_S = 60


class Answer(NamedTuple):
    """One line of the doctor's: what was looked at, how it is, and what to do if it is not well."""

    what: str
    verdict: Verdict
    found: str
    fix: str = ""


def doctor(json: JsonOption = False) -> None:
    """Check this machine: Python, torch, GPU, Qt, memory."""
    out = Output(json)
    answers = [look() for look in _LOOKS]
    out.table("", ["what", "", "found", "what to do"], [[a.what, a.verdict, a.found, a.fix] for a in answers])
    problems = sum(answer.verdict == "problem" for answer in answers)
    out.say("All is well." if not problems else f"{problems} problem{'s' if problems > 1 else ''}.")
    out.finish({answer.what: {"verdict": answer.verdict, "found": answer.found} for answer in answers})
    if problems:
        sys.exit(1)


def _python() -> Answer:
    return Answer("Python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}")


def _torch() -> Answer:
    try:
        import torch
        import torchvision
    except (ImportError, OSError) as error:
        fix = "Install torch and torchvision of matching versions"
        return Answer("torch", "problem", f"cannot be imported ({str(error)[:80]})", fix)
    return Answer(
        "torch",
        "ok",
        f"{torch.__version__}, torchvision {torchvision.__version__}, {torch.get_num_threads()} threads",
    )


def _gpu() -> Answer:
    try:
        import torch
    except (ImportError, OSError):
        return Answer("GPU", "problem", "unknown without torch")
    if torch.cuda.is_available():
        names = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
        free, whole = torch.cuda.mem_get_info(0)
        return Answer("GPU", "ok", f"{', '.join(names)}; {free / 1e9:.1f} of {whole / 1e9:.1f} GB free")
    if torch.backends.mps.is_available():
        return Answer("GPU", "ok", "Apple GPU (mps)")
    if shutil.which("nvidia-smi"):
        fix = "Update the NVIDIA driver, or install the torch build for the driver that is there"
        return Answer("GPU", "problem", "an NVIDIA driver is there, but torch cannot use it", fix)
    return Answer("GPU", "hint", "none: training runs on the CPU", "Choose the recipe quick-cpu")


def _qt() -> Answer:
    """Start Qt in a process of its own, because a missing system library aborts the process."""
    try:
        found = version("PySide6-Essentials")
    except PackageNotFoundError:
        return Answer(
            "Qt", "problem", "PySide6-Essentials is not installed", "pip install PySide6-Essentials"
        )
    script = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    try:
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_QT_START_S,
        )
        words = "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["no message"])[-1][:100]
    except subprocess.TimeoutExpired:
        words = f"no answer within {_QT_START_S} seconds"
    if words:
        fix = "On Debian or Ubuntu run `make system`; elsewhere install Qt's system libraries"
        return Answer("Qt", "problem", f"PySide6 {found} does not start ({words})", fix)
    return Answer("Qt", "ok", f"PySide6 {found}")


def _memory() -> Answer:
    import psutil

    memory = psutil.virtual_memory()
    found = f"{memory.available / _GIGABYTE:.1f} of {memory.total / _GIGABYTE:.1f} GB free, {os.cpu_count()} cores"
    if memory.available < _LITTLE_MEMORY_GB * _GIGABYTE:
        return Answer("memory", "hint", found, "Close other programs, or lower batch_size and cache_mb")
    return Answer("memory", "ok", found)


def _disk() -> Answer:
    free = shutil.disk_usage(Path.cwd()).free
    found = f"{free / _GIGABYTE:.1f} GB free here"
    if free < _LITTLE_DISK_GB * _GIGABYTE:
        return Answer("disk", "hint", found, "Checkpoints of big heads take up to 1 GB each: make room")
    return Answer("disk", "ok", found)


def _weights() -> Answer:
    folder = weights_folder()
    files = sorted(folder.glob("*.pt*")) if folder.is_dir() else []
    found = f"{len(files)} file{'s' if len(files) != 1 else ''} in {folder}"
    if not files:
        return Answer(
            "weights", "hint", found, "segstudio weights fetch HEAD, or segstudio weights import FILE"
        )
    return Answer("weights", "ok", found)


_LOOKS: tuple[Callable[[], Answer], ...] = (_python, _torch, _gpu, _qt, _memory, _disk, _weights)
