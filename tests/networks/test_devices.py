import pytest
import torch

from segstudio.errors import SegStudioError
from segstudio.networks.devices import pick_device


def test_the_cpu_is_always_there() -> None:
    assert pick_device("cpu") == torch.device("cpu")


def test_auto_without_a_gpu_is_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert pick_device("auto") == torch.device("cpu")
    with pytest.raises(SegStudioError, match="cuda: this machine has no GPU"):
        pick_device("cuda")


def test_a_gpu_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(SegStudioError, match="cuda:3: this machine has 1 GPU"):
        pick_device("cuda:3")


def test_a_gpu_that_does_not_compute_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> torch.Tensor:
        raise RuntimeError("CUDA error: no kernel image is available\nCompile with …")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch, "ones", broken)
    assert pick_device("auto") == torch.device("cpu")
    with pytest.raises(SegStudioError, match=r"does not compute .CUDA error: no kernel image is available"):
        pick_device("cuda:0")


@pytest.mark.parametrize("name", ["gpu", "cuda:", "cuda:x", "", "CPU "])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(SegStudioError, match="is no device"):
        pick_device(name)
