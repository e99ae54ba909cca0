"""Who paints keeps others from changing masks, is named to them, and does not hold anything up once it is gone."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.files import hold
from segstudio.project import painted_photos
from segstudio.project.painted_photos import begin_painting, held, kept_from_painting, not_painted
from segstudio.project.project import Project
from tests.project.conftest import AddPhoto


@pytest.fixture
def one(project: Project, add_photo: AddPhoto) -> Project:
    add_photo("a.png", np.zeros((60, 80), dtype=np.uint8))
    return project


@contextmanager
def painting(project: Project, *words: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.project.painting_elsewhere", str(project.folder), "a.png", *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "paints\n"
        try:
            yield other
        finally:
            other.kill()


def refusal(project: Project) -> str:
    with pytest.raises(SegStudioError) as caught, not_painted(project, project.photos()):
        pass
    return str(caught.value)


def test_the_photo_and_the_computer_are_named(one: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with painting(one):
        assert refusal(one) == (
            '"a.png" is open for painting in another SegStudio on this computer. '
            "Close the project there, then try again."
        )
        monkeypatch.setattr(painted_photos, "person", lambda: "somebody else")
        assert " on this computer, by " in refusal(one)
    with not_painted(one, one.photos()):
        pass  # what the killed one has left is of this computer, so that the lock tells that it is gone
    with painting(one, "desk-3"):
        assert ' on the computer "desk-3"' in refusal(one)


def test_nobody_begins_where_nobody_has_painted_yet(one: Project) -> None:
    """No lock file lies there that could be held."""
    (photo,) = one.photos()
    assert not one.paint_lock(photo).exists()
    with kept_from_painting(one, [photo]):
        assert begin_painting(one, photo) is None
    ours = begin_painting(one, photo)
    assert ours is not None
    with pytest.raises(SegStudioError, match="open for painting"), kept_from_painting(one, [photo]):
        pass
    with kept_from_painting(one, []):
        pass
    ours.let_go()
    assert not list((one.folder / "masks").glob("*.lock"))


def test_a_crash_leaves_nothing_that_counts_or_stays(one: Project) -> None:
    with painting(one) as other:
        other.kill()
        other.wait()
    photo = one.photo("a.png")
    lock = one.paint_lock(photo)
    assert lock.exists()
    with not_painted(one, [photo]):
        pass
    assert not [path.name for path in lock.parent.iterdir() if path.name.startswith(lock.name)]
    ours = begin_painting(one, photo)
    assert ours is not None
    assert "on this computer" in refusal(one)
    ours.let_go()
    assert not [path.name for path in lock.parent.iterdir() if path.name.startswith(lock.name)]


def test_whoever_only_looks_whether_a_photo_is_free_refuses_nothing(one: Project) -> None:
    lock = one.paint_lock(one.photo("a.png"))
    let_go = hold(lock)
    assert let_go is not None
    later = threading.Timer(0.03, let_go)
    later.start()
    with held(lock) as is_ours:
        assert is_ours
    later.join()


@pytest.mark.parametrize("told", [b"", b"one line", b"\xff\xfe\n\xff\n", b"x" * 10_000])
def test_what_cannot_be_told_is_left_out(one: Project, told: bytes) -> None:
    photo = one.photo("a.png")
    ours = begin_painting(one, photo)
    assert ours is not None
    Path(f"{one.paint_lock(photo)}.by").write_bytes(told)
    assert "in another SegStudio. Close" in refusal(one)
    ours.let_go()
