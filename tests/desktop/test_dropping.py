"""What was dropped on the window, and what letting go would do."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl

from segstudio.desktop.dropping import (
    Dropped,
    local_paths,
    seems_dropped,
    suggested_name,
    ways,
    what_is_dropped,
)
from segstudio.project.project import Project


def test_one_project_opens_by_its_folder_or_its_file(project: Project) -> None:
    assert what_is_dropped([project.folder]) == Dropped(project=project.folder)
    assert what_is_dropped([project.folder / "project.json"]) == Dropped(project=project.folder)


def test_anything_else_comes_in(project: Project, tmp_path: Path) -> None:
    photo = tmp_path / "p.jpg"
    assert what_is_dropped([project.folder, photo]) == Dropped(files=(project.folder, photo))
    assert what_is_dropped([tmp_path]) == Dropped(files=(tmp_path,))
    assert what_is_dropped([tmp_path / "gone.jpg"]) == Dropped(missing=(tmp_path / "gone.jpg",))
    assert what_is_dropped([]) == Dropped()


def test_what_is_not_there_is_told_and_the_rest_comes_in(tmp_path: Path) -> None:
    there, gone = tmp_path / "a.jpg", [tmp_path / f"{number}.jpg" for number in range(5)]
    there.touch()
    dropped = what_is_dropped([gone[0], there])
    assert dropped == Dropped(files=(there,), missing=(gone[0],))
    assert dropped.told_missing.startswith(f"“0.jpg” is not in {tmp_path} any more")
    assert Dropped(missing=tuple(gone)).told_missing.startswith(
        "“0.jpg”, “1.jpg”, “2.jpg” and 2 more are not"
    )
    assert Dropped(files=(there,)).told_missing == ""


def test_thousands_of_files_take_no_longer_each_than_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / f"{number}.jpg" for number in range(5000)]
    monkeypatch.setattr(Path, "exists", lambda _path: True)
    start = time.perf_counter()
    assert what_is_dropped(paths).files == tuple(paths)
    assert time.perf_counter() - start < 10


def test_what_the_names_tell_is_said_without_looking(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert seems_dropped([gone / "project.json"]) == Dropped(project=gone)
    assert seems_dropped([gone]) == Dropped(files=(gone,))
    assert seems_dropped([gone, tmp_path]) == Dropped(files=(gone, tmp_path))


def test_what_letting_go_does_is_said(tmp_path: Path) -> None:
    one, two = Dropped(files=(tmp_path / "a.jpg",)), Dropped(files=(tmp_path / "a", tmp_path / "b"))
    assert one.told(is_open=True) == "Look at a.jpg in Import"
    assert two.told(is_open=False) == "New project with 2 things"
    model = Dropped(files=(tmp_path / "best.pt",))
    assert model.told(is_open=False) == "Look at the model best.pt"
    assert model.told(is_open=True, tab="annotate") == "Review with the model best.pt"
    assert Dropped(project=tmp_path / "jumps").told(is_open=True) == "Open the project “jumps”"
    assert Dropped().told(is_open=True) == ""


def test_a_project_of_dropped_things_is_called_after_their_folder(tmp_path: Path) -> None:
    folder = tmp_path / "Tandems"
    folder.mkdir()
    assert suggested_name([folder]) == "Tandems"
    assert suggested_name([folder / "a.jpg", folder / "b.jpg"]) == "Tandems"
    assert suggested_name([]) == ""


def test_only_what_lies_on_this_machine_is_dropped(tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a b.jpg")), QUrl("https://example.org/c.jpg")])
    assert local_paths(data) == (tmp_path / "a b.jpg",)


@pytest.mark.parametrize(
    ("files", "shown", "has_models", "takes"),
    [
        (("a.jpg",), "annotate", True, ("import", "review")),
        (("a.jpg", "b.xml"), "train", True, ("import", "review")),
        (("a.jpg",), "annotate", False, ("annotate",)),
        (("a.jpg",), "import", True, ("import",)),
        (("a.jpg",), "review", True, ("review",)),
        (("a.pt",), "annotate", True, ("annotate",)),
        ((), "annotate", True, ("annotate",)),
    ],
)
def test_photos_dropped_between_can_be_labelled_or_segmented(
    files: tuple[str, ...], shown: str, has_models: bool, takes: tuple[str, ...]
) -> None:
    dropped = Dropped(files=tuple(Path(name) for name in files))
    assert ways(dropped, shown, has_models=has_models) == takes
