"""Photos a second of `segstudio predict` beside the plain loop and the bare network, in turns in one run.

The plain loop is what scripts have: Pillow opens, torchvision's transforms shrink to 960 × 540 and normalise, the
network with autograd on, argmax, the class colours, a PNG of the photo's size. `predict --mask` writes the same picture
of each photo (as a palette PNG) and counts shares and confidences besides; loading the model counts on neither side.
With overlays both write, too, the photo blended with the colours, as JPEG. The bare network is forward alone, in
inference mode, on a tensor that lies ready. All take turns within a round, and the ratios are medians over the rounds; in
processor time, too, which other programs disturb less.

    make benchmarks
    SEGSTUDIO_BENCH_ROUNDS=9 make benchmarks      (more of them)
    SEGSTUDIO_BENCH_DEVICE=cuda make benchmarks   (on a GPU)
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn
from torchvision import transforms

from segstudio.cli import predict as verb
from segstudio.cli.output import Output
from segstudio.inference.inputs import find_inputs
from segstudio.inference.predictor import Predictor
from segstudio.networks.build import build
from segstudio.networks.model_file import save_model
from segstudio.review.exports import Kinds
from segstudio.runs.model_card import IMAGENET_MEAN, IMAGENET_STD, ModelCard, ModelClass

HEADS = ("lraspp_mobilenet_v3_large", "deeplabv3_mobilenet_v3_large")
ROUNDS = int(os.environ.get("SEGSTUDIO_BENCH_ROUNDS", "3"))
DEVICE = torch.device(os.environ.get("SEGSTUDIO_BENCH_DEVICE", "cpu"))
DATA = Path(os.environ.get("SEGSTUDIO_TEST_DATA", "/nonexistent"))
SEEN = (540, 960)
"""Rows and columns that the network sees."""
SIZES = ((1080, 1920),) * 4
COLOURS = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442")
PALETTE = np.array([[int(one[at : at + 2], 16) for at in (1, 3, 5)] for one in COLOURS], dtype=np.uint8)

LEAST_OF_PLAIN, LEAST_OF_BARE = 1.4, 0.6
"""The aims are 2.5 and 0.7; on two cores that others want as well it is less."""
LEAST_ALIKE = 0.9995


def make_photos(folder: Path) -> list[Path]:
    """Write JPEG photos of the SIZES: real ones if they are there, else textures."""
    folder.mkdir()
    real = sorted(DATA.glob("skydiving/*/Images/*.jpg")) + sorted(DATA.glob("skydiving/*/Images/*.png"))
    random = np.random.default_rng(0)
    paths = []
    for number, size in enumerate(SIZES):
        if real:
            source = np.asarray(Image.open(real[number % len(real)]).convert("RGB"))
        else:
            source = random.integers(0, 256, (18, 32, 3), dtype=np.uint8)
        photo = cv2.resize(source, size[::-1], interpolation=cv2.INTER_CUBIC)
        paths.append(folder / f"{number}.jpg")
        Image.fromarray(photo.astype(np.uint8)).save(paths[-1], quality=92)
    return paths


def taught(head: str, photos: list[Path]) -> nn.Module:
    """A network that was taught for a moment to tell levels of brightness: its masks have areas, as real ones have."""
    torch.manual_seed(0)
    network = build(head, len(COLOURS)).train()
    batch = torch.stack([seen(path, (135, 240)) for path in photos[:4]])
    bright = F.avg_pool2d(batch.mean(1, keepdim=True), 31, 1, 15, count_include_pad=False)[:, 0]
    limits = bright.flatten().quantile(torch.linspace(0, 1, len(COLOURS) + 1)[1:-1])
    truth = torch.bucketize(bright, limits)
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-3)
    for _ in range(20):
        optimizer.zero_grad()
        F.cross_entropy(network(batch)["out"], truth).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return network.eval()


def seen(path: Path, size: tuple[int, int]) -> torch.Tensor:
    """What a script makes of a photo: float32 (3, rows, columns)."""
    photo = Image.open(path).convert("RGB")
    small = photo.resize(size[::-1], Image.Resampling.BILINEAR)  # what transforms.Resize does with it
    tensor: torch.Tensor = transforms.functional.to_tensor(small)
    return transforms.functional.normalize(tensor, list(IMAGENET_MEAN), list(IMAGENET_STD))


def plain_loop(network: nn.Module, photos: list[Path], out: Path, *, overlays: bool) -> None:
    out.mkdir(exist_ok=True)
    for path in photos:
        photo = Image.open(path).convert("RGB")
        answer = network(seen(path, SEEN).unsqueeze(0).to(DEVICE))["out"][0]
        labels = answer.argmax(0).cpu().numpy().astype(np.uint8)
        colours = Image.fromarray(PALETTE[labels]).resize(photo.size, Image.Resampling.NEAREST)
        colours.save(out / f"{path.stem}.png")
        if overlays:
            Image.blend(photo, colours, 0.5).save(out / f"{path.stem}.jpg", quality=92)


def predict_loop(predictor: Predictor, photos: list[Path], out: Path, *, overlays: bool) -> None:
    kinds = Kinds(mask=True, overlay=overlays, panels=False)
    done = verb._Done(with_report=False)
    verb._segment(Output(json=True), predictor, find_inputs(photos), out, kinds=kinds, done=done)
    assert len(done.results) == len(photos)
    assert not done.unread


def bare_network(network: nn.Module, tensor: torch.Tensor, count: int) -> None:
    with torch.inference_mode():
        for _ in range(count):
            network(tensor)["out"]


@dataclass
class Taken:
    """Seconds of each round, by the clock and of all processors together."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def measure(self, work: Callable[[], None]) -> None:
        start, processor = time.perf_counter(), time.process_time()
        work()
        if DEVICE.type == "cuda":
            torch.cuda.synchronize(DEVICE)
        self.wall.append(time.perf_counter() - start)
        self.processor.append(time.process_time() - processor)


