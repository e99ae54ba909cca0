"""Where the files of `resources/` lie: beside the package in a working tree, inside it when installed."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE / "_resources", _PACKAGE.parent / "resources")


def resource_path(relative: str) -> Path:
    """Return the path of a packaged file or folder, given relative to `resources/` with forward slashes.

    Raises FileNotFoundError for a name that is not packaged: a fault of the program, not of its user.
    """
    for place in _PLACES:
        if (place / relative).exists():
            return place / relative
    raise FileNotFoundError(f"resources/{relative}")


def load_script(relative: str) -> ModuleType:
    """Import a Python file of `resources/` by its path and return the module."""
    path = resource_path(relative)
    spec = importlib.util.spec_from_file_location(f"segstudio_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"resources/{relative}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
