"""How a training uses its device: number format, loader processes, memory."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import torch

from segstudio.counting import sized
from segstudio.errors import SegStudioError
from segstudio.runs.heads import head_named
from segstudio.runs.recipe import Recipe

_MEGABYTE = 1_000_000
_MOST_WORKERS = 8

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""What glibc's malloc.h calls M_TRIM_THRESHOLD and M_MMAP_THRESHOLD."""

_DEVICE_FAILURES = ("cuda error", "hip error", "cudnn error", "cublas error", "cuda driver error")
"""How the errors of torch begin in which a GPU has failed."""


def autocast_dtype(precision: str, device: torch.device) -> torch.dtype | None:
    """Return the number format of the forward pass, None for float32.

    `auto` takes bf16 on a GPU that computes in it, fp16 on an older one, and float32 elsewhere. tf32 is float32 too:
    see `float32_products`. Raises SegStudioError for fp16 on a CPU, where it is slower and loses gradients, and for tf32
    there.
    """
    if precision in ("fp16", "tf32") and device.type == "cpu":
        raise SegStudioError(f"{precision} needs a GPU", fix="Use --set precision=auto, or bf16")
    match precision:
        case "fp32" | "tf32":
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


def worker_count(recipe: Recipe, device: torch.device, *, sharers: int = 1) -> int:
    """Return how many processes prepare crops: on a CPU none, because they would take the cores from the
    network; beside a GPU as many as there are spare cores, up to eight. `sharers` trainings share the cores.
    """
    if recipe.workers >= 0:
        return recipe.workers
    cores = (os.cpu_count() or 1) // sharers
    return 0 if device.type == "cpu" else max(0, min(_MOST_WORKERS, cores - 1))


def told_of_little_memory(recipe: Recipe, device: torch.device, *, crops: int, processes: int = 1) -> str:
    """Return a warning where steps of `crops` crops need more memory than this computer has free; nothing where they do not.

    On a GPU a step that is too large fails and is tried with fewer crops. A processor's system may promise memory that it
    does not have, and end the program in the middle of the step.
    """
    if device.type != "cpu":
        return ""
    values = 1 if recipe.optimizer == "sgd" else 2
    head = head_named(recipe.head)
    needed = processes * head.training_bytes(
        batch_size=crops, crop_px=recipe.crop_px, optimizer_values=values
    )
    free = psutil.virtual_memory().available
    if needed <= free:
        return ""
    return (
        f"A step needs about {sized(needed)} of memory, and {sized(free)} are free: the system may end this training."
        " A smaller batch_size (with accumulate for the same step) or crop_px needs less."
    )


def keep_freed_memory(device: torch.device) -> bool:
    """Have glibc keep the memory that a step frees for the next one; tell whether it does.

    Else it gives most of it back, and the system clears it page by page when the next step asks for it: a sixth of a step of
    a small network on a processor. It is for the whole process, which then stays as large as its largest step. What the
    environment says of it (`MALLOC_MMAP_THRESHOLD_`, `MALLOC_TRIM_THRESHOLD_`) holds.
    """
    if device.type != "cpu" or {"MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"} & os.environ.keys():
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):  # another C library, or Windows
        return False
    return bool(mallopt(_MMAP_THRESHOLD, 1 << 30) and mallopt(_TRIM_THRESHOLD, (1 << 31) - 1))


@contextmanager
def deterministic(wanted: bool) -> Iterator[None]:
    """While the block runs, take operations that give the same each time, where a GPU has any; the rest warns."""
    if not wanted:
        yield
        return
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS reads it at its first use
    before = torch.are_deterministic_algorithms_enabled(), torch.backends.cudnn.benchmark
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before[0])
        torch.backends.cudnn.benchmark = before[1]


@contextmanager
def float32_products(precision: str) -> Iterator[None]:
    """While the block runs, a GPU multiplies float32 as `precision` says: fp32 exactly, tf32 with factors of 10 bits.

    TF32 is what the tensor cores of NVIDIA's GPUs from Ampere on take; others compute exactly. Any other format leaves
    what torch does by itself, TF32 for convolutions alone.
    """
    if precision not in ("fp32", "tf32"):
        yield
        return
    convolutions, matrices = torch.backends.cudnn, torch.backends.cuda.matmul
    before = convolutions.allow_tf32, matrices.allow_tf32
    convolutions.allow_tf32 = matrices.allow_tf32 = precision == "tf32"
    try:
        yield
    finally:
        convolutions.allow_tf32, matrices.allow_tf32 = before


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether memory is what lacked. There is no common type for it: torch's allocator, oneDNN and OpenCV raise plain
    errors on the CPU.

    What oneDNN cannot create was created in the steps before, for the same network and sizes: memory is what lacked.
    """
    words = str(error).lower()
    told = (
        "out of memory",
        "can't allocate memory",
        "insufficient memory",
        "bad_alloc",
        "could not create a",
        "alloc_failed",  # cuBLAS and cuDNN
    )
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or any(each in words for each in told)


def is_device_failure(error: BaseException) -> bool:
    """Tell whether a GPU, its driver or a calculation on it has failed, for another reason than memory: in this process
    nothing can be calculated there any more, and what lies there may be wrong. Older versions of torch have no type for it.
    """
    kind = getattr(torch, "AcceleratorError", None)
    is_told = str(error).lower().startswith(_DEVICE_FAILURES)
    return not is_out_of_memory(error) and (is_told or (kind is not None and isinstance(error, kind)))


def is_untranslatable(error: BaseException) -> bool:
    """Tell whether torch.compile could not translate a network: for want of a C++ compiler or of Triton, for example."""
    compiling = sys.modules.get("torch._dynamo.exc")  # there is no public name for it
    return compiling is not None and isinstance(error, compiling.TorchDynamoException)


def memory_mb(device: torch.device) -> float:
    """Return the most memory that torch has held on the device, or the process's own on a CPU, in MB."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / _MEGABYTE
    import psutil

    return float(psutil.Process().memory_info().rss / _MEGABYTE)


def memory_total_mb(device: torch.device) -> float:
    """Return the memory that the device has, or the machine on a CPU, in MB."""
    if device.type == "cuda":
        return torch.cuda.get_device_properties(device).total_memory / _MEGABYTE
    import psutil

    return float(psutil.virtual_memory().total / _MEGABYTE)


def device_name(device: torch.device) -> str:
    """Return the device in words, such as `cuda:0 (NVIDIA …)`."""
    if device.type == "cuda":
        return f"{device} ({torch.cuda.get_device_name(device)})"
    return str(device)
