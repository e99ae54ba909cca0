"""The heads as data: what each costs, what it suits, and which weights there are for it. No torch here.

`networks.build` builds the same names; the tests measure the networks and compare them with this table.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from segstudio.errors import SegStudioError
from segstudio.runs.head_names import depth_of, unknown_head

COST_INPUT_PX = 520
"""`multiply_adds` are for one square photo of this side: the size at which torchvision states its own."""

MEMORY_BATCH = 4
MEMORY_CROP_PX = 224
"""`activation_bytes` are for a step with so many square crops of this side."""

COCO_LICENCE = (
    "BSD-3-Clause (torchvision); trained on photos of COCO 2017, which have their own Creative Commons terms"
)
IMAGENET_LICENCE = "BSD-3-Clause (torchvision); trained on ImageNet-1K, whose terms allow non-commercial research and education"

_BYTES_PER_PARAMETER = 4


@dataclass(frozen=True, slots=True)
class WeightsInfo:
    """A file of pretrained weights that torchvision publishes.

    `sha_prefix` begins the file's SHA-256 and stands in its name; `size_bytes` is right to one KiB.
    """

    name: Literal["coco", "imagenet"]
    scope: Literal["whole", "backbone"]
    file_name: str
    sha_prefix: str
    size_bytes: int
    licence: str
    score: str

    @property
    def is_here(self) -> bool:
        """Whether the file lies in torch's cache."""
        return (weights_folder() / self.file_name).is_file()


@dataclass(frozen=True, slots=True)
class HeadInfo:
    """One row of the table: a network that a person may pick.

    `parameters` and `multiply_adds` (one photo of COST_INPUT_PX) are with 21 classes and no auxiliary classifier;
    `activation_bytes` is what a training step in float32 keeps for the way back (MEMORY_BATCH crops of
    MEMORY_CROP_PX).
    """

    name: str
    title: str
    architecture: str
    backbone: str
    has_auxiliary: bool
    parameters: int
    multiply_adds: int
    activation_bytes: int
    suits: str
    weights: tuple[WeightsInfo, ...]

    @property
    def training_mb(self) -> int:
        """Memory (MB, 10⁶ bytes) of a float32 training step with MEMORY_BATCH crops of MEMORY_CROP_PX."""
        return round(self.training_bytes(batch_size=MEMORY_BATCH, crop_px=MEMORY_CROP_PX) / 1e6)

    def training_bytes(self, *, batch_size: int, crop_px: int, optimizer_values: int = 1) -> int:
        """Estimate the memory of a float32 training step: weights, gradients, optimizer, activations.

        `optimizer_values` is how many numbers the optimizer keeps per parameter: 1 for SGD with momentum, 2 for AdamW.
        Workspaces of the libraries, which depend on the device, come on top.
        """
        crops = batch_size * crop_px**2 / (MEMORY_BATCH * MEMORY_CROP_PX**2)
        kept = self.parameters * _BYTES_PER_PARAMETER * (2 + optimizer_values)
        return kept + round(self.activation_bytes * crops)

    def weights_named(self, name: str) -> WeightsInfo:
        """Return the published weights `name`; raises SegStudioError when there are none of that name."""
        for info in self.weights:
            if info.name == name:
                return info
        names = " or ".join(info.name for info in self.weights)
        raise SegStudioError(
            f'torchvision publishes no "{name}" weights for this head',
            where=self.name,
            fix=f"There is {names}" if names else "It starts at random: use weights none",
        )


def head_named(name: str) -> HeadInfo:
    """Return the head `name`; raises SegStudioError, with the closest name, when there is none."""
    info = HEADS.get(name)
    if info is None:
        raise unknown_head(name, HEADS)
    return info


def weights_folder() -> Path:
    """Return the folder of torch's cache that holds weights: $TORCH_HOME/hub/checkpoints, by torch's own rules."""
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = os.environ.get("TORCH_HOME", str(Path(cache) / "torch"))
    return Path(home).expanduser() / "hub" / "checkpoints"


def imported_weights(head: HeadInfo) -> tuple[Path, ...]:
    """Return the files in the cache that `segstudio weights import` put there for `head` or its backbone."""
    found = (
        path
        for part in (head.name, head.backbone)
        for path in weights_folder().glob(f"segstudio-{part}-*.pth")
    )
    return tuple(sorted(found))


def _coco(file_name: str, size_bytes: int, mean_iou: float) -> WeightsInfo:
    return WeightsInfo(
        name="coco",
        scope="whole",
        file_name=file_name,
        sha_prefix=_hash_in(file_name),
        size_bytes=size_bytes,
        licence=COCO_LICENCE,
        score=f"mIoU {mean_iou} % on COCO val2017 with the classes of Pascal VOC",
    )


