import numpy as np

from segstudio.project.classes import ClassList
from segstudio.review.legend import UNSURE_TEXT, legend
from segstudio.review.tallies import tally

CLASSES = ClassList.from_names(["sky:#0000FF", "ground:#FF8000", "person:#00FF00"])


def test_the_bar_shows_the_shares() -> None:
    mask = np.repeat(np.array([[0, 0, 0, 1]], np.uint8), 4, axis=0)
    bar = legend(tally(mask, CLASSES), CLASSES, 400)[5]
    assert (bar[:299] == (0, 0, 255)).all()
    assert (bar[300:399] == (255, 128, 0)).all()


def test_absent_classes_are_named_in_few_rows() -> None:
    many = ClassList.from_names([f"class {number}" for number in range(250)])
    block = legend(tally(np.zeros((4, 4), np.uint8), many), many, 1200)
    assert block.shape[0] < 300


def test_what_is_no_class_is_listed_as_void() -> None:
    mask = np.full((4, 4), 255, np.uint8)
    with_void = legend(tally(mask, CLASSES), CLASSES, 400)
    assert (with_void[5, :399] == (32, 32, 32)).all()


def test_what_is_hidden_is_named_otherwise_than_void() -> None:
    counts = tally(np.full((4, 4), 255, np.uint8), CLASSES)
    hidden = legend(counts, CLASSES, 400, rest=UNSURE_TEXT)
    assert not np.array_equal(hidden, legend(counts, CLASSES, 400))
