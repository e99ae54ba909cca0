"""How many GPUs there are, from what the driver's program says."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from segstudio.desktop.train.gpu import gpu_count, gpu_use, gpus_listed

LIST = """GPU 0: NVIDIA A100 (UUID: GPU-1)
GPU 1: NVIDIA A100 (UUID: GPU-2)
  MIG 1g.10gb Device 0: (UUID: MIG-3)
GPU 2: NVIDIA A100 (UUID: GPU-4)
"""


def test_gpus_are_counted() -> None:
    assert (gpus_listed(LIST), gpus_listed(""), gpus_listed("No devices were found\n")) == (3, 0, 0)


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program in the driver's place, which has three GPUs, the second of them busy."""
    (tmp_path / "list").write_text(LIST, encoding="utf-8")
    program = tmp_path / "nvidia-smi"
    program.write_text(
        f'#!/bin/sh\ncase "$1" in --list-gpus) cat "{tmp_path}/list";; --id=1) echo 87;; *) exit 6;; esac\n',
        encoding="utf-8",
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")


@pytest.mark.skipif("sys.platform == 'win32'", reason="a shell script")
@pytest.mark.parametrize(("allowed", "count"), [(None, 3), ("0,2", 2), ("", 0), ("-1", 0), ("0,1,2,3", 3)])
@pytest.mark.usefixtures("driver")
def test_those_that_this_program_may_use_count(
    allowed: str | None, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if allowed is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", allowed)
    assert gpu_count() == count


@pytest.mark.skipif("sys.platform == 'win32'", reason="a shell script")
@pytest.mark.usefixtures("driver")
def test_how_busy_one_is() -> None:
    assert gpu_use("cuda:1 NVIDIA A100") == 87
    assert gpu_use("cuda:0 NVIDIA A100") is None


def test_without_a_driver_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpu_count() == 0
    assert gpu_use("cuda:0") is None
