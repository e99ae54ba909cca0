"""Pascal VOC's lists of images: `ImageSets/Segmentation/train.txt` and `val.txt` tell what each photo is for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath

from segstudio.formats.beside import files_called, stamp_of

_FOLDERS = ("ImageSets/Segmentation", "ImageSets/Main", "ImageSets")
_USES = ("train", "val", "test")
_NAMES = tuple(f"{use}.txt" for use in _USES)
_MAX_BYTES = 64 << 20


def listed_use(mask: Path, root: Path) -> str:
    """Return what the lists beside the folder of a mask say that its photo is for (`train`, `val`, `test`); empty where
    there are none up to the folder of `root`, it is on none, or on several.
    """
    for above in mask.parents:
        if not above.is_relative_to(root) and above != root.parent:
            break
        for name in _FOLDERS:
            uses = _uses(files_called(above / name, _NAMES)) if (above / name).is_dir() else {}
            if uses:
                inner = PurePosixPath(mask.relative_to(above).as_posix()).with_suffix("")
                return uses.get("/".join(inner.parts[1:]), uses.get(inner.name, ""))
    return ""


def _uses(lists: tuple[Path, ...]) -> Mapping[str, str]:
    return _read(tuple((path, *stamp_of(path)) for path in lists))


@lru_cache(maxsize=8)
def _read(lists: tuple[tuple[Path, int, int], ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for path, _, size in lists:
        if size <= _MAX_BYTES:
            for name in _names_in(path):
                found[name] = "" if name in found and found[name] != path.stem.lower() else path.stem.lower()
    return found


def _names_in(path: Path) -> set[str]:
    """Return the names on the lines; lists of one class tell a number after each, which is no part of it."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return set()
    names = {line.strip() for line in lines if line.strip()}
    numbered = [name.rsplit(maxsplit=1) for name in names]
    if names and all(len(parts) == 2 and parts[1] in ("-1", "0", "1") for parts in numbered):
        return {parts[0] for parts in numbered}
    return names
