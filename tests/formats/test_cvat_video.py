from collections.abc import Callable
from pathlib import Path

import pytest

from segstudio.errors import SegStudioError
from segstudio.formats import cvat_video
from segstudio.formats.cvat_video import drawn_frames, films_of, frame_name, is_cvat_video, read_cvat_video
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import Annotation, Box, MaskShape, Polygon, Shape, Undrawn

AsSource = Callable[[Path], SourceFile]
Read = Callable[..., dict[str, Annotation]]

META = (
    "<meta><task><id>5</id><start_frame>0</start_frame><stop_frame>10</stop_frame><original_size><width>30</width>"
    "<height>20</height></original_size><labels><label><name>sky</name><color>#ff0000</color></label></labels></task>"
    "<source>film.mp4</source></meta>"
)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def one(tracks: str, meta: str = META) -> Path:
        path = tmp_path / "annotations.xml"
        path.write_text(f"<annotations>{meta}{tracks}</annotations>", encoding="utf-8")
        return path

    return one


@pytest.fixture
def read(write: Callable[..., Path], as_source: AsSource) -> Read:
    """Return a function that reads the frames, by the first of their names."""

    def all_of(tracks: str, meta: str = META) -> dict[str, Annotation]:
        return {one.names[0]: one for one in read_cvat_video(as_source(write(tracks, meta)))}

    return all_of


def _box(frame: int, x: float, *, outside: int = 0, keyframe: int = 1, rotation: float = 0) -> str:
    return (
        f'<box frame="{frame}" outside="{outside}" keyframe="{keyframe}" xtl="{x}" ytl="1" xbr="{x + 4}" ybr="5"'
        f' rotation="{rotation}" z_order="2"/>'
    )


def _lefts(found: dict[str, Annotation]) -> list[float | None]:
    shapes = [found[name].shapes if name in found else () for name in map(frame_name, range(11))]
    return [some[0].x0 if some and isinstance(some[0], Box) else None for some in shapes]


def test_boxes_move_and_leave(read: Read) -> None:
    found = read(f'<track id="0" label="sky">{_box(2, 0)}{_box(6, 8)}{_box(8, 8, outside=1)}</track>')
    assert list(found) == [frame_name(number) for number in (2, 3, 4, 5, 6, 7, 8)]
    assert [one.interpolated for one in found.values()] == [False, True, True, True, False, True, False]
    assert _lefts(found) == [None, None, 0, 2, 4, 6, 8, 8, None, None, None]
    box = found["frame_000003"].shapes[0]
    assert (box.label, box.z_order, box.where) == ("sky", 2, "track 0")
    assert found["frame_000003"].names == ("frame_000003", "film/frame_000003")
    assert found["frame_000003"].size == (20, 30)


def test_a_thing_comes_back_and_stays_to_the_end(read: Read) -> None:
    found = read(f'<track id="0" label="sky">{_box(1, 0)}{_box(3, 0, outside=1)}{_box(7, 5)}</track>')
    assert _lefts(found) == [None, 0, 0, None, None, None, None, 5, 5, 5, 5]


def test_frames_that_cvat_worked_out_count_as_they_are(read: Read, write: Callable[..., Path]) -> None:
    tracks = (
        f'<track id="0" label="sky">{_box(0, 0)}{_box(1, 9, keyframe=0)}{_box(4, 4)}{_box(10, 4)}</track>'
    )
    assert _lefts(read(tracks))[:3] == [0, 9, pytest.approx(9 - 5 / 3)]
    assert drawn_frames(write(tracks)) == [0, 4, 10]


def test_boxes_turn_the_shorter_way(read: Read) -> None:
    found = read(f'<track id="0" label="sky">{_box(0, 0, rotation=350)}{_box(10, 0, rotation=10)}</track>')
    box = found["frame_000005"].shapes[0]
    assert isinstance(box, Box)
    assert box.rotation == pytest.approx(0)


def _polygon(frame: int, points: str) -> str:
    return f'<polygon frame="{frame}" outside="0" keyframe="1" points="{points}" z_order="0"/>'


def test_corners_of_polygons_move(read: Read) -> None:
    tracks = f'<track label="sky">{_polygon(0, "0,0;4,0;4,4")}{_polygon(10, "10,0;14,0;14,4")}</track>'
    shape = read(tracks)["frame_000005"].shapes[0]
    assert isinstance(shape, Polygon)
    assert shape.points.tolist() == [[5, 0], [9, 0], [9, 4]]


