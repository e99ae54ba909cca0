"""One photo of any size through a network, in bounded memory: what validation and prediction share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from segstudio.networks.build import coarse_logits, enlarge
from segstudio.networks.tiles import GRID_PX, Span, blend_window, spans

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
"""Of red, green and blue in 0–1, for all of torchvision's weights."""

_STRIP_BYTES = {"cpu": 2 << 20}
_STRIP_BYTES_ACCELERATOR = 128 << 20
_STRIP_ROWS = 256


@dataclass(frozen=True, slots=True, eq=False)
class Segmented:
    """The network's answer for each pixel of a photo of H × W, on the CPU.

    `labels`: uint8 (H, W), the channel with the highest probability; `confidence`: uint8 (H, W), that
    probability p as round(255 p); `probabilities`: uint8 (C, H, W), the same for every channel, if kept;
    `loss_sum`: the cross-entropy (nats) summed over the pixels whose truth was given, if it was; `is_finite`:
    whether all that the network said was a number, without which the rest means nothing.
    """

    labels: Tensor
    confidence: Tensor
    probabilities: Tensor | None
    loss_sum: float | None = None
    is_finite: bool = True


Watch = Callable[[int, int], None]
"""Told now and then how many tiles of how many are done; an exception from it ends the work."""


def _unwatched(_done: int, _total: int) -> None:
    """Nobody watches."""


def segment(
    network: nn.Module,
    image: Tensor,
    *,
    device: torch.device,
    mean: Sequence[float] = IMAGENET_MEAN,
    std: Sequence[float] = IMAGENET_STD,
    max_side_px: int = 0,
    tile_px: int = 1024,
    overlap_px: int = 128,
    autocast_dtype: torch.dtype | None = None,
    keep_probabilities: bool = False,
    truth: Tensor | None = None,
    watch: Watch = _unwatched,
) -> Segmented:
    """Segment one photo, given as uint8 (3, H, W) RGB on the CPU, with any H, W ≥ 1.

    A photo whose longer side is above `max_side_px` (0: no limit) is shrunk to it, antialiased, before the network;
    the answer always has the photo's own size. What is then larger than `tile_px` goes through the network in
    tiles that overlap by at least `overlap_px` and are blended, so the network's memory is bounded by
    one tile. Of the whole photo only logits at the network's output stride are held (1/64 of the pixels for most
    heads); enlarging, softmax and maximum run by horizontal strips. Up to `tile_px` the labels are those of
    `network(photo)["out"]`.

    `truth`, uint8 (H, W) of channels with 255 for void, asks for the loss too.

    `mean` and `std` are of 0–1 values. The network must already be on `device`; it runs in evaluation mode, and each of
    its modules is set back to the mode it was in. On the CPU the answer is the same bit for bit each time.
    """
    _, height, width = image.shape
    small = _shrunk(image, max_side_px)
    with torch.inference_mode(), _evaluating(network), _autocast(device, autocast_dtype):
        forward = _Forward(network, device, mean, std)
        if max(small.shape[-2:]) <= tile_px:
            watch(0, 1)
            coarse = forward(small)
        else:
            coarse = _tiled(forward, small, tile_px, overlap_px, watch)
    with torch.inference_mode():
        return _decide(coarse, (height, width), keep_probabilities, truth, watch)


class _Forward:
    """uint8 (3, h, w) on the CPU → float32 logits (C, ⌈h / s⌉, ⌈w / s⌉) on the device."""

    def __init__(
        self, network: nn.Module, device: torch.device, mean: Sequence[float], std: Sequence[float]
    ) -> None:
        self._network = network
        self._device = device
        self._mean = torch.tensor(mean, device=device).view(1, 3, 1, 1) * 255
        self._std = torch.tensor(std, device=device).view(1, 3, 1, 1) * 255

    def __call__(self, image: Tensor) -> Tensor:
        batch = image.unsqueeze(0).to(self._device).contiguous().float().sub_(self._mean).div_(self._std)
        return coarse_logits(self._network, batch).float()[0]


