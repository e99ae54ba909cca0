"""Segmenter: hands photos to the process that predicts, the wanted ones first, and starts it again when it dies."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segstudio.desktop.problems import Problem, Remedy
from segstudio.desktop.reviewing.items import Answer, Item
from segstudio.desktop.reviewing.models import Model
from segstudio.desktop.reviewing.process import PredictorProcess
from segstudio.desktop.reviewing.videos import Video, frame_item, frames_folder
from segstudio.runs.predictions import (
    Cancel,
    Done,
    Event,
    Failed,
    FrameDone,
    Progress,
    Ready,
    SegmentPhoto,
    SegmentVideo,
    Stopped,
    Told,
    VideoDone,
)

AHEAD = 2
"""So many photos the process knows of at a time: the next is there when one is done, and the wanted ones wait for few."""

_DEATHS_OF_ONE = 2
_DEATHS_IN_A_ROW = 3

_log = logging.getLogger(__name__)


class Segmenter(QObject):
    """Work for one model at a time. In the GUI thread; it never waits.

    `ready` carries the model's Ready, `answered` an id and its Answer, `failed` an id and a sentence, `frame_came` the
    Item of a video's frame, `began` the id of what is being segmented, `idle_changed` that it began or ended to work.
    `video_over` carries the path of a video that has come to its end, or cannot be segmented; `video_wanted` one, a Video,
    that is to be tried again, `video_waits` one that was given up with how far it is. `problem_met` carries a
    Problem. `next_photo` is asked for the next Item, or None.
    """

    ready = Signal(object)
    model_failed = Signal(str)
    began = Signal(str)
    answered = Signal(str, object)
    failed = Signal(str, str)
    frame_came = Signal(object)
    video_progressed = Signal(int, int)
    video_over = Signal(object)
    video_wanted = Signal(object)
    video_waits = Signal(object)
    idle_changed = Signal()
    problem_met = Signal(object)

    def __init__(self, next_photo: Callable[[], Item | None], parent: QObject) -> None:
        super().__init__(parent)
        self._next_photo = next_photo
        self._model: Model | None = None
        self._out, self._frames = Path(), Path()
        self._process: PredictorProcess | None = None
        self._leaving: list[PredictorProcess] = []
        self._is_ready = False
        self._is_broken = self._is_paused = False
        self._sent: dict[str, Item | Video] = {}
        self._videos: list[Video] = []
        self._deaths: dict[str, int] = {}
        self._in_a_row = 0
        self._was_idle = True
        self._is_shut = False

    @property
    def model(self) -> Model | None:
        """The model that is asked."""
        return self._model

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._sent

    @property
    def is_paused(self) -> bool:
        """Whether the person has stopped segmenting; what waits goes on waiting."""
        return self._is_paused

    @property
    def waiting_videos(self) -> tuple[Video, ...]:
        """The videos that are not under way, or no longer."""
        return tuple(self._videos)

    @property
    def is_loading(self) -> bool:
        """Whether the model is being loaded."""
        return self._process is not None and not self._is_ready

    @property
    def process_id(self) -> int:
        """The number of the process; 0 while there is none."""
        return self._process.process_id if self._process is not None else 0

    # -- wishes

    def use(self, model: Model | None, out: Path, frames: Path) -> None:
        """Ask another model from now on; its files go below `out`, the frames of videos below `frames`.

        What was under way is given up; a video waits again.
        """
        self._take_videos_back()
        self._leave_process()
        self._model, self._out, self._frames = model, out, frames
        self._deaths.clear()
        self._is_broken, self._in_a_row = False, 0
        self._tell_idle()

    def warm_up(self) -> None:
        """Load the model, so that the first answer comes at once."""
        if self._model is not None and self._process is None and not self._is_broken and not self._is_shut:
            self._is_ready = False
            self._process = PredictorProcess(self._model.path, self)
            self._process.event_came.connect(self._on_event)
            self._process.ended.connect(self._on_ended)
            self._process.gone.connect(self._on_gone)

    def feed(self) -> None:
        """Hand over what waits, as much as the process should know of."""
        if self._model is None or self._is_broken or self._is_shut:
            return
        while len(self._sent) < AHEAD:
            if not self._give_one():
                break
        self._tell_idle()

    def add_video(self, video: Video) -> None:
        """Segment a video after the photos that are handed over already."""
        self._videos = [each for each in self._videos if each.path != video.path] + [video]
        self.go_on()

    def forget_videos(self) -> tuple[Video, ...]:
        """Segment no video any more, neither what is under way; returns those that are left out."""
        self._take_videos_back()
        left, self._videos = tuple(self._videos), []
        self._tell_idle()
        return left

    def try_again(self) -> None:
        """Start once more after the process could not be kept alive."""
        self._is_broken, self._in_a_row = False, 0
        self._deaths.clear()
        self.feed()

    def cancel(self) -> tuple[str, ...]:
        """Give up what is under way until `go_on`; returns the ids of the photos that wait again."""
        self._is_paused = True
        self._tell_how_far()
        given_up = tuple(self._sent)
        self._take_back(given_up)
        self._tell_idle()
        return given_up

    def go_on(self) -> None:
        """Hand over what waits."""
        self._is_paused = False
        self.feed()

    def shut_down(self) -> None:
        """End the process, and wait for that."""
        self._is_shut = True
        self._tell_how_far()
        self._sent.clear()
        for process in (*self._leaving, self._process):
            if process is not None:
                process.shut_down()
        self._leaving.clear()
        self._process = None

    # -- handing over

    def _take_videos_back(self) -> None:
        """Let the video that is under way wait again, before the others; frames that are done are not done twice."""
        under_way = [what for what in self._sent.values() if isinstance(what, Video)]
        self._take_back([str(video.path) for video in under_way])
        self._videos = [*under_way, *self._videos]

    def _tell_how_far(self) -> None:
        self._take_videos_back()
        for video in self._videos:
            self.video_waits.emit(video)

    def _take_back(self, names: Sequence[str]) -> None:
        for name in names:
            self._sent.pop(name, None)
            if self._process is not None:
                self._process.send(Cancel(id=name))

    def _give_one(self) -> bool:
        if self._is_paused:
            return False
        if self._videos and not self._sent:
            self._give(str(self._videos[0].path), self._videos.pop(0))
            return True
        if self._videos or any(isinstance(what, Video) for what in self._sent.values()):
            return False
        item = self._next_photo()
        if item is None:
            return False
        self._give(item.id, item)
        return True

    def _give(self, name: str, what: Item | Video) -> None:
        self.warm_up()
        self._sent[name] = what
        self._send(name, what)
        self.began.emit(name)

    def _send(self, name: str, what: Item | Video) -> None:
        if self._process is None:
            return
        if isinstance(what, Video):
            frames = frames_folder(self._frames, self._out, what.path)
            self._process.send(
                SegmentVideo(
                    id=name,
                    video=str(what.path),
                    every=what.every,
                    scale=what.scale,
                    out=str(self._out),
                    frames=str(frames),
                    start=what.start,
                )
            )
        else:
            self._process.send(SegmentPhoto(id=name, photo=str(what.path), out=str(self._out)))

    def _tell_idle(self) -> None:
        if self.is_idle != self._was_idle:
            self._was_idle = self.is_idle
            self.idle_changed.emit()

    def _leave_process(self) -> None:
        self._sent.clear()
        if self._process is not None:
            process, self._process = self._process, None
            self._leaving.append(process)
            process.leave()

    # -- what the process says

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        match event:
            case Ready():
                self._is_ready = True
                self.ready.emit(event)
            case Done():
                if self._take(event.id) is not None:
                    self._in_a_row = 0
                    self.answered.emit(str(event.id), answer_of(event))
            case Failed():
                self._on_failed(event)
            case Told():
                self.problem_met.emit(Problem(event.text, level="info"))
            case _:
                self._on_video_event(event)
        if not isinstance(event, Progress | FrameDone):
            self.feed()

    def _on_video_event(self, event: Progress | FrameDone | VideoDone | Stopped) -> None:
        video = self._sent.get(str(event.id))
        if not isinstance(video, Video) or isinstance(event, Stopped):
            return  # a photo's tiles, or what was given up here before
        if isinstance(event, FrameDone):
            if event.seconds:  # it came further than before
                self._deaths.pop(str(event.id), None)
                self._in_a_row = 0
            self._sent[str(event.id)] = replace(video, start=event.frame + 1)
            self.frame_came.emit(frame_item(video, event))
        elif isinstance(event, Progress):
            self.video_progressed.emit(event.done, event.total)
        else:
            self._take(event.id)
            self.video_over.emit(video.path)
            if event.told:
                self.problem_met.emit(Problem(event.told, level="info"))

    def _on_failed(self, event: Failed) -> None:
        if event.id is None:
            if not self._is_ready:
                self._break(event.problem)
            else:
                _log.error("the predictor did not understand: %s", event.problem)
            return
        what = self._take(event.id)
        if isinstance(what, Item):
            self._in_a_row = 0
            self.failed.emit(what.id, event.problem)
        elif isinstance(what, Video):
            self._leave_out(what, event.problem)

    def _leave_out(self, video: Video, told: str) -> None:
        again = Remedy("Try again", do=partial(self.video_wanted.emit, video))
        self.problem_met.emit(Problem(told, actions=(again,)))
        self.video_over.emit(video.path)

    def _take(self, name: object) -> Item | Video | None:
        return self._sent.pop(str(name), None)

    def _break(self, problem: str) -> None:
        """The model cannot be used: nothing is handed over until another is chosen."""
        self._is_broken = True
        self._take_videos_back()
        self._leave_process()
        self.model_failed.emit(problem)
        self._tell_idle()

    @Slot(str, str)
    def _on_ended(self, how: str, words: str) -> None:
        if self.sender() is not self._process:
            return
        self._process = None
        self._in_a_row += 1
        name = self._model.name if self._model is not None else ""
        if self._in_a_row >= _DEATHS_IN_A_ROW:
            self._break(
                f"The process that segments with {name} ended {self._in_a_row} times in a row: it {how}."
            )
            return
        sent, self._sent = self._sent, {}
        if self._in_a_row == 1:
            told = f"The process that segments with {name} {how}; it is started again, and nothing is lost."
            self.problem_met.emit(Problem(told, words, level="warning"))
        for number, (key, what) in enumerate(sent.items()):
            self._give_again(key, what, is_first=number == 0)
        self.feed()

    @Slot()
    def _on_gone(self) -> None:
        process = self.sender()
        if isinstance(process, PredictorProcess):
            if process in self._leaving:
                self._leaving.remove(process)
            process.deleteLater()

    def _give_again(self, name: str, what: Item | Video, *, is_first: bool) -> None:
        """Hand over once more what a process that died knew of; what it died of twice is left out."""
        deaths = self._deaths.get(name, 0) + is_first
        self._deaths[name] = deaths
        if deaths < _DEATHS_OF_ONE:
            self._give(name, what)
        elif isinstance(what, Item):
            self.failed.emit(name, "Segmenting this photo ended the process twice; it was left out.")
        else:
            self._leave_out(what, f"Segmenting {what.path.name} ended the process twice; it was left out.")


def answer_of(event: Done | FrameDone) -> Answer:
    """Return the answer that an event tells of."""
    return Answer(Path(event.mask), Path(event.confidence), event.size, event.seconds)
