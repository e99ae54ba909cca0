"""Everything about reviewing that needs no window: orders, names, matching, what lies over a photo."""

from __future__ import annotations

import pickle
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from segstudio.desktop.canvas.canvas_look import CanvasLook
from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.look import Look
from segstudio.desktop.reviewing.confusion_view import share_words, summed
from segstudio.desktop.reviewing.exporting import unique_stems
from segstudio.desktop.reviewing.faces import Focus, faces_of, laid
from segstudio.desktop.reviewing.items import (
    Item,
    Row,
    neighbour,
    next_open,
    next_to_do,
    ordered,
    told_progress,
)
from segstudio.desktop.reviewing.matching import (
    matched_classes,
    open_questions,
    proposed,
    shown_classes,
    unmatched,
)
from segstudio.desktop.reviewing.models import (
    Model,
    card_details,
    card_lines,
    is_model_file,
    is_same,
    kept_choice,
    model_of_file,
)
from segstudio.desktop.reviewing.pane import Pane
from segstudio.desktop.reviewing.process import told_end
from segstudio.desktop.reviewing.reading import OpenItem, is_truth, sorted_out
from segstudio.desktop.reviewing.spots import place_told, spots_of
from segstudio.desktop.reviewing.under_stage import scores_told
from segstudio.desktop.reviewing.video_panel import VideoFacts, told_of, told_outcome
from segstudio.desktop.reviewing.view_state import ViewState
from segstudio.desktop.reviewing.words import order_choices, row_told
from segstudio.project.classes import VOID, ClassList
from segstudio.project.photos import Photo, PhotoState
from segstudio.review.comparing import Spot
from segstudio.runs.model_glance import ModelTrace
from tests.desktop.reviewing.conftest import card, photo_bytes


def item(name: str) -> Item:
    return Item(name, Path(name), name)


def rows(**fields: object) -> list[Row]:
    return [Row(item(name), **fields) for name in "abc"]  # type: ignore[arg-type]


def test_photos_are_ordered_and_the_unknown_stay_at_the_end_as_they_came() -> None:
    listed = [
        Row(item("a"), sure=0.9, score=0.5, ious={3: 0.1}),
        Row(item("b")),
        Row(item("c"), sure=0.2, score=0.9, ious={0: 1.0}),
        Row(item("d"), sure=0.9, score=0.1, ious={3: 0.05}),
    ]
    assert [row.item.id for row in ordered(listed, "added")] == list("abcd")
    assert [row.item.id for row in ordered(listed, "unsure")] == list("cadb")
    assert [row.item.id for row in ordered(listed, "worst")] == list("dacb")
    assert [row.item.id for row in ordered(listed, "class:3")] == list("dabc")


def test_what_is_looked_at_is_segmented_first() -> None:
    listed = [Row(item("a"), "done"), Row(item("b")), Row(item("c")), Row(item("d"), "failed")]
    found = next_to_do(listed, ("a", "c"))
    assert found is not None
    assert found.item.id == "c"
    found = next_to_do(listed, ())
    assert found is not None
    assert found.item.id == "b"
    assert next_to_do(listed[:1], ("a",)) is None


def test_going_on_finds_the_next_photo_without_a_verdict() -> None:
    listed = rows()
    assert neighbour(list("abc"), "b", 1) == "c"
    assert neighbour(list("abc"), "c", 1) is None
    assert neighbour([], "a", 1) is None
    listed[2] = Row(item("c"), verdict="accept")
    assert next_open(listed, "b") == "a"
    assert next_open([Row(item("a"), verdict="reject")], "a") is None


def test_progress_is_told_in_words() -> None:
    assert told_progress([]) == ""
    assert told_progress(rows()) == "0 of 3 segmented"
    assert told_progress(rows(state="done", verdict="accept")) == "3 photos · 3 reviewed"
    assert "1 failed" in told_progress([Row(item("a"), "failed")])


@pytest.mark.parametrize(
    ("row", "value", "told"),
    [
        (Row(item("a")), None, "waits"),
        (Row(item("a"), "failed"), None, "cannot be segmented"),
        (Row(item("a"), "done", sure=0.93), None, "sure 93 %"),
        (Row(item("a"), "done", sure=0.93, score=0.5, ious={3: 0.25}), None, "mIoU 0.50"),
        (Row(item("a"), "done", sure=0.93, score=0.5, ious={3: 0.25}), 3, "IoU 0.25"),
        (Row(item("a"), "done", score=0.5, found=1200, verdict="reject"), None, "1,200 px · mIoU 0.50"),
    ],
)  # fmt: skip
def test_a_row_tells_what_matters(row: Row, value: int | None, told: str) -> None:
    assert row_told(row, value) == told


