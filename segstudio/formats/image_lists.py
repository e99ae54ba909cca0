"""Pascal VOC's lists of images: `ImageSets/Segmentation/train.txt` and `val.txt` tell what each photo is for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath

from segstudio.errors import SegStudioError
from segstudio.formats.beside import files_called, lines_of_list, stamp_of

_FOLDERS = ("ImageSets/Segmentation", "ImageSets/Main", "ImageSets")
_USES = ("train", "val", "test")
_NAMES = tuple(f"{use}.txt" for use in _USES)
_FIX = "Save that file as UTF-8"


def listed_use(mask: Path, root: Path) -> str:
    """Return what the lists beside the folder of a mask say that its photo is for (`train`, `val`, `test`); empty where
    there are none up to the folder of `root`, it is on none, or on several. Raises SegStudioError for a list that cannot
    be read.
    """
    for above in mask.parents:
        if not above.is_relative_to(root) and above != root.parent:
            break
        for name in _FOLDERS:
            lists = files_called(above / name, _NAMES) if (above / name).is_dir() else ()
            uses, problem = _read(tuple((path, *stamp_of(path)) for path in lists))
            if problem:
                raise SegStudioError(problem, fix=_FIX)
            if uses:
                inner = PurePosixPath(mask.relative_to(above).as_posix()).with_suffix("")
                return uses.get("/".join(inner.parts[1:]), uses.get(inner.name, ""))
    return ""


@lru_cache(maxsize=8)
def _read(lists: tuple[tuple[Path, int, int], ...]) -> tuple[Mapping[str, str], str]:
    """Return the use of each name on the lists, and why one cannot be read."""
    found: dict[str, str] = {}
    for path, _, _ in lists:
        try:
            names = _names_in(path)
        except SegStudioError as error:
            return {}, error.problem
        for name in names:
            found[name] = "" if name in found and found[name] != path.stem.lower() else path.stem.lower()
    return found, ""


def _names_in(path: Path) -> set[str]:
    """Return the names on the lines; lists of one class tell a number after each, which is no part of it."""
    names = {line.strip() for line in lines_of_list(path) if line.strip()}
    numbered = [name.rsplit(maxsplit=1) for name in names]
    if names and all(len(parts) == 2 and parts[1] in ("-1", "0", "1") for parts in numbered):
        return {parts[0] for parts in numbered}
    return names
