import socket
from pathlib import Path

import cv2
import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.inference.video import Video
from tests.inference.videos import write_video


def test_every_third_frame_comes_with_its_number_and_time(tmp_path: Path) -> None:
    path = write_video(tmp_path / "ü %02d.avi", frames=10)
    with Video(path) as video:
        found = list(video.frames(every=3))
        assert video.promised == video.passed == 10
        assert video.told == ""
    assert [frame.number for frame in found] == [0, 3, 6, 9]
    assert [frame.time_s for frame in found] == pytest.approx([0, 0.3, 0.6, 0.9], abs=0.01)
    for frame in found:
        assert frame.pixels.shape == (48, 64, 3)
        assert frame.pixels.dtype == np.uint8
        # Red grows with the number: the channels are in order, and no frame was taken for another.
        assert frame.pixels[..., 0].mean() == pytest.approx(20 * frame.number, abs=6)
        assert frame.pixels[..., 2].mean() < 6


def test_frames_can_be_shrunk(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.avi", frames=2)
    with Video(path) as video:
        assert {frame.pixels.shape for frame in video.frames(scale=0.25)} == {(12, 16, 3)}


def test_a_video_that_is_cut_off_gives_what_it_has_and_tells(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.avi", frames=40)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with Video(path) as video:
        found = list(video.frames())
        assert 5 < len(found) < 35
        assert video.told.startswith(f"The video ends at frame {len(found)} of 40")


@pytest.mark.parametrize("content", [b"", b"no video", b"\x00\x00\x00\x18ftypmp42" + bytes(50)])
def test_what_is_no_video_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    with pytest.raises(SegStudioError, match="not a video"):
        Video(path)


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{}/a.ts\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile {}/a.avi\n",
        '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" minBufferTime="PT1S"><Period><AdaptationSet>'
        '<Representation id="1" bandwidth="1"><BaseURL>{}/a.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>',
    ],
    ids=["HLS", "concat", "DASH"],
)
@pytest.mark.parametrize("suffix", [".mp4", ".m3u8"])
def test_a_list_of_addresses_is_no_video_and_asks_nobody(tmp_path: Path, playlist: str, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    with socket.create_server(("127.0.0.1", 0)) as server:
        path.write_text(playlist.format(f"http://127.0.0.1:{server.getsockname()[1]}"), encoding="utf-8")
        with pytest.raises(SegStudioError, match="not a video"):
            Video(path)
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_missing_video_is_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none.mp4", tmp_path, Path("http://localhost/a.mp4")):
        with pytest.raises(SegStudioError, match="no such video"):
            Video(path)


def test_a_header_that_tells_nonsense_promises_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_video(tmp_path / "a.avi", frames=3)

    class Lying:
        def __init__(self, *given: object) -> None:
            self._real = _real(*given)

        def get(self, what: int) -> float:
            lies = {
                cv2.CAP_PROP_FRAME_COUNT: -9.2e18,
                cv2.CAP_PROP_FPS: float("nan"),
                cv2.CAP_PROP_POS_MSEC: 0.0,
            }
            return lies[what]

        def __getattr__(self, name: str) -> object:
            return getattr(self._real, name)

    _real = cv2.VideoCapture
    monkeypatch.setattr(cv2, "VideoCapture", Lying)
    with Video(path) as video:
        assert [round(frame.time_s, 2) for frame in video.frames()] == [0, 0.04, 0.08]
        assert (video.promised, video.told) == (0, "")