def _tiled(forward: _Forward, image: Tensor, tile_px: int, overlap_px: int, watch: Watch) -> Tensor:
    """Return the logits of the whole image, blended from overlapping tiles, at the network's output stride."""
    _, height, width = image.shape
    rows = spans(height, tile_px, overlap_px)
    columns = spans(width, tile_px, overlap_px)
    total = weights = torch.empty(0)
    stride = 0
    for number, row in enumerate(rows):
        for position, column in enumerate(columns):
            watch(number * len(columns) + position, len(rows) * len(columns))
            logits = forward(image[:, row.start : row.stop, column.start : column.stop])
            if not stride:
                stride = _stride(row, column, logits)
                size = (-(-height // stride), -(-width // stride))
                total = logits.new_zeros((logits.shape[0], *size))
                weights = logits.new_zeros(size)
            window = torch.outer(
                blend_window(row, height, overlap_px, stride), blend_window(column, width, overlap_px, stride)
            ).to(logits.device)
            if logits.shape[-2:] != window.shape:
                logits = enlarge(logits.unsqueeze(0), (window.shape[0], window.shape[1]))[0]
            top, left = row.start // stride, column.start // stride
            place = (slice(top, top + window.shape[0]), slice(left, left + window.shape[1]))
            total[:, *place] += logits * window
            weights[place] += window
    return total.div_(weights)


def _stride(row: Span, column: Span, logits: Tensor) -> int:
    """Return how many pixels one logit stands for; 1 (enlarge first) where the tile grid does not fit it."""
    tile, coarse = max((row.size, logits.shape[-2]), (column.size, logits.shape[-1]))
    fits = tile % coarse == 0 and GRID_PX % (tile // coarse) == 0
    return tile // coarse if fits else 1


def _decide(
    coarse: Tensor, size: tuple[int, int], keep_probabilities: bool, truth: Tensor | None, watch: Watch
) -> Segmented:
    """Enlarge logits (C, h, w) to `size`, and take the winner and its probability, strip by strip."""
    channels = coarse.shape[0]
    height, width = size
    labels = torch.empty(size, dtype=torch.uint8)
    confidence = torch.empty(size, dtype=torch.uint8)
    probabilities = torch.empty((channels, *size), dtype=torch.uint8) if keep_probabilities else None
    budget = _STRIP_BYTES.get(coarse.device.type, _STRIP_BYTES_ACCELERATOR)
    rows = min(_STRIP_ROWS, max(1, budget // (4 * channels * width)))
    loss_sum = 0.0
    # One piece of memory for all strips: to get fresh pages for each takes longer than to fill them.
    strip = coarse.new_empty((channels, min(rows, height), width))
    for top in range(0, height, rows):
        watch(1, 1)
        bottom = min(top + rows, height)
        logits = _enlarged_rows(coarse, top, bottom, size, strip)
        best, winner = _highest(logits)
        below_best = logits.sub_(best)
        wanted = None if truth is None else _of_truth(below_best, truth[top:bottom].to(coarse.device))
        parts = below_best.exp_()
        total = parts.sum(0)
        if wanted is not None:
            # Of p = e^wanted / total; void was given -inf and counts nothing.
            loss_sum += float((total.log() - wanted)[wanted > -torch.inf].sum())
        share = total.reciprocal_()
        labels[top:bottom] = winner.cpu()
        confidence[top:bottom] = _to_byte(share).cpu()
        if probabilities is not None:
            probabilities[:, top:bottom] = _to_byte(parts * share).cpu()
    is_finite = bool(coarse.isfinite().all())
    return Segmented(labels, confidence, probabilities, None if truth is None else loss_sum, is_finite)


def _highest(logits: Tensor) -> tuple[Tensor, Tensor]:
    """Return the highest of logits (C, h, w), and of which channel it is (the first of equals), as uint8 (h, w)."""
    if logits.device.type != "cpu":
        best, winner = logits.max(0)
        return best, winner.to(torch.uint8)
    # Channel by channel all of it is vectorised: `max` and `argmax` over the first dimension take many times as long.
    best = logits[0].clone()
    label = torch.zeros(best.shape, dtype=torch.uint8)
    higher = torch.empty_like(label)
    for channel in range(1, logits.shape[0]):
        torch.gt(logits[channel], best, out=higher)
        torch.maximum(label, higher.mul_(channel), out=label)
        torch.maximum(best, logits[channel], out=best)
    return best, label


def _of_truth(logits: Tensor, truth: Tensor) -> Tensor:
    """Return the logit (H, W) of the true channel of each pixel, −∞ where the truth is void."""
    labelled = truth < logits.shape[0]
    channel = truth.long().where(labelled, 0).unsqueeze(0)
    return logits.gather(0, channel)[0].where(labelled, -torch.inf)


def _enlarged_rows(coarse: Tensor, top: int, bottom: int, size: tuple[int, int], strip: Tensor) -> Tensor:
    """Return rows top…bottom of `coarse` enlarged bilinearly to `size`, as if all of it had been enlarged.

    They lie in the memory of `strip` (C, at least so many rows, columns).
    Vertically by hand, because `interpolate` cannot be told which rows of the target are wanted.
    """
    height, width = size
    source = coarse.shape[1]
    # On the CPU, because exact positions need float64, which not every accelerator has.
    row = torch.arange(top, bottom, dtype=torch.float64)
    position = ((row + 0.5) * (source / height) - 0.5).clamp_(0, source - 1)
    upper = position.floor().long()
    lower = (upper + 1).clamp_(max=source - 1)
    part = (position - upper).float()
    first, last = int(upper[0]), int(lower[-1])
    weights = torch.zeros(bottom - top, last + 1 - first)
    number = torch.arange(bottom - top)
    weights[number, upper - first] = 1 - part
    weights[number, lower - first] += part  # the same row twice at the lower edge
    # Horizontally first: of the few rows that a strip needs, each is stretched once, and the product is cheap.
    wide = enlarge(coarse[:, first : last + 1].unsqueeze(0), (last + 1 - first, width))[0]
    out = strip.view(-1)[: strip.shape[0] * (bottom - top) * width].view(-1, bottom - top, width)
    return torch.matmul(weights.to(coarse.device), wide, out=out)


def _to_byte(probability: Tensor) -> Tensor:
    return (probability * 255).round_().to(torch.uint8)


def _shrunk(image: Tensor, max_side_px: int) -> Tensor:
    """Return uint8 (3, h, w) with the longer side at most `max_side_px`, antialiased."""
    height, width = image.shape[-2:]
    longer = max(height, width)
    if not max_side_px or longer <= max_side_px:
        return image
    factor = max_side_px / longer
    size = (max(1, round(height * factor)), max(1, round(width * factor)))
    return F.interpolate(image.unsqueeze(0), size=size, mode="bilinear", align_corners=False, antialias=True)[
        0
    ]


@contextmanager
def _evaluating(network: nn.Module) -> Iterator[None]:
    """Hold `network` in evaluation mode; afterwards each module has the mode it had."""
    training = [module for module in network.modules() if module.training]
    network.eval()
    try:
        yield
    finally:
        for module in training:
            module.training = True


def _autocast(device: torch.device, dtype: torch.dtype | None) -> AbstractContextManager[object]:
    return nullcontext() if dtype is None else torch.autocast(device.type, dtype=dtype)
