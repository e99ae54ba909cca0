"""What a recipe's augmentation does to photos, to be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from segstudio.project.images import RgbImage
from segstudio.project.learnt_classes import learnt_classes
from segstudio.project.masks import Mask
from segstudio.project.photos import Photo
from segstudio.project.project import Project
from segstudio.runs.recipe import Recipe
from segstudio.training.augmentation import Augmentation
from segstudio.training.photos import LabelledPhoto, PhotoStore


@dataclass(frozen=True, slots=True, eq=False)
class AugmentedCrop:
    """A crop as the network would be given it, with its mask in the project's class numbers."""

    photo: str
    number: int
    pixels: RgbImage
    mask: Mask


def augmented_crops(
    project: Project, recipe: Recipe, *, photos: int, crops: int, seed: int
) -> Iterator[AugmentedCrop]:
    """Yield `crops` random crops of each of some training photos, spread over the project.

    The same seed gives the same crops. Raises SegStudioError for a photo or mask that cannot be read.
    """
    learnt = learnt_classes(project.classes, ignored=recipe.ignore_classes, merged=recipe.merge)
    chosen = _spread(
        [photo for photo in project.photos() if photo.is_labelled and photo.split != "val"], photos
    )
    store = PhotoStore(
        [LabelledPhoto(photo.key, photo.path, project.mask_path(photo), photo.size) for photo in chosen],
        classes=project.classes,
        channels=[each.values for each in learnt],
        max_side_px=recipe.max_side_px,
        cache_mb=0,
    )
    table = np.full(256, 255, dtype=np.uint8)
    table[: len(learnt)] = [each.entry.index for each in learnt]
    augment = Augmentation(recipe)
    for position, photo in enumerate(chosen):
        image, labels = store[position]
        for number in range(crops):
            torch.manual_seed(seed + 1000 * position + number)
            crop, cut = augment(image, labels)
            pixels = np.ascontiguousarray(crop.permute(1, 2, 0).numpy())
            yield AugmentedCrop(photo.key, number, pixels, table[cut.numpy()])


def _spread(photos: list[Photo], count: int) -> list[Photo]:
    """Return `count` of the photos, from all parts of the list."""
    if len(photos) <= count:
        return photos
    return [photos[round(place)] for place in np.linspace(0, len(photos) - 1, count)]
