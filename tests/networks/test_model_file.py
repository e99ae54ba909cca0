from __future__ import annotations

import errno
import io
import random
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from segstudio.errors import SegStudioError
from segstudio.networks.build import build
from segstudio.networks.model_file import FORMAT, read_card, read_model, save_model
from segstudio.networks.state_files import read_state

if TYPE_CHECKING:
    from typing_extensions import Buffer

CARD = '{"head": "lraspp_mobilenet_v3_large", "classes": ["Größe", "空"]}'
WEIGHTS = {"a.weight": torch.arange(6.0).view(2, 3), "a.count": torch.tensor(7)}


def test_a_model_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "best.pt"
    save_model(path, WEIGHTS, CARD)
    model = read_model(path)
    assert model.card == read_card(path) == CARD
    assert model.training is None
    assert model.weights.keys() == WEIGHTS.keys()
    assert all(torch.equal(value, WEIGHTS[key]) for key, value in model.weights.items())


class Full(io.BytesIO):
    """A file on a disk that is full after a few bytes."""

    def write(self, data: Buffer) -> int:
        if self.tell() + memoryview(data).nbytes > 1000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


def test_a_full_disk_is_told_as_such_and_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "last.pt"
    save_model(path, WEIGHTS, CARD)
    before, save = path.read_bytes(), torch.save

    def onto_full_disk(content: object, _stream: object) -> None:
        save(content, Full())

    monkeypatch.setattr("torch.save", onto_full_disk)
    with pytest.raises(SegStudioError, match=r"No space left on device.*has space left"):
        save_model(path, {"a": torch.zeros(100_000)}, CARD)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["last.pt"]


def test_what_a_run_needs_to_go_on_comes_back_too(tmp_path: Path) -> None:
    network = build("lraspp_mobilenet_v3_large", 2)
    optimizer = torch.optim.AdamW(network.parameters())
    network(torch.rand(1, 3, 16, 16))["out"].sum().backward()
    optimizer.step()
    training = {
        "optimizer": optimizer.state_dict(),
        "torch_random": torch.get_rng_state(),
        "python_random": random.Random(1).getstate(),
        "step": 12,
        "best": None,
    }
    save_model(tmp_path / "last.pt", network.state_dict(), CARD, training)
    back = read_model(tmp_path / "last.pt").training
    assert back is not None
    assert back["python_random"] == training["python_random"]
    assert (back["step"], back["best"]) == (12, None)
    other = torch.optim.AdamW(build("lraspp_mobilenet_v3_large", 2).parameters())
    other.load_state_dict(back["optimizer"])  # type: ignore[arg-type]  # a plain dict, as it was saved
    for one, two in zip(optimizer.state.values(), other.state.values(), strict=True):
        assert torch.equal(one["exp_avg"], two["exp_avg"])


def test_a_view_does_not_drag_its_memory_along(tmp_path: Path) -> None:
    save_model(tmp_path / "m.pt", {"view": torch.zeros(1_000_000)[:10]}, CARD)
    assert (tmp_path / "m.pt").stat().st_size < 10_000


def test_weights_are_written_in_ordinary_memory_order(tmp_path: Path) -> None:
    weights = {"w": torch.rand(4, 3, 5, 5).to(memory_format=torch.channels_last)}
    save_model(tmp_path / "m.pt", weights, CARD)
    back = read_model(tmp_path / "m.pt").weights["w"]
    assert torch.equal(back, weights["w"])
    assert back.is_contiguous()


