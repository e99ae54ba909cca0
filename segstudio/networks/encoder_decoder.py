"""The shape that our own heads share: an encoder, a decoder that joins its features, and what is between them."""

from __future__ import annotations

from collections import OrderedDict

import torch.nn.functional as F
from torch import Tensor, nn

from segstudio.networks.quick_import import without_compiler

with without_compiler():
    from torchvision.models.segmentation.fcn import FCNHead

_AUXILIARY_FEATURE = "16"


class EncoderDecoder(nn.Module):
    """`backbone` gives a dict of features, `classifier` makes logits of them at any stride.

    `forward` takes (N, 3, H, W) and returns `out` (N, C, H, W), and `aux` where there is an auxiliary classifier: the names
    and parts are those of torchvision's segmentation networks.
    """

    def __init__(
        self, backbone: nn.Module, classifier: nn.Module, aux_classifier: nn.Module | None = None
    ) -> None:
        super().__init__()
        self.backbone = backbone
        self.classifier = classifier
        self.aux_classifier = aux_classifier

    def coarse(self, batch: Tensor) -> Tensor:
        """Return the logits before the last enlargement."""
        return self._within(self.classifier(self.backbone(batch)), batch)

    def forward(self, batch: Tensor) -> dict[str, Tensor]:
        """Return the logits at the size of `batch`."""
        features = self.backbone(batch)
        answer = OrderedDict(out=_enlarged(self._within(self.classifier(features), batch), batch))
        if self.aux_classifier is not None:
            answer["aux"] = _enlarged(self.aux_classifier(features[_AUXILIARY_FEATURE]), batch)
        return answer

    @staticmethod
    def _within(logits: Tensor, batch: Tensor) -> Tensor:
        """Cut off what a decoder that doubles sizes made of the padding beyond an odd edge."""
        return logits[..., : batch.shape[-2], : batch.shape[-1]]


def auxiliary_classifier(channels: int, num_classes: int) -> nn.Module:
    """Return torchvision's FCN head, for the feature of stride 16."""
    return FCNHead(channels, num_classes)


def enlarged_to(feature: Tensor, other: Tensor) -> Tensor:
    """Return `feature` enlarged bilinearly to the size of `other`."""
    return F.interpolate(feature, size=other.shape[-2:], mode="bilinear", align_corners=False)


def _enlarged(logits: Tensor, batch: Tensor) -> Tensor:
    return logits if logits.shape[-2:] == batch.shape[-2:] else enlarged_to(logits, batch)
