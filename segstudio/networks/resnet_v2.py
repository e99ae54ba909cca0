"""FCN on a ResNet v2 with a pyramid of features: every pixel is classified at full size, without pretrained weights.

He, Zhang, Ren, Sun, "Identity Mappings in Deep Residual Networks", ECCV 2016: bottleneck units with norm and ReLU before
each convolution, three stages of n units (depth 9n + 2). Long, Shelhamer, Darrell, "Fully Convolutional Networks for
Semantic Segmentation", CVPR 2015: features of several strides, enlarged and joined. The encoder keeps stride 4; four
further levels follow, the first an average, the others convolutions of stride 2 with 512 channels.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from segstudio.networks.encoder_decoder import EncoderDecoder, enlarged_to

_STAGES = (16, 64, 128)
"""Channels inside the units of a stage; they give 4, 2 and 2 times as many."""
_ENCODED = 256
_PYRAMID = 512
_DECODED = 256
_LEVELS = ("8", "16", "32", "64")


def fcn_resnet_v2(depth: int, num_classes: int) -> EncoderDecoder:
    """Return the FCN on a ResNet v2 of `depth` = 9n + 2 layers, n ≥ 1; its logits are at full size.

    Convolutions have biases and start as in He and others, "Delving Deep into Rectifiers", ICCV 2015.
    """
    units, rest = divmod(depth - 2, 9)
    if units < 1 or rest:
        raise ValueError(f"a ResNet v2 has 9n + 2 layers, which {depth} is not")
    network = EncoderDecoder(_Encoder(units), _Decoder(num_classes))
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.kaiming_normal_(module.weight, mode="fan_in", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return network


class _Encoder(nn.Module):
    """ResNet v2 and the pyramid upon it: features `"4"` with 256 channels, `"8"` too, `"16"` to `"64"` with 512."""

    def __init__(self, units: int) -> None:
        super().__init__()
        layers: list[nn.Module] = list(_convolution(3, _STAGES[0]))
        channels = _STAGES[0]
        for stage, inner in enumerate(_STAGES):
            given = inner * (4 if stage == 0 else 2)
            for number in range(units):
                stride = 2 if stage > 0 and number == 0 else 1
                layers.append(_Unit(channels, inner, given, stride=stride, is_activated=stage + number == 0))
                channels = given
        self.body = nn.Sequential(*layers, nn.BatchNorm2d(channels), nn.ReLU(inplace=True))
        self.pool = nn.AvgPool2d(2, ceil_mode=True)
        self.pyramid = nn.ModuleList(
            nn.Sequential(*_convolution(given, _PYRAMID, stride=2))
            for given in (_ENCODED, _PYRAMID, _PYRAMID)
        )

    def forward(self, batch: Tensor) -> dict[str, Tensor]:
        feature = self.body(batch)
        features = {"4": feature, "8": self.pool(feature)}
        feature = features["8"]
        for name, layer in zip(_LEVELS[1:], self.pyramid, strict=True):
            feature = features[name] = layer(feature)
        return features


class _Unit(nn.Module):
    """A bottleneck: 1 × 1, 3 × 3, 1 × 1, each after norm and ReLU; the network's very first is activated already."""

    def __init__(self, channels: int, inner: int, given: int, *, stride: int, is_activated: bool) -> None:
        super().__init__()
        before = () if is_activated else (nn.BatchNorm2d(channels), nn.ReLU())
        self.residual = nn.Sequential(
            *before,
            nn.Conv2d(channels, inner, 1, stride=stride),
            nn.BatchNorm2d(inner),
            nn.ReLU(inplace=True),
            nn.Conv2d(inner, inner, 3, padding=1),
            nn.BatchNorm2d(inner),
            nn.ReLU(inplace=True),
            nn.Conv2d(inner, given, 1),
        )
        is_first = stride > 1 or channels != given
        self.shortcut = nn.Conv2d(channels, given, 1, stride=stride) if is_first else nn.Identity()

    def forward(self, feature: Tensor) -> Tensor:
        changed: Tensor = self.shortcut(feature) + self.residual(feature)
        return changed


class _Decoder(nn.Module):
    """Each further level gets 256 channels and the size of stride 4; all joined are doubled twice and classified."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        givens = (_ENCODED, _PYRAMID, _PYRAMID, _PYRAMID)
        self.levels = nn.ModuleList(nn.Sequential(*_convolution(given, _DECODED)) for given in givens)
        self.up = nn.Sequential(
            *_doubling(_ENCODED + _DECODED * len(_LEVELS)),
            *_doubling(_DECODED),
            nn.Conv2d(_DECODED, num_classes, 1),
        )

    def forward(self, features: Mapping[str, Tensor]) -> Tensor:
        finest = features["4"]
        levels = zip(_LEVELS, self.levels, strict=True)
        enlarged = [enlarged_to(level(features[name]), finest) for name, level in levels]
        logits: Tensor = self.up(torch.cat((finest, *enlarged), dim=1))
        return logits


def _convolution(channels: int, wanted: int, *, stride: int = 1) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(channels, wanted, 3, stride=stride, padding=1)
    return convolution, nn.BatchNorm2d(wanted), nn.ReLU(inplace=True)


def _doubling(channels: int) -> tuple[nn.Module, ...]:
    convolution = nn.ConvTranspose2d(channels, _DECODED, 3, stride=2, padding=1, output_padding=1)
    return convolution, nn.BatchNorm2d(_DECODED), nn.ReLU(inplace=True)
