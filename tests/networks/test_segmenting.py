from __future__ import annotations

from collections import OrderedDict

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.models.segmentation import FCN

from segstudio.networks import segmenting
from segstudio.networks.build import build
from segstudio.networks.segmenting import IMAGENET_MEAN, IMAGENET_STD, Segmented, segment

CPU = torch.device("cpu")


class Blur(nn.Module):
    """Three logits per pixel from a small neighbourhood: smooth, local, output stride 1."""

    def __init__(self) -> None:
        super().__init__()
        self.dropout = nn.Dropout(0.9)

    def forward(self, batch: Tensor) -> dict[str, Tensor]:
        padded = F.pad(batch, (3, 3, 3, 3), mode="replicate")
        return OrderedDict(out=self.dropout(F.avg_pool2d(padded, 7, stride=1)) * 4)


class Pooling(nn.Module):
    """Features at an output stride of 8, each from a neighbourhood of 24 × 24 pixels."""

    def forward(self, batch: Tensor) -> dict[str, Tensor]:
        coarse = F.avg_pool2d(batch, 8, stride=8, ceil_mode=True, count_include_pad=False)
        return OrderedDict(out=F.avg_pool2d(coarse, 3, stride=1, padding=1) * 4)


def stride_8() -> nn.Module:
    return FCN(Pooling(), nn.Identity())


