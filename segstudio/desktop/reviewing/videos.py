"""Videos whose frames are under review: how each is to be segmented, and which wait for that; kept with the project."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from segstudio.desktop.reviewing.items import Answer, Item
from segstudio.files import read_json, write_text
from segstudio.project.inside import check_inside, is_inside
from segstudio.project.review_queue import ReviewQueue
from segstudio.runs.predictions import FrameDone, video_folder

FOLDER = "videos"


@dataclass(frozen=True, slots=True)
class Video:
    """How a video is to be segmented: every n-th frame, shrunk by `scale`; those before `start` are done."""

    path: Path
    every: int = 15
    scale: float = 1.0
    start: int = 0


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    video: str
    every: int = Field(ge=1)
    scale: float = Field(gt=0, le=1)
    start: int = Field(default=0, ge=0)


class VideoBook:
    """The videos of a project that are not segmented to their ends, in `review/videos`; any thread."""

    def __init__(self, project: Path) -> None:
        self._queue = ReviewQueue(project)
        self._project = self._queue.folder.parent
        self.folder = self._queue.folder / FOLDER

    def read(self) -> tuple[Video, ...]:
        """Return those whose files are there; others wait until they are (a disk that is plugged in, for example)."""
        videos: list[Video] = []
        if not is_inside(self._project, self.folder):
            return ()
        for place in sorted(self.folder.glob("*.json")):
            try:
                record = _Record.model_validate_json(read_json(place))
                path = self._queue.path_of(record.video)
                if path.is_file():
                    videos.append(Video(path, record.every, record.scale, record.start))
            except (OSError, ValidationError):
                continue  # its frames are listed one by one; the rest can be had by dropping the video again
        return tuple(videos)

    def put(self, video: Video) -> None:
        """Keep that a video is to be segmented; raises SegStudioError."""
        check_inside(self._project, [self.folder])
        told = self._queue.told(video.path)
        record = _Record(video=told, every=video.every, scale=video.scale, start=video.start)
        write_text(self._place(video.path), record.model_dump_json(indent=1) + "\n")

    def remove(self, path: Path) -> None:
        """Forget a video: it is done, or nobody wants the rest."""
        if is_inside(self._project, self.folder):  # else nothing of ours is there
            self._place(path).unlink(missing_ok=True)

    def _place(self, path: Path) -> Path:
        told = self._queue.told(path)
        digest = hashlib.sha1(told.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
        return self.folder / f"{digest[:16]}.json"


def frames_folder(frames: Path, out: Path, video: Path) -> Path:
    """Return where the frames of a video lie, whatever model sees them: below `frames`, or where older versions put them,
    below the folder `out` of a model.
    """
    before = video_folder(out / video.stem, video)
    return before if before.is_dir() else video_folder(frames, video)


def frame_item(video: Video, event: FrameDone) -> Item:
    """Return the item of a frame: a photo of its own, segmented already."""
    minutes, seconds = divmod(event.time_s, 60)
    name = f"{video.path.stem} {int(minutes)}:{seconds:04.1f}"
    path = Path(event.photo)
    file_name = f"{video.path.stem}-{event.frame:06d}{path.suffix}"
    answer = Answer(Path(event.mask), Path(event.confidence), event.size, event.seconds)
    return Item(str(path), path, name, is_video=True, answer=answer, file_name=file_name)


def waiting_told(videos: tuple[Video, ...]) -> str:
    """Return one line on videos that wait to be gone on with; pure."""
    if len(videos) == 1:
        return f"{videos[0].path.name} waits"
    return f"{len(videos)} videos wait" if videos else ""
