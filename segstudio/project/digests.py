"""What tells that a file is still the one that it was."""

from __future__ import annotations

import hashlib
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.files import open_ordinary


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file; raises SegStudioError when it cannot be read."""
    try:
        with open_ordinary(path) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise SegStudioError(
            f"the file cannot be read ({error.strerror or error})", where=str(path)
        ) from error


def digest_if_there(path: Path) -> str:
    """Return the same, and nothing for a file that is not there."""
    return file_digest(path) if path.exists() else ""
