import base64
import json
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from segstudio.errors import SegStudioError, WorkStopped
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.labelme_json import damaged_photo
from segstudio.formats.options import ImportOptions
from segstudio.formats.sources import gather
from segstudio.project.images import read_photo
from segstudio.project.masks import read_mask
from segstudio.project.project import Project

MakePhoto = Callable[..., Path]


def _labelme(path: Path, photo: Path | None, told: str = "a.png") -> None:
    data = base64.b64encode(photo.read_bytes()).decode() if photo is not None else None
    shape = {"label": "sky", "points": [[2, 2], [8, 2], [8, 8]], "shape_type": "polygon"}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"shapes": [shape], "imagePath": told, "imageData": data}), encoding="utf-8")


def test_photos_come_out_of_json(project: Project, tmp_path: Path, make_photo: MakePhoto) -> None:
    photo = make_photo(tmp_path / "elsewhere/a.png")
    _labelme(tmp_path / "in/day/a.json", photo, "..\\a.png")
    with gather([tmp_path / "in"]) as gathered:
        assert [found.name.as_posix() for found in gathered.photos] == ["day/a.png"]
        commit_import(prepare(gathered, project, ImportOptions()), project)
    (found,) = Project.open(project.folder).photos()
    assert (read_photo(found.path) == read_photo(photo)).all()
    assert (read_mask(project.mask_path(found)) == 2).any()
    assert not gathered.photos[0].path.exists()


def test_photos_in_json_of_several_folders_come_out_under_their_own_names(
    project: Project, tmp_path: Path, make_photo: MakePhoto
) -> None:
    photos = [make_photo(tmp_path / f"elsewhere/{seed}.png", seed=seed) for seed in (1, 2)]
    _labelme(tmp_path / "in/mon/a.json", photos[0])
    _labelme(tmp_path / "in/tue/late/a.json", photos[1])
    with gather([tmp_path / "in"]) as gathered:
        commit_import(prepare(gathered, project, ImportOptions()), project)
    found = Project.open(project.folder).photos()
    assert [photo.key for photo in found] == ["mon/a.png", "tue/late/a.png"]
    assert [photo.has_mask for photo in found] == [True, True]
    assert all(
        (read_photo(one.path) == read_photo(two)).all() for one, two in zip(found, photos, strict=True)
    )


@pytest.mark.parametrize(
    ("at", "told", "keys"),
    [
        (
            "in/tue/a.json",
            "a.png",
            ["mon/a.png", "tue/a.png"],
        ),  # a namesake in another folder is another photo
        ("in/tue/a.json", "../mon/a.png", ["mon/a.png"]),
        ("in/a.json", "a.png", ["mon/a.png"]),
        ("in/labels/mon/a.json", "a.png", ["mon/a.png"]),
    ],
)
def test_photos_in_json_come_out_where_those_that_lie_there_are_others(
    tmp_path: Path, make_photo: MakePhoto, at: str, told: str, keys: list[str]
) -> None:
    make_photo(tmp_path / "in/mon/a.png")
    _labelme(tmp_path / at, make_photo(tmp_path / "elsewhere/a.png", seed=1), told)
    with gather([tmp_path / "in"]) as gathered:
        assert sorted(found.name.as_posix() for found in gathered.photos) == keys


def test_photos_that_lie_there_are_not_taken_from_json(tmp_path: Path, make_photo: MakePhoto) -> None:
    photo = make_photo(tmp_path / "in/a.png")
    _labelme(tmp_path / "in/a.json", photo)
    _labelme(tmp_path / "in/b.json", None, "b.png")
    (tmp_path / "in/c.json").write_text(
        '{"shapes": [], "imagePath": "c.png", "imageData": "!!"}', encoding="utf-8"
    )
    with gather([tmp_path / "in"]) as gathered:
        assert [found.path for found in gathered.photos] == [photo]


