"""A day at the window in minutes: `python -m tests.storms.long_session PROJECT PHOTOS FIGURES ROUNDS SWITCHES STROKES`.

Each round chooses SWITCHES photos with the mouse and paints STROKES on each, with undo, redo, zooms and saves between,
turns to the other tabs, opens and closes windows, and lets Review's model look at one of the photos in the folder PHOTOS
(empty: none). What the process takes, and how long each act took, is written to the file FIGURES. Ends with 0 when all
was done, and with 3 where something that was waited for did not come.
"""

from __future__ import annotations

import ctypes
import gc
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from segstudio.cli.main import main
from segstudio.desktop import app
from segstudio.desktop.canvas.canvas import Canvas
from segstudio.desktop.reviewing.page import ReviewPage
from segstudio.desktop.tabs.annotate import AnnotateTab
from segstudio.desktop.tabs.review import ReviewTab

_LOOK_EVERY = 100
_NEVER_S = 180.0
_MOVES = 6
_TOOLS = ("brush",) * 12 + ("eraser", "box", "lasso", "fill", "ellipse", "wand", "polygon", "pick")
_WINDOWS = ("help.shortcuts", "classes.edit", "project.export", "photo.versions", "project.trash")
_LEFT = Qt.MouseButton.LeftButton
_NO_KEY = Qt.KeyboardModifier.NoModifier

Until = Callable[[], bool]
Steps = Iterator[Until | None]