def ratio(slower: list[float], faster: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(slower, faster, strict=True))


def agreement(network: nn.Module, predictor: Predictor) -> float:
    """The share of pixels, over the photos as the network sees them, where both have the same class."""
    random = np.random.default_rng(1)
    alike = []
    for path in sorted(DATA.glob("skydiving/*/Images/*"))[:4]:
        photo = np.array(Image.open(path).convert("RGB").resize(SEEN[::-1]))
        alike.append(_alike(network, predictor, photo))
    if not alike:
        alike.append(_alike(network, predictor, random.integers(0, 256, (*SEEN, 3), dtype=np.uint8)))
    return min(alike)


def _alike(network: nn.Module, predictor: Predictor, photo: np.ndarray) -> float:
    tensor = transforms.functional.normalize(
        transforms.functional.to_tensor(photo), list(IMAGENET_MEAN), list(IMAGENET_STD)
    )
    with torch.inference_mode():
        plain = network(tensor.unsqueeze(0).to(DEVICE))["out"][0].argmax(0).cpu().numpy()
    return float((predictor.segment(photo).mask == plain).mean())


def told(head: str, taken: dict[str, Taken], photos: int, alike: float) -> str:
    """Return what is printed: the milliseconds of a photo, and the ratios."""
    lines = [f"\n{head}, {DEVICE}, {torch.get_num_threads()} threads, {ROUNDS} rounds of {photos} photos"]
    for name, each in taken.items():
        wall, processor = (1000 * statistics.median(all_s) / photos for all_s in (each.wall, each.processor))
        lines.append(f"  {name:16} {wall:7.0f} ms a photo, {processor:7.0f} ms of processors")
    for ours, plain in (("ours", "plain"), ("ours, overlays", "plain, overlays")):
        for what, other in (("the plain loop", plain), ("the bare network", "bare")):
            wall = ratio(taken[other].wall, taken[ours].wall)
            processor = ratio(taken[other].processor, taken[ours].processor)
            lines.append(f"  {ours}: {wall:.2f} of {what}'s speed, {processor:.2f} in processor time")
    return "\n".join([*lines, f"  {100 * alike:.4f} % of pixels alike\n"])


@pytest.mark.benchmark
@pytest.mark.parametrize("head", HEADS)
def test_prediction_speed(head: str, tmp_path: Path) -> None:
    photos = make_photos(tmp_path / "photos")
    network = taught(head, photos)
    classes = tuple(
        ModelClass(index=number, name=f"c{number}", colour=colour) for number, colour in enumerate(COLOURS)
    )
    card = ModelCard(head=head, classes=classes, max_side_px=max(SEEN))
    save_model(tmp_path / "best.pt", network.state_dict(), card.model_dump_json())
    predictor = Predictor.load(tmp_path / "best.pt", device=str(DEVICE))
    network.to(DEVICE)
    tensor = seen(photos[0], SEEN).unsqueeze(0).to(DEVICE)
    plain, ours = tmp_path / "plain", tmp_path / "ours"
    works: dict[str, Callable[[list[Path]], None]] = {
        "bare": lambda few: bare_network(network, tensor, len(few)),
        "plain": lambda few: plain_loop(network, few, plain, overlays=False),
        "ours": lambda few: predict_loop(predictor, few, ours, overlays=False),
        "plain, overlays": lambda few: plain_loop(network, few, plain, overlays=True),
        "ours, overlays": lambda few: predict_loop(predictor, few, ours, overlays=True),
    }
    taken = {name: Taken() for name in works}
    for work in works.values():
        work(photos[:1])
    for _ in range(ROUNDS):
        for name, work in works.items():
            taken[name].measure(partial(work, photos))
    alike = agreement(network, predictor)
    sys.stdout.write(told(head, taken, len(photos), alike))
    assert alike >= LEAST_ALIKE
    assert ratio(taken["plain"].wall, taken["ours"].wall) >= LEAST_OF_PLAIN
    assert ratio(taken["bare"].wall, taken["ours"].wall) >= LEAST_OF_BARE