def test_without_truth_there_is_no_worst() -> None:
    classes = ClassList.from_names(["sky"])
    assert [name for _, name in order_choices(classes, has_truth=False)] == ["added", "unsure"]
    assert ("Worst: sky", "class:0") in order_choices(classes, has_truth=True)


def test_classes_are_matched_classes_and_keep_the_projects_colours() -> None:
    project = ClassList.from_names(["Ground:#010203", "rope", "sky:#0A0B0C"])
    told = card(("sky", "ground", "car"))
    matched = matched_classes(told, project)
    assert matched.table[[0, 3, 6, 255]].tolist() == [2, 0, VOID, VOID]
    assert matched.back[[0, 1, 2, 255]].tolist() == [3, VOID, 0, VOID]
    assert unmatched(told, matched) == ("car",)
    colours = [entry.colour for entry in shown_classes(told, project, matched).classes]
    assert colours == ["#0A0B0C", "#010203", "#FF00FF"]


def test_truth_is_read_as_the_model_was_taught() -> None:
    project = ClassList.from_names(["sky", "ground", "rope"])
    told = card(("sky", "ground"))
    ground = told.classes[1].model_copy(update={"includes": ("Rope", "gone")})
    matched = matched_classes(told.model_copy(update={"classes": (told.classes[0], ground)}), project)
    assert matched.back[[0, 1, 2, 255]].tolist() == [0, 3, 3, VOID]
    assert matched.table[[0, 3]].tolist() == [0, 1]


def test_classes_are_matched_as_a_person_says_and_several_become_one() -> None:
    project = ClassList.from_names(["sky:#0A0B0C", "person:#010203", "ground"])
    told = card(("skies", "tandem", "student"))
    matched = matched_classes(told, project, {"skies": "sky", "tandem": "Person", "student": "person"})
    assert matched.table[[0, 3, 6]].tolist() == [0, 1, 1]
    assert matched.fold is not None
    assert matched.fold[[0, 3, 6, 255]].tolist() == [0, 3, 3, 255]
    assert matched.back[[0, 1, 2]].tolist() == [0, 3, VOID]
    shown = shown_classes(told, project, matched)
    assert [(entry.index, entry.name) for entry in shown.classes] == [(0, "sky"), (3, "person")]
    assert matched_classes(told, project).fold is None


def test_a_class_said_to_be_none_keeps_its_own_name_even_beside_the_same_one() -> None:
    project = ClassList.from_names(["sky", "ground"])
    told = card(("heaven", "sky"))
    matched = matched_classes(told, project, {"heaven": "sky", "sky": None})
    assert shown_classes(told, project, matched).names == ("sky", "sky (model)")


def test_what_neither_names_nor_person_tell_is_asked() -> None:
    project = ClassList.from_names(["sky", "ground"])
    told = card(("Sky", "grounds", "car"))
    assert open_questions(told, project, {}) == ("grounds", "car")
    assert proposed(told, project, {}) == {"Sky": "sky", "grounds": "ground", "car": None}
    assert not open_questions(told, project, {"grounds": None, "car": "ground"})
    assert proposed(told, project, {"grounds": None})["grounds"] is None
    assert open_questions(told, project, {"grounds": "gone", "car": None}) == ("grounds",)


def test_a_model_says_what_it_is() -> None:
    assert card_lines(card()) == (
        "LR-ASPP, MobileNetV3-Large",
        "mIoU 0.75 · epoch 3",
        "from 1 photo · 21 Nov 2026",
    )
    assert card_lines(card(scores={}, epoch=0, train_photos=(), created="?"))[1:] == ("no score",)


def test_a_model_tells_what_was_merged_and_left_out() -> None:
    told = card(("sky", "person"))
    person = told.classes[1].model_copy(update={"includes": ("tandem", "student")})
    recipe = {"ignore_classes": ["rope", "car"]}
    told = told.model_copy(update={"classes": (told.classes[0], person), "recipe": recipe})
    details = dict(card_details(told))
    assert details["Taken as"] == "tandem as person; student as person"
    assert details["Left out"] == "rope, car"
    assert not {"Taken as", "Left out"} & dict(card_details(card())).keys()


