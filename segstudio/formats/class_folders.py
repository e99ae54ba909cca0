"""Folders called like the class that the masks in them are of: `masks/plane/a.png` and `masks/person/b.png`.

Masks of 0 and one other value tell nothing of a class, but whoever keeps them in one folder for each class does. Folders may
as well tell days or places. They tell classes where they are called like some, or where no photo lies in a folder called so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from segstudio.formats.mask_files import is_mask_folder
from segstudio.formats.places import PhotoFile, SourceFile, is_subset, telling_folders


@dataclass(frozen=True, slots=True)
class ClassFolders:
    """The folder of each mask that may tell its class (`of`), the casefolded folders of the photos, and the casefolded names of
    the project's classes.
    """

    of: Mapping[Path, str] = field(default_factory=dict)
    with_photos: Collection[str] = ()
    names: Collection[str] = ()

    def folders_of(self, masks: Iterable[Path]) -> tuple[str, ...]:
        """Return the folders in which these masks lie, in order; none where it is one alone, or some lie in none."""
        found = {self.of.get(mask, "") for mask in masks}
        return tuple(sorted(found)) if len(found) > 1 and "" not in found else ()

    def are_classes(self, folders: Iterable[str], names: Collection[str] | None = None) -> bool:
        """Tell whether all of these folders tell classes: those called `names`, if given, else those of the project."""
        folded = {folder.casefold() for folder in folders}
        if names is not None:
            return folded <= {name.casefold() for name in names}
        return folded <= set(self.names) or folded.isdisjoint(self.with_photos)


def class_folders(
    masks: Iterable[SourceFile], photos: Iterable[PhotoFile], names: Iterable[str]
) -> ClassFolders:
    """Return what the folders of `masks` may tell of classes; `names` are those of the project's classes."""
    with_photos = {
        folder.casefold()
        for photo in photos
        for folder in (photo.path.parents[len(photo.name.parts) - 1].name, *photo.name.parts[:-1])
    }
    return ClassFolders(
        {mask.path: _folder_of(mask) for mask in masks},
        frozenset(with_photos),
        frozenset(name.casefold() for name in names),
    )


def _folder_of(mask: SourceFile) -> str:
    """Return the innermost folder of a mask that says more than what lies in it; empty when none does."""
    below = mask.path.relative_to(mask.root.parent)
    for folder in reversed(telling_folders(below)):
        if not is_mask_folder(folder) and not is_subset(folder) and any(map(str.isalpha, folder)):
            return folder
    return ""
