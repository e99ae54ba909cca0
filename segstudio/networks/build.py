"""Builds the heads: a name and a number of classes become a network with random weights."""

from __future__ import annotations

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor, nn

from segstudio.errors import SegStudioError, did_you_mean
from segstudio.networks.norms import use_tolerant_norms
from segstudio.networks.quick_import import without_compiler

with without_compiler():
    from torchvision.models import segmentation as torchvision_heads
    from torchvision.models._utils import IntermediateLayerGetter
    from torchvision.models.mobilenetv2 import mobilenet_v2
    from torchvision.models.segmentation.deeplabv3 import DeepLabHead
    from torchvision.models.segmentation.fcn import FCNHead

MAX_CLASSES = 255
"""As many as an 8-bit mask can tell apart beside void."""

_MOBILENET_V2_OUT = (17, 320)
_MOBILENET_V2_AUXILIARY = (13, 96)
_MOBILENET_V2_LAST_STRIDED = 14

Builder = Callable[[int, bool], nn.Module]


def build(head: str, num_classes: int, *, auxiliary: bool = False) -> nn.Module:
    """Return the network `head` for `num_classes` classes with random weights; nothing is downloaded.

    The network takes normalised RGB, float (N, 3, H, W) with any H, W ≥ 1, and returns an ordered dict:
    `out` with logits (N, num_classes, H, W), and with `auxiliary` also `aux` of the same shape. A batch of one works
    in training too (see `norms.BatchNorm`). State-dict keys are torchvision's.

    Raises SegStudioError for an unknown head, and for an auxiliary classifier where a head cannot have one.
    """
    builder = BUILDERS.get(head)
    if builder is None:
        raise SegStudioError(
            f'unknown head "{head}"{did_you_mean(head, BUILDERS)}', fix="`segstudio heads` lists them"
        )
    if not 1 <= num_classes <= MAX_CLASSES:
        raise SegStudioError(
            f"{num_classes} classes were asked for",
            where=head,
            fix=f"A network takes 1 to {MAX_CLASSES} classes",
        )
    network = builder(num_classes, auxiliary)
    use_tolerant_norms(network)
    return network


def backbone_of(head: str) -> str:
    """Return torchvision's name of the classification network that a head stands on."""
    return head.partition("_")[2]


def coarse_logits(network: nn.Module, batch: Tensor) -> Tensor:
    """Return the logits of `batch` before the last upsampling: (N, C, ⌈H / s⌉, ⌈W / s⌉) at the output stride s.

    `forward` enlarges exactly these, bilinearly, to (H, W). A network that this module does not know gives its
    full-size answer, which is the same with s = 1.
    """
    if isinstance(network, torchvision_heads.LRASPP):
        return _tensor(network.classifier(network.backbone(batch)))
    if isinstance(network, (torchvision_heads.DeepLabV3, torchvision_heads.FCN)):
        return _tensor(network.classifier(network.backbone(batch)["out"]))
    answer = network(batch)
    return _tensor(answer["out"] if isinstance(answer, dict) else answer)


def enlarge(logits: Tensor, size: tuple[int, int]) -> Tensor:
    """Return (N, C, h, w) enlarged bilinearly to (N, C, *size), as the networks themselves do it."""
    return F.interpolate(logits, size=size, mode="bilinear", align_corners=False)


def _tensor(value: object) -> Tensor:
    if not isinstance(value, Tensor):
        raise TypeError(f"a network answered with {type(value).__name__} instead of a tensor")
    return value


def _from_torchvision(name: str) -> Builder:
    def builder(num_classes: int, auxiliary: bool) -> nn.Module:
        constructor: Callable[..., nn.Module] = getattr(torchvision_heads, name)
        return constructor(weights=None, weights_backbone=None, num_classes=num_classes, aux_loss=auxiliary)

    return builder


def _lraspp_mobilenet_v3_large(num_classes: int, auxiliary: bool) -> nn.Module:
    if auxiliary:
        raise SegStudioError(
            "LR-ASPP has no auxiliary classifier",
            where="lraspp_mobilenet_v3_large",
            fix="Train it without one",
        )
    network: nn.Module = torchvision_heads.lraspp_mobilenet_v3_large(
        weights=None, weights_backbone=None, num_classes=num_classes
    )
    return network


def _deeplabv3_mobilenet_v2(num_classes: int, auxiliary: bool) -> nn.Module:
    """DeepLabV3 on MobileNetV2 at output stride 16, on the 320 channels before the classification layer.

    So built in section 6.3 of "MobileNetV2: Inverted Residuals and Linear Bottlenecks" (Sandler and others, 2018):
    the last 1280-channel layer costs much and brings nothing here.
    """
    features = mobilenet_v2(weights=None).features
    _dilate_mobilenet_v2(features)
    out, out_channels = _MOBILENET_V2_OUT
    layers = {str(out): "out"}
    auxiliary_classifier = None
    if auxiliary:
        position, channels = _MOBILENET_V2_AUXILIARY
        layers[str(position)] = "aux"
        auxiliary_classifier = FCNHead(channels, num_classes)
    backbone = IntermediateLayerGetter(features, return_layers=layers)
    return torchvision_heads.DeepLabV3(backbone, DeepLabHead(out_channels, num_classes), auxiliary_classifier)


def _dilate_mobilenet_v2(features: nn.Sequential) -> None:
    """Turn the last stride of 2 into dilation, as torchvision's ResNet does it: from the next layer on.

    The convolution that lost its stride still sees its input at the spacing that it was trained for.
    """
    for position in range(_MOBILENET_V2_LAST_STRIDED, len(features)):
        for module in features[position].modules():
            if isinstance(module, nn.Conv2d) and module.kernel_size == (3, 3):
                if position == _MOBILENET_V2_LAST_STRIDED:
                    module.stride = (1, 1)
                else:
                    module.dilation = module.padding = (2, 2)


BUILDERS: dict[str, Builder] = {
    "deeplabv3_resnet50": _from_torchvision("deeplabv3_resnet50"),
    "deeplabv3_resnet101": _from_torchvision("deeplabv3_resnet101"),
    "deeplabv3_mobilenet_v3_large": _from_torchvision("deeplabv3_mobilenet_v3_large"),
    "deeplabv3_mobilenet_v2": _deeplabv3_mobilenet_v2,
    "fcn_resnet50": _from_torchvision("fcn_resnet50"),
    "fcn_resnet101": _from_torchvision("fcn_resnet101"),
    "lraspp_mobilenet_v3_large": _lraspp_mobilenet_v3_large,
}
"""Every head by its name; `segstudio.runs.heads.HEADS` describes the same names."""