def _imagenet(file_name: str, size_bytes: int, top_1: float) -> WeightsInfo:
    return WeightsInfo(
        name="imagenet",
        scope="backbone",
        file_name=file_name,
        sha_prefix=_hash_in(file_name),
        size_bytes=size_bytes,
        licence=IMAGENET_LICENCE,
        score=f"top-1 accuracy {top_1} % on ImageNet-1K",
    )


def _hash_in(file_name: str) -> str:
    return Path(file_name).stem.rpartition("-")[2]


_RESNET50 = _imagenet("resnet50-0676ba61.pth", 102_530_810, 76.13)
_RESNET101 = _imagenet("resnet101-63fe2227.pth", 178_793_742, 77.374)
_MOBILENET_V3 = _imagenet("mobilenet_v3_large-8738ca79.pth", 22_139_634, 74.042)
_MOBILENET_V2 = _imagenet("mobilenet_v2-b0353104.pth", 14_213_448, 71.878)


def _plus(
    backbone: str,
    title: str,
    weights: WeightsInfo,
    costs: tuple[int, int, int],
    suits: str,
    *,
    os8: bool = False,
) -> HeadInfo:
    """A row of DeepLabV3+; `costs` are parameters, multiply-adds and activation bytes."""
    return HeadInfo(
        f"deeplabv3plus_{backbone}{'_os8' if os8 else ''}",
        f"DeepLabV3+{' at 8' if os8 else ''}, {title}",
        "DeepLabV3+",
        backbone,
        True,
        *costs,
        suits,
        (weights,),
    )


def _unet(
    backbone: str, title: str, weights: WeightsInfo, costs: tuple[int, int, int], suits: str
) -> HeadInfo:
    return HeadInfo(f"unet_{backbone}", f"U-Net, {title}", "U-Net", backbone, True, *costs, suits, (weights,))


_FCN_RESNET_V2 = HeadInfo(
    name="fcn_resnetv2_2",
    title="FCN, ResNet-v2",
    architecture="FCN on a pyramid",
    backbone="resnetv2",
    has_auxiliary=False,
    parameters=13_602_229,
    multiply_adds=98_276_404_224,
    activation_bytes=640_663_684,
    suits="Fine outlines from random weights, where a scene always looks alike; much memory and patience.",
    weights=(),
)
_FCN_RESNET_V2_UNIT = (273_184, 8_375_910_400, 308_288_256)
"""What nine more layers, a unit in each stage, cost."""


def _fcn_resnet_v2(depth: int) -> HeadInfo:
    """Return the row of the FCN on a ResNet v2 of `depth` = 9n + 2 layers: its costs grow by the same with each unit."""
    base, units = _FCN_RESNET_V2, depth // 9
    parameters, multiply_adds, activation_bytes = _FCN_RESNET_V2_UNIT
    return replace(
        base,
        name=f"fcn_resnetv2_{depth}",
        title=f"{base.title}-{depth}",
        backbone=f"resnetv2_{depth}",
        parameters=base.parameters + units * parameters,
        multiply_adds=base.multiply_adds + units * multiply_adds,
        activation_bytes=base.activation_bytes + units * activation_bytes,
    )


class _Heads(Mapping[str, HeadInfo]):
    """The rows by their names; the FCN on a ResNet v2 is found under any depth, and listed under one."""

    def __init__(self, rows: tuple[HeadInfo, ...]) -> None:
        self._rows = {row.name: row for row in rows}

    def __getitem__(self, name: str) -> HeadInfo:
        if name in self._rows:
            return self._rows[name]
        depth = depth_of(name)
        if depth is None:
            raise KeyError(name)
        return _fcn_resnet_v2(depth)

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


