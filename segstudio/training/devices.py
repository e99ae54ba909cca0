"""Which device trains, and in which number format."""

from __future__ import annotations

import os

import torch

from segstudio.errors import SegStudioError
from segstudio.runs.recipe import Recipe

_MEGABYTE = 1 << 20
_MOST_WORKERS = 8


def pick_device(choice: str) -> torch.device:
    """Return the device for `auto` (the first GPU, else the CPU), `cpu`, `cuda`, `cuda:N` or `mps`.

    Raises SegStudioError for a name that is none, and for a device that this machine does not have.
    """
    if choice == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(choice)
    except RuntimeError as error:
        raise SegStudioError(f'"{choice}" is no device', fix="Use auto, cpu, cuda, cuda:N or mps") from error
    there = {
        "cpu": True,
        "cuda": torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count(),
        "mps": torch.backends.mps.is_available(),
    }
    if not there.get(device.type, False):
        raise SegStudioError(
            f"this machine has no device {choice} that torch can use",
            fix="Use --device cpu, or look at `segstudio doctor`",
        )
    return device


def autocast_dtype(precision: str, device: torch.device) -> torch.dtype | None:
    """Return the number format of the forward pass, None for float32.

    `auto` takes bf16 on a GPU that computes in it, fp16 on an older one, and float32 elsewhere. Raises
    SegStudioError for fp16 on a CPU, where it is slower and loses gradients.
    """
    if precision == "fp16" and device.type == "cpu":
        raise SegStudioError("fp16 needs a GPU", fix="Use --set precision=auto, or bf16")
    match precision:
        case "fp32":
            return None
        case "bf16":
            return torch.bfloat16
        case "fp16":
            return torch.float16
        case _ if device.type == "cuda":
            return (
                torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
            )
        case _:
            return None


def worker_count(recipe: Recipe, device: torch.device) -> int:
    """Return how many processes prepare crops: on a CPU none, because they would take the cores from the
    network; beside a GPU as many as there are spare cores, up to eight.
    """
    if recipe.workers >= 0:
        return recipe.workers
    return 0 if device.type == "cpu" else max(0, min(_MOST_WORKERS, (os.cpu_count() or 1) - 1))


def memory_mb(device: torch.device) -> float:
    """Return the most memory that torch has held on the device, or the process's own on a CPU, in MB."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / _MEGABYTE
    import psutil

    return float(psutil.Process().memory_info().rss / _MEGABYTE)


def device_name(device: torch.device) -> str:
    """Return the device in words, such as `cuda:0 (NVIDIA …)`."""
    if device.type == "cuda":
        return f"{device} ({torch.cuda.get_device_name(device)})"
    return str(device)