def test_spots_are_the_largest_first_and_walked_in_turn() -> None:
    truth, mask = (np.zeros((40, 60), dtype=np.uint8) for _ in range(2))
    truth[2:5, 2:5] = truth[20:30, 30:40] = 1
    shown = OpenItem(
        item("a"),
        Pyramid.of(np.zeros((40, 60, 3), dtype=np.uint8)),
        mask,
        np.full_like(mask, 255),
        truth,
    )
    found = spots_of(shown, Focus(cell=(1, 0)), {})
    assert [(spot.x, spot.y, spot.pixels) for spot in found] == [(30, 20, 100), (2, 2, 9)]
    assert [spot.pixels for spot in spots_of(shown, Focus(value=0), {})] == [2400]
    assert [place_told(-1, 0), place_told(-1, 1), place_told(-1, 2), place_told(1, 2)] == [
        "no spots",
        "1 spot",
        "2 spots",
        "2 of 2",
    ]


def test_a_small_spot_is_brought_near_and_a_large_one_stays_whole(look: Look) -> None:
    pane = Pane(look, "pane")
    pane.resize(400, 300)
    pyramid = Pyramid.of(np.zeros((600, 800, 3), dtype=np.uint8))
    pane.lay(pyramid, None, CanvasLook())
    whole = pane.zoom
    pane.look_at(Spot(100, 50, 20, 10, 150))
    assert pane.zoom == pytest.approx(300 / 2.5 / 20)
    assert pane.to_photo(pane.rect().center().toPointF()) == pytest.approx((110, 55), abs=1)
    pane.look_at(Spot(0, 590, 20, 10, 150))
    assert pane.to_photo(pane.rect().bottomLeft().toPointF()) == pytest.approx((0, 600), abs=1), (
        "no empty room"
    )
    pane.look_at(Spot(0, 0, 800, 600, 9))
    assert pane.zoom == whole
    pane.deleteLater()


def test_a_video_is_told_and_sampled_twice_a_second() -> None:
    facts = VideoFacts(Path("jump.mp4"), 1800, 29.97, (1080, 1920))
    assert facts.every == 15
    assert told_of(facts) == "1:00 · 30 frames a second · 1920 × 1080"
    assert told_outcome(facts, 15, 1.0) == "120 frames, 2 a second"
    assert told_outcome(facts, 60, 0.5) == "30 frames, one each 2 s, 960 × 540"
    assert told_outcome(VideoFacts(Path("a")), 5, 0.5) == "5 a second"
    assert VideoFacts(Path("slow.avi"), 10, 0.5).every == 1


def test_how_a_process_ended_is_told_in_words() -> None:
    assert told_end(3, is_crash=False) == "ended with exit code 3"
    assert "(signal SIGKILL)" in told_end(9, is_crash=True)
    assert told_end(11, is_crash=True) == "crashed (signal SIGSEGV)"


def test_a_model_is_kept_by_what_it_is_and_not_by_what_it_is_called() -> None:
    trace = ModelTrace("0123456789abcdef", "jump-1")
    asked = Model(Path("runs/jump-1/best.pt"), "jump-1", of_run=True, trace=trace)
    renamed = Model(Path("runs/first/best.pt"), "first", of_run=True, trace=trace)
    other = Model(Path("runs/2/best.pt"), "2", of_run=True, trace=ModelTrace("ff"))
    assert kept_choice((other, renamed), asked) == renamed
    assert kept_choice((other,), asked) == other
    assert asked.folders == ("jump-1-01234567", "jump-1", "jump-1")
    assert renamed.folders[0] == asked.folders[0]
    assert renamed.is_called(asked.key)
    assert is_same(asked, renamed)
    later = replace(renamed, trace=replace(trace, step=100))
    assert later == renamed, "while it goes on, nothing is asked anew"
    assert not is_same(asked, later), "but what it said before is of an earlier one"
    assert kept_choice((other, later), asked) == later


def test_a_runs_file_carries_the_runs_name(tmp_path: Path) -> None:
    (tmp_path / "jump-7").mkdir()
    path = tmp_path / "jump-7" / "best.pt"
    path.touch()
    assert model_of_file(path).name == "best"
    (tmp_path / "jump-7" / "recipe.toml").touch()
    assert model_of_file(path).name == "jump-7"
    assert is_model_file(path)
    assert not is_model_file(tmp_path / "none.pt")


