"""Weight files: what commonly lands in the place of a PyTorch file, told in sentences, without PyTorch."""

from __future__ import annotations

import re
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.files import open_ordinary

_START_BYTES = 512
_LFS_POINTER = b"version https://git-lfs"
_WEB_PAGE = re.compile(rb"\s*<(!doctype\s+html|html)", re.IGNORECASE)
_BEFORE_ZIP = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""How files begin that PyTorch wrote before 1.6: a number of its own, as a pickle."""


def refuse_other_files(path: Path) -> None:
    """Raise SegStudioError when `path` is no file at all, or one that commonly lands in the place of weights."""
    start = _start_of(path)
    if not start:
        raise SegStudioError("the file is empty", where=str(path), fix="Fetch it again")
    if start.startswith(_LFS_POINTER):
        raise SegStudioError(
            "this is a Git LFS pointer, not the file that it points to",
            where=str(path),
            fix="Run `git lfs pull` where it came from, or download the file itself",
        )
    if _WEB_PAGE.match(start):
        raise SegStudioError(
            "this is a web page, not a PyTorch file", where=str(path), fix="Download the file itself"
        )


def is_of_old_format(path: Path) -> bool:
    """Tell whether PyTorch wrote the file in its format before 1.6; raises SegStudioError when it cannot be read."""
    return _start_of(path).startswith(_BEFORE_ZIP)


def damaged_file(path: Path) -> SegStudioError:
    """Return what is told of a file that cannot be opened, whatever of it is wrong."""
    return SegStudioError(
        "the file is damaged or not a PyTorch file", where=str(path), fix="Fetch it again, or export it again"
    )


def damaged_part(path: Path, part: str) -> SegStudioError:
    """Return what is told of a file of which one part is not what was written."""
    return SegStudioError(
        f"the file is damaged: the checksum of its part {part} is wrong", where=str(path), fix="Copy it anew"
    )


def file_with_objects(path: Path) -> SegStudioError:
    """Return what is told of a file with more in it than tensors and plain values."""
    return SegStudioError(
        "the file holds Python objects besides tensors, and opening those could run foreign code",
        where=str(path),
        fix="Save the network's state_dict() alone",
    )


def no_model(path: Path) -> SegStudioError:
    """Return what is told of a sound PyTorch file that describes no model."""
    return SegStudioError(
        "this is no SegStudio model: it does not say for which head and classes it is",
        where=str(path),
        fix="Give a run or its best.pt; bare weights can start a training: `--set weights=FILE`",
    )


def _start_of(path: Path) -> bytes:
    try:
        with open_ordinary(path) as stream:
            return stream.read(_START_BYTES)
    except FileNotFoundError as error:
        raise SegStudioError("there is no such file", where=str(path)) from error
    except OSError as error:
        raise SegStudioError(f"cannot be read ({error.strerror or error})", where=str(path)) from error
