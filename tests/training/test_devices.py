from __future__ import annotations

import platform
import sys

import pytest
import torch

from segstudio.training.devices import keep_freed_memory

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


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segstudio.training.devices.ctypes.CDLL", lambda _name: object())
    assert not keep_freed_memory(CPU)
