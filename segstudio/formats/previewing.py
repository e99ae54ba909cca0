"""Small masks for looking at: an annotation painted at the size in which it is shown, in a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np

from segstudio.formats.placement import Fit, fit_of, in_pixels, scaled_to, turned_upright
from segstudio.formats.rasterise import Layers, Rule, rasterise
from segstudio.formats.shapes import Annotation
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask

Size = tuple[int, int]
"""(rows, columns)."""


@dataclass(frozen=True, slots=True)
class Paint:
    """How labels become pixels: the classes with their draw order, the mask value of each label, rule and layers."""

    classes: ClassList
    values: Mapping[str, int]
    rule: Rule = "truncate"
    layers: Layers = "class"


def preview_mask(
    annotation: Annotation, paint: Paint, *, upright: Size, orientation: int, small: Size
) -> Mask:
    """Return the mask that an import would paint on a photo of size `upright`, shown at size `small`.

    At the photo's own size it is the import's, pixel for pixel. Smaller, the shapes are scaled, not the mask,
    which is as good to look at and takes no longer for a large photo. An annotation of another size than the
    photo's is laid over all of it.
    """
    annotation = in_pixels(annotation, upright)
    told = annotation.size or upright
    sized = replace(annotation, size=told)
    fit = fit_of(told, upright, orientation)
    if fit is Fit.AS_STORED:
        stored = _painted(sized, paint, upright[::-1], small[::-1])
        return turned_upright(stored, orientation)
    return _painted(sized, paint, upright, small)


def _painted(annotation: Annotation, paint: Paint, whole: Size, small: Size) -> Mask:
    if small[0] * small[1] >= whole[0] * whole[1]:
        mask = rasterise(
            scaled_to(annotation, whole).shapes,
            whole,
            paint.classes,
            numbers=paint.values,
            rule=paint.rule,
            layers=paint.layers,
        ).mask
        if small == whole:
            return mask
        return np.asarray(cv2.resize(mask, small[::-1], interpolation=cv2.INTER_NEAREST), dtype=np.uint8)
    scaled = scaled_to(annotation, small)
    return rasterise(
        scaled.shapes, small, paint.classes, numbers=paint.values, rule="round", layers=paint.layers
    ).mask
