"""The command line called as a person calls it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from segstudio.cli.main import main
from segstudio.project.images import encode_png
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command line and gives exit status, standard output and error."""

    def call(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main([str(word) for word in words])
        told = capsys.readouterr()
        code = caught.value.code
        assert code is None or isinstance(code, int)
        return code or 0, told.out, told.err

    return call


@pytest.fixture
def labelled(tmp_path: Path, run: Run) -> Project:
    """A project of six labelled noise photos in two bursts, with no split."""
    assert run("new", tmp_path / "ü project", "--class", "sky,ground")[0] == 0
    project = Project.open(tmp_path / "ü project")
    mask = np.repeat(np.array([0, 1], dtype=np.uint8).repeat(16)[:, None], 32, axis=1)
    with project.change() as change:
        for number in (1, 2, 3, 20, 21, 22):
            pixels = np.random.default_rng(number).integers(0, 256, (32, 32, 3), dtype=np.uint8)
            (tmp_path / "photo.png").write_bytes(encode_png(pixels))
            change.add_photo(f"{number:02}.png", tmp_path / "photo.png", size=(32, 32))
            change.put_mask(f"{number:02}.png", mask)
            change.put_state(f"{number:02}.png", PhotoState(size=(32, 32)))
    return project