class LongSession(app.Desktop):
    """The program, with somebody before it who works for a long time."""

    photos: tuple[Path, ...] = ()
    figures = Path()
    rounds = switches = strokes = 1

    def start(self, project: Path | None) -> None:
        """Begin once the window is there."""
        super().start(project)
        self.dice = random.Random(1)
        self.acts = self.done_rounds = self.seen = 0
        self.times: dict[str, list[float]] = defaultdict(list)
        self.looks: list[dict[str, float]] = []
        self.steps, self.since = self._day(), time.monotonic()
        self.until: Until | None = None
        self.is_acting = False
        self.timer = QTimer(self)
        self.timer.timeout.connect(self._turn)
        self.timer.start(1)

    def _turn(self) -> None:
        """Do the next thing when what was waited for is there; in a window that waits for an answer, close that."""
        if self.is_acting:
            top = QApplication.activePopupWidget() or QApplication.activeModalWidget()
            if top is not None:
                top.close()
            return
        if self.until is not None and not self.until():
            if time.monotonic() - self.since > _NEVER_S:
                sys.stderr.write(
                    f"waited in vain after {self.acts} acts, {list(self.times)[-1]} was new last\n"
                )
                self._end(3)
            return
        self.is_acting = True
        try:
            self.until, self.since = next(self.steps), time.monotonic()
        except StopIteration:
            self._end(0)
        except BaseException:
            self._end(4)
            raise
        finally:
            self.is_acting = False

    def _end(self, code: int) -> None:
        self.timer.stop()
        told = {"looks": self.looks, "times": self.times, "acts": self.acts, "code": code}
        self.figures.write_text(json.dumps(told), encoding="utf-8")
        self.window.asks = False
        QTimer.singleShot(0, self.window.close)

    # -- the day

    def _day(self) -> Steps:
        yield lambda: self.window.shown_tab == "annotate" and not self.session.is_busy
        self.window.activateWindow()
        yield self.window.isActiveWindow
        for number in range(self.rounds):
            yield from self._paint()
            for tab in ("import", "train"):
                yield from self._show(tab)
            yield from self._review(number)
            yield from self._windows()
            yield from self._show("annotate")
            self.done_rounds += 1
            self._look()

    def _done(self, what: str, began: float) -> None:
        """Take note of an act: the processor time of the window's thread, what followed in its event loop included."""
        self.times[what].append(time.thread_time() - began)
        self.acts += 1
        if self.acts % _LOOK_EVERY == 0:
            self._look()

    def _show(self, tab: str) -> Steps:
        began = time.thread_time()
        self.actions[f"go.{tab}"].trigger()
        yield lambda: self.window.shown_tab == tab
        yield None
        self._done("tab", began)

    # -- Annotate

    def _paint(self) -> Steps:
        for _ in range(self.switches):
            yield from self._switch()
            for _ in range(self.strokes):
                yield from self._stroke()
            for act in ("edit.undo", "edit.undo", "edit.redo"):
                yield from self._trigger(act)
            self.tabs.desk.save()
            yield from self._zoom()

    def _annotate(self) -> AnnotateTab:
        tab = self.window.findChild(AnnotateTab)
        assert tab is not None
        return tab

    def _canvas(self) -> Canvas:
        return self._annotate().canvas

    def _switch(self) -> Steps:
        tab, began = self._annotate(), time.thread_time()
        model, desk = tab.list.model, self.tabs.desk
        shown = model.row_of(desk.shown.photo.key) if desk.shown is not None else -1
        others = [row for row in range(model.rowCount()) if row != shown]
        unseen = [
            row for row in others if row >= self.seen
        ]  # first each of them, so that nothing is new later
        row = unseen[0] if unseen else self.dice.choice(others)
        self.seen = max(self.seen, row + 1)
        index = model.index(row)
        tab.list.view.scrollTo(index)
        QTest.mouseClick(tab.list.view.viewport(), _LEFT, pos=tab.list.view.visualRect(index).center())
        wanted = tab.list.chosen
        assert wanted is not None
        yield lambda: desk.shown is not None and desk.shown.photo.key == wanted.key and desk.can_paint
        self._done("switch", began)

    def _stroke(self) -> Steps:
        canvas, dice = self._canvas(), self.dice
        tool = dice.choice(_TOOLS)
        self.actions[f"tool.{tool}"].trigger()
        self.actions[f"class.{dice.randrange(1, 4)}"].trigger()
        yield self._can_paint
        began = time.thread_time()
        x, y = dice.randrange(canvas.width()), dice.randrange(canvas.height())
        QTest.mousePress(canvas, _LEFT, _NO_KEY, QPoint(x, y))
        for _ in range(0 if tool == "wand" else _MOVES):  # a wand that is drawn takes more and more colours
            x, y = (value + dice.randrange(-25, 26) for value in (x, y))
            QTest.mouseMove(canvas, QPoint(x, y))
        QTest.mouseRelease(canvas, _LEFT, _NO_KEY, QPoint(x, y))
        if tool not in ("brush", "eraser"):
            QTest.keyClick(canvas, Qt.Key.Key_Return)
            QTest.keyClick(canvas, Qt.Key.Key_Escape)
        yield None
        self._done("stroke" if tool == "brush" else f"stroke with {tool}", began)

    def _can_paint(self) -> bool:
        return bool(self.tabs.desk.can_paint)

    def _trigger(self, action: str) -> Steps:
        yield self._can_paint
        began = time.thread_time()
        self.actions[action].trigger()
        yield None
        self._done(action, began)

    def _zoom(self) -> Steps:
        canvas = self._canvas()
        at = QPointF(canvas.width() / 3, canvas.height() / 2)
        for turn in (240, 240, -120, -360):
            began = time.thread_time()
            event = QWheelEvent(
                at,
                QPointF(canvas.mapToGlobal(at.toPoint())),
                QPoint(),
                QPoint(0, turn),
                Qt.MouseButton.NoButton,
                _NO_KEY,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QApplication.sendEvent(canvas, event)
            yield None
            self._done("zoom", began)

    # -- Review

    def _review(self, number: int) -> Steps:
        yield from self._show("review")
        tab = self.window.findChild(ReviewTab)
        assert tab is not None
        yield lambda: tab.page is not None and tab.currentWidget() is tab.page
        page = tab.page
        assert page is not None
        if not self.photos:
            return
        photo, began = self.photos[number % len(self.photos)], time.thread_time()
        tab.take([photo])
        yield lambda: _is_there(page, photo)
        self._done("prediction", began)
        for act in ("review.way", "review.way", "review.previous", "review.next"):
            yield from self._do(act)
        yield lambda: _is_there(page, photo)
        if number % 5 == 0:
            yield from self._do("review.accept")
            yield lambda: _verdict(page, photo) == "accept"
            yield from self._do("review.undo")
            yield lambda: _verdict(page, photo) != "accept"
        else:
            yield from self._do("review.reject")
        yield from self._do("review.remove")
        yield lambda: not page.board.rows

    def _do(self, action: str) -> Steps:
        began = time.thread_time()
        self.actions[action].trigger()
        yield None
        self._done(action, began)

    # -- other windows

    def _windows(self) -> Steps:
        yield from self._show("annotate")
        for action in _WINDOWS:
            if not self.actions[action].isEnabled():
                continue
            began = time.thread_time()
            self.actions[action].trigger()
            yield None
            yield None
            for widget in QApplication.topLevelWidgets():
                if widget is not self.window and widget.isVisible() and not isinstance(widget, QMenu):
                    widget.close()
            yield None
            self._done("window", began)
        self.window.activateWindow()
        yield self.window.isActiveWindow

    # -- what it takes

    def _look(self) -> None:
        process = psutil.Process()
        widgets = QApplication.allWidgets()
        roots: list[QObject] = [
            self,
            *(widget for widget in QApplication.topLevelWidgets() if widget.parent() is None),
        ]
        objects = sum(1 + len(root.findChildren(QObject)) for root in roots)
        gc.collect()
        _give_back()
        self.looks.append(
            {
                "round": self.done_rounds,
                "acts": self.acts,
                "memory_mb": process.memory_info().rss / 2**20,
                "children_mb": sum(child.memory_info().rss for child in process.children()) / 2**20,
                "widgets": len(widgets),
                "objects": objects,
                "python_objects": len(gc.get_objects()),
                "threads": process.num_threads(),
                "files": process.num_fds() if hasattr(process, "num_fds") else 0,
            }
        )


def _is_there(page: ReviewPage, photo: Path) -> bool:
    shown = page.viewing.shown
    return shown is not None and shown.item.path == photo and shown.mask is not None


def _verdict(page: ReviewPage, photo: Path) -> str:
    return next((row.verdict for row in page.board.rows if row.item.path.name == photo.name), "")


def _give_back() -> None:
    """Let the C library give free memory back, where it can: what is left is what is in use."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError, TypeError):
        return


if __name__ == "__main__":
    given, LongSession.figures = Path(sys.argv[2]), Path(sys.argv[3])
    LongSession.photos = tuple(sorted(given.iterdir())) if sys.argv[2] else ()
    LongSession.rounds, LongSession.switches, LongSession.strokes = (int(word) for word in sys.argv[4:])
    app.Desktop = LongSession  # type: ignore[misc]
    main([sys.argv[1]])
