"""Random crops of photo and mask together, with torchvision's transforms."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torchvision import tv_tensors
from torchvision.transforms import InterpolationMode, v2
from torchvision.transforms.v2 import functional

from segstudio.project.classes import VOID
from segstudio.runs.recipe import Recipe
from segstudio.training.label_resizing import resized_labels

_FILL_RGB = [124, 116, 104]
"""What lies outside a photo: ImageNet's mean colour, which the network sees as zero."""

_BLUR_KERNEL_PX = 5
_BLUR_SIGMA_PX = (0.3, 1.5)


class Augmentation:
    """Turns a photo and its labels into a random crop, as the recipe says.

    Called with uint8 (3, H, W) and uint8 (H, W), it returns uint8 (3, crop, crop) and uint8 (crop, crop).
    All chance comes from torch's global generator.
    """

    def __init__(self, recipe: Recipe) -> None:
        steps: list[torch.nn.Module] = [
            RandomScaledCrop(
                recipe.crop_px, recipe.scale_min, recipe.scale_max, on_labels=recipe.crops_on_labels
            ),
            v2.RandomHorizontalFlip(recipe.flip_horizontal),
            v2.RandomVerticalFlip(recipe.flip_vertical),
        ]
        if recipe.brightness or recipe.contrast or recipe.saturation or recipe.hue:
            steps.append(v2.ColorJitter(recipe.brightness, recipe.contrast, recipe.saturation, recipe.hue))
        if recipe.blur:
            steps.append(v2.RandomApply([v2.GaussianBlur(_BLUR_KERNEL_PX, _BLUR_SIGMA_PX)], p=recipe.blur))
        self._transform = v2.Compose(steps)

    def __call__(self, image: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        crop, cut = self._transform(tv_tensors.Image(image), tv_tensors.Mask(labels))
        return crop.as_subclass(Tensor), cut.as_subclass(Tensor)


_Span = tuple[int, int, int, int]
"""Along one axis: start and length in the photo, length in the crop, start in the crop."""


class RandomScaledCrop(v2.Transform):
    """Enlarge by a random factor and cut a random square of `crop_px` out, in one move.

    The piece of the photo that will fill the square is cut out first and only then resized (bilinear with
    antialiasing; labels as `resized_labels` does it), so the cost depends on the crop and not on the photo. The factor is
    uniform in its logarithm. Where the enlarged photo is smaller than the square, mean colour and void are
    laid around it. With `on_labels` a square that would hold no labelled pixel is moved to where a random one of them is
    in it: where only strokes are painted, most others would teach nothing.
    """

    def __init__(self, crop_px: int, scale_min: float, scale_max: float, *, on_labels: bool = False) -> None:
        super().__init__()
        self._on_labels = on_labels
        self._crop_px = crop_px
        self._scales = (scale_min, scale_max)

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """Choose factor and place: `rows`, `columns` are (start, length in the photo, length in the crop,
        start in the crop) along each axis.
        """
        height, width = flat_inputs[0].shape[-2:]
        low, high = (torch.tensor(scale).log() for scale in self._scales)
        scale = float(torch.empty(()).uniform_(float(low), float(high)).exp())
        rows, columns = self._span(height, scale), self._span(width, scale)
        labels = next((part for part in flat_inputs if isinstance(part, tv_tensors.Mask)), None)
        if self._on_labels and labels is not None:
            rows, columns = _moved_to_labels(labels, rows, columns)
        return {"rows": rows, "columns": columns}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        """Apply the same choice to the image and to its labels."""
        top, height, new_height, above = params["rows"]
        left, width, new_width, before = params["columns"]
        is_mask = isinstance(inpt, tv_tensors.Mask)
        # Cut by index: what comes out is a plain tensor. Labels need a channel to be padded.
        piece = inpt[..., top : top + height, left : left + width].as_subclass(Tensor)
        if is_mask:
            piece = torch.from_numpy(resized_labels(piece.numpy(), (new_height, new_width))).unsqueeze(0)
        else:
            if min(height, width, new_height, new_width) == 1:
                piece = piece.float()  # torch's 8-bit kernel fails on an axis of one pixel
            piece = functional.resize(
                piece, [new_height, new_width], InterpolationMode.BILINEAR, antialias=True
            )
            piece = piece.to(torch.uint8)
        below, after = self._crop_px - new_height - above, self._crop_px - new_width - before
        if above or below or before or after:
            fill: Any = VOID if is_mask else _FILL_RGB
            piece = functional.pad(piece, [before, above, after, below], fill=fill)
        return tv_tensors.wrap(piece[0] if is_mask else piece, like=inpt)

    def _span(self, length: int, scale: float) -> _Span:
        """Choose the part of an axis of `length` pixels that fills the crop at `scale`."""
        wanted = max(1, round(self._crop_px / scale))
        if wanted <= length:
            start = int(torch.randint(length - wanted + 1, ()))
            return start, wanted, self._crop_px, 0
        filled = min(self._crop_px, max(1, round(length * scale)))
        return 0, length, filled, int(torch.randint(self._crop_px - filled + 1, ()))


def _moved_to_labels(labels: Tensor, rows: _Span, columns: _Span) -> tuple[_Span, _Span]:
    """Return the same piece of the photo, elsewhere if it shows none of the labels (H, W), and there are some."""
    (top, height, *_), (left, width, *_) = rows, columns
    plain = labels.as_subclass(Tensor)
    if bool((plain[top : top + height, left : left + width] != VOID).any()):
        return rows, columns
    found = (plain.flatten() != VOID).nonzero()
    if not len(found):
        return rows, columns
    chosen = int(found[int(torch.randint(len(found), ()))])
    row, column = divmod(chosen, plain.shape[-1])
    starts = (_around(row, height, plain.shape[-2]), _around(column, width, plain.shape[-1]))
    return (starts[0], *rows[1:]), (starts[1], *columns[1:])


def _around(place: int, length: int, whole: int) -> int:
    """Choose the start of a piece of `length` out of `whole` that has `place` in it."""
    first, last = max(0, place - length + 1), min(place, whole - length)
    return first + int(torch.randint(last - first + 1, ()))
