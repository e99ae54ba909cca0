"""Painting rules: over which classes a tool may paint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from segstudio.painting.region import Bitmap
from segstudio.project.classes import VOID
from segstudio.project.masks import Mask

RuleKind = Literal["everywhere", "only void", "only over", "never over"]


@dataclass(frozen=True, slots=True)
class Rule:
    """Where paint takes: `values` are the mask values meant by `only over` and `never over`."""

    kind: RuleKind = "everywhere"
    values: frozenset[int] = frozenset()

    def takes(self, value: int) -> bool:
        """Tell whether a pixel of mask value `value` may be painted over."""
        match self.kind:
            case "everywhere":
                return True
            case "only void":
                return value == VOID
            case "only over":
                return value in self.values
            case "never over":
                return value not in self.values

    def allowed(self, bitmap: Bitmap, under: Mask) -> Bitmap:
        """Return those pixels of `bitmap` under which the mask `under` (of the same shape) may be changed."""
        if self.kind == "everywhere":
            return bitmap
        return bitmap & self._open(under)

    def _open(self, under: Mask) -> Bitmap:
        taking = [value for value in range(256) if self.takes(value)]
        if len(taking) == 1:
            only: Bitmap = under == taking[0]
            return only
        if len(taking) == 255:
            but: Bitmap = under != next(value for value in range(256) if not self.takes(value))
            return but
        table = np.zeros(256, dtype=np.uint8)
        table[taking] = 1
        return np.asarray(cv2.LUT(np.ascontiguousarray(under), table), dtype=np.uint8).view(np.bool_)


EVERYWHERE = Rule()
ONLY_VOID = Rule("only void")


def only_over(*values: int) -> Rule:
    """Return the rule that paints over these mask values alone."""
    return Rule("only over", frozenset(values))


def never_over(*values: int) -> Rule:
    """Return the rule that leaves these mask values as they are."""
    return Rule("never over", frozenset(values))