_ROWS = (
    HeadInfo(
        name="lraspp_mobilenet_v3_large",
        title="LR-ASPP, MobileNetV3-Large",
        architecture="LR-ASPP",
        backbone="mobilenet_v3_large",
        has_auxiliary=False,
        parameters=3_221_538,
        multiply_adds=2_086_219_688,
        activation_bytes=245_085_636,
        suits="A first result in minutes on a laptop without a GPU; large regions rather than fine outlines.",
        weights=(_coco("lraspp_mobilenet_v3_large-d234d4ea.pth", 13_096_714, 57.9), _MOBILENET_V3),
    ),
    HeadInfo(
        name="deeplabv3_mobilenet_v2",
        title="DeepLabV3, MobileNetV2",
        architecture="DeepLabV3",
        backbone="mobilenet_v2",
        has_auxiliary=True,
        parameters=5_113_877,
        multiply_adds=6_014_631_952,
        activation_bytes=393_132_292,
        suits="A CPU or a small GPU, with ImageNet weights of 14 MB that are easily carried by hand.",
        weights=(_MOBILENET_V2,),
    ),
    HeadInfo(
        name="deeplabv3_mobilenet_v3_large",
        title="DeepLabV3, MobileNetV3-Large",
        architecture="DeepLabV3",
        backbone="mobilenet_v3_large",
        has_auxiliary=True,
        parameters=11_025_477,
        multiply_adds=10_436_350_688,
        activation_bytes=257_950_148,
        suits="A patient CPU or a small GPU; a little better than LR-ASPP at five times the arithmetic.",
        weights=(_coco("deeplabv3_mobilenet_v3_large-fc3c493d.pth", 44_355_813, 60.3), _MOBILENET_V3),
    ),
    HeadInfo(
        name="fcn_resnet50",
        title="FCN, ResNet-50",
        architecture="FCN",
        backbone="resnet50",
        has_auxiliary=True,
        parameters=32_957_013,
        multiply_adds=142_725_772_800,
        activation_bytes=804_638_212,
        suits="A plain baseline to compare with; needs a GPU.",
        weights=(_coco("fcn_resnet50_coco-1167a1af.pth", 141_567_197, 60.5), _RESNET50),
    ),
    HeadInfo(
        name="deeplabv3_resnet50",
        title="DeepLabV3, ResNet-50",
        architecture="DeepLabV3",
        backbone="resnet50",
        has_auxiliary=True,
        parameters=39_638_869,
        multiply_adds=168_731_205_888,
        activation_bytes=840_013_316,
        suits="The good default with a GPU of 8 GB: fine outlines, small and large objects together.",
        weights=(_coco("deeplabv3_resnet50_coco-cd0a2569.pth", 168_312_177, 66.4), _RESNET50),
    ),
    HeadInfo(
        name="fcn_resnet101",
        title="FCN, ResNet-101",
        architecture="FCN",
        backbone="resnet101",
        has_auxiliary=True,
        parameters=51_949_141,
        multiply_adds=222_746_867_200,
        activation_bytes=1_459_944_964,
        suits="A deeper baseline to compare with; needs a GPU.",
        weights=(_coco("fcn_resnet101_coco-7ecb50ca.pth", 217_800_770, 63.7), _RESNET101),
    ),
    HeadInfo(
        name="deeplabv3_resnet101",
        title="DeepLabV3, ResNet-101",
        architecture="DeepLabV3",
        backbone="resnet101",
        has_auxiliary=True,
        parameters=58_630_997,
        multiply_adds=248_752_300_288,
        activation_bytes=1_495_320_068,
        suits="The last point of accuracy, when there are hundreds of photos and a GPU of 12 GB or more.",
        weights=(_coco("deeplabv3_resnet101_coco-586e9e4e.pth", 244_545_749, 67.4), _RESNET101),
    ),
    _plus(
        "mobilenet_v3_large",
        "MobileNetV3",
        _MOBILENET_V3,
        (4_720_373, 6_011_504_608, 401_282_756),
        "A CPU or a small GPU, with finer outlines than DeepLabV3 at less arithmetic.",
    ),
    _unet(
        "mobilenet_v3_large",
        "MobileNetV3",
        _MOBILENET_V3,
        (6_679_397, 10_909_401_056, 273_875_908),
        "Thin and small things on a patient CPU or a small GPU.",
    ),
    _plus(
        "mobilenet_v3_large",
        "MobileNetV3",
        _MOBILENET_V3,
        (4_720_373, 14_549_678_560, 825_771_716),
        "As at stride 16, with small things a little better at twice the arithmetic.",
        os8=True,
    ),
    _plus(
        "resnet50",
        "ResNet-50",
        _RESNET50,
        (26_696_133, 39_672_129_216, 587_182_340),
        "A GPU of 6 GB: finer outlines than DeepLabV3 at a quarter of its arithmetic.",
    ),
    _unet(
        "resnet50",
        "ResNet-50",
        _RESNET50,
        (32_514_677, 42_862_523_904, 474_684_420),
        "Thin and small things (ropes, cracks, cells) with a GPU of 6 GB.",
    ),
    _plus(
        "resnet101",
        "ResNet-101",
        _RESNET101,
        (45_688_261, 60_297_684_672, 751_165_700),
        "Hundreds of photos and a GPU of 8 GB: the deeper network for the finest outlines.",
    ),
    _unet(
        "resnet101",
        "ResNet-101",
        _RESNET101,
        (51_506_805, 63_488_079_360, 638_667_780),
        "Thin and small things, when there are hundreds of photos and a GPU of 8 GB.",
    ),
    _plus(
        "resnet50",
        "ResNet-50",
        _RESNET50,
        (26_696_133, 116_093_789_888, 1_112_224_004),
        "As at stride 16, with small things a little better at three times the arithmetic.",
        os8=True,
    ),
    _fcn_resnet_v2(56),
    _plus(
        "resnet101",
        "ResNet-101",
        _RESNET101,
        (45_688_261, 196_114_884_288, 1_767_530_756),
        "The last point of accuracy on small things, with a GPU of 16 GB.",
        os8=True,
    ),
)

HEADS: Mapping[str, HeadInfo] = _Heads(tuple(sorted(_ROWS, key=lambda row: row.multiply_adds)))
"""Every head by its name, the lightest first."""
