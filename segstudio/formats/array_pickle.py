"""A reader of pickles that hold arrays of numbers in plain containers. Nothing else can come out of it, or happen.

Only the operations that such a pickle needs are carried out. The five names that it may tell stand for functions of
this module, never for what is called so in NumPy; any other name is refused before it is looked at.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, ClassVar, NoReturn

import numpy as np
import numpy.typing as npt

from segstudio.errors import SegStudioError
from segstudio.formats.shapes import MaskShape, Shape, cropped_mask
from segstudio.project.images import MAX_PIXELS

MAX_CLASSES = 256

_KEPT_BYTES = 1 << 8
_FIX = "Do not open it with anything else; ask who made it for masks as PNG files"
_FIX_MASK = "Save arrays of rows × columns × classes, or of rows × columns with class numbers from 0"
_NUMBERS = re.compile(r"[<>=|]?(b1|[iu][1248]|f[248])")


class FoundArray:
    """An array in the file. One of numbers is a mask of `size` (rows, columns), kept as shapes; one of objects holds
    `only` one, whatever it is.
    """

    def __init__(self) -> None:
        self.only: object = None
        self.size = (0, 0)
        self._masks: dict[int, MaskShape] = {}

    def shapes(self, names: Mapping[int, str]) -> tuple[Shape, ...]:
        """Return the pixels of each class, called by `names` or by its number."""
        return tuple(
            MaskShape(
                label=names.get(number, str(number)),
                where=f"class {number}",
                left=mask.left,
                top=mask.top,
                rows=mask.rows,
                columns=mask.columns,
                runs=mask.runs,
            )
            for number, mask in self._masks.items()
        )

    def fill(self, shape: object, kind: object, is_fortran: bool, data: object) -> None:
        """Take what the pickle says of the array; raises SegStudioError for what is no mask."""
        if not isinstance(kind, _Kind):
            raise pickle.UnpicklingError("an array without kind")
        if kind.is_object:
            if shape != () or not isinstance(data, list) or len(data) != 1:
                raise SegStudioError("it holds arrays of objects, not of numbers", fix=_FIX)
            self.only = data[0]
            return
        if not isinstance(shape, tuple) or not all(isinstance(n, int) and n > 0 for n in shape):
            raise SegStudioError("one of its arrays has no size", fix=_FIX_MASK)
        if (
            len(shape) not in (2, 3)
            or shape[0] * shape[1] > MAX_PIXELS
            or (shape[2:] and shape[2] > MAX_CLASSES)
        ):
            told = " × ".join(map(str, shape))
            raise SegStudioError(f"one of its arrays is {told}, not rows × columns × classes", fix=_FIX_MASK)
        if not isinstance(data, bytes | bytearray):
            raise pickle.UnpicklingError("an array without data")
        values = np.frombuffer(data, dtype=kind.dtype).reshape(shape, order="F" if is_fortran else "C")
        self.size = (shape[0], shape[1])
        self._masks = _masks(values)

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, tuple) or len(state) not in (4, 5):
            raise pickle.UnpicklingError("an array of unknown make")
        shape, kind, is_fortran, data = state[-4:]
        self.fill(shape, kind, bool(is_fortran), data)


class ArrayUnpickler(pickle._Unpickler):
    """Reads one object; raises SegStudioError for what is refused, and pickle's own errors for what is damaged."""

    dispatch: ClassVar[dict[int, Callable[..., None]]] = {}
    stack: list[Any]

    def __init__(self, stream: BinaryIO, size: int) -> None:
        super().__init__(_Within(stream, size), encoding="latin1")
        self.memo = _Memo()

    def find_class(self, module: str, name: str) -> Any:
        """Return what a name stands for here; raises SegStudioError for any name that arrays do not need."""
        found = _NAMES.get((module.replace("numpy._core", "numpy.core"), name))
        if found is None:
            raise SegStudioError(
                f'it asks for "{module[:60]}.{name[:60]}", which no array of numbers needs', fix=_FIX
            )
        return found

    def load_build(self) -> None:
        """Give an object its state; only arrays and their kinds have one."""
        state = self.stack.pop()
        if type(self.stack[-1]) not in (FoundArray, _Kind):
            raise pickle.UnpicklingError("a state for what has none")
        self.stack[-1].__setstate__(state)

    def load_reduce(self) -> None:
        """Call one of the functions of this module."""
        arguments = self.stack.pop()
        if not any(self.stack[-1] is function for function in _CALLED):
            raise pickle.UnpicklingError("a call of what is no function")
        self.stack[-1] = self.stack[-1](*arguments)