def noise(height: int, width: int, seed: int = 0) -> Tensor:
    """A smooth random photo: uint8 (3, height, width)."""
    generator = torch.Generator().manual_seed(seed)
    small = torch.rand((1, 3, max(1, height // 12), max(1, width // 12)), generator=generator) * 255
    return F.interpolate(small, size=(height, width), mode="bilinear")[0].round().to(torch.uint8)


def normalised(image: Tensor) -> Tensor:
    mean = torch.tensor(IMAGENET_MEAN).view(3, 1, 1)
    std = torch.tensor(IMAGENET_STD).view(3, 1, 1)
    return ((image.float() / 255 - mean) / std).unsqueeze(0)


def same(one: Segmented, other: Segmented) -> bool:
    return torch.equal(one.labels, other.labels) and torch.equal(one.confidence, other.confidence)


@pytest.mark.parametrize("head", ["lraspp_mobilenet_v3_large", "deeplabv3_mobilenet_v2"])
@pytest.mark.parametrize("size", [(1, 1), (33, 47), (130, 96)])
def test_a_photo_below_the_tile_gets_the_network_s_own_answer(head: str, size: tuple[int, int]) -> None:
    torch.manual_seed(1)
    network = build(head, 4)
    image = noise(*size)
    answer = segment(network, image, device=CPU, keep_probabilities=True)
    with torch.inference_mode():
        expected = network.eval()(normalised(image))["out"].softmax(1)[0]
    best, winner = expected.max(0)
    assert answer.labels.shape == size
    clear = expected.topk(2, 0).values.diff(dim=0)[0].abs() > 1e-4
    assert torch.equal(answer.labels[clear], winner.to(torch.uint8)[clear])
    assert (answer.confidence.float() - best * 255).abs().max() <= 0.51
    assert answer.probabilities is not None
    assert (answer.probabilities.float() - expected * 255).abs().max() <= 0.51


@pytest.mark.parametrize("network", [Blur(), stride_8()], ids=["stride 1", "stride 8"])
@pytest.mark.parametrize("size", [(200, 301), (5, 700), (333, 64), (129, 128)])
def test_tiles_leave_no_seams(network: nn.Module, size: tuple[int, int]) -> None:
    image = noise(*size)
    whole = segment(network, image, device=CPU, tile_px=4096, keep_probabilities=True)
    tiled = segment(network, image, device=CPU, tile_px=128, overlap_px=64, keep_probabilities=True)
    assert whole.probabilities is not None
    assert tiled.probabilities is not None
    difference = (whole.probabilities.int() - tiled.probabilities.int()).abs()
    assert difference.max() <= 2


def test_tiles_never_exceed_their_size() -> None:
    seen: list[tuple[int, int]] = []

    class Spy(Blur):
        def forward(self, batch: Tensor) -> dict[str, Tensor]:
            seen.append((batch.shape[-2], batch.shape[-1]))
            return super().forward(batch)

    segment(Spy(), noise(500, 700), device=CPU, tile_px=200, overlap_px=64)
    assert len(seen) > 4
    assert max(max(size) for size in seen) <= 200


@pytest.mark.parametrize("size", [(1, 1), (5, 3000), (3000, 5), (33, 47)])
@pytest.mark.parametrize("max_side_px", [0, 640])
def test_any_size_comes_back_in_its_own_size(size: tuple[int, int], max_side_px: int) -> None:
    answer = segment(
        build("lraspp_mobilenet_v3_large", 3), noise(*size), device=CPU, max_side_px=max_side_px, tile_px=512
    )
    assert answer.labels.shape == answer.confidence.shape == size
    assert answer.labels.dtype == answer.confidence.dtype == torch.uint8
    assert answer.probabilities is None
    assert int(answer.labels.max()) < 3
    assert int(answer.confidence.min()) >= 255 // 3


def test_a_shrunk_photo_is_nearly_the_native_one() -> None:
    image = noise(300, 400)
    native = segment(Blur(), image, device=CPU)
    shrunk = segment(Blur(), image, device=CPU, max_side_px=200)
    assert (native.labels == shrunk.labels).float().mean() > 0.9


def test_strips_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    image = noise(90, 70)
    whole = segment(stride_8(), image, device=CPU, keep_probabilities=True)
    monkeypatch.setattr("segstudio.networks.segmenting._STRIP_BYTES", {"cpu": 1})
    stripped = segment(stride_8(), image, device=CPU, keep_probabilities=True)
    assert same(whole, stripped)
    assert whole.probabilities is not None
    assert stripped.probabilities is not None
    assert torch.equal(whole.probabilities, stripped.probabilities)


def test_the_network_is_evaluated_and_then_set_back() -> None:
    network = Blur().train()
    network.register_module("calm", nn.Dropout().eval())
    image = noise(40, 40)
    assert same(segment(network, image, device=CPU), segment(network, image, device=CPU))
    assert network.training
    assert network.dropout.training
    assert not network.get_submodule("calm").training


def test_the_answer_is_the_same_each_time_and_the_photo_untouched() -> None:
    network = build("lraspp_mobilenet_v3_large", 3)
    image = noise(150, 260)
    before = image.clone()
    assert same(
        segment(network, image, device=CPU, tile_px=128, overlap_px=32),
        segment(network, image, device=CPU, tile_px=128, overlap_px=32),
    )
    assert torch.equal(image, before)


def test_autocast_gives_nearly_the_same() -> None:
    torch.manual_seed(0)
    network = build("lraspp_mobilenet_v3_large", 3)
    image = noise(120, 120)
    exact = segment(network, image, device=CPU, keep_probabilities=True).probabilities
    mixed = segment(
        network, image, device=CPU, autocast_dtype=torch.bfloat16, keep_probabilities=True
    ).probabilities
    assert exact is not None
    assert mixed is not None
    assert (exact.int() - mixed.int()).abs().max() <= 8


def test_loss_is_the_cross_entropy_over_labelled_pixels() -> None:
    torch.manual_seed(3)
    network = build("lraspp_mobilenet_v3_large", 3).eval()
    image = torch.randint(0, 256, (3, 61, 83), dtype=torch.uint8)
    truth = torch.randint(0, 3, (61, 83), dtype=torch.uint8)
    truth[:20] = 255
    answer = segment(network, image, device=CPU, truth=truth)
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in (IMAGENET_MEAN, IMAGENET_STD))
    with torch.inference_mode():
        logits = network(((image / 255 - mean) / std).unsqueeze(0))["out"]
        expected = F.cross_entropy(logits, truth.long().unsqueeze(0), ignore_index=255, reduction="sum")
    assert answer.loss_sum == pytest.approx(float(expected), rel=1e-4)
    assert segment(network, image, device=CPU).loss_sum is None


@pytest.mark.parametrize("channels", [1, 2, 21, 255])
def test_of_equal_channels_the_first_wins(channels: int) -> None:
    logits = torch.randint(-3, 4, (channels, 7, 9), generator=torch.Generator().manual_seed(1)).float()
    best, winner = segmenting._highest(logits)
    assert torch.equal(best, logits.amax(0))
    assert torch.equal(winner.long(), logits.argmax(0))
