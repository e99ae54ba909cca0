"""DeepLabV3+: atrous separable convolutions and a decoder that brings outlines back.

Chen, Zhu, Papandreou, Schroff, Adam, "Encoder-Decoder with Atrous Separable Convolution for Semantic Image
Segmentation", ECCV 2018.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from segstudio.networks.encoder_decoder import EncoderDecoder, auxiliary_classifier, enlarged_to
from segstudio.networks.encoders import Encoder

_CHANNELS = 256
_LOW_LEVEL_CHANNELS = 48
_RATES = (6, 12, 18)
"""At output stride 16; twice as much at 8 (section 4.1 of DeepLabV3)."""
_DROPOUT = 0.1


def deeplab_plus(
    encoder: Encoder, num_classes: int, *, output_stride: int, auxiliary: bool
) -> EncoderDecoder:
    """Return DeepLabV3+ on `encoder`, which must have been built for the same output stride."""
    channels = encoder.channels
    rates = tuple(rate * 16 // output_stride for rate in _RATES)
    classifier = _Decoder(channels["32"], channels["4"], num_classes, rates)
    aux = auxiliary_classifier(channels["16"], num_classes) if auxiliary else None
    return EncoderDecoder(encoder.module, classifier, aux)


class _Decoder(nn.Module):
    """ASPP, enlarged to stride 4, beside 48 channels of the encoder's finest residual stage; two 3 × 3 convolutions."""

    def __init__(self, deep: int, low: int, num_classes: int, rates: tuple[int, ...]) -> None:
        super().__init__()
        self.aspp = _Aspp(deep, rates)
        self.low_level = _pointwise(low, _LOW_LEVEL_CHANNELS)
        self.refine = nn.Sequential(
            _separable(_CHANNELS + _LOW_LEVEL_CHANNELS, dilation=1),
            _separable(_CHANNELS, dilation=1),
            nn.Conv2d(_CHANNELS, num_classes, 1),
        )

    def forward(self, features: Mapping[str, Tensor]) -> Tensor:
        low = self.low_level(features["4"])
        deep = enlarged_to(self.aspp(features["32"]), low)
        logits: Tensor = self.refine(torch.cat((deep, low), dim=1))
        return logits


class _Aspp(nn.Module):
    """Atrous spatial pyramid pooling: one look at a point, three at growing distances, one at the whole picture."""

    def __init__(self, channels: int, rates: tuple[int, ...]) -> None:
        super().__init__()
        self.point = _pointwise(channels, _CHANNELS)
        self.atrous = nn.ModuleList(_separable(channels, dilation=rate) for rate in rates)
        self.whole = nn.Sequential(nn.AdaptiveAvgPool2d(1), _pointwise(channels, _CHANNELS))
        self.project = nn.Sequential(
            _pointwise(_CHANNELS * (2 + len(rates)), _CHANNELS), nn.Dropout(_DROPOUT)
        )

    def forward(self, feature: Tensor) -> Tensor:
        looks = [self.point(feature), *(look(feature) for look in self.atrous)]
        looks.append(F.interpolate(self.whole(feature), size=feature.shape[-2:], mode="nearest"))
        joined: Tensor = self.project(torch.cat(looks, dim=1))
        return joined


def _pointwise(channels: int, wanted: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, wanted, 1, bias=False), nn.BatchNorm2d(wanted), nn.ReLU(inplace=True)
    )


def _separable(channels: int, *, dilation: int) -> nn.Sequential:
    """A 3 × 3 convolution of each channel alone, then one across channels, a norm and ReLU after both (section 3.1)."""
    depthwise = nn.Conv2d(
        channels, channels, 3, padding=dilation, dilation=dilation, groups=channels, bias=False
    )
    return nn.Sequential(
        depthwise, nn.BatchNorm2d(channels), nn.ReLU(inplace=True), *_pointwise(channels, _CHANNELS)
    )
