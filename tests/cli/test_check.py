from __future__ import annotations

import json

from segstudio.project.classes import ClassList
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from tests.cli.conftest import Run


def test_the_classes_are_counted_and_findings_told_with_their_fix(run: Run, labelled: Project) -> None:
    code, out, err = run("check", labelled.folder)
    assert (code, err) == (0, "")
    (sky,) = [line.split() for line in out.splitlines() if line.startswith("sky")]
    assert sky == ["sky", "50.00%", "6", "0", "0"]
    assert "hint: 6 photos are neither for training nor for validation. " in out


def test_a_split_is_made_first_and_remembered(run: Run, labelled: Project) -> None:
    words = ("--split", "burst", "--fraction", "0.5", "--seed", "1", "--set", "crops_per_photo=2")
    code, out, _ = run("check", labelled.folder, *words)
    assert code == 0
    assert "Split (burst): 3 photos for training, 3 for validation." in out
    assert "Nothing to complain about." in out
    split_of = {photo.key: photo.split for photo in Project.open(labelled.folder).photos()}
    assert split_of["01.png"] == split_of["02.png"] == split_of["03.png"] != split_of["20.png"]


def test_a_folder_that_is_the_only_one_is_divided_and_that_is_told(run: Run, labelled: Project) -> None:
    code, out, _ = run("check", labelled.folder, "--split", "folder", "--fraction", "0.5")
    assert code == 0
    assert "Split (folder): 3 photos for training, 3 for validation." in out
    assert "All photos are of one folder, which therefore had to be divided." in out


def test_what_stops_a_training_is_exit_status_one_and_json_all_the_same(run: Run, labelled: Project) -> None:
    run("check", labelled.folder, "--split", "random")
    (labelled.folder / "photos" / "01.png").write_bytes(b"\x89PNG")
    _, out, _ = run("check", labelled.folder)
    assert "Restore or remove this photo." in out
    assert ".. " not in out
    code, out, _ = run("check", labelled.folder, "--json")
    assert code == 1
    answer = json.loads(out.splitlines()[-1])
    assert answer["photos"] == 6
    (damaged,) = [finding for finding in answer["findings"] if finding["severity"] == "error"]
    assert (damaged["code"], damaged["photos"]) == ("damaged", ["01.png"])
    assert damaged["fix"]
    assert run("check", labelled.folder)[0] == 1


def test_the_planned_recipe_is_what_is_checked(run: Run, labelled: Project) -> None:
    run("check", labelled.folder, "--split", "random")
    out = run("check", labelled.folder, "--set", "batch_size=64", "--set", "crop_px=64")[1]
    assert "fewer than one batch of 64" in out
    big = ("--recipe", "balanced", "--set", "batch_size=4096", "--set", "crop_px=4096")
    assert "warning: training needs about" in run("check", labelled.folder, *big)[1]


def test_a_bad_choice_is_told_before_anything_is_split(run: Run, labelled: Project) -> None:
    code, _, err = run("check", labelled.folder, "--set", "bacth_size=2", "--split", "random")
    assert code == 1
    assert err.startswith('--set bacth_size: unknown recipe field "bacth_size" (did you mean "batch_size"?)')
    assert {photo.split for photo in Project.open(labelled.folder).photos()} == {None}


def test_the_balance_and_what_mends_a_recipe_are_told_to_programs(run: Run, labelled: Project) -> None:
    labelled.save_classes(ClassList.from_names(["sky", "ground", "rope"]))
    told = json.loads(run("check", labelled.folder, "--json")[1])
    assert told["classes"][0] == {
        "index": 0,
        "name": "sky",
        "share": 0.5,
        "photos": 6,
        "train": 0,
        "val": 0,
    }
    empty = next(finding for finding in told["findings"] if finding["code"] == "empty-class")
    assert empty["changes"] == {"ignore_classes": ["rope"]}


def test_a_damaged_record_is_listed_and_all_else_goes_on(run: Run, labelled: Project) -> None:
    run("check", labelled.folder, "--split", "random")
    (labelled.folder / "masks" / "01.png.json").write_bytes(b'{"siz')
    code, out, _ = run("check", labelled.folder, "--json")
    assert code == 0
    answer = json.loads(out.splitlines()[-1])
    (damaged,) = [finding for finding in answer["findings"] if finding["code"] == "damaged-record"]
    assert (damaged["severity"], damaged["photos"]) == ("warning", ["01.png"])
    assert "masks/01.png.json" in damaged["fix"]
    assert "no photo has a mask" not in out


def test_what_of_the_recipe_waits_for_validation_in_vain_is_told(run: Run, labelled: Project) -> None:
    patient = ("--set", "early_stopping=3", "--set", "schedule=plateau", "--json")

    def found() -> list[tuple[str, str]]:
        findings = json.loads(run("check", labelled.folder, *patient)[1].splitlines()[-1])["findings"]
        return [(each["code"], each["problem"].partition(":")[0]) for each in findings]

    assert [code for code, _ in found()] == ["no-split"], "training splits the photos itself"
    for photo in labelled.photos():
        labelled.write_state(photo, PhotoState(split="train", status="done", size=photo.size))
    assert found() == [
        ("no-validation", "no photo is for validation"),
        ("waits-in-vain", "early_stopping=3 never ends the training early"),
        ("waits-in-vain", "schedule=plateau never lowers the learning rate"),
    ]
    run("check", labelled.folder, "--split", "random")
    short = run("check", labelled.folder, *patient[:2], "--set", "epochs=4")[1]
    assert "warning: early_stopping=3 never ends the training early: there are only 4 validations. " in short
