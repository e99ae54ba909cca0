"""Builds the heads: a name and a number of classes become a network with random weights."""

from __future__ import annotations

import re
from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor, nn

from segstudio.errors import SegStudioError, did_you_mean
from segstudio.networks.deeplab_plus import deeplab_plus
from segstudio.networks.encoder_decoder import EncoderDecoder
from segstudio.networks.encoders import MULTI_GRID, Encoder, OutputStride, mobilenet_v3, resnet
from segstudio.networks.norms import use_tolerant_norms
from segstudio.networks.quick_import import without_compiler
from segstudio.networks.resnet_v2 import fcn_resnet_v2
from segstudio.networks.unet import unet

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

_FCN_RESNET_V2 = re.compile(r"fcn_resnetv2_(\d{2,4})")
_OUTPUT_STRIDE_8 = "_os8"

Builder = Callable[[int, bool], nn.Module]


def build(head: str, num_classes: int, *, auxiliary: bool = False) -> nn.Module:
    """Return the network `head` for `num_classes` classes with random weights; nothing is downloaded.

    The network takes normalised RGB, float (N, 3, H, W) with any H, W ≥ 1, and returns an ordered dict:
    `out` with logits (N, num_classes, H, W), and with `auxiliary` also `aux` of the same shape. A batch of one works
    in training too (see `norms.BatchNorm`). State-dict keys are torchvision's, those of the backbone in every head but
    `fcn_resnetv2_DEPTH`, which has any depth 9n + 2.

    Raises SegStudioError for an unknown head, and for an auxiliary classifier where a head cannot have one.
    """
    builder = BUILDERS.get(head) or _of_any_depth(head)
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
    return head.partition("_")[2].removesuffix(_OUTPUT_STRIDE_8)


def coarse_logits(network: nn.Module, batch: Tensor) -> Tensor:
    """Return the logits of `batch` before the last upsampling: (N, C, ⌈H / s⌉, ⌈W / s⌉) at the output stride s.

    `forward` enlarges exactly these, bilinearly, to (H, W). A network that this module does not know gives its
    full-size answer, which is the same with s = 1.
    """
    if isinstance(network, EncoderDecoder):
        return network.coarse(batch)
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


def _deeplab_plus(encoder: Callable[[OutputStride], Encoder], output_stride: OutputStride) -> Builder:
    def builder(num_classes: int, auxiliary: bool) -> nn.Module:
        return deeplab_plus(
            encoder(output_stride), num_classes, output_stride=output_stride, auxiliary=auxiliary
        )

    return builder


def _unet(encoder: Callable[[OutputStride], Encoder]) -> Builder:
    return lambda num_classes, auxiliary: unet(encoder(32), num_classes, auxiliary=auxiliary)


def _resnet(name: str) -> Callable[[OutputStride], Encoder]:
    """ResNets look wider in their last stage (multi-grid) where it is dilated, as the papers' do."""

    def encoder(output_stride: OutputStride) -> Encoder:
        multi_grid = MULTI_GRID if output_stride < 32 else (1, 1, 1)
        return resnet(name, output_stride=output_stride, multi_grid=multi_grid)

    return encoder


def _of_any_depth(head: str) -> Builder | None:
    """Return the builder of the FCN on a ResNet v2 of the depth in its name, if it is one."""
    found = _FCN_RESNET_V2.fullmatch(head)
    depth = int(found[1]) if found else 0
    is_one = depth % 9 == 2 and head == f"fcn_resnetv2_{depth}"
    return _fcn_resnet_v2(depth) if is_one else None


def _fcn_resnet_v2(depth: int) -> Builder:
    def builder(num_classes: int, auxiliary: bool) -> nn.Module:
        if auxiliary:
            raise SegStudioError(
                "the FCN on a ResNet v2 has no auxiliary classifier",
                where=f"fcn_resnetv2_{depth}",
                fix="Train it without one",
            )
        return fcn_resnet_v2(depth, num_classes)

    return builder


_ENCODERS: dict[str, Callable[[OutputStride], Encoder]] = {
    "resnet50": _resnet("resnet50"),
    "resnet101": _resnet("resnet101"),
    "mobilenet_v3_large": mobilenet_v3,
}

BUILDERS: dict[str, Builder] = {
    "deeplabv3_resnet50": _from_torchvision("deeplabv3_resnet50"),
    "deeplabv3_resnet101": _from_torchvision("deeplabv3_resnet101"),
    "deeplabv3_mobilenet_v3_large": _from_torchvision("deeplabv3_mobilenet_v3_large"),
    "deeplabv3_mobilenet_v2": _deeplabv3_mobilenet_v2,
    "fcn_resnet50": _from_torchvision("fcn_resnet50"),
    "fcn_resnet101": _from_torchvision("fcn_resnet101"),
    "lraspp_mobilenet_v3_large": _lraspp_mobilenet_v3_large,
    **{f"deeplabv3plus_{name}": _deeplab_plus(encoder, 16) for name, encoder in _ENCODERS.items()},
    **{
        f"deeplabv3plus_{name}{_OUTPUT_STRIDE_8}": _deeplab_plus(encoder, 8)
        for name, encoder in _ENCODERS.items()
    },
    **{f"unet_{name}": _unet(encoder) for name, encoder in _ENCODERS.items()},
    "fcn_resnetv2_56": _fcn_resnet_v2(56),
}
"""Every head by its name; `segstudio.runs.heads.HEADS` describes the same names."""
