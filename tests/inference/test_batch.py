import threading
import time
import weakref
from collections.abc import Iterator

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.inference.batch import Done, Failed, segment_all
from segstudio.inference.predictor import Prediction, Predictor
from tests.inference.networks_for_tests import colour_predictor


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before  # one of another test may have ended meanwhile


@pytest.fixture
def predictor() -> Predictor:
    return colour_predictor()


def _photo(number: int) -> np.ndarray:
    photo = np.zeros((4, 5, 3), dtype=np.uint8)
    photo[..., number % 3] = 255
    return photo


def test_results_come_in_order_whatever_takes_how_long(predictor: Predictor) -> None:
    def read(number: int) -> np.ndarray:
        time.sleep(0.01 * (number % 3))
        return _photo(number)

    def write(number: int, photo: np.ndarray, prediction: Prediction) -> tuple[int, int]:
        assert photo[..., number % 3].all()
        return number, int(prediction.mask[0, 0])

    entries = list(segment_all(predictor, range(12), read=read, write=write))
    assert [entry.result for entry in entries if isinstance(entry, Done)] == [
        (number, 2 * (number % 3)) for number in range(12)
    ]


def test_a_photo_that_cannot_be_read_does_not_stop_the_rest(predictor: Predictor) -> None:
    def read(number: int) -> np.ndarray:
        if number in (0, 3):
            raise SegStudioError("the photo is damaged", where=f"{number}.jpg")
        return _photo(number)

    entries = list(segment_all(predictor, range(5), read=read, write=lambda number, *_: number))
    assert [entry.item for entry in entries] == [0, 1, 2, 3, 4]
    assert [entry.item for entry in entries if isinstance(entry, Failed)] == [0, 3]


def test_a_result_that_cannot_be_written_ends_it(predictor: Predictor) -> None:
    def write(number: int, photo: np.ndarray, prediction: Prediction) -> None:
        raise SegStudioError("could not be written (No space left on device)", where=f"{number}.png")

    with pytest.raises(SegStudioError, match=r"0\.png: could not be written"):
        list(segment_all(predictor, range(50), read=_photo, write=write))


def test_few_photos_are_held_at_a_time(predictor: Predictor) -> None:
    lock = threading.Lock()
    held = most = 0

    def read(number: int) -> np.ndarray:
        nonlocal held, most
        with lock:
            held += 1
            most = max(most, held)
        return _photo(number)

    def write(number: int, photo: np.ndarray, prediction: Prediction) -> None:
        nonlocal held
        time.sleep(0.002)
        with lock:
            held -= 1

    assert len(list(segment_all(predictor, range(40), read=read, write=write, ahead=2))) == 40
    assert most <= 7


def test_a_caller_that_leaves_early_leaves_nothing_running(predictor: Predictor) -> None:
    entries = segment_all(predictor, range(100), read=_photo, write=lambda *_: None)
    next(entries)
    entries.close()  # type: ignore[attr-defined]


def test_no_items_are_no_results(predictor: Predictor) -> None:
    assert list(segment_all(predictor, [], read=_photo, write=lambda *_: None)) == []


def test_a_large_photo_is_alone_in_memory(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segstudio.inference.batch._LARGE_BYTES", 10)
    alive: list[weakref.ref[np.ndarray]] = []

    def read(number: int) -> np.ndarray:
        # A thread of the pool drops what it wrote a moment after it said so.
        until = time.monotonic() + 60
        while any(one() is not None for one in alive):
            assert time.monotonic() < until, "another large photo is still in memory"
            time.sleep(0.001)
        photo = _photo(number)
        alive.append(weakref.ref(photo))
        return photo

    entries = list(segment_all(predictor, range(5), read=read, write=lambda number, *_: number))
    assert [entry.result for entry in entries if isinstance(entry, Done)] == [0, 1, 2, 3, 4]
