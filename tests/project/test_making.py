"""A new project is made whole or not at all, and can be made where that failed."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from segstudio.errors import SegStudioError
from segstudio.files import write_bytes
from segstudio.project.project import Project


@pytest.mark.parametrize("was_there", [False, True])
@pytest.mark.parametrize("refused", ["project.json.bak", ".lock", "runs"])
def test_what_was_made_goes_when_the_disk_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: str, was_there: bool
) -> None:
    folder = tmp_path / "jumps"
    if was_there:
        folder.mkdir()
    with monkeypatch.context() as patched:
        if refused == "project.json.bak":

            def full(path: Path, data: bytes) -> None:
                if path.name == refused:
                    raise SegStudioError("could not be written (No space left on device)", where=str(path))
                write_bytes(path, data)

            patched.setattr("segstudio.project.making.write_bytes", full)
        else:
            name = "touch" if refused == ".lock" else "mkdir"
            done = getattr(Path, name)

            def refuse(path: Path, *words: object, **named: object) -> None:
                if path.name == refused:
                    raise OSError(errno.ENOSPC, "No space left on device", str(path))
                done(path, *words, **named)

            patched.setattr(Path, name, refuse)
        with pytest.raises(SegStudioError, match="No space left"):
            Project.create(folder)
    assert folder.exists() == was_there
    assert not was_there or not list(folder.iterdir())
    assert Project.open(Project.create(folder).folder).name == "jumps"
