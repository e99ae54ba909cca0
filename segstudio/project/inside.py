"""What is written, moved and removed of a project stays in its folder, whatever links lie in it.

A project may be a stranger's: links come along in an archive or a clone, and lead wherever he wants.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.files import is_link

MAY_BE_LINKS = ("photos", "masks", "sources", "runs", "review")
"""Folders at the top of a project that may be links, such as to another disk: what lies there is the project's. Those in
which the program alone keeps house (`.trash`, `history`, `.staging` …) may not: it empties and thins them unasked.
"""


def check_inside(
    project: Path, folders: Iterable[Path], *, may_be_links: Collection[str] = MAY_BE_LINKS
) -> None:
    """Refuse to write, move or remove files in `folders` of a project when one of these, or one above, is a link: the
    file would be elsewhere. At the top those of `may_be_links` are not refused; folders that are not there are none.

    Raises SegStudioError that names the link.
    """
    found = {above for folder in folders for above in (folder, *folder.parents)}
    for folder in sorted(above for above in found if above.is_relative_to(project) and above != project):
        if is_link(folder) and not (folder.parent == project and folder.name in may_be_links):
            raise SegStudioError(
                "the folder is a link: what is written or removed there would be outside of the project",
                where=str(folder),
                fix="Remove the link, or put the folder itself in its place",
            )


def is_inside(project: Path, folder: Path) -> bool:
    """Tell whether files in a folder of a project may be written and removed: see `check_inside`."""
    try:
        check_inside(project, [folder])
    except SegStudioError:
        return False
    return True