def test_folders_are_searched_and_results_are_no_photos(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for number, name in enumerate(("b/2.png", "a.png", "a.mask.png", ".hidden.png")):
        (tmp_path / name).write_bytes(photo_bytes(number))
    for name in ("film.mp4", "best.pt", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "empty").mkdir()
    with zipfile.ZipFile(tmp_path / "sound.pt", "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"card": card().model_dump_json()}, protocol=2))
    named = (tmp_path / "best.pt", tmp_path / "sound.pt", tmp_path / "notes.txt", tmp_path / "empty")
    given = sorted_out([tmp_path, *named], None)
    assert [each.name for each in given.items] == ["a.png", "2.png"]
    assert [video.path.name for video in given.videos] == ["film.mp4"]
    assert [model.path for model in given.models] == [tmp_path / "sound.pt"]
    assert [told.partition(": ")[0] for told in given.refused] == [str(tmp_path / "best.pt")]
    assert given.unused == ("notes.txt", "empty")
    alone = sorted_out([tmp_path / "a.mask.png"], None)
    assert [each.name for each in alone.items] == ["a.mask.png"], "whoever names it means it"


@pytest.mark.parametrize(
    ("source", "status", "counts"),
    [
        ("", "todo", True),
        ("prediction of jump-1", "done", False),
        ("prediction of jump-1", "checked", True),
        ("masks.xml", "done", True),
    ],
)
def test_what_a_model_drew_is_no_truth_until_somebody_checked_it(
    source: str, status: str, counts: bool
) -> None:
    state = PhotoState.model_validate({"source": source, "status": status})
    assert is_truth(Photo("a", Path("a"), (1, 1), True, state)) is counts
    assert not is_truth(Photo("a", Path("a"), (1, 1), False, state))


@pytest.fixture
def opened() -> OpenItem:
    mask = np.array([[0, 0, 3, 3]], dtype=np.uint8)
    confidence = np.array([[255, 100, 255, 100]], dtype=np.uint8)
    truth = np.array([[0, 3, 3, VOID]], dtype=np.uint8)
    photo = np.zeros((1, 4, 3), dtype=np.uint8)
    return OpenItem(item("a"), Pyramid((photo,)), mask, confidence, truth)


@pytest.mark.parametrize(
    ("face", "focus", "expected"),
    [
        ("prediction", Focus(), [0, 0, 3, VOID]),
        ("prediction", Focus(value=3), [0, 0, VOID, 0]),
        ("prediction", Focus(value=VOID), [0, 0, 0, VOID]),
        ("prediction", Focus(cell=(3, 0)), [0, 1, 0, 0]),
        ("truth", Focus(), [0, 3, 3, VOID]),
        ("errors", Focus(), [0, 1, 0, 3]),
    ],
)
def test_what_lies_over_a_photo(opened: OpenItem, face: str, focus: Focus, expected: list[int]) -> None:
    classes = ClassList()
    found = laid(face, opened, classes, {3: 0.5}, focus)  # type: ignore[arg-type]
    assert found is not None
    assert found.mask.tolist() == [expected]


def test_confidence_is_shown_in_steps(opened: OpenItem) -> None:
    found = laid("confidence", opened, ClassList(), {}, Focus())
    assert found is not None
    levels = found.mask[0]
    assert levels[0] == len(found.classes) - 1
    assert levels[1] < levels[0]
    assert laid("photo", opened, ClassList(), {}, Focus()) is None


def test_only_what_there_is_can_be_looked_at(opened: OpenItem) -> None:
    assert faces_of(None) == ("photo",)
    assert faces_of(opened) == ("photo", "prediction", "confidence", "truth", "errors")
    wanted = ViewState(way="side", face="errors", beside="truth")
    assert wanted.shown_faces(faces_of(opened)) == ("truth", "errors")
    assert wanted.shown_faces(("photo", "prediction", "confidence")) == ("photo", "prediction")
    assert ViewState(way="photo").shown_faces(faces_of(opened))[1] == "photo"


def test_files_get_names_of_their_own() -> None:
    assert unique_stems(["a.jpg", "A.png", "b/a.jpg", "film 0:01.5", "plain"]) == [
        "a",
        "A-2",
        "b-a",
        "film 0.01.5",
        "plain",
    ]


def test_cells_and_scores_are_told_shortly() -> None:
    assert share_words(float("nan"), 0) == "–"
    assert [share_words(share, 9) for share in (0.0004, 0.123, 0.9999)] == ["<0.1", "12.3", "100"]
    assert share_words(0.0, 0) == "0"
    ones = np.ones((2, 2), dtype=np.int64)
    assert summed([ones, ones, np.ones((3, 3), dtype=np.int64)], 2).tolist() == [[2, 2], [2, 2]]
    assert scores_told(3, 1, 0.5) == "3 photos with truth, 1 trained on · mIoU 0.500"
    assert scores_told(2, 2, None) == "2 photos with truth, all trained on"
