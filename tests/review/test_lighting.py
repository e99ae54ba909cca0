import numpy as np

from segstudio.project.classes import VOID
from segstudio.review.drawing import ALARM, blank
from segstudio.review.lighting import coverage, lit, marked_errors, outline, stage

RED, BLUE = (200, 30, 20), (0, 0, 255)


def test_the_class_keeps_its_colours_and_the_rest_is_dark_and_grey() -> None:
    area = np.zeros((100, 200), dtype=bool)
    area[:, :100] = True
    picture = lit(stage(blank(200, 100, RED), (100, 200)), area, BLUE)
    assert (picture[:, :90] == RED).all()
    rest = picture[:, 110:]
    assert (rest == rest[..., :1]).all()
    assert rest.max() < 60


def test_the_outline_runs_around_the_area_and_not_along_the_border_of_the_picture() -> None:
    area = np.zeros((100, 200), dtype=bool)
    area[:, :100] = True
    picture = lit(stage(blank(200, 100, RED), (100, 200)), area, BLUE)
    blue = (picture == BLUE).all(axis=2)
    assert blue[:, 98:106].any(axis=1).all()
    assert not blue[:, :98].any()
    assert not blue[:, 106:].any()


def test_an_object_below_a_shown_pixel_is_still_outlined() -> None:
    area = np.zeros((400, 400), dtype=bool)
    area[200:203, 200:203] = True
    picture = lit(stage(blank(400, 400, RED), (100, 100)), area, BLUE)
    assert (picture == BLUE).all(axis=2).any()


def test_the_truth_is_a_white_line() -> None:
    area, truth = np.zeros((60, 60), dtype=bool), np.zeros((60, 60), dtype=bool)
    truth[20:40, 20:40] = True
    picture = lit(stage(blank(60, 60, RED), (60, 60)), area, BLUE, truth=truth)
    assert (picture[20, 22:38] > 200).all()
    assert picture[30, 30].max() < 60


def test_errors_are_marked_and_void_is_none() -> None:
    truth = np.zeros((60, 60), dtype=np.uint8)
    truth[:, 40:] = VOID
    predicted = np.zeros((60, 60), dtype=np.uint8)
    predicted[:20] = 1
    picture = marked_errors(stage(blank(60, 60, RED), (60, 60)), predicted, truth)
    wrong = (picture == ALARM).all(axis=2)
    assert wrong[:20, :40].all()
    assert not wrong[20:].any()
    assert not wrong[:, 40:].any()


def test_coverage_is_the_part_of_a_pixel() -> None:
    area = np.zeros((4, 4), dtype=bool)
    area[:, 0] = True
    assert coverage(area, (2, 2)).tolist() == [[128, 0], [128, 0]]


def test_nothing_to_outline_draws_nothing() -> None:
    picture = blank(20, 20, RED)
    outline(picture, np.zeros((20, 20), np.uint8), BLUE, width_px=2)
    assert (picture == RED).all()
