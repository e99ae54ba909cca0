"""What a model file says of itself, read without the library that wrote it, its weights left alone."""

from __future__ import annotations

import pickletools
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.runs.model_card import ModelCard

_KEY = "card"
_MOST_BYTES = 2 << 20
"""Of the part that names what is in the file; that of a model takes some kilobytes, of a checkpoint some hundred."""


def glance(path: Path) -> ModelCard:
    """Return a model file's card; raises SegStudioError for a file that is none. Nothing of the file is ever run.

    A model file is a ZIP archive whose entry `…/data.pkl` is a pickle of a dict; the card is the text that follows
    the key "card". The pickle is only taken apart into its opcodes.
    """
    text = _card_in(_names(path))
    if text is None:
        raise SegStudioError(
            "this is no SegStudio model: it does not say for which head and classes it is", where=str(path)
        )
    return ModelCard.from_json(text, where=str(path))


@dataclass(frozen=True, slots=True)
class ModelTrace:
    """By what a model is known again: its id (`ModelCard.model_id`), and what its run was called when it was trained.

    Both are empty for a file that cannot be read. `step` tells how far the training was; a run's model gets better while
    it goes on, and is the same to those who compare traces.
    """

    model_id: str = ""
    run: str = ""
    step: int = field(default=0, compare=False)


NO_TRACE = ModelTrace()


def trace_of(path: Path) -> ModelTrace:
    """Return by what the model in a file is known again; the file is read only when it was written anew."""
    try:
        found = path.stat()
    except OSError:
        return NO_TRACE
    return _trace(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=1024)
def _trace(path: Path, _written_ns: int, _length: int) -> ModelTrace:
    try:
        card = glance(path)
    except SegStudioError:
        return NO_TRACE
    return ModelTrace(card.model_id, card.run, card.step)


def _names(path: Path) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            entry = next((each for each in archive.infolist() if each.filename.endswith("/data.pkl")), None)
            if entry is None or entry.file_size > _MOST_BYTES:
                return b""
            return archive.read(entry)
    except OSError as error:
        raise SegStudioError(f"cannot be read ({error.strerror or error})", where=str(path)) from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError):
        return b""


def _card_in(pickled: bytes) -> str | None:
    """Return the text that follows the key in the pickle of a dict."""
    is_next = False
    try:
        for _code, value, _place in pickletools.genops(pickled):
            if not isinstance(value, str):
                continue
            if is_next:
                return value
            is_next = value == _KEY
    except ValueError:
        return None
    return None
