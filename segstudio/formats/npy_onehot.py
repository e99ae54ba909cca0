"""NumPy dictionaries of masks: one `.npy` file that holds `{"photo.jpg": one-hot array (rows, columns, classes)}`.

Such a file is a pickle, which may do anything when it is opened the ordinary way. Here it is opened by a reader that
knows arrays of numbers and plain containers, and nothing else: no name in the file is looked up in any module. Each
array becomes a mask as soon as it is read, and its bytes are let go, so that a file larger than the memory can be read.
Pixels at which no class is set stay unpainted. An array (rows, columns) holds class numbers.
"""

from __future__ import annotations

import pickle
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from segstudio.errors import SegStudioError
from segstudio.formats.array_pickle import ArrayUnpickler, FoundArray
from segstudio.formats.json_fields import text_of
from segstudio.formats.label_tables import numbered, table_for
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import Annotation

_MAGIC = b"\x93NUMPY"
_MAX_HEADER = 10_000
_OBJECT = re.compile(rb"'descr':\s*'[|<>=]?O\d?'")
_SUBSET = re.compile(r".*[_-](train|val|test)", re.IGNORECASE)
_NO_SHAPE = re.compile(rb"'shape':\s*\(\s*\)")
_FIX = "Save it again with numpy.save, as a dictionary of photo names and arrays"


def is_npy_onehot(path: Path) -> bool:
    """Tell whether the file is a NumPy file that holds one object."""
    try:
        with path.open("rb") as stream:
            return _holds_object(stream)
    except (OSError, SegStudioError):
        return False


def read_npy_onehot(file: SourceFile) -> Iterator[Annotation]:
    """Yield the annotation of each photo in the dictionary.

    Raises SegStudioError that names the photo; the file is left to the caller to name.
    """
    table = table_for(file)
    names = numbered(table.by_number) if table is not None else {}
    plain = table.plain if table is not None else None
    parts = (table.path,) if table is not None and table.path is not None else ()
    told_in_name = _SUBSET.fullmatch(file.path.stem)
    for told, mask in _dictionary(file.path).items():
        key = text_of(told)
        yield Annotation(
            names=(key.replace("\\", "/"),),
            size=mask.size,
            shapes=mask.shapes(names),
            file=file.path,
            place=f'{file.shown}, photo "{key}"',
            subset=told_in_name[1].lower() if told_in_name else "",
            parts=parts,
            plain=plain,
        )


def _dictionary(path: Path) -> dict[str, FoundArray]:
    try:
        with path.open("rb") as stream:
            if not _holds_object(stream):
                raise SegStudioError("it holds an array of numbers, not a dictionary of photos", fix=_FIX)
            found = ArrayUnpickler(stream, path.stat().st_size).load()
    except SegStudioError:
        raise
    except OSError as error:
        raise SegStudioError(
            f"the file cannot be read ({error.strerror})", fix="Check that it is there"
        ) from error
    except _DAMAGED as error:
        raise SegStudioError("the NumPy file is damaged or cut off", fix=_FIX) from error
    inner = found.only if isinstance(found, FoundArray) else found
    if not isinstance(inner, dict) or not inner:
        raise SegStudioError("it holds no dictionary of photos", fix=_FIX)
    for key, value in inner.items():
        if not isinstance(key, str) or not key.strip():
            raise SegStudioError("a photo in it has no name", fix=_FIX)
        if not isinstance(value, FoundArray) or value.only is not None:
            raise SegStudioError("it is no array of numbers", where=f'photo "{text_of(key)[:200]}"', fix=_FIX)
    return inner


def _holds_object(stream: IO[bytes]) -> bool:
    """Read the header; tell whether one pickled object follows."""
    if stream.read(len(_MAGIC)) != _MAGIC:
        raise SegStudioError("this is no NumPy file", fix=_FIX)
    version = stream.read(2)
    width = 2 if version[:1] == b"\1" else 4
    length = int.from_bytes(stream.read(width), "little")
    header = stream.read(length) if length <= _MAX_HEADER else b""
    if len(header) != length or not length:
        raise SegStudioError("the NumPy file is damaged or cut off", fix=_FIX)
    # Not by NumPy's own function: it looks at the header as at a program.
    return _OBJECT.search(header) is not None and _NO_SHAPE.search(header) is not None


_DAMAGED = (
    *(pickle.UnpicklingError, EOFError, LookupError, TypeError, ValueError, AttributeError, OverflowError),
    *(MemoryError, struct.error, RecursionError, AssertionError),
)
