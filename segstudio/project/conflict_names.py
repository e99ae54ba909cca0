"""The names that programs which synchronise or merge folders give to a file that two machines have written."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import PurePosixPath

from segstudio.project.images import PHOTO_SUFFIXES

_MARK = re.compile(
    r"""
      (?:\ ?\((?:[^()/]|\([^()/]*\))+\))+  # (Anna's conflicted copy 2026-01-01): Dropbox, Nextcloud, Seafile; (1): Google
    | \ ?\[[^\[\]/]+\]                     # [Conflict]: Google Drive, pCloud
    | [._]sync-conflict-[\w-]+(?:\.sync-conflict-[\w-]+)*  # .sync-conflict-20260101-120000-ABCDEFG: Syncthing
    | [._-]conflict-[\w-]+                  # _conflict-20260101-120000: ownCloud
    | (?:\.[Cc]onflict\d*)+                # .Conflict, .Conflict2: Resilio; .conflict1: rclone
    | _[^/]{1,120}_(?:Case)?Conflict        # _STUDIO-PC_Jan-01-120000-2026_Conflict: Synology
    | _(?:BACKUP|BASE|LOCAL|REMOTE)_\d+     # while Git's mergetool runs
    | \ -\ [^\W\d_]{2,20}(?:\ \(\d+\))?    # - Copy, - Kopie (2): Windows, in its language
    | \ copy(?:\ \d+)?                     # macOS
    | ~[\w.@-]{1,62}                        # ~HEAD: the branch of Git
    | \ (?:[2-9]|[1-9]\d)                   # iCloud, as if it had been copied by hand
    | -\w[\w\ .'\u2019-]{0,62}              # -STUDIO-PC: OneDrive, the name of the machine
    """,
    re.VERBOSE,
)

_BEHIND = re.compile(
    r"""
      ~[\w.@-]{1,62}                        # ~HEAD: the branch of Git
    | \.(?:orig|mine|theirs)                # Git's mergetool, Mercurial, Subversion
    | \.(?:r\d+|(?:merge-(?:left|right)|working)(?:\.r\d+)?)  # Subversion
    | \.(?:BASE|THIS|OTHER|LOCAL|REMOTE)
    | (?:\.[Cc]onflict\d*)+
    | \ ?\((?:[^()/]|\([^()/]*\))+\)
    """,
    re.VERBOSE,
)
"""What some put behind the extension."""


def copied_key(name: str, keys: Collection[str]) -> str | None:
    """Return the photo of whose mask `name` is a copy in conflict, None when it is none; pure.

    `name` is that of a file in the folder of masks, without its last extension; `keys` are the project's photos. What ends
    like a photo is the mask of one, though its file may be missing.
    """
    if name in keys or PurePosixPath(name).suffix.lower() in PHOTO_SUFFIXES:
        return None
    return _before(_MARK, name, keys, "")


def copied_file(name: str, keys: Collection[str], extension: str) -> str | None:
    """Return the same for the whole name of a file; a mark may also stand behind its `extension`, such as `.png`."""
    if name.endswith(extension):
        return copied_key(name.removesuffix(extension), keys)
    return _before(_BEHIND, name, keys, extension) if extension in name else None


def _before(mark: re.Pattern[str], name: str, keys: Collection[str], extension: str) -> str | None:
    """Return the key that stands, with the extension, before a mark that reaches to the end."""
    for end in range(len(name) - 1, 0, -1):
        key = name[:end].removesuffix(extension) if name.endswith(extension, 0, end) else ""
        if key in keys and mark.fullmatch(name, end):
            return key
    return None
