import os
import time
from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.runs.model_card import ModelCard, ModelClass
from segstudio.runs.predictions import (
    Cancel,
    Done,
    Event,
    Failed,
    FrameDone,
    Progress,
    Quit,
    Ready,
    Request,
    SegmentPhoto,
    SegmentVideo,
    Stopped,
    Told,
    VideoDone,
    decode_event,
    decode_request,
    encode_line,
    kept_prediction,
    load_map,
    prediction_places,
    stamp_of,
    trim_predictions,
)

CARD = ModelCard(head="x", classes=(ModelClass(index=0, name="Größe", colour="#112233"),))


@pytest.mark.parametrize(
    "request_",
    [
        SegmentPhoto(id=1, photo="/ü/a.jpg", out="/out"),
        SegmentVideo(id="v", video="a.mp4", out="/out", every=5, scale=0.5),
        Cancel(id="v"),
        Quit(),
    ],
)
def test_requests_come_back_as_they_were(request_: Request) -> None:
    line = encode_line(request_)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode_request(line) == request_


@pytest.mark.parametrize(
    "event",
    [
        Ready(model="m.pt", card=CARD, device="cpu", seconds=0.5),
        Progress(id=1, done=2, total=3),
        Done(id=1, photo="a\nb", mask="m", confidence="c", size=(1, 2), seconds=0.1, photo_stamp=(5, 6)),
        FrameDone(id=1, frame=0, time_s=0, photo="", mask="", confidence="", size=(1, 1), seconds=0),
        VideoDone(id="v", frames=3, seconds=1, told="It is cut off."),
        Failed(problem="No."),
        Stopped(id=4),
        Told(text="Smaller tiles."),
    ],
)
def test_events_come_back_as_they_were(event: Event) -> None:
    line = encode_line(event)
    assert line.count(b"\n") == 1
    assert decode_event(line) == event


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b'{"op": "dance"}', b'{"op": "segment", "id": 1}', b"\xff\xfe", b'{"id": 1}',
     b'{"op": "video", "id": 1, "video": "a", "out": "b", "every": 0}',
     b'{"op": "video", "id": 1, "video": "a", "out": "b", "scale": NaN}'],
)  # fmt: skip
def test_what_is_no_request_is_one_sentence(line: bytes) -> None:
    with pytest.raises(SegStudioError, match="no request"):
        decode_request(line)
    assert decode_event(line) is None


def test_photos_of_one_name_in_two_folders_have_places_of_their_own() -> None:
    first, second = (prediction_places(Path("/out"), Path(f"/{folder}/a.jpg")) for folder in "xy")
    assert len({*first, *second}) == 6


def _kept(tmp_path: Path) -> tuple[Path, Path, Path, Done]:
    out, photo, model = tmp_path / "out", tmp_path / "a.jpg", tmp_path / "m.pt"
    out.mkdir()
    photo.write_bytes(b"photo")
    model.write_bytes(b"model")
    mask, confidence, record = prediction_places(out, photo)
    done = Done(
        id=1,
        photo=str(photo),
        mask=str(mask),
        confidence=str(confidence),
        size=(2, 3),
        seconds=1,
        model=str(model),
        photo_stamp=stamp_of(photo),
        model_stamp=stamp_of(model),
    )
    for place in (mask, confidence):
        np.save(place, np.arange(6, dtype=np.uint8).reshape(2, 3))
    record.write_text(done.model_dump_json())
    return out, photo, model, done


def test_a_prediction_is_kept_until_photo_or_model_change(tmp_path: Path) -> None:
    out, photo, model, done = _kept(tmp_path)
    assert kept_prediction(out, photo, model) == done
    assert np.array_equal(load_map(done.mask), np.arange(6).reshape(2, 3))
    model.write_bytes(b"another model")
    assert kept_prediction(out, photo, model) is None


def test_a_prediction_whose_files_are_gone_is_none(tmp_path: Path) -> None:
    out, photo, model, done = _kept(tmp_path)
    Path(done.mask).unlink()
    assert kept_prediction(out, photo, model) is None
    assert kept_prediction(tmp_path / "nowhere", photo, model) is None


