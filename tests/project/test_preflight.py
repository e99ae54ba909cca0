"""Every finding of the pre-flight check, each provoked by a small project."""

from __future__ import annotations

import dataclasses
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from segstudio.project.classes import VOID, ClassList
from segstudio.project.learnt_classes import learnt_classes
from segstudio.project.masks import Mask
from segstudio.project.photos import Split
from segstudio.project.preflight import Demand, Finding, examine
from segstudio.project.project import Project
from tests.project.conftest import AddPhoto, Textured

_MODEST = Demand(
    batch_size=2, crops_per_photo=2, memory_mb=10, memory_free_mb=1000, disk_mb=10, disk_free_mb=1000
)


def _stripes(*values: int) -> Mask:
    return np.repeat(np.resize(np.array(values, dtype=np.uint8), 60)[:, None], 80, axis=1)


def _found(project: Project, demand: Demand = _MODEST) -> dict[str, Finding]:
    return {finding.code: finding for finding in examine(project, demand)}


def _found_for(project: Project, **choices: Any) -> dict[str, Finding]:
    learnt = learnt_classes(project.classes, **choices)
    return {finding.code: finding for finding in examine(project, _MODEST, learnt=learnt)}


@pytest.fixture
def sound(project: Project, add_photo: AddPhoto) -> Project:
    """A project with nothing to complain about."""
    for number in range(6):
        split: Split = "val" if number > 3 else "train"
        add_photo(f"{number}.png", _stripes(0, 1, 2), split=split)
    return project


def test_a_sound_project_is_not_complained_about(sound: Project) -> None:
    told: list[tuple[int, int]] = []
    assert examine(sound, _MODEST, lambda done, of: told.append((done, of))) == []
    assert told == [(number, 6) for number in range(1, 7)]


def test_names_that_other_systems_refuse_or_mix_up_are_told(sound: Project, add_photo: AddPhoto) -> None:
    for key in ("CON.png", "A.png", "a.png", "12:30.png"):
        add_photo(key, _stripes(0, 1, 2))
    found = _found(sound)
    assert found["name-refused"].photos == ("12:30.png", "CON.png")
    assert found["name-alike"].photos == ("A.png", "a.png")
    assert (
        found["name-refused"].problem
        == "2 photos have what Windows refuses as a file name: 12:30.png, CON.png"
    )


def test_what_is_in_the_folder_of_photos_and_is_none_is_told(sound: Project, tmp_path: Path) -> None:
    (tmp_path / "camera").mkdir()
    try:
        (sound.folder / "photos/camera").symlink_to(tmp_path / "camera")
        (sound.folder / "photos/tab\tname.jpg").touch()
    except OSError:
        pytest.skip("the file system takes no such name")
    found = [finding.problem for finding in examine(sound, _MODEST) if finding.code == "not-listed"]
    assert found == [
        "photos/camera is a link to a folder, and what lies there is no photo of the project",
        "photos/tab\\tname.jpg is no photo of the project: its name holds what no name of a photo may hold",
    ]


def test_copies_that_two_machines_left_are_told(sound: Project) -> None:
    folder = sound.folder
    (folder / "project-STUDIO-PC.json").write_bytes((folder / "project.json").read_bytes())
    (folder / "masks/0.png (1).png").write_bytes((folder / "masks/0.png.png").read_bytes())
    found = [finding for finding in examine(sound, _MODEST) if finding.code == "conflict-copy"]
    assert [finding.photos for finding in found] == [("0.png",), ()]
    assert "kept as project-STUDIO-PC.json" in found[1].problem


def test_damaged_photos_and_masks_are_errors_that_name_them(sound: Project, add_photo: AddPhoto) -> None:
    (sound.folder / "photos" / "0.png").write_bytes(b"\x89PNG")
    mask = sound.folder / "masks" / "1.png.png"
    mask.write_bytes(mask.read_bytes()[:50])
    (sound.folder / "photos" / "new.jpg").write_bytes(b"\xff\xd8\xff cut off")
    sound.refresh()
    found = [finding for finding in examine(sound, _MODEST) if finding.code == "damaged"]
    assert [finding.photos for finding in found] == [("0.png",), ("1.png",), ("new.jpg",)]
    assert all(finding.severity == "error" for finding in found)
    assert "0.png" in found[0].problem


def test_a_photo_that_was_replaced_by_one_of_another_size_is_damaged(
    sound: Project, textured: Textured
) -> None:
    from segstudio.project.images import encode_png

    (sound.folder / "photos" / "0.png").write_bytes(encode_png(textured(0, 30, 40)))
    finding = _found(sound)["damaged"]
    assert finding.photos == ("0.png",)
    assert "40 × 30 pixels, the project says 80 × 60" in finding.problem


