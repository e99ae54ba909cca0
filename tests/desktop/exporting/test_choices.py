"""What an export may be asked for: photos, options, where to."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import product
from pathlib import Path

from segstudio.desktop.exporting.choices import (
    WANTED,
    ExportChoices,
    lack,
    options_of,
    photos_for,
    preview_options,
    suggested,
    target_of,
)
from segstudio.formats.exporting import EXPORTS, chosen_photos
from segstudio.project.project import Project


def test_the_photos_counted_are_those_that_the_engine_takes(project: Project) -> None:
    first = project.photo("0.jpg")
    project.write_state(first, first.state.model_copy(update={"status": "checked"}))
    photos, selected = Project.open(project.folder).photos(), ("1.jpg", "3.jpg")
    for wanted in WANTED:
        options = options_of(ExportChoices(wanted=wanted), Path("/new"), selected)
        assert photos_for(wanted, photos, selected) == chosen_photos(Project.open(project.folder), options)
    assert [photo.key for photo in photos_for("checked", photos, ())] == ["0.jpg"]
    assert [photo.key for photo in photos_for("selected", photos, selected)] == ["1.jpg"]


def test_areas_are_told_as_the_format_can() -> None:
    for found, wanted in product(EXPORTS, ("", "polygons", "masks")):
        choices = ExportChoices(format=found.id, outlines=wanted, tolerance_px=2.5)
        assert choices.told_as in found.outlines
        assert wanted not in found.outlines or choices.told_as == wanted
        options = options_of(choices, Path("/new"), ())
        assert options.tolerance_px == (2.5 if options.outlines == "polygons" else 0.0)


def test_a_preview_depends_on_what_is_written_alone() -> None:
    choices = ExportChoices(tolerance_px=1.0)
    other = replace(choices, with_photos=False, as_zip=True, wanted="done")
    assert preview_options(other) == preview_options(choices)
    assert preview_options(replace(choices, tolerance_px=2.0)) != preview_options(choices)


def test_a_new_name_is_suggested(tmp_path: Path) -> None:
    choices = ExportChoices(format="coco")
    assert suggested(tmp_path, "My jumps", choices) == tmp_path / "My jumps coco"
    (tmp_path / "My jumps coco").mkdir()
    assert suggested(tmp_path, "My jumps", choices) == tmp_path / "My jumps coco 2"
    assert suggested(tmp_path, "a/b", replace(choices, as_zip=True)) == tmp_path / "a-b coco.zip"


def test_a_zip_has_its_ending() -> None:
    assert target_of("/a/b", as_zip=True) == Path("/a/b.zip")
    assert target_of("/a/b.ZIP", as_zip=True) == Path("/a/b.ZIP")
    assert target_of("/a/b.v2", as_zip=True) == Path("/a/b.v2.zip")
    assert target_of("/a/b", as_zip=False) == Path("/a/b")
    assert target_of("a/b", as_zip=False) is None
    assert target_of(" ", as_zip=False) is None


def test_what_cannot_be_written_to_is_said_in_a_sentence(tmp_path: Path, project: Project) -> None:
    used, empty, file = tmp_path / "used", tmp_path / "empty", tmp_path / "file"
    used.mkdir()
    empty.mkdir()
    (used / "a").touch()
    file.touch()

    def why(place: object, *, as_zip: bool = False) -> str:
        return lack(str(place), as_zip=as_zip, project=project.folder)

    assert why(empty) == why(tmp_path / "new" / "deep") == why(tmp_path / "new", as_zip=True) == ""
    assert "not empty" in why(used)
    assert "there already" in why(file)
    assert "is a file" in why(file / "below")
    assert "in the project itself" in why(project.folder / "photos" / "new")
    assert "whole path" in why("some/where")
    assert "whole path" in why("~nobody-of-that-name/new")
    assert "whole path" in why("/")
    assert "too long" in why(tmp_path / ("n" * 300))
    assert why("") == "Say where to."
    (tmp_path / "there.zip").touch()
    assert "there already" in why(tmp_path / "there", as_zip=True)
    if os.geteuid():
        used.chmod(0o500)
        assert "Nothing can be written" in why(used / "new")
        used.chmod(0o700)
