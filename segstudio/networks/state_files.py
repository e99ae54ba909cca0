"""Opens PyTorch files that came from anywhere: only tensors and plain values, never code."""

from __future__ import annotations

import hashlib
import pickletools
import re
import warnings
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

import torch
from torch import Tensor

from segstudio.errors import SegStudioError
from segstudio.files import open_ordinary
from segstudio.weight_files import (
    damaged_file,
    damaged_part,
    file_with_objects,
    is_of_old_format,
    refuse_other_files,
)

_HASH_IN_NAME = re.compile(r"-([0-9a-f]{8})$")
_DATE = re.compile(r"(19|20)\d{6}")
_MOST_TIMES, _FREE_BYTES = 8, 64 << 20
"""Of its length, and besides, what a file may hold: tensors share memory, and somebody may have packed the file anew."""

_LONGEST_NAME, _PICKLES = 1000, 5
"""Files from before 1.6 begin with so many pickles, each of which may ask for functions; a container holds one."""

_WRAPPINGS = ("state_dict", "model_state_dict", "model", "network", "weights")


def read_state(path: Path) -> dict[str, Tensor]:
    """Return the state dict in a PyTorch file, on the CPU.

    A hash in the file's name, written as torchvision does it, must be the file's own. A state dict may stand in a dict under
    one of the usual names. Raises SegStudioError for everything else, and never runs code from the file.
    """
    refuse_other_files(path)
    check_hash_in_name(path)
    return _state_in(load_plain(path), path)


def load_plain(path: Path, *, mapped: bool = False) -> object:
    """Return what `torch.save` wrote, if it is tensors and plain values.

    With `mapped` tensors stay on the disk until they are used. Raises SegStudioError.
    """
    _refuse_what_is_no_file(path)
    _refuse_damaged_container(path, whole=not mapped)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what torch warns of is told in our own sentence
            content: object = torch.load(path, map_location="cpu", weights_only=True, mmap=mapped or None)
    except OSError as error:
        raise SegStudioError(f"cannot be read ({error.strerror or error})", where=str(path)) from error
    except Exception as error:  # a damaged pickle can raise anything; each is the file's fault
        raise _not_opened(path, str(error)) from error
    _refuse_more_than_there_is(content, path)
    return content


def _refuse_what_is_no_file(path: Path) -> None:
    """Refuse a pipe or a device, which whoever reads it would wait for."""
    try:
        open_ordinary(path).close()
    except OSError as error:
        raise SegStudioError(f"cannot be read ({error.strerror or error})", where=str(path)) from error


def _refuse_damaged_container(path: Path, *, whole: bool) -> None:
    """Refuse what unpacks to far more than torch, which compresses nothing, ever writes; with `whole`, check the checksums
    of torch's ZIP container, too, which torch itself does not.
    """
    try:
        archive, size = zipfile.ZipFile(path), path.stat().st_size
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        with suppress(OSError):  # opening it tells
            if is_of_old_format(path):
                with path.open("rb") as stream:
                    _refuse_long_names(stream, path, pickles=_PICKLES)
        return  # no container that can be checked: what it is, opening it will tell
    try:
        with archive:
            if sum(info.file_size for info in archive.infolist()) > _MOST_TIMES * size + _FREE_BYTES:
                raise _bomb(path)
            if whole and (bad := archive.testzip()) is not None:
                raise damaged_part(path, bad)
            for info in archive.infolist():
                if info.filename.endswith("/data.pkl"):
                    with archive.open(info) as pickled:
                        _refuse_long_names(pickled, path)
    except SegStudioError:
        raise
    except OSError as error:
        raise SegStudioError(f"cannot be read ({error.strerror or error})", where=str(path)) from error
    except Exception as error:  # what says where its parts lie is damaged, which can raise anything
        raise SegStudioError(
            "the file is damaged: its parts cannot be told from each other",
            where=str(path),
            fix="Copy it anew",
        ) from error


def _refuse_long_names(pickled: IO[bytes], path: Path, *, pickles: int = 1) -> None:
    """Refuse what asks for a function whose name is far too long for one: torch, which refuses it too, searches the name
    for minutes on the way to its sentence. What is no pickle at all is refused, too.
    """
    try:
        for _ in range(pickles):
            for code, value, _place in pickletools.genops(pickled):
                if code.name == "GLOBAL" and len(str(value)) > _LONGEST_NAME:
                    raise file_with_objects(path)
    except (ValueError, EOFError, OverflowError, MemoryError, zipfile.BadZipFile, zlib.error) as error:
        raise damaged_file(path) from error


def _refuse_more_than_there_is(content: object, path: Path) -> None:
    """Refuse tensors that say they have far more numbers than the file, which a few bytes can do: whoever lays them out in
    memory needs all of it.
    """
    left, seen, told = [content], set[int](), 0
    while left:
        value = left.pop()
        if isinstance(value, Tensor):
            told += value.numel() * value.element_size()
        elif isinstance(value, (Mapping, list, tuple, set)) and id(value) not in seen:
            seen.add(id(value))
            left.extend(value.values() if isinstance(value, Mapping) else value)
    if told > _MOST_TIMES * path.stat().st_size + _FREE_BYTES:
        raise _bomb(path)


def _bomb(path: Path) -> SegStudioError:
    return SegStudioError(
        "the file says that it holds far more than it can",
        where=str(path),
        fix="Do not trust it; fetch it from where it was made",
    )


def check_hash_in_name(path: Path) -> None:
    """Raise SegStudioError when the name ends in a hash, as torchvision's do, that is not the file's.

    Eight figures that can be read as a date are taken for one.
    """
    found = _HASH_IN_NAME.search(path.stem)
    if found is None or _DATE.fullmatch(found[1]):
        return
    digest = sha256_of(path)
    if not digest.startswith(found[1]):
        raise SegStudioError(
            f"the file is damaged: its name promises the hash {found[1]}, its content has {digest[:8]}",
            where=str(path),
            fix="Delete it and fetch it again",
        )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with open_ordinary(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _not_opened(path: Path, reason: str) -> SegStudioError:
    if "GLOBAL" in reason:
        return file_with_objects(path)
    if ".tar format" in reason:
        return SegStudioError(
            "the file is in the format of PyTorch before 0.4, which cannot be opened safely",
            where=str(path),
            fix="Load it where it was made and save its state_dict() anew",
        )
    return damaged_file(path)


def _state_in(content: object, path: Path) -> dict[str, Tensor]:
    if isinstance(content, Mapping):
        for candidate in (*(content.get(name) for name in _WRAPPINGS), content):
            state = _tensors(candidate)
            if state:
                return state
    raise SegStudioError(
        "the file holds no state dict, that is names with their tensors",
        where=str(path),
        fix="Save the network's state_dict()",
    )


def _tensors(candidate: object) -> dict[str, Tensor]:
    if not isinstance(candidate, Mapping):
        return {}
    return {
        name: value
        for name, value in candidate.items()
        if isinstance(name, str) and isinstance(value, Tensor) and is_ordinary(value)
    }


def is_ordinary(value: Tensor) -> bool:
    """Tell whether a tensor's numbers are all there, each as it is."""
    is_plain = value.layout is torch.strided and not (value.is_quantized or value.is_nested)
    return is_plain and value.device.type == "cpu" and not (value.is_conj() or value.is_neg())