def test_values_that_are_no_class_stop_a_training(sound: Project, add_photo: AddPhoto) -> None:
    add_photo("bad.png", _stripes(0, 1, 77, 99), split="train")
    finding = _found(sound)["bad-values"]
    assert (finding.severity, finding.photos) == ("error", ("bad.png",))
    assert "77, 99" in finding.problem


def test_a_project_without_masks_cannot_train(project: Project, add_photo: AddPhoto) -> None:
    assert set(_found(project)) == {"no-masks"}
    add_photo("a.png")
    assert set(_found(project)) == {"no-masks"}


def test_photos_without_a_mask_are_a_hint(sound: Project, add_photo: AddPhoto) -> None:
    add_photo("bare.png")
    finding = _found(sound)["without-mask"]
    assert (finding.severity, finding.photos) == ("hint", ("bare.png",))
    assert finding.problem.startswith("1 of 7 photos")


def test_masks_without_any_label_are_a_warning(sound: Project, add_photo: AddPhoto) -> None:
    add_photo("void.png", _stripes(VOID), split="train")
    finding = _found(sound)["all-void"]
    assert (finding.photos, finding.problem[:18]) == (("void.png",), "1 mask is void all")


def test_photos_of_no_split_are_a_hint_and_take_part_in_the_rest(
    project: Project, add_photo: AddPhoto
) -> None:
    for number in range(3):
        add_photo(f"{number}.png", _stripes(0, 1, 2))
    found = _found(project, dataclasses.replace(_MODEST, batch_size=4, crops_per_photo=3))
    assert found["no-split"].photos == ("0.png", "1.png", "2.png")
    assert "odd-batch" in found  # 9 crops in batches of 4


def test_photos_of_no_split_train_beside_those_that_validate(
    project: Project, add_photo: AddPhoto, textured: Textured
) -> None:
    for number in range(3):
        add_photo(f"{number}.png", _stripes(0, 1, 2), seed=number)
    add_photo("val.png", _stripes(0, 1, 2), split="val", seed=1)
    found = _found(project)
    assert "no-training" not in found
    assert found["leak"].photos == ("val.png",)


def test_nothing_to_train_on_is_an_error(project: Project, add_photo: AddPhoto) -> None:
    add_photo("a.png", _stripes(0, 1, 2), split="val")
    assert _found(project)["no-training"].severity == "error"


def test_nothing_to_validate_on_is_a_warning(project: Project, add_photo: AddPhoto) -> None:
    for number in range(3):
        add_photo(f"{number}.png", _stripes(0, 1, 2), split="train")
    assert _found(project)["no-validation"].severity == "warning"


def test_one_class_alone_cannot_be_learnt(project: Project, add_photo: AddPhoto) -> None:
    for number, split in enumerate(("train", "train", "val")):
        add_photo(f"{number}.png", _stripes(1, VOID), split=split)
    found = _found(project)
    assert found["one-class"].severity == "error"
    assert "empty-class" in found


def test_a_class_that_never_occurs_is_a_warning_with_the_way_to_leave_it_out(sound: Project) -> None:
    sound.save_classes(ClassList.from_names(["background", "person", "sky", "plane's"]))
    finding = _found(sound)["empty-class"]
    assert finding.severity == "warning"
    assert '"plane\'s"' in finding.problem
    typed = shlex.split(finding.fix)  # as a shell reads what is copied into it
    assert typed[-2:] == ["--set", "ignore_classes=plane's"]


def test_a_class_of_few_pixels_is_a_warning(project: Project, add_photo: AddPhoto) -> None:
    mask = _stripes(0, 1)
    mask[0, :5] = 2
    for number in range(5):
        add_photo(f"{number}.png", mask, split="val" if number > 2 else "train")
    finding = _found(project)["imbalance"]
    assert '"sky" covers only 0.1 %' in finding.problem


def test_a_class_of_few_photos_is_a_hint(sound: Project, add_photo: AddPhoto) -> None:
    sound.save_classes(sound.classes.added("plane"))
    add_photo("6.png", _stripes(0, 1, 2, 3), split="train")
    add_photo("7.png", _stripes(0, 1, 2, 3), split="val")
    found = _found(sound)
    assert found["few-photos"].severity == "hint"
    assert '"plane" occurs in 2 photos' in found["few-photos"].problem


