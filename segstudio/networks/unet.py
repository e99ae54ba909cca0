"""U-Net on a classification network's encoder.

Ronneberger, Fischer, Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation", MICCAI 2015: at each
step up the features are enlarged, joined with the encoder's of that size, and pass two 3 × 3 convolutions. As usual with
pretrained encoders the convolutions are padded and followed by batch norms, enlarging is bilinear, and the last step
up, beside which an encoder has no feature, is left to the bilinear enlargement of the logits.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from segstudio.networks.encoder_decoder import EncoderDecoder, auxiliary_classifier, enlarged_to
from segstudio.networks.encoders import Encoder

_STEPS = (("16", 256), ("8", 128), ("4", 64), ("2", 32))
"""The features met on the way up, and how many channels each step gives."""


def unet(encoder: Encoder, num_classes: int, *, auxiliary: bool) -> EncoderDecoder:
    """Return U-Net on an undilated `encoder`; its logits are at stride 2."""
    aux = auxiliary_classifier(encoder.channels["16"], num_classes) if auxiliary else None
    return EncoderDecoder(encoder.module, _Decoder(encoder.channels, num_classes), aux)


class _Decoder(nn.Module):
    def __init__(self, channels: Mapping[str, int], num_classes: int) -> None:
        super().__init__()
        below = channels["32"]
        steps = []
        for name, wanted in _STEPS:
            steps.append(
                nn.Sequential(*_convolution(below + channels[name], wanted), *_convolution(wanted, wanted))
            )
            below = wanted
        self.steps = nn.ModuleList(steps)
        self.last = nn.Conv2d(below, num_classes, 1)

    def forward(self, features: Mapping[str, Tensor]) -> Tensor:
        deep = features["32"]
        for (name, _), step in zip(_STEPS, self.steps, strict=True):
            beside = features[name]
            deep = step(torch.cat((enlarged_to(deep, beside), beside), dim=1))
        logits: Tensor = self.last(deep)
        return logits


def _convolution(channels: int, wanted: int) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(channels, wanted, 3, padding=1, bias=False)
    return convolution, nn.BatchNorm2d(wanted), nn.ReLU(inplace=True)
