"""Names that every system can give a file: a project made on one computer is opened on another."""

from __future__ import annotations

import re

_NOT_ON_WINDOWS = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\\]')

_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"}
)
"""What Windows takes for a device, with any ending: "Naming Files, Paths, and Namespaces" in its documentation."""

_LONGEST = 80
"""Letters of a title that still leave room for an ending, and for the folders above."""


def portable_name(name: str) -> str:
    """Return the name of a file or folder (no path) as Windows can have it too: what it refuses becomes `_`.

    That is control characters and `<>:"|?*\\`, a dot or space at the end, and the names of devices, such as `CON.jpg`.
    """
    name = _NOT_ON_WINDOWS.sub("_", name)
    kept = name.rstrip(". ")
    name = kept + "_" * (len(name) - len(kept))
    stem, dot, rest = name.partition(".")
    return f"{stem}_{dot}{rest}" if stem.rstrip(" ").casefold() in _DEVICES else name


def name_for(title: str) -> str:
    """Return what a file or folder for something of this title can be called on every system; empty where nothing of
    the title is left.
    """
    return portable_name(title.replace("/", "-").strip(" .")[:_LONGEST].rstrip(" ."))


def portable_path(path: str) -> str:
    """Return a relative path with forward slashes whose parts are such names."""
    return "/".join(portable_name(part) for part in path.split("/"))