def test_classes_of_one_part_only_are_told(sound: Project, add_photo: AddPhoto) -> None:
    sound.save_classes(sound.classes.added("plane").added("bird"))
    add_photo("6.png", _stripes(0, 1, 2, 3), split="train")
    add_photo("7.png", _stripes(0, 1, 2, 4), split="val")
    found = _found(sound)
    assert (found["only-training"].severity, found["only-validation"].severity) == ("hint", "warning")
    assert "plane" in found["only-training"].problem
    assert "bird" in found["only-validation"].problem


def test_the_next_frame_in_the_other_part_is_a_leak(
    sound: Project, add_photo: AddPhoto, textured: Textured
) -> None:
    frame = textured(0)
    later = np.roll(frame, 1, axis=1)
    add_photo("later.png", _stripes(0, 1, 2), split="val", photo=np.asarray(later, dtype=np.uint8))
    finding = _found(sound)["leak"]
    assert (finding.severity, finding.photos) == ("warning", ("later.png",))
    assert "later.png ~ 0.png" in finding.problem
    add_photo("later.png", _stripes(0, 1, 2), split="train", photo=np.asarray(later, dtype=np.uint8))
    assert "leak" not in _found(sound)


def test_an_epoch_of_less_than_a_batch_is_a_hint_whose_fix_gives_four_batches(sound: Project) -> None:
    found = _found(sound, dataclasses.replace(_MODEST, batch_size=10))  # 4 photos, 8 crops
    assert "8 crops, fewer than one batch of 10" in found["small-epoch"].problem
    assert "crops_per_photo=10 " in found["small-epoch"].fix
    fixed = dataclasses.replace(_MODEST, batch_size=10, crops_per_photo=10)
    assert "small-epoch" not in _found(sound, fixed)


@pytest.mark.parametrize(("batch", "odd"), [(1, False), (2, False), (3, False), (7, True)])
def test_a_last_batch_of_one_is_a_hint(sound: Project, batch: int, odd: bool) -> None:
    found = _found(sound, dataclasses.replace(_MODEST, batch_size=batch))  # 8 crops
    assert ("odd-batch" in found) == odd


def test_too_little_memory_or_disk_is_a_warning(sound: Project) -> None:
    found = _found(sound, dataclasses.replace(_MODEST, memory_free_mb=9, disk_free_mb=9))
    assert {found["memory"].severity, found["disk"].severity} == {"warning"}


def test_errors_come_first(sound: Project, add_photo: AddPhoto) -> None:
    add_photo("bare.png")
    add_photo("void.png", _stripes(VOID), split="train")
    add_photo("bad.png", _stripes(0, 99), split="train")
    ranks = [{"error": 0, "warning": 1, "hint": 2}[finding.severity] for finding in examine(sound, _MODEST)]
    assert ranks == sorted(ranks)
    assert set(ranks) == {0, 1, 2}


def test_every_finding_says_what_to_do(sound: Project, add_photo: AddPhoto) -> None:
    add_photo("bare.png")
    add_photo("void.png", _stripes(VOID), split="train")
    for finding in examine(sound, dataclasses.replace(_MODEST, memory_free_mb=1)):
        assert finding.fix
        assert not finding.problem.endswith(".")


def test_classes_are_counted_as_they_are_learnt(project: Project, add_photo: AddPhoto) -> None:
    for number in range(6):
        add_photo(f"{number}.png", _stripes(*[0] * 30, *[1] * 29), split="val" if number > 3 else "train")
    gone, sky, ground = project.classes.names[2], *project.classes.names[:2]
    assert gone in _found(project)["empty-class"].problem
    assert _found_for(project, ignored=[gone]) == {}
    assert _found_for(project, merged={gone: ground}) == {}
    assert "one-class" in _found_for(project, merged={sky: ground}, ignored=[gone])
    told = _found_for(project, merged={sky: gone}, ignored=[])
    assert told == {}  # it has the pixels of the other now
    assert "nothing to tell apart" in _found_for(project, ignored=[sky])["one-class"].problem


def test_a_class_that_others_are_learnt_as_cannot_be_left_out_at_a_click(sound: Project) -> None:
    names = sound.classes.names
    sound.save_classes(sound.classes.added("here").added("there"))
    assert len(names) == 3
    told = _found_for(sound, merged={"there": "here"})["empty-class"]
    assert (told.changes, "merge nothing into it" in told.fix) == ({}, True)


def test_photos_whose_files_are_missing_are_named(sound: Project) -> None:
    assert sound.missing() == ()
    for number in (1, 4):
        (sound.folder / "photos" / f"{number}.png").unlink()
    sound.refresh()
    assert sound.missing() == ("1.png", "4.png")
    finding = _found(sound)["missing-photo"]
    assert (finding.severity, finding.photos) == ("warning", ("1.png", "4.png"))
    assert "2 photos" in finding.problem