def test_predictions_may_be_moved_and_their_model_too(tmp_path: Path) -> None:
    out, photo, model, _ = _kept(tmp_path)
    moved, renamed = tmp_path / "moved", tmp_path / "renamed.pt"
    out.rename(moved)
    model.rename(renamed)
    kept = kept_prediction(moved, photo, renamed)
    assert kept is not None
    assert kept.model == str(renamed)
    assert np.array_equal(load_map(kept.mask), load_map(prediction_places(moved, photo)[0]))


def test_a_photo_that_is_gone_has_no_kept_prediction(tmp_path: Path) -> None:
    out, photo, model, _ = _kept(tmp_path)
    photo.unlink()
    assert kept_prediction(out, photo, model) is None


_HEAD = b"\x93NUMPY\x01\x00v\x00{'descr': '|u1', 'fortran_order': False, 'shape': (%s), }\n"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x93NUMPY\x01\x00v",
        b"no array at all",
        b"PK\x03\x04 no ZIP file either",
        b"\x93NUMPY\x01\x00v\x00{'descr': '|u1\n",
        b"\x93NUMPY\x01\x00v\x00{'shape': (\n",
        b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65_535,
        _HEAD % b"2, 3" + b"12345",
        _HEAD % b"999999, 999999",
        _HEAD % b"0, 3",
        _HEAD % (b"9" * 30 + b", 1"),
    ],
    ids=range(11),
)
def test_a_damaged_map_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mask.npy"
    path.write_bytes(content)
    with pytest.raises(SegStudioError, match="Predict again"):
        load_map(path)


def test_other_arrays_are_no_map(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((2, 2)))
    np.save(tmp_path / "b.npy", np.array([{}], dtype=object), allow_pickle=True)
    for name in ("a.npy", "b.npy", "gone.npy"):
        with pytest.raises(SegStudioError):
            load_map(tmp_path / name)


def test_what_was_written_longest_ago_goes_first(tmp_path: Path) -> None:
    names = [f"{name}-0123456789" for name in ("new", "middle", "old")]
    for age, name in enumerate(names):
        path = tmp_path / f"{name}.mask.npy"
        path.write_bytes(bytes(100))
        os.utime(path, (1000 - age, 1000 - age))
    others = ["confidence.mask.npy", "frame-of-a-door.jpg", "photo.jpg"]
    for name in others:  # somebody's
        (tmp_path / name).write_bytes(bytes(1000))
    assert trim_predictions(tmp_path, 300) == 0
    assert trim_predictions(tmp_path, 0, keep={tmp_path / f"{name}.mask.npy" for name in names}) == 0
    assert trim_predictions(tmp_path, 150) == 200
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*others, f"{names[0]}.mask.npy"])
    assert trim_predictions(tmp_path / "nowhere", 0) == 0


def test_what_a_dead_process_left_half_written_goes_and_what_is_being_written_stays(tmp_path: Path) -> None:
    stays = [".b.mask.npy.abcdefg2.part", ".thesis.part"]
    for name, age_s in ((".a.mask.npy.abcdefg1.part", 7200), (stays[0], 10), (stays[1], 7200)):
        path = tmp_path / "sub" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(50))
        os.utime(path, (time.time() - age_s,) * 2)
    (tmp_path / "frame-000001.jpg").write_bytes(bytes(70))
    assert trim_predictions(tmp_path, 1000) == 50
    assert sorted(path.name for path in (tmp_path / "sub").iterdir()) == stays
    assert trim_predictions(tmp_path, 0) == 70


def test_nothing_goes_from_what_a_link_leads_to(tmp_path: Path) -> None:
    own = tmp_path / "pictures/frame-000001.jpg"
    own.parent.mkdir()
    own.write_bytes(bytes(70))
    try:
        (tmp_path / "review").symlink_to(own.parent)
    except OSError:
        pytest.skip("no links here")
    assert trim_predictions(tmp_path / "review", 0) == 0
    assert own.exists()
