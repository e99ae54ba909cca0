"""What a model file says of itself, read without the library that wrote it, its weights left alone."""

from __future__ import annotations

import pickletools
import zipfile
import zlib
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


def _names(path: Path) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            entry = next((each for each in archive.infolist() if each.filename.endswith("/data.pkl")), None)
            if entry is None or entry.file_size > _MOST_BYTES:
                return b""
            return archive.read(entry)
    except OSError as error:
        raise SegStudioError(f"cannot be read ({error.strerror or error})", where=str(path)) from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
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
