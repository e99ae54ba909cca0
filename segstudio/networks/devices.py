"""From a device as a person names it to one that works."""

from __future__ import annotations

import re

import torch

from segstudio.errors import SegStudioError

_CUDA = re.compile(r"cuda(?::(\d+))?")


def pick_device(name: str) -> torch.device:
    """Return the device `auto`, `cpu`, `cuda`, `cuda:N` or `mps`; `auto` is the first GPU that computes, else the CPU.

    Raises SegStudioError for another name and for a GPU that is missing or does not work.
    """
    if name == "cpu":
        return torch.device("cpu")
    if name == "auto":
        first = torch.device("cuda", 0)
        return torch.device("cpu") if _fault(first) else first
    if name == "mps" and torch.backends.mps.is_available():
        return torch.device("mps")
    match = _CUDA.fullmatch(name)
    if match is None:
        what = "this machine has no device mps" if name == "mps" else f'"{name}" is no device'
        raise SegStudioError(what, fix="Say auto, cpu, cuda, cuda:N or mps")
    device = torch.device("cuda", int(match[1] or 0))
    if fault := _fault(device):
        raise SegStudioError(fault, where=name, fix="Use --device cpu, or see `segstudio doctor`")
    return device


def _fault(device: torch.device) -> str:
    """Return what is wrong with a CUDA device, or an empty string when it computes."""
    if not torch.cuda.is_available():
        return "this machine has no GPU that PyTorch can use"
    count = torch.cuda.device_count()
    if device.index >= count:
        return f"this machine has {count} GPU{'s' if count != 1 else ''}, numbered from 0"
    try:
        torch.ones(8, device=device).sum().item()
    except RuntimeError as error:  # too old or too new for this PyTorch, or taken by another process
        return f"the GPU does not compute ({str(error).splitlines()[0]})"
    return ""
