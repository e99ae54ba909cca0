import os
from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.project.classes import VOID, ClassList
from segstudio.project.images import read_photo
from segstudio.project.masks import read_mask
from segstudio.review import drawing as draw
from segstudio.review.panels import Findings, PanelStyle, class_panels

CLASSES = ClassList.from_names(["no-label", "person", "airplane", "ground", "sky"])


def _findings(rows: int, columns: int, values: list[int], **more: np.ndarray) -> Findings:
    rng = np.random.default_rng(1)
    photo = rng.integers(0, 256, (rows, columns, 3), dtype=np.uint8)
    mask = np.array(values, np.uint8)[np.arange(columns) * len(values) // columns][None].repeat(rows, 0)
    return Findings(photo, mask, CLASSES, more.get("confidence"), more.get("truth"))


def _has(figure: np.ndarray, rgb: tuple[int, int, int]) -> bool:
    return bool((figure == rgb).all(axis=2).any())


def _colour(name: str) -> tuple[int, int, int]:
    return CLASSES.named(name).rgb


SIZES = [(1, 1), (16, 16), (5, 3000), (3000, 5), (33, 47), (1080, 1920), (1000, 100), (100, 1000)]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_photo_of_any_size_becomes_a_page(size: tuple[int, int]) -> None:
    confidence = np.full(size, 200, np.uint8)
    figure = class_panels(_findings(*size, [1, 3, 4], confidence=confidence), title="a.jpg")
    assert figure.dtype == np.uint8
    assert figure.shape[1] == 1800
    assert 400 < figure.shape[0] < 3600
    assert (figure[:48] == 255).all()
    assert (figure[:, :48] == 255).all()
    assert (figure[:, -48:] == 255).all()


def test_only_classes_that_are_there_have_a_swatch() -> None:
    figure = class_panels(_findings(90, 120, [1, 3]))
    assert _has(figure, _colour("person"))
    assert _has(figure, _colour("ground"))
    assert not _has(figure, _colour("airplane"))


def test_a_missed_class_has_a_panel_because_the_truth_has_it() -> None:
    truth = np.zeros((90, 120), np.uint8)
    truth[:30] = 2
    without, with_truth = _findings(90, 120, [0]), _findings(90, 120, [0], truth=truth)
    assert not _has(class_panels(without), _colour("airplane"))
    figure = class_panels(with_truth)
    assert _has(figure, _colour("airplane"))
    assert _has(figure, draw.ALARM)


def test_the_caption_tells_the_confidence() -> None:
    low = class_panels(_findings(90, 120, [1, 3], confidence=np.full((90, 120), 100, np.uint8)))
    high = class_panels(_findings(90, 120, [1, 3], confidence=np.full((90, 120), 250, np.uint8)))
    assert low.shape == high.shape
    assert not np.array_equal(low, high)


def test_all_void_and_an_empty_class_list_are_pages_too() -> None:
    photo, mask = np.zeros((40, 60, 3), np.uint8), np.full((40, 60), VOID, np.uint8)
    assert class_panels(Findings(photo, mask, CLASSES)).shape[1] == 1800
    assert class_panels(Findings(photo, mask, ClassList())).shape[1] == 1800


def test_very_many_classes_stay_one_page() -> None:
    many = ClassList.from_names([f"class with a long name {number}" for number in range(255)])
    mask = (np.arange(255, dtype=np.uint8)[None]).repeat(200, 0)
    figure = class_panels(Findings(np.zeros((200, 255, 3), np.uint8), mask, many))
    assert figure.shape[0] < 6000


def test_a_big_photo_is_thinned_before_it_is_drawn() -> None:
    small = _findings(300, 400, [1, 3, 4])
    big = Findings(small.photo.repeat(12, 0).repeat(12, 1), small.mask.repeat(12, 0).repeat(12, 1), CLASSES)
    ours, theirs = class_panels(big), class_panels(small)
    assert ours.shape == theirs.shape
    assert np.abs(ours.astype(int) - theirs).mean() < 6


def test_the_width_can_be_chosen() -> None:
    assert class_panels(_findings(90, 120, [1]), style=PanelStyle(width_px=1200)).shape[1] == 1200


def test_a_truth_of_another_size_is_refused() -> None:
    with pytest.raises(SegStudioError, match="differ in size"):
        _findings(90, 120, [1], truth=np.zeros((90, 121), np.uint8))


def test_real_photos_become_pages() -> None:
    if not (data := os.environ.get("SEGSTUDIO_TEST_DATA")):
        pytest.skip("SEGSTUDIO_TEST_DATA is not set")
    folder = Path(data) / "skydiving" / "train"
    photo, mask = read_photo(folder / "Images/000063.jpg"), read_mask(folder / "Labels/000063.png")
    figure = class_panels(Findings(photo, mask, CLASSES, truth=mask), title="000063.jpg")
    assert _has(figure, _colour("person"))
    assert not _has(figure, _colour("ground"))
