import os
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segstudio.errors import SegStudioError
from segstudio.formats.npy_onehot import is_npy_onehot, read_npy_onehot
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import Annotation, MaskShape


def _read(path: Path) -> list[Annotation]:
    return list(read_npy_onehot(SourceFile(path, path.parent, path.name)))


def _saved(path: Path, value: object, protocol: int = 4) -> Path:
    with path.open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, {"descr": "|O", "fortran_order": False, "shape": ()})
        whole = np.empty((), dtype=object)
        whole[()] = value
        pickle.dump(whole, stream, protocol=protocol)
    return path


def _numbers(annotation: Annotation) -> npt.NDArray[np.int64]:
    assert annotation.size is not None
    found = np.full(annotation.size, -1)
    for shape in annotation.shapes:
        assert isinstance(shape, MaskShape)
        view = found[shape.top : shape.top + shape.rows, shape.left : shape.left + shape.columns]
        view[shape.bitmap()] = int(shape.label)
    return found


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("kind", [np.uint8, np.bool_, np.float32, ">f8", np.int64])
def test_one_hot_masks_come_in(tmp_path: Path, protocol: int, kind: Any) -> None:
    classes = np.random.default_rng(0).integers(-1, 4, (24, 32))
    onehot = (classes[..., None] == np.arange(4)).astype(kind)
    path = _saved(
        tmp_path / "a.npy", {"0001.jpg": onehot, "0002.jpg": np.asfortranarray(onehot[:9])}, protocol
    )
    first, second = _read(path)
    assert is_npy_onehot(path)
    assert (first.names, first.size) == (("0001.jpg",), (24, 32))
    assert (_numbers(first) == classes).all()
    assert (_numbers(second) == classes[:9]).all()


def test_what_numpy_saves_comes_in(tmp_path: Path) -> None:
    path = tmp_path / "segmentation_train.npy"
    onehot = np.eye(3)[np.random.default_rng(0).integers(0, 3, (5, 6))]
    np.save(path, {"sub\\0001.jpg": onehot}, allow_pickle=True)  # type: ignore[arg-type]
    (tmp_path / "classes.txt").write_text("background\nWater\nSoda", encoding="utf-8")
    annotation = _read(path)[0]
    assert annotation.names == ("sub/0001.jpg",)
    assert {shape.label for shape in annotation.shapes} == {"background", "Water", "Soda"}
    assert annotation.parts == (tmp_path / "classes.txt",)


def test_class_numbers_come_in(tmp_path: Path) -> None:
    classes = np.random.default_rng(0).integers(0, 4, (5, 6)).astype(np.uint8)
    assert (_numbers(_read(_saved(tmp_path / "a.npy", {"a": classes}))[0]) == classes).all()


def test_255_means_void_as_in_pictures_where_a_table_numbers_the_classes(tmp_path: Path) -> None:
    classes = np.array([[0, 255], [1, 1]], dtype=np.uint8)
    path = tmp_path / "a.npy"
    np.save(path, {"a": classes}, allow_pickle=True)  # type: ignore[arg-type]
    assert [shape.label for shape in _read(path)[0].shapes] == ["0", "1", "255"]
    (tmp_path / "classes.txt").write_text("background\nWater", encoding="utf-8")
    assert [shape.label for shape in _read(path)[0].shapes] == ["background", "Water", "void"]


class _Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (os.environ["EVIL"],)


class _State:
    def __init__(self) -> None:
        self.x = 1


