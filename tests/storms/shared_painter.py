"""People who paint on the photos of a shared folder, each a process of its own, by what the desk does in its threads.

Words: FOLDER HOW_MANY SECONDS STALE_S SEED PLACE. The processes are copies of this one, so that nothing needs to be loaded anew;
their numbers are answered on standard output, and they begin with the next line on standard input. Below PLACE,
`log0` … are what they tell, and `rescued0` … what they could not save. Each photo is divided into cells, and each person has cells of its own, so
that all that anybody has ever painted can be looked for at the end. A log tells, line by line: `painted KEY CELL`,
`saved KEY` (all that was painted on it so far), `taken KEY`, `lost KEY` (what was unsaved is kept apart), and at the
end `end`.
"""

from __future__ import annotations

import os
import random
import sys
import time
import traceback
from pathlib import Path

import numpy as np

from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.editing.disk import PAINT, Way, Written, open_photo, write_mask
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.editing.rescue import keep_unsaved
from segstudio.errors import SegStudioError
from segstudio.painting.polygon import box_region
from segstudio.project.photo_locks import TakenOverError, who_paints
from segstudio.project.photos import Photo
from segstudio.project.presence import Presence
from segstudio.project.project import Project

PEOPLE = 8
SIZE = (96, 128)
CELL = 4
_HOT, _HOT_SHARE = 5, 0.7
"""So many photos are wanted by everybody, so often."""

_AGAIN_S = 0.05
_PATIENCE_S = 60.0


def cells(number: int) -> list[tuple[int, int]]:
    """Return the cells (top, left) of one person."""
    places = [(top, left) for top in range(0, SIZE[0], CELL) for left in range(0, SIZE[1], CELL)]
    return places[number::PEOPLE]


class Person:
    """Paints until the time is over, then saves what is open."""

    def __init__(
        self, folder: Path, number: int, *, stale_s: float, seed: int, log: Path, rescued: Path
    ) -> None:
        self._folder, self._number, self._rescued, self._stale_s = folder, number, rescued, stale_s
        self._chance = random.Random(seed)
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._presence = Presence(beat_s=stale_s / 7, stale_s=stale_s)
        project = Project.open(folder)
        self._photos, self._classes = project.photos(), project.classes
        self._painted: dict[str, int] = {}
        self._pyramid = Pyramid.of(np.zeros((*SIZE, 3), dtype=np.uint8))  # what is seen does not matter here

    def say(self, *words: object) -> None:
        """Write a line of the log."""
        os.write(self._log, (" ".join(map(str, words)) + "\n").encode())

    def work(self, seconds: float) -> None:
        """Paint for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            hot = self._chance.random() < _HOT_SHARE
            photo = self._chance.choice(self._photos[:_HOT] if hot else self._photos)
            opened = self._opened(photo)
            if opened is not None:
                self._paint(opened)
        self._presence.close()
        self.say("end")

    def _opened(self, photo: Photo) -> OpenPhoto | None:
        """Open a photo; where somebody else paints, look on for a while, and take over from who is gone."""
        until = time.monotonic() + 3 * self._stale_s
        way = PAINT
        while time.monotonic() < until:
            try:
                opened = open_photo(
                    Project.open(self._folder),
                    photo,
                    self._pyramid,
                    lambda: False,
                    by=self._presence,
                    way=way,
                )
            except SegStudioError:  # it is away
                return None
            if not opened.read_only:
                if way is not PAINT:
                    self.say("taken", photo.key)
                return opened
            if not opened.locked:
                return None
            way = self._wait(photo, until)
        return None

    def _wait(self, photo: Photo, until: float) -> Way:
        while time.monotonic() < until:
            try:
                painted = who_paints(Project.open(self._folder), photo, self._presence)
            except (OSError, SegStudioError):
                return PAINT
            if painted is None:
                return PAINT
            if painted.is_stale and painted.claim is not None:
                return Way(take=painted.claim)
            time.sleep(_AGAIN_S)
        return PAINT

    def _paint(self, opened: OpenPhoto) -> None:
        for _ in range(self._chance.randint(1, 3)):
            for _ in range(self._chance.randint(1, 3)):
                self._stroke(opened)
                time.sleep(self._chance.uniform(0, 0.03))
            if not self._save(opened):
                break
        opened.close()

    def _stroke(self, opened: OpenPhoto) -> None:
        key, own = opened.photo.key, cells(self._number)
        place = self._painted.get(key, 0)
        if place >= len(own):
            return
        top, left = own[place]
        with opened.editor.edit("brush"):
            opened.editor.paint(
                box_region((left, top), (left + CELL - 1, top + CELL - 1), SIZE), value=self._number
            )
        self._painted[key] = place + 1
        self.say("painted", key, place)

    def _save(self, opened: OpenPhoto) -> bool:
        """Save as the desk does: again and again while the folder is away; False when somebody else has the photo."""
        until = time.monotonic() + _PATIENCE_S
        while True:
            try:
                written: Written = write_mask(
                    Project.open(opened.folder), opened, opened.editor.snapshot(), self._classes
                )
            except TakenOverError:
                if opened.editor.unsaved:
                    keep_unsaved([opened], self._rescued)
                self.say("lost", opened.photo.key)
                return False
            except SegStudioError:
                if time.monotonic() > until:
                    raise
                time.sleep(_AGAIN_S * 4)
            else:
                opened.photo, opened.mask_time = written.photo, written.mask_time
                self.say("saved", opened.photo.key)
                return True


def main() -> None:
    """Do what the words of the command line say."""
    folder, count, seconds, stale_s, seed, place = sys.argv[1:]
    begin, beginning = os.pipe()
    ready, is_ready = os.pipe()
    children = []
    for number in range(int(count)):
        child = os.fork()
        if not child:
            os.close(beginning)
            log, rescued = (Path(place) / f"{name}{number}" for name in ("log", "rescued"))
            status = 1
            try:
                person = Person(
                    Path(folder),
                    number,
                    stale_s=float(stale_s),
                    seed=int(seed) + number,
                    log=log,
                    rescued=rescued,
                )
                os.write(is_ready, b".")
                os.read(begin, 1)
                person.work(float(seconds))
                status = 0
            except Exception:  # noqa: BLE001 (the edge of a process)
                traceback.print_exc()
            os._exit(status)
        children.append(child)
    os.close(is_ready)
    for _ in children:
        os.read(ready, 1)
    print(*children, flush=True)  # noqa: T201
    sys.stdin.readline()
    os.close(beginning)
    for child in children:  # nobody's number is given anew before all have ended: they are sent signals
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    sys.exit(max(abs(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])) for child in children))


if __name__ == "__main__":
    main()
