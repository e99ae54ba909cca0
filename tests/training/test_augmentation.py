from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.runs.recipe import Recipe
from segstudio.training.augmentation import Augmentation

PLAIN = {"brightness": 0, "contrast": 0, "saturation": 0, "hue": 0, "blur": 0, "flip_horizontal": 0}


def coded(rows: int, columns: int) -> tuple[torch.Tensor, torch.Tensor]:
    """An image whose red says the class of its pixel: 20 × label."""
    labels = torch.randint(0, 5, (rows // 8 + 1, columns // 8 + 1), dtype=torch.uint8)
    labels = labels.repeat_interleave(8, 0).repeat_interleave(8, 1)[:rows, :columns].contiguous()
    return (labels * 20).expand(3, -1, -1).contiguous(), labels


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(1, 90),
    columns=st.integers(1, 90),
    scale=st.floats(0.2, 4.0),
    seed=st.integers(0, 2**31),
)
def test_any_photo_gives_a_crop_of_the_right_size_and_kind(
    rows: int, columns: int, scale: float, seed: int
) -> None:
    torch.manual_seed(seed)
    recipe = Recipe(crop_px=40, scale_min=scale, scale_max=scale)
    image, labels = Augmentation(recipe)(*coded(rows, columns))
    assert image.shape == (3, 40, 40)
    assert image.dtype == torch.uint8
    assert labels.shape == (40, 40)
    assert labels.dtype == torch.uint8
    assert set(labels.flatten().tolist()) <= {0, 1, 2, 3, 4, 255}
    assert type(image) is torch.Tensor
    assert type(labels) is torch.Tensor


@pytest.mark.parametrize("flip", ["flip_horizontal", "flip_vertical"])
def test_photo_and_labels_move_together(flip: str) -> None:
    recipe = Recipe(crop_px=64, scale_min=1, scale_max=1, **{**PLAIN, flip: 0.5})
    augmentation = Augmentation(recipe)
    torch.manual_seed(5)
    moved = 0
    for _ in range(20):
        photo, truth = coded(100, 120)
        image, labels = augmentation(photo, truth)
        assert torch.equal(image[0], labels * 20)
        moved += int(not torch.equal(labels, truth[:64, :64]))
    assert moved > 10


def test_outside_the_photo_is_void_and_mean_colour() -> None:
    recipe = Recipe(crop_px=64, scale_min=1, scale_max=1, **PLAIN)
    image, labels = Augmentation(recipe)(
        torch.full((3, 10, 20), 7, dtype=torch.uint8), torch.zeros(10, 20).byte()
    )
    assert int((labels == 0).sum()) == 200
    assert int((labels == 255).sum()) == 64 * 64 - 200
    outside = image[:, labels == 255]
    assert bool((outside == torch.tensor([[124], [116], [104]])).all())
    assert bool((image[:, labels == 0] == 7).all())


def test_scale_enlarges() -> None:
    recipe = Recipe(crop_px=64, scale_min=2, scale_max=2, **PLAIN)
    labels = torch.zeros(64, 64, dtype=torch.uint8)
    labels[:, 32:] = 1
    _, cut = Augmentation(recipe)(torch.zeros(3, 64, 64, dtype=torch.uint8), labels)
    columns = cut.float().mean(0)
    assert bool(((columns == 0) | (columns == 1)).all())  # one upright border, nothing invented
    assert not bool((cut == 255).any())


def test_the_same_seed_gives_the_same_crop() -> None:
    augmentation = Augmentation(Recipe(crop_px=48, blur=1.0))
    photo, truth = coded(90, 70)
    crops = []
    for _ in range(2):
        torch.manual_seed(11)
        crops.append(augmentation(photo, truth))
    assert torch.equal(crops[0][0], crops[1][0])
    assert torch.equal(crops[0][1], crops[1][1])
    assert not torch.equal(augmentation(photo, truth)[0], crops[0][0])


def test_colours_change_and_labels_do_not() -> None:
    recipe = Recipe(crop_px=64, scale_min=1, scale_max=1, **{**PLAIN, "brightness": 0.5})
    photo, truth = torch.full((3, 64, 64), 100, dtype=torch.uint8), torch.ones(64, 64, dtype=torch.uint8)
    torch.manual_seed(0)
    image, labels = Augmentation(recipe)(photo, truth)
    assert not torch.equal(image, photo)
    assert torch.equal(labels, truth)


@settings(max_examples=40, deadline=None)
@given(row=st.integers(0, 199), column=st.integers(0, 299), seed=st.integers(0, 2**31))
def test_a_crop_lies_where_labels_are(row: int, column: int, seed: int) -> None:
    """One painted pixel on a large photo is in the crop, wherever it is; and nothing asks for it where it is not wanted."""
    image, labels = (
        torch.zeros(3, 200, 300, dtype=torch.uint8),
        torch.full((200, 300), 255, dtype=torch.uint8),
    )
    labels[row, column] = 3
    plain: dict[str, Any] = {**PLAIN, "crop_px": 40, "scale_min": 1.0, "scale_max": 1.0}
    torch.manual_seed(seed)
    _, cut = Augmentation(Recipe(**plain))(image, labels)
    assert (cut != 255).sum() == 1
    labels[row, column] = 255
    _, cut = Augmentation(Recipe(**plain))(image, labels)
    assert (cut == 255).all()


def test_a_thin_stroke_is_in_every_crop_that_shrinks() -> None:
    image, labels = (
        torch.zeros(3, 200, 300, dtype=torch.uint8),
        torch.full((200, 300), 255, dtype=torch.uint8),
    )
    labels[20:180, 101] = 1
    recipe = Recipe(**{**PLAIN, "crop_px": 40, "scale_min": 0.3, "scale_max": 0.5})
    torch.manual_seed(0)
    augmentation = Augmentation(recipe)
    assert all((augmentation(image, labels)[1] == 1).any() for _ in range(50))


def test_a_labelled_photo_is_cut_the_same_either_way() -> None:
    image, labels = coded(90, 120)
    crops = []
    for wanted in (True, False):
        torch.manual_seed(4)
        crops.append(Augmentation(Recipe(crop_px=40, crops_on_labels=wanted))(image, labels))
    assert all(torch.equal(one, other) for one, other in zip(*crops, strict=True))
