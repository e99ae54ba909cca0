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
from segstudio.weight_files import (
    damaged_file,
    damaged_part,
    file_with_objects,
    is_of_old_format,
    no_model,
    refuse_other_files,
)

_KEY = "card"
_MOST_BYTES = 2 << 20
"""Of the part that names what is in the file; that of a model takes some kilobytes, of a checkpoint some hundred."""
_PLAIN_MODULES = frozenset(
    {"collections", "torch", "torch._tensor", "torch._utils", "torch.nn.parameter", "torch.storage"}
)
"""Of what PyTorch's own loading of tensors calls."""


def glance(path: Path) -> ModelCard:
    """Return a model file's card; raises SegStudioError for a file that is none, with the sentence that whoever opens it
    gets. Nothing of the file is ever run.

    A model file is a ZIP archive whose entry `…/data.pkl` is a pickle of a dict; the card is the text that follows
    the key "card". The pickle is only taken apart into its opcodes.
    """
    refuse_other_files(path)
    text = _card_in(_names(path), path)
    if text is None:
        raise no_model(path)
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
    """Return the pickle that names what is in the file; raises SegStudioError."""
    try:
        with zipfile.ZipFile(path) as archive:
            entry = next((each for each in archive.infolist() if each.filename.endswith("/data.pkl")), None)
            if entry is None:
                raise damaged_file(path)
            if entry.file_size > _MOST_BYTES:
                raise no_model(path)
            return _read(archive, entry, path)
    except OSError as error:
        raise SegStudioError(f"cannot be read ({error.strerror or error})", where=str(path)) from error
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise (no_model(path) if is_of_old_format(path) else damaged_file(path)) from error


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> bytes:
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError) as error:
        raise damaged_part(path, entry.filename) from error


def _card_in(pickled: bytes, path: Path) -> str | None:
    """Return the text that follows the key in the pickle of a dict; raises SegStudioError where objects are in it."""
    card: str | None = None
    is_next = False
    try:
        for code, value, _place in pickletools.genops(pickled):
            if not isinstance(value, str):
                continue
            if code.name == "GLOBAL" and value.partition(" ")[0] not in _PLAIN_MODULES:
                raise file_with_objects(path)
            if is_next and card is None:
                card = value
            is_next = value == _KEY
    except ValueError as error:
        raise damaged_file(path) from error
    return card
