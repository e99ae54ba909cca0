from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from segstudio.cli.predict_video import find_films
from segstudio.errors import SegStudioError
from segstudio.inference.predictor import Predictor
from segstudio.review.film import OverlayFilm
from tests.cli.conftest import Run
from tests.inference.networks_for_tests import colour_predictor
from tests.inference.videos import write_video


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    path = tmp_path / "best.pt"
    path.touch()
    monkeypatch.setattr(Predictor, "load", lambda *_, **__: colour_predictor())
    return str(path)


def test_every_third_frame_becomes_an_overlay_film(run: Run, model: str, tmp_path: Path) -> None:
    film = write_video(tmp_path / "jump.avi", frames=10)
    words = ("predict", film, "--model", model, "--out", tmp_path / "out", "--every", 3, "--scale", 0.5)
    code, out, err = run(*words)
    assert (code, err) == (0, "")
    assert "1 film" in out
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "jump.overlay.mp4",
        "predictions.csv",
    ]
    capture = cv2.VideoCapture(str(tmp_path / "out" / "jump.overlay.mp4"))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) == 4
    assert (capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)) == (32, 24)
    capture.release()
    with (tmp_path / "out" / "predictions.csv").open(encoding="utf-8-sig", newline="") as stream:
        photos = {row["photo"] for row in csv.DictReader(stream)}
    assert photos == {f"jump.avi, frame {number}" for number in (0, 3, 6, 9)}


def test_single_frames_can_be_asked_for(run: Run, model: str, tmp_path: Path) -> None:
    film = write_video(tmp_path / "jump.avi", frames=4)
    words = ("predict", film, "--model", model, "--out", tmp_path / "out", "--every", 2, "--frames")
    assert run(*words, "--mask", "--overlay")[0] == 0
    names = sorted(path.name for path in (tmp_path / "out" / "jump").iterdir())
    assert names == ["000000.mask.png", "000000.overlay.jpg", "000002.mask.png", "000002.overlay.jpg"]
    assert not (tmp_path / "out" / "jump.overlay.mp4").exists()


def test_frames_of_which_no_picture_is_asked_for_are_told(run: Run, model: str, tmp_path: Path) -> None:
    film = write_video(tmp_path / "jump.avi", frames=4)
    words = (
        "predict",
        film,
        "--model",
        model,
        "--out",
        tmp_path / "out",
        "--every",
        2,
        "--frames",
        "--report",
    )
    code, out, _ = run(*words)
    assert code == 0
    assert "none are asked for: add --overlay or --mask." in out
    assert "none are asked for" not in run(*words, "--overlay")[1]


def test_what_is_no_film_is_one_sentence_and_leaves_no_film(run: Run, model: str, tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    code, _, err = run("predict", tmp_path / "broken.mp4", "--model", model, "--out", tmp_path / "out")
    assert code == 1
    assert "not a video that can be read" in err
    assert not list((tmp_path).glob("out/*.mp4"))


def test_films_in_folders_are_taken_too_and_results_are_not(run: Run, model: str, tmp_path: Path) -> None:
    """Named like photos; frames of a film beside the folder of its own frames go elsewhere; one that is broken is told."""
    (tmp_path / "in" / "day" / "jump").mkdir(parents=True)
    write_video(tmp_path / "in" / "day" / "jump.avi", frames=4)
    (tmp_path / "in" / "broken.mp4").write_bytes(b"no film")
    cv2.imwrite(str(tmp_path / "in" / "day" / "jump" / "000000.png"), np.zeros((16, 16, 3), dtype=np.uint8))
    words = ("predict", tmp_path / "in", "--model", model, "--out", tmp_path / "in", "--mask", "--overlay")
    for _ in range(2):
        code, out, err = run(*words, "--every", 2)
        assert code == 1
        assert "1 photo and 2 films" in out
        assert "broken.mp4: this is not a video that can be read" in out
        assert err.splitlines()[-1].startswith("1 of 1 photo and 2 films could not be read")
    found = {path.relative_to(tmp_path / "in").as_posix() for path in (tmp_path / "in").rglob("*.*")}
    assert found == {
        *("broken.mp4", "predictions.csv", "day/jump.avi", "day/jump-avi.overlay.mp4"),
        *("day/jump-avi/000000.mask.png", "day/jump-avi/000002.mask.png"),
        *(f"day/jump/000000{suffix}" for suffix in (".png", ".mask.png", ".overlay.jpg")),
    }


def test_films_of_the_same_name_keep_their_extension(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a/jump.mp4", "b/JUMP.avi", "c/land.mp4")]
    for path in paths:
        path.parent.mkdir()
        path.touch()
    assert [film.stem for film in find_films(paths, ())] == ["jump-mp4", "JUMP-avi", "land"]


def test_more_frames_than_a_page_holds_are_refused_before_the_work(
    run: Run, model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segstudio.cli.predict.MOST_PHOTOS", 5)
    films = [write_video(tmp_path / f"{name}.avi", frames=frames) for name, frames in (("a", 7), ("b", 3))]
    cv2.imwrite(str(tmp_path / "photo.png"), np.zeros((16, 16, 3), dtype=np.uint8))
    words = (
        "predict",
        *films,
        tmp_path / "photo.png",
        "--model",
        model,
        "--out",
        tmp_path / "out",
        "--report",
    )
    code, _, err = run(*words, "--every", 2)
    assert code == 1
    assert err == (
        "1 photo and 6 frames are too many for one page, which holds 5. Leave out --report, or take fewer frames with"
        " --every 3.\n"
    )
    assert not (tmp_path / "out").exists()
    assert run(*words, "--every", 3)[0] == 0


def test_of_frames_that_a_film_did_not_promise_the_page_shows_the_first(
    run: Run, model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segstudio.cli.predict.MOST_PHOTOS", 3)
    monkeypatch.setattr("segstudio.inference.video._whole", lambda _: 0)
    film = write_video(tmp_path / "jump.avi", frames=5)
    code, out, err = run(
        "predict", film, "--model", model, "--out", tmp_path / "out", "--report", "--overlay"
    )
    assert (code, err) == (0, "")
    assert "report.html is about the first 3 of 5 photos and frames: a page holds no more." in out
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert page.count("<section ") == 3
    assert "about the first 3 of 5 photos and frames" in page
    with (tmp_path / "out" / "predictions.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert len({row["photo"] for row in csv.DictReader(stream)}) == 5
    assert (tmp_path / "out" / "jump.overlay.mp4").exists()


def test_what_was_done_before_a_failure_stands_in_the_tables(
    run: Run, model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: OverlayFilm, picture: object) -> None:
        raise SegStudioError("the disk is full")

    monkeypatch.setattr(OverlayFilm, "add", refuse)
    cv2.imwrite(str(tmp_path / "photo.png"), np.zeros((16, 16, 3), dtype=np.uint8))
    film = write_video(tmp_path / "jump.avi", frames=2)
    words = ("predict", film, tmp_path / "photo.png", "--model", model, "--out", tmp_path / "out")
    code, _, err = run(*words, "--report", "--overlay")
    assert (code, err) == (1, "the disk is full.\n")
    assert "photo.png" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "photo.png" in (tmp_path / "out" / "predictions.csv").read_text(encoding="utf-8-sig")
