"""Files that may well hold photos or masks, and are of a kind that nothing here opens: they are told, by their names alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from segstudio.errors import SegStudioError
from segstudio.formats.table import UnknownFileError

_PICTURES = frozenset({".heic", ".heif", ".hif", ".avif", ".jxl", ".j2k", ".psd", ".exr", ".svg"})
_RAW = frozenset({".cr2", ".cr3", ".nef", ".arw", ".dng", ".raf", ".orf", ".rw2", ".pef", ".srw"})
_ARCHIVES = frozenset({".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst"})
_ARRAYS = frozenset({".mat", ".npz", ".h5", ".hdf5", ".tfrecord", ".tfrecords", ".parquet"})

_KINDS: Mapping[frozenset[str], tuple[str, str]] = {
    _PICTURES: ("a picture of this kind ({}) is not read", "Save it as JPEG, PNG or TIFF"),
    _RAW: ("a raw photo ({}) is not read", "Develop it, and save it as JPEG, PNG or TIFF"),
    _ARCHIVES: ("an archive of this kind ({}) is not opened", "Unpack it, or pack it as ZIP"),
    _ARRAYS: (
        "a file of arrays of this kind ({}) is not read",
        "Save the masks in it as PNG, or as a .npy dictionary",
    ),
}

IDLE_FILM = UnknownFileError(
    "no annotation tells of this film, so that no frame of it is taken",
    fix="Give CVAT's annotations for video with it, or its frames as pictures",
)


def why_foreign(path: PurePath) -> SegStudioError | None:
    """Return why a file is not opened, for one of a kind that may hold photos or masks; None for any other. The place is left
    to the caller.
    """
    suffix = path.suffix.lower()
    for suffixes, (problem, fix) in _KINDS.items():
        if suffix in suffixes:
            return UnknownFileError(problem.format(suffix[1:].upper()), fix=fix)
    return None
