"""The names that programs which synchronise folders give to a file that two machines have written."""

from __future__ import annotations

import re
from collections.abc import Collection

_MARK = re.compile(
    r"""
      \ ?\([^()/]+\)            # (Anna's conflicted copy 2026-01-01), (1)
    | [._]sync-conflict-[\w-]+  # .sync-conflict-20260101-120000-ABCDEFG
    | _conflict-[\w-]+          # _conflict-20260101-120000
    | \ -\ [^\W\d_]{2,20}(\ \(\d+\))?  # - Copy, - Kopie (2): Windows, in its language
    | ~[\w.@-]{1,62}            # ~HEAD: the branch of Git
    | \ [2-9]                   # as if it had been copied by hand
    | -[\w][\w .-]{0,62}        # -STUDIO-PC: the name of the machine
    """,
    re.VERBOSE,
)


def copied_key(name: str, keys: Collection[str]) -> str | None:
    """Return the photo of whose mask `name` is a copy in conflict, None when it is none; pure.

    `name` is that of a file in the folder of masks, without its last extension; `keys` are the project's photos.
    """
    if name in keys:
        return None
    for end in range(len(name) - 1, 0, -1):
        if name[:end] in keys and _MARK.fullmatch(name, end):
            return name[:end]
    return None