FRAMES = 8
VIDEO = """<annotations><meta><task><start_frame>0</start_frame><stop_frame>7</stop_frame><original_size>
<width>64</width><height>48</height></original_size></task><source>{}</source></meta><track id="0" label="sky">
<box frame="1" outside="0" keyframe="1" xtl="0" ytl="0" xbr="10" ybr="10"/>
<box frame="{}" outside="0" keyframe="1" xtl="20" ytl="20" xbr="30" ybr="30"/></track></annotations>"""


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A film whose frame n has the grey value 25 n."""
    path = tmp_path / "set/jump.avi"
    path.parent.mkdir()
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10, (64, 48))  # type: ignore[attr-defined]
    for number in range(FRAMES):
        writer.write(np.full((48, 64, 3), 25 * number, dtype=np.uint8))
    writer.release()
    return path


@pytest.mark.parametrize("told", ["jump.avi", "another.mp4"])
def test_frames_come_out_of_a_film(project: Project, tmp_path: Path, film: Path, told: str) -> None:
    (tmp_path / "set/annotations.xml").write_text(VIDEO.format(told, 5), encoding="utf-8")
    with gather([tmp_path / "set"]) as gathered:
        prepared = prepare(gathered, project, ImportOptions())
        assert prepared.report.without_photo == ()
        commit_import(prepared, project)
    photos = Project.open(project.folder).photos()
    assert [photo.key for photo in photos] == ["jump/frame_000001.jpg", "jump/frame_000005.jpg"]
    assert [round(float(read_photo(photo.path).mean()) / 25) for photo in photos] == [1, 5]
    assert read_mask(project.mask_path(photos[0]))[5, 5] == 2
    assert read_mask(project.mask_path(photos[1]))[25, 25] == 2


def test_a_film_is_given_as_any_photos(tmp_path: Path, film: Path) -> None:
    annotations = tmp_path / "annotations.xml"
    annotations.write_text(VIDEO.format("jump.avi", 5), encoding="utf-8")
    for sources, places in (([annotations, film], []), ([annotations], [film])):
        with gather(sources, places) as gathered:
            assert [photo.path.name for photo in gathered.photos] == ["frame_000001.jpg", "frame_000005.jpg"]


@pytest.mark.parametrize("name", ["tcp:jump.avi", "jump %02d.avi", "concat:a|jump.avi"])
@pytest.mark.skipif(sys.platform == "win32", reason="no file is called so there")
def test_a_film_may_be_called_anything(
    tmp_path: Path, film: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    annotations = tmp_path / "annotations.xml"
    annotations.write_text(VIDEO.format(name, 5), encoding="utf-8")
    film.rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    with gather([annotations], [Path(name)]) as gathered:
        assert [photo.path.name for photo in gathered.photos] == ["frame_000001.jpg", "frame_000005.jpg"]


def test_a_film_that_does_not_fit_is_told(tmp_path: Path, film: Path) -> None:
    annotations = tmp_path / "set/annotations.xml"
    annotations.write_text(VIDEO.format("jump.avi", 90), encoding="utf-8")
    with (
        pytest.raises(SegStudioError, match=r"jump\.avi: the film ends before frame 90"),
        gather([tmp_path / "set"]),
    ):
        pass
    film.write_bytes(b"no film")
    with pytest.raises(SegStudioError, match="cannot be read"), gather([tmp_path / "set"]):
        pass


def test_a_film_alone_is_no_source(tmp_path: Path, film: Path) -> None:
    with pytest.raises(SegStudioError, match="no annotation tells of this film"), gather([film]):
        pass


@pytest.mark.parametrize(
    "told", ["a\x00b.png", "..", ".", "x" * 300 + ".png", "日" * 200, "\ud800.png", "a:b|c.png", "/"]
)
def test_photos_in_json_may_be_called_anything(tmp_path: Path, make_photo: MakePhoto, told: str) -> None:
    photo = make_photo(tmp_path / "elsewhere/a.png")
    _labelme(tmp_path / "in/odd.json", photo, told)
    with gather([tmp_path / "in"]) as gathered:
        (found,) = gathered.photos
        assert found.path.read_bytes() == photo.read_bytes()
        assert not [path for path in (tmp_path / "in").iterdir() if path.name != "odd.json"]


def test_taking_frames_is_stopped(tmp_path: Path, film: Path) -> None:
    (tmp_path / "set/annotations.xml").write_text(VIDEO.format("jump.avi", 5), encoding="utf-8")

    def stop(_done: int, _total: int) -> None:
        raise WorkStopped("it was stopped")

    with pytest.raises(WorkStopped) as stopped, gather([tmp_path / "set"], progress=stop):
        pass
    assert str(stopped.value) == "it was stopped."


def test_garbage_in_the_place_of_a_photo_is_told_though_the_photo_lies_there(
    tmp_path: Path, make_photo: MakePhoto
) -> None:
    photo = make_photo(tmp_path / "in/a.png")
    _labelme(tmp_path / "in/a.json", photo)
    for name in ("b", "c"):
        make_photo(tmp_path / f"in/{name}.png")
    told = {"shapes": [], "imagePath": "b.png", "imageData": "!!"}
    (tmp_path / "in/b.json").write_text(json.dumps(told), encoding="utf-8")
    told = {"shapes": [], "imagePath": "c.png", "imageData": base64.b64encode(b"no photo at all").decode()}
    (tmp_path / "in/c.json").write_text(json.dumps(told), encoding="utf-8")
    with gather([tmp_path / "in"]) as gathered:
        assert len(gathered.files) == 3
        (problem,) = gathered.passed_over
    assert "imageData is no photo" in str(problem)
    assert "in/b.json" in str(problem)
    assert "1 more like it" in str(problem)


@pytest.mark.parametrize("kind", ["jpg", "png", "bmp", "webp", "tif", "ppm"])
def test_all_kinds_of_photos_are_taken_for_photos(tmp_path: Path, kind: str) -> None:
    pixels = np.zeros((8, 9, 3), dtype=np.uint8)
    told = base64.b64encode(cv2.imencode(f".{kind}", pixels)[1].tobytes()).decode()
    (tmp_path / "a.json").write_text(json.dumps({"imageData": told}), encoding="utf-8")
    assert damaged_photo(tmp_path / "a.json") is None


@pytest.mark.parametrize(
    ("cut", "problem"),
    [
        (lambda text: text[: len(text) // 2 // 4 * 4 + 1], "the photo in it is damaged or cut off"),
        (lambda text: text[: len(text) // 2 // 4 * 4], "the photo is damaged or cut off"),
        (lambda _: base64.b64encode(b"no photo at all").decode(), "damaged or of no known kind"),
        (lambda text: "!" + text[1:], "the photo in it is damaged or cut off"),
    ],
)
def test_a_damaged_photo_in_json_is_told_as_what_it_is(
    project: Project, tmp_path: Path, make_photo: MakePhoto, cut: Callable[[str], str], problem: str
) -> None:
    photo = make_photo(tmp_path / "elsewhere/a.png")
    _labelme(tmp_path / "in/a.json", photo)
    content = json.loads((tmp_path / "in/a.json").read_text(encoding="utf-8"))
    content["imageData"] = cut(content["imageData"])
    (tmp_path / "in/a.json").write_text(json.dumps(content), encoding="utf-8")
    _labelme(tmp_path / "in/b.json", make_photo(tmp_path / "elsewhere/b.png", seed=1), "b.png")
    with gather([tmp_path / "in"]) as gathered:
        report = prepare(gathered, project, ImportOptions()).report
        assert report.without_photo == ()
        assert "in/a.json, imageData: " in str(report.refusal)
        assert problem in str(report.refusal)
        assert prepare(gathered, project, ImportOptions(skip_bad=True)).report.imported == ("b.png",)
    with gather([tmp_path / "in"], [tmp_path / "elsewhere"]) as gathered:
        assert len(prepare(gathered, project, ImportOptions()).report.imported) == 2
