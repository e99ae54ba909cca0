"""Person: who works here, as others are to read it in locks, masks and versions."""

from __future__ import annotations

import getpass
import os
import sys
from contextlib import suppress
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.files import write_text

VARIABLE = "SEGSTUDIO_NAME"
"""The environment variable that goes before all else: for machines that several people share."""

LONGEST = 60
"""So many letters a name may have."""


def person() -> str:
    """Return the name of who works here: from the environment, as it was chosen, or that of the login; empty where the
    system does not tell that either.
    """
    return named_by_environment() or chosen_name() or login_name()


def named_by_environment() -> str:
    """Return the name that the environment tells, often empty."""
    return _tidy(os.environ.get(VARIABLE, ""))


def login_name() -> str:
    """Return the name of the login, empty where the system does not tell it."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return ""


def chosen_name() -> str:
    """Return the name that was chosen on this machine by its user, empty where none was."""
    with suppress(OSError, RuntimeError, UnicodeDecodeError), name_file().open(encoding="utf-8") as stream:
        return _tidy(stream.read(LONGEST * 4))
    return ""  # there may be no home, either


def choose_name(name: str) -> str:
    """Go by this name from now on, in every project; an empty one is that of the login again. Returns what it is then.

    Raises SegStudioError when the name is too long or the disk refuses.
    """
    tidy = " ".join(_shown(name).split())
    if len(tidy) > LONGEST:
        raise SegStudioError(f"a name of {len(tidy)} letters is too long", fix=f"Use {LONGEST} at most")
    write_text(name_file(), f"{tidy}\n" if tidy else "")
    return person()


def name_file() -> Path:
    """Return where the chosen name is kept: beside the settings of the window, of this user and machine."""
    home = Path.home()
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or home / "AppData/Local")
    elif sys.platform == "darwin":
        folder = home / "Library/Preferences"
    else:
        folder = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    return folder / "SegStudio" / "name.txt"


def _tidy(name: str) -> str:
    return " ".join(_shown(name).split())[:LONGEST]


def _shown(name: str) -> str:
    """Return a name without what cannot be shown, such as control characters."""
    return "".join(sign if sign.isprintable() else " " for sign in name)
