from __future__ import annotations

import platform
import sys
from types import SimpleNamespace

import pytest
import torch

from segstudio.runs.recipe import Recipe
from segstudio.training.devices import (
    float32_products,
    is_device_failure,
    is_out_of_memory,
    keep_freed_memory,
    told_of_little_memory,
)

CPU = torch.device("cpu")
STEP_BYTES = 80 << 20


def faults_of_a_step() -> int:
    """Return how many pages the system had to give while a step's memory was taken and freed."""
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    parts = [torch.ones(STEP_BYTES // 40, dtype=torch.float32) for _ in range(10)]
    del parts
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@pytest.mark.skipif(sys.platform != "linux" or platform.libc_ver()[0] != "glibc", reason="glibc only")
def test_the_memory_of_a_step_serves_the_next_one() -> None:
    assert keep_freed_memory(CPU)
    for _ in range(3):  # it takes what malloc has free in smaller pieces, too
        faults_of_a_step()
    assert faults_of_a_step() < STEP_BYTES / 4096 / 10


def test_a_gpu_has_memory_of_its_own() -> None:
    assert not keep_freed_memory(torch.device("cuda"))


@pytest.mark.parametrize("name", ["MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"])
def test_what_the_environment_says_holds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "65536")
    assert not keep_freed_memory(CPU)


@pytest.mark.parametrize(
    ("device", "free", "processes", "is_told"),
    [
        ("cpu", 100e9, 1, False),
        ("cpu", 1e9, 1, True),
        ("cpu", 5e9, 1, False),
        ("cpu", 5e9, 4, True),
        ("cuda", 1e9, 1, False),
    ],
)
def test_a_step_that_needs_more_memory_than_is_free_is_told(
    device: str, free: float, processes: int, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "segstudio.training.devices.psutil.virtual_memory", lambda: SimpleNamespace(available=free)
    )
    recipe = Recipe(head="lraspp_mobilenet_v3_large", crop_px=512)
    told = told_of_little_memory(recipe, torch.device(device), crops=8, processes=processes)
    assert bool(told) is is_told
    if told:
        assert f"{free / 1e9:.1f} GB are free" in told


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segstudio.training.devices.ctypes.CDLL", lambda _name: object())
    assert not keep_freed_memory(CPU)


@pytest.mark.parametrize(
    ("error", "device", "memory"),
    [
        (RuntimeError("CUDA error: unspecified launch failure"), True, False),
        (
            RuntimeError("CUDA error: device-side assert triggered\nCUDA kernel errors might be …"),
            True,
            False,
        ),
        (RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), True, False),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`"), False, True),
        (RuntimeError("CUDA error: out of memory"), False, True),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), False, True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False, False),
    ],
)
def test_a_device_that_fails_is_told_from_one_that_is_full(
    error: RuntimeError, device: bool, memory: bool
) -> None:
    assert (is_device_failure(error), is_out_of_memory(error)) == (device, memory)


@pytest.mark.skipif(not hasattr(torch, "AcceleratorError"), reason="an older torch")
def test_a_device_that_fails_may_have_an_error_of_its_own() -> None:
    assert is_device_failure(torch.AcceleratorError("unknown error"))


@pytest.mark.parametrize(
    ("precision", "exact"), [("fp32", (True, True)), ("tf32", (False, False)), ("bf16", None), ("auto", None)]
)
def test_float32_is_multiplied_as_the_recipe_says_and_as_before_afterwards(
    precision: str, exact: tuple[bool, bool] | None
) -> None:
    def is_exact() -> tuple[bool, bool]:
        return not torch.backends.cudnn.allow_tf32, not torch.backends.cuda.matmul.allow_tf32

    before = is_exact()
    with float32_products(precision):
        assert is_exact() == (exact or before)
    assert is_exact() == before