class _Within:
    """The stream, which never asks for more bytes at once than there are: a false length must not take memory."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._size = size

    def read(self, count: int) -> bytes:
        if count > self._size - self._stream.tell():
            raise EOFError
        return self._stream.read(count)

    def readinto(self, buffer: Any) -> int:
        if len(buffer) > self._size - self._stream.tell():
            raise EOFError
        return self._stream.readinto(buffer)  # type: ignore[attr-defined, no-any-return]

    def readline(self) -> bytes:
        return self._stream.readline(_KEPT_BYTES)


class _Memo(dict[int, Any]):
    """What the pickle may refer back to. The data of arrays is not kept: no pickle of arrays refers to it again."""

    def __setitem__(self, key: int, value: Any) -> None:
        large = isinstance(value, bytes | bytearray | str) and len(value) > _KEPT_BYTES
        super().__setitem__(key, _FORGOTTEN if large else value)


_FORGOTTEN = object()


class _Kind:
    """What numbers an array holds."""

    def __init__(self, text: object, *_: object) -> None:
        if not isinstance(text, str):
            raise pickle.UnpicklingError("an array of an unknown kind")
        self.is_object = text in ("O", "O8", "O4", "|O")
        # Looked at before NumPy does, which takes other texts for lists of fields, and those for programs.
        if not self.is_object and not _NUMBERS.fullmatch(text):
            raise SegStudioError(f'one of its arrays holds "{text[:20]}", not numbers', fix=_FIX)
        self.dtype = np.dtype(np.uint8 if self.is_object else text)

    def __setstate__(self, state: object) -> None:
        order = state[1] if isinstance(state, tuple) and len(state) > 1 else None
        if order not in ("<", ">", "|", "="):
            raise pickle.UnpicklingError("an array of unknown byte order")
        self.dtype = self.dtype.newbyteorder(order)


def _reconstruct(*_: object) -> FoundArray:
    return FoundArray()


def _ndarray(*_: object) -> NoReturn:
    raise pickle.UnpicklingError("an array made the wrong way")


def _encode(text: object, encoding: object = "latin1") -> bytes:
    """The bytes of an array in pickles of the second protocol: a text with a character for each byte."""
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise pickle.UnpicklingError("bytes made the wrong way")
    return text.encode("latin1")


def _from_buffer(data: object, kind: object, shape: object, order: object) -> FoundArray:
    found = FoundArray()
    found.fill(shape, kind, order == "F", data)
    return found


_NAMES: Mapping[tuple[str, str], object] = {
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy.core.numeric", "_frombuffer"): _from_buffer,
    ("numpy", "ndarray"): _ndarray,
    ("numpy", "dtype"): _Kind,
    ("_codecs", "encode"): _encode,
}
_CALLED = (_reconstruct, _from_buffer, _Kind, _encode)

_OPERATIONS = (
    *("PROTO", "STOP", "MARK", "POP", "POP_MARK", "NONE", "NEWTRUE", "NEWFALSE", "INT", "BININT", "BININT1"),
    *("BININT2", "LONG", "LONG1", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "STRING"),
    *("BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8", "EMPTY_TUPLE"),
    *("TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "EMPTY_LIST", "LIST", "APPEND", "APPENDS", "EMPTY_DICT", "DICT"),
    *(
        "SETITEM",
        "SETITEMS",
        "GET",
        "BINGET",
        "LONG_BINGET",
        "PUT",
        "BINPUT",
        "LONG_BINPUT",
        "MEMOIZE",
        "FRAME",
    ),
    *("GLOBAL", "STACK_GLOBAL", "FLOAT", "BINFLOAT"),
)
for _name in _OPERATIONS:
    _code = getattr(pickle, _name)[0]
    ArrayUnpickler.dispatch[_code] = pickle._Unpickler.dispatch[_code]
ArrayUnpickler.dispatch[pickle.BUILD[0]] = ArrayUnpickler.load_build
ArrayUnpickler.dispatch[pickle.REDUCE[0]] = ArrayUnpickler.load_reduce


def _masks(values: npt.NDArray[Any]) -> dict[int, MaskShape]:
    if values.ndim == 2:
        numbers = values
        classes = np.unique(numbers)
        if classes.size > MAX_CLASSES or (classes != np.trunc(classes)).any() or classes[0] < 0:
            raise SegStudioError("one of its arrays holds no class numbers", fix=_FIX_MASK)
    else:
        highest = values.max(axis=2)
        numbers = np.where(highest > 0, values.argmax(axis=2).astype(np.int16), np.int16(-1))
        classes = np.unique(numbers)
    return {
        int(number): cropped_mask(numbers == number, label=str(int(number)))
        for number in classes
        if number >= 0
    }