@pytest.mark.parametrize("protocol", [0, 1, 2, 4, 5])
@pytest.mark.parametrize(
    "evil", [_Evil(), os.system, _State(), OrderedDict(), {1, 2}, 3j, np.dtype, np.uint8(3)]
)
def test_nothing_else_is_brought_to_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, evil: object, protocol: int
) -> None:
    monkeypatch.setenv("EVIL", str(tmp_path / "evil"))
    for value in ({"a.jpg": evil}, {"a.jpg": [evil]}, evil):
        with pytest.raises(SegStudioError):
            _read(_saved(tmp_path / "a.npy", value, protocol))
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({}, "no dictionary"),
        ([1, 2], "no dictionary"),
        ({1: np.zeros((2, 2, 2))}, "no name"),
        ({"a": 3}, 'photo "a": it is no array'),
        ({"a": np.zeros((2, 2), dtype=object)}, "arrays of objects"),
        ({"a": np.zeros((2, 2, 300), dtype=np.uint8)}, "not rows × columns × classes"),
        ({"a": np.zeros(7)}, "not rows × columns × classes"),
        ({"a": np.zeros((0, 2, 2))}, "no size"),
        ({"a": np.array(["x"])}, "not numbers"),
        ({"a": np.zeros((2, 2), dtype=np.complex128)}, "not numbers"),
        ({"a": np.zeros((2, 2), dtype="u1,u1")}, "not numbers|damaged"),
        ({"a": np.full((2, 2), 0.5)}, "no class numbers"),
        ({"a": np.full((2, 2), np.nan)}, "no class numbers"),
    ],
)
def test_what_is_no_dictionary_of_masks_is_told(tmp_path: Path, value: object, problem: str) -> None:
    with pytest.raises(SegStudioError, match=problem):
        _read(_saved(tmp_path / "a.npy", value))


def test_a_false_length_takes_no_memory(tmp_path: Path) -> None:
    path = _saved(tmp_path / "a.npy", {"a": np.ones((2, 2, 2))})
    content = path.read_bytes()
    head = content[: content.index(b"\x80\x04")]
    path.write_bytes(head + b"\x80\x04\x8e" + (1 << 60).to_bytes(8, "little") + b"x")
    with pytest.raises(SegStudioError, match="damaged or cut off"):
        _read(path)


def test_states_are_for_arrays_only(tmp_path: Path) -> None:
    path = _saved(tmp_path / "a.npy", {"a": np.ones((2, 2, 2))})
    content = path.read_bytes()
    head = content[: content.index(b"\x80\x04")]
    path.write_bytes(head + b"\x80\x04cnumpy\nndarray\n(N}\x8c\x0c__setstate__K\x01stb.")
    with pytest.raises(SegStudioError, match="damaged or cut off"):
        _read(path)


def test_arrays_of_numbers_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.zeros((3, 4)))
    assert not is_npy_onehot(path)
    with pytest.raises(SegStudioError, match="not a dictionary of photos"):
        _read(path)
    path.write_bytes(b"hello")
    assert not is_npy_onehot(path)
    with pytest.raises(SegStudioError, match="no NumPy file"):
        _read(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1), value=st.binary(min_size=1, max_size=4), protocol=st.sampled_from([2, 4, 5]))
def test_damaged_files_are_told_or_read(tmp_path: Path, place: float, value: bytes, protocol: int) -> None:
    path = _saved(tmp_path / "a.npy", {"a.jpg": np.eye(3)[np.zeros((4, 5), dtype=int)]}, protocol)
    content = path.read_bytes()
    at = int(place * len(content))
    path.write_bytes(content[:at] + value + content[at + len(value) :])
    try:
        _read(path)
    except SegStudioError:
        return


@pytest.mark.parametrize("kind", [b",1", b"(1,", b"f3", b"i9"])
def test_kinds_that_numpy_would_look_into_are_told(tmp_path: Path, kind: bytes) -> None:
    path = _saved(tmp_path / "a.npy", {"a": np.ones((2, 2, 2), dtype=np.float32)})
    content = path.read_bytes()
    assert content.count(b"\x8c\x02f4") == 1
    path.write_bytes(content.replace(b"\x8c\x02f4", b"\x8c" + bytes([len(kind)]) + kind))
    with pytest.raises(SegStudioError, match="not numbers"):
        _read(path)