@pytest.mark.parametrize("value", [object(), np.float64(1.0), {1, 2}, defaultdict(int), [Path("x")]])
def test_what_could_not_be_read_back_is_not_written(tmp_path: Path, value: object) -> None:
    save_model(tmp_path / "m.pt", WEIGHTS, CARD)
    before = (tmp_path / "m.pt").read_bytes()
    with pytest.raises(TypeError, match="which a model file cannot hold"):
        save_model(tmp_path / "m.pt", WEIGHTS, CARD, {"sampler": {"state": value}})
    assert (tmp_path / "m.pt").read_bytes() == before


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"a.weight": torch.zeros(2)}, "no SegStudio model"),
        ([1, 2], "no SegStudio model"),
        ({"format": FORMAT, "version": 2}, "newer SegStudio"),
        ({"format": FORMAT, "version": "1"}, "its version cannot be read"),
        ({"format": FORMAT, "version": 1, "weights": WEIGHTS}, "its description cannot be read"),
        ({"format": FORMAT, "version": 1, "card": CARD}, "its weights cannot be read"),
        ({"format": FORMAT, "version": 1, "card": CARD, "weights": {"a": 1}}, "its weights cannot be read"),
        ({"format": FORMAT, "version": 1, "card": CARD, "weights": Path("x")}, "could run foreign code"),
    ],
)
def test_other_content_is_one_sentence(tmp_path: Path, content: object, sentence: str) -> None:
    path = tmp_path / "m.pt"
    torch.save(content, path)
    with pytest.raises(SegStudioError, match=sentence) as caught:
        read_model(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        torch.zeros(1).expand(10**6, 10**7),
        torch.ones(2, dtype=torch.complex64).conj(),
        torch.eye(3).to_sparse(),
        torch.empty(3, device="meta"),
    ],
    ids=["one number told very often", "conjugate", "sparse", "without numbers"],
)
def test_weights_that_cannot_be_weights_are_one_sentence(tmp_path: Path, value: torch.Tensor) -> None:
    content = {
        "format": "segstudio-model",
        "version": 1,
        "card": "{}",
        "weights": {"a": value},
        "digest": "0",
    }
    torch.save(content, tmp_path / "a.pt")
    with pytest.raises(SegStudioError):
        read_model(tmp_path / "a.pt")


def test_a_model_cut_off_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "m.pt"
    save_model(path, WEIGHTS, CARD)
    whole = path.read_bytes()
    for part in (0, 1, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:part])
        for read in (read_model, read_card):
            with pytest.raises(SegStudioError):
                read(path)


def test_whatever_is_damaged_the_weights_are_those_that_were_saved_or_it_is_one_sentence(
    tmp_path: Path,
) -> None:
    path, chance = tmp_path / "best.pt", random.Random(0)
    save_model(path, WEIGHTS, CARD)
    whole, refused = path.read_bytes(), 0
    for _ in range(200):
        damaged, length = bytearray(whole), chance.choice((1, 16, 300))
        for _ in range(chance.choice((1, 3))):
            at = chance.randrange(len(whole) - length)
            damaged[at : at + length] = chance.randbytes(length)
        path.write_bytes(damaged)
        try:
            model = read_model(path)
        except SegStudioError:
            refused += 1
        else:
            assert model.card == CARD
            assert all(torch.equal(value, WEIGHTS[key]) for key, value in model.weights.items())
    assert refused > 150


def test_weights_that_are_not_those_that_were_saved_are_told(tmp_path: Path) -> None:
    path = tmp_path / "best.pt"
    save_model(path, WEIGHTS, CARD)
    content = torch.load(path, weights_only=True)
    content["weights"]["a.weight"][1, 2] += 1
    torch.save(content, path)  # a whole container, with checksums of its own
    with pytest.raises(SegStudioError, match="its weights are not those that were saved"):
        read_model(path)
    del content["digest"]
    torch.save(content, path)
    assert read_model(path).weights["a.weight"][1, 2] == 6, "as an older version wrote it"


def test_its_weights_can_start_another_training(tmp_path: Path) -> None:
    save_model(tmp_path / "m.pt", WEIGHTS, CARD, {"optimizer": {"state": {0: torch.zeros(3)}}})
    assert read_state(tmp_path / "m.pt").keys() == WEIGHTS.keys()
