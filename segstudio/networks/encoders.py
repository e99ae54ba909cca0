"""Encoders: torchvision's classification networks without their classifier, giving features at several strides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from torch import nn

from segstudio.networks.quick_import import without_compiler

with without_compiler():
    from torchvision.models._utils import IntermediateLayerGetter
    from torchvision.models.mobilenetv3 import mobilenet_v3_large
    from torchvision.models.resnet import resnet50, resnet101

OutputStride = Literal[8, 16, 32]

MULTI_GRID = (1, 2, 4)
"""How much wider the last three residual blocks look, times the dilation of their stage (DeepLabV3, section 4.2.1)."""

_MOBILENET_STRIDED = {8: 7, 16: 13}
"""The layer of MobileNetV3-Large that would go beyond this output stride."""


@dataclass(frozen=True, slots=True, eq=False)
class Encoder:
    """`module` takes (N, 3, H, W) and returns a dict of features, the finest first.

    A feature is called by the stride that it has in the undilated network, `"2"` to `"32"`, and is (N, C, ⌈H / s⌉, ⌈W / s⌉)
    with s that stride or, if it is smaller, the output stride asked for; `channels` tells C. State-dict keys are
    torchvision's.
    """

    module: nn.Module
    channels: Mapping[str, int]


def resnet(
    name: str, *, output_stride: OutputStride = 32, multi_grid: tuple[int, int, int] = (1, 1, 1)
) -> Encoder:
    """Return `resnet50` or `resnet101` (He and others, "Deep Residual Learning for Image Recognition", CVPR 2016).

    Below stride 32 the strides of the last stages become dilation (Chen and others, "Rethinking Atrous Convolution
    for Semantic Image Segmentation", 2017), multiplied in the last stage's three blocks by `multi_grid`.
    """
    constructor: Callable[..., nn.Module] = {"resnet50": resnet50, "resnet101": resnet101}[name]
    network = constructor(
        weights=None, replace_stride_with_dilation=[False, output_stride == 8, output_stride < 32]
    )
    if multi_grid != (1, 1, 1):
        dilation = 32 // output_stride
        for block, factor in zip(network.get_submodule("layer4").children(), multi_grid, strict=True):
            _dilate(block.get_submodule("conv2"), dilation * factor)
    channels = {"2": 64, "4": 256, "8": 512, "16": 1024, "32": 2048}
    layers = {"relu": "2", "layer1": "4", "layer2": "8", "layer3": "16", "layer4": "32"}
    return Encoder(IntermediateLayerGetter(network, return_layers=layers), MappingProxyType(channels))


def mobilenet_v3(output_stride: OutputStride = 32) -> Encoder:
    """Return MobileNetV3-Large (Howard and others, "Searching for MobileNetV3", ICCV 2019), its strides beyond the
    output stride turned into dilation.

    A depthwise convolution that lost its stride still sees its input at the spacing that it was trained for; those
    after it are dilated. (torchvision's own dilated form dilates that one too.)
    """
    features: nn.Sequential = mobilenet_v3_large(weights=None).features
    dilation = 1
    for position, layer in enumerate(features):
        depthwise = [m for m in layer.modules() if isinstance(m, nn.Conv2d) and m.groups > 1]
        for convolution in depthwise:
            _dilate(convolution, dilation)
            if any(
                position == first for stride, first in _MOBILENET_STRIDED.items() if stride >= output_stride
            ):
                convolution.stride = (1, 1)
                dilation *= 2
    channels = {"2": 16, "4": 24, "8": 40, "16": 112, "32": 960}
    layers = {"1": "2", "3": "4", "6": "8", "12": "16", "16": "32"}
    return Encoder(IntermediateLayerGetter(features, return_layers=layers), MappingProxyType(channels))


def _dilate(module: nn.Module, dilation: int) -> None:
    if not isinstance(module, nn.Conv2d):
        raise TypeError(f"{type(module).__name__} is no convolution")
    reach = dilation * (module.kernel_size[0] - 1) // 2
    module.dilation, module.padding = (dilation, dilation), (reach, reach)