def test_polygons_with_other_corners_move_too(read: Read) -> None:
    tracks = f'<track label="sky">{_polygon(0, "0,0;4,0;4,4;0,4")}{_polygon(10, "10,0;12,0;14,0;14,4;10,4")}</track>'
    shape = read(tracks)["frame_000005"].shapes[0]
    assert isinstance(shape, Polygon)
    assert [5, 0] in shape.points.tolist()
    assert shape.points.min(axis=0).tolist() == [5, 0]
    assert shape.points.max(axis=0).tolist() == [9, 4]


def test_ellipses_move_and_masks_stay(read: Read) -> None:
    ellipses = "".join(
        f'<ellipse frame="{frame}" outside="0" cx="{frame}" cy="5" rx="2" ry="{2 + frame}"/>'
        for frame in (0, 10)
    )
    masks = "".join(
        f'<mask frame="{frame}" outside="0" rle="0, 4" left="{frame}" top="0" width="2" height="2"/>'
        for frame in (0, 10)
    )
    shapes = read(f'<track label="a">{ellipses}</track><track label="b">{masks}</track>')[
        "frame_000005"
    ].shapes
    assert getattr(shapes[0], "ry", None) == 7
    assert isinstance(shapes[1], MaskShape)
    assert shapes[1].left == 0


def test_what_has_no_area_is_kept_by_kind(read: Read) -> None:
    tracks = (
        '<track label="a"><points frame="0" points="1,2"/></track>'
        '<track label="b"><skeleton frame="0"/><track label="c"><points frame="0" points="1,2"/></track></track>'
    )
    kinds = [_kind(shape) for shape in read(tracks)["frame_000000"].shapes]
    assert kinds == ["points", "skeleton"]


def _kind(shape: Shape) -> str:
    return shape.kind if isinstance(shape, Undrawn) else type(shape).__name__


def test_frames_of_a_step_keep_their_numbers(read: Read, write: Callable[..., Path]) -> None:
    meta = META.replace(
        "<stop_frame>10</stop_frame>", "<stop_frame>10</stop_frame><frame_filter>step=5</frame_filter>"
    )
    tracks = f'<track label="sky">{_box(0, 0)}</track>'
    assert list(read(tracks, meta)) == ["frame_000000", "frame_000005", "frame_000010"]
    assert films_of(write("", meta))[0].step == 5


def test_without_meta_the_tracks_tell_the_frames(read: Read) -> None:
    found = read(f'<track label="sky">{_box(3, 0)}{_box(5, 4)}</track>', meta="")
    assert list(found) == ["frame_000003", "frame_000004", "frame_000005"]
    assert found["frame_000004"].size is None


def test_films_of_a_project_are_kept_apart(write: Callable[..., Path], as_source: AsSource) -> None:
    tasks = "".join(
        f"<task><id>{number}</id><stop_frame>1</stop_frame><source>{name}</source></task>"
        for number, name in ((1, "a.mp4"), (2, "b.mp4"))
    )
    tracks = f'<track task_id="2" label="sky">{_box(0, 0)}</track>'
    found = {
        one.names[-1]: len(one.shapes)
        for one in read_cvat_video(
            as_source(write(tracks, f"<meta><project><tasks>{tasks}</tasks></project></meta>"))
        )
    }
    assert found == {"b/frame_000000": 1, "b/frame_000001": 1}


@pytest.mark.parametrize(
    ("tracks", "problem"),
    [
        ('<track id="3"><box frame="x" xtl="1"/></track>', 'frame is "x"'),
        ('<track id="3"><box frame="-4" xtl="1"/></track>', "none of a film"),
        ('<track id="3"><box frame="1" xtl="nan" ytl="1" xbr="2" ybr="2"/></track>', "xtl is .nan"),
        ('<track id="3"><polygon frame="1" points="1,2;3"/></track>', "not pairs of numbers"),
    ],
)
def test_wild_values_name_track_and_frame(read: Read, tracks: str, problem: str) -> None:
    with pytest.raises(SegStudioError, match=problem) as caught:
        read(tracks)
    assert caught.value.where.startswith("track 3")


def test_a_film_without_end_is_refused(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cvat_video, "MAX_FRAMES", 5)
    with pytest.raises(SegStudioError, match="more than 5 frames"):
        read("")
    with pytest.raises(SegStudioError, match="more than 5 frames"):
        read(f'<track label="sky">{_box(0, 0)}{_box(900, 4)}</track>', meta="")


def test_it_is_recognised_by_its_tracks(write: Callable[..., Path]) -> None:
    assert is_cvat_video(write('<track label="sky"/>'))
    assert not is_cvat_video(write('<image name="a.jpg"/>', meta=""))
