"""Photos that lie outside their project: a project from a stranger may name any file of this computer as one."""

from __future__ import annotations

import os
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.project.images import photo_size
from segstudio.project.photo_lengths import TooLongError


def lies_outside(project: Path, path: Path) -> bool:
    """Tell whether a file, wherever links lead, lies neither in the folder `project` nor where its photos/ leads."""
    found = Path(os.path.realpath(path))
    return not any(found.is_relative_to(os.path.realpath(top)) for top in (project, project / "photos"))


def check_outside(project: Path, path: Path) -> None:
    """Raise SegStudioError for a file that lies outside the folder `project` and is no photo: it is given to nobody.

    A photo that lies inside may be damaged, but no longer than its pixels can make it.
    """
    try:
        photo_size(path)
    except TooLongError:
        raise
    except SegStudioError:
        if lies_outside(project, path):
            raise


def check_comes_in(project: Path, path: Path, *, from_zip: bool) -> None:
    """Raise SegStudioError for a file of the folder `project` that is no photo to be copied into another project.

    With `from_zip` the project was unpacked: whatever it says of files elsewhere on this computer, none was handed out.
    """
    if from_zip and lies_outside(project, path):
        raise SegStudioError(
            "its photo is not in the ZIP file", where=str(path), fix="Import that photo first"
        )
    photo_size(path)
