"""Shows the window scene by scene and keeps a picture of each: one look, run by make.py.

python scenes.py OUT THEME [SCENE …]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QCursor, QEnterEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from team_scenes import lock_bar, merging, time_line  # beside this file

from segstudio.desktop.app import Desktop
from segstudio.desktop.exporting.choices import ExportChoices
from segstudio.desktop.exporting.dialog import ExportDialog
from segstudio.desktop.reviewing.page import ReviewPage
from segstudio.desktop.settings import Places, Settings
from segstudio.desktop.shortcuts import ShortcutsPage
from segstudio.desktop.tabs.new_project import NewProjectDialog
from segstudio.desktop.tabs.review import ReviewTab
from segstudio.desktop.tabs.tab import TakesFiles
from segstudio.desktop.tabs.train import TrainTab
from segstudio.desktop.train.launch import new_run

SIZE = (1280, 800)
CORNER = (1279, 799)
"""Where the mouse rests: over nothing that would light up."""

DEVICE = "CPU · 8 cores"
WAIT_S, QUIET_S = 40.0, 1.5
SAMPLE, NEW = "Sample jumps", "My jumps"

HELD_OUT = 5
TRAIN_S = 300.0
TRAINING = {
    "weights": "none",
    "epochs": 12,
    "crop_px": 160,
    "max_side_px": 320,
    "learning_rate": 0.003,
    "crops_per_photo": 2,
    "workers": 0,
    "previews": 3,
}
"""What is changed in quick-cpu for a training that is over within two minutes."""


class Stage:
    """The running window, and what every scene needs: to wait, and to keep a picture."""

    def __init__(self, app: QApplication, out: Path, theme: str) -> None:
        self.app, self.out = app, out
        self.places = Places.of_this_user()
        settings = Settings(self.places)
        settings.theme = "dark" if theme == "dark" else "light"
        for folder in sorted(self.places.documents.glob("*/project.json")):
            settings.remember(folder.parent.name, folder.parent)
        settings.save()
        self.desktop = Desktop(app, self.places)
        self.window = self.desktop.window
        self.window.resize(*SIZE)
        QCursor.setPos(*CORNER)
        self.desktop.start(None)
        self.until(self.desktop.warm_up.isFinished)
        self.settle()
        self.window.header.show_device(DEVICE)

    @property
    def documents(self) -> Path:
        """Where the projects lie."""
        return self.places.documents

    def until(self, condition: Callable[[], bool], wait_s: float = WAIT_S) -> None:
        """Let the window work until something is so."""
        end = time.monotonic() + wait_s
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("the window does not get there")
            self.app.processEvents()
            time.sleep(0.005)

    def settle(self) -> None:
        """Let thumbnails and the like arrive."""
        self.until(lambda: not self.desktop.session.is_busy)
        end = time.monotonic() + QUIET_S
        self.until(lambda: time.monotonic() > end)

    def open(self, name: str) -> None:
        """Open a project and show it as it first comes up."""
        opened = self.desktop.session.opened
        if opened is None or opened.name != name:
            self.window.open_project(self.places.documents / name)
            self.until(lambda: getattr(self.desktop.session.opened, "name", "") == name)
        self.settle()

    def keep(self, name: str, widget: QWidget | None = None) -> None:
        """Keep a picture."""
        picture = (widget or self.window).grab()
        picture.save(str(self.out / f"{name}.png"))


def hover(widget: QWidget, place: QPoint) -> None:
    """Tell a widget that the mouse is over it, whatever the screen of this machine is like."""
    at, none = QPointF(place), Qt.MouseButton.NoButton
    on_screen = QPointF(widget.mapToGlobal(place))
    move = QMouseEvent(QEvent.Type.MouseMove, at, on_screen, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, QEnterEvent(at, at, on_screen))
    QApplication.sendEvent(widget, move)


def start_page(stage: Stage) -> None:
    """The start page with the projects opened lately."""
    for folder in [folder for _, folder in stage.desktop.settings.recent()][::-1]:
        stage.open(folder.name)
    stage.desktop.session.close()
    stage.settle()
    stage.keep("start")


def new_project(stage: Stage) -> None:
    """The dialog for a new project, filled in."""
    stage.desktop.actions["project.new"].trigger()
    dialog = stage.window.findChild(NewProjectDialog)
    assert dialog is not None
    name = dialog.findChild(QLineEdit, "new.name")
    assert name is not None
    name.setText(NEW)
    first = next(edit for edit in dialog.findChildren(QLineEdit) if not edit.objectName())
    QTest.keyClicks(first, "sky,")
    for word in ("ground", "airplane", "person"):
        field = dialog.focusWidget()
        assert field is not None
        QTest.keyClicks(field, word + ",")
    stage.settle()
    stage.keep("new-project", dialog)
    dialog.reject()


def import_tab(stage: Stage) -> None:
    """The Import tab with photos and annotations that were dropped, looked at and not yet brought in."""
    classes = (("sky", ""), ("ground", ""), ("airplane", ""), ("person", ""))
    folder = stage.places.documents / NEW
    if folder.exists():
        stage.open(NEW)
    else:
        stage.desktop.session.create(folder, NEW, classes)
        stage.open(NEW)
    stage.window.show_tab("import")
    page = stage.window.page("import")
    if isinstance(page, TakesFiles):
        page.take([stage.places.documents / "Dropped" / part for part in ("photos", "annotations")])
    stage.settle()
    stage.settle()
    stage.keep("import")


def annotate_tab(stage: Stage) -> None:
    """The Annotate tab with a labelled photo, the brush in the hand."""
    stage.open(SAMPLE)
    stage.window.show_tab("annotate")
    for _ in range(3):
        stage.desktop.actions["photo.next"].trigger()
    stage.settle()
    stage.desktop.actions["tool.brush"].trigger()
    canvas = getattr(stage.window.page("annotate"), "canvas", None)
    if isinstance(canvas, QWidget):
        middle = QPoint(canvas.width() // 3, canvas.height() // 2)
        canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        hover(canvas, middle)
    stage.keep("annotate")


def train_tab(stage: Stage) -> None:
    """The Train tab with a short training that is finished: made in the first look, copied by make.py for the others."""
    stage.open(SAMPLE)
    stage.window.show_tab("train")
    page = stage.window.page("train")
    assert isinstance(page, TrainTab)
    stage.until(lambda: page.page is not None and page.page.view.plots.is_built)
    assert page.page is not None
    view = page.page.view
    if not page.board.rows():
        page.page.plan.form.change(TRAINING)
        page.board.start(new_run(stage.places.documents / SAMPLE, "First try", "quick-cpu", TRAINING))
        page.page.choose("First try")
        stage.until(lambda: view.first is not None and view.first.phase in ("finished", "failed"), TRAIN_S)
    stage.until(lambda: bool(view.previews.pictures.pairs))
    stage.settle()
    stage.keep("train")


def review_tab(stage: Stage) -> None:
    """The Review tab with held-out and new photos, one with every class in it; then what was taken for what."""
    stage.open(SAMPLE)
    stage.window.show_tab("review")
    tab = stage.window.page("review")
    assert isinstance(tab, ReviewTab)
    stage.until(lambda: tab.currentWidget() is tab.page)
    page = tab.page
    assert page is not None
    board, side = page.board, page.side
    tab.take([next((Path.home() / "Models").glob("*/best.pt"))])
    stage.until(lambda: board.card is not None, TRAIN_S)
    side.add.findChild(QAction, "review.held_out").trigger()
    tab.take(sorted((stage.places.documents / "Dropped" / "photos").iterdir())[:5])
    stage.until(lambda: len(board.rows) > HELD_OUT and all(row.sure for row in board.rows), TRAIN_S)
    for number, row in enumerate(board.rows[:3]):
        side.list.choose(row.item.id)
        stage.until(lambda row=row: page.viewing.shown is not None and page.viewing.shown.item == row.item)
        if number < 2:
            stage.desktop.actions["review.accept" if not number else "review.reject"].trigger()
    side.list.choose(max(board.rows, key=lambda row: (len(row.ious or ()), row.score or 0)).item.id)
    stage.settle()
    stage.keep("review")
    show_mistakes(stage, page)


def show_mistakes(stage: Stage, page: ReviewPage) -> None:
    """The pixels of the most frequent mistake marked in the photo that has most of them, the largest spot near."""
    matrix = sum(page.board.matrices.values())
    assert isinstance(matrix, np.ndarray)
    wrong = matrix * (1 - np.eye(len(matrix), dtype=matrix.dtype))
    truth, predicted = (int(place) for place in np.unravel_index(wrong.argmax(), wrong.shape))
    page.under.buttons["confusion"].click()
    view = page.under.confusion
    index = view.cells.index(truth, predicted)
    view.setCurrentIndex(index)
    view.clicked.emit(index)
    stage.settle()
    stage.desktop.actions["review.next_spot"].trigger()
    stage.settle()
    stage.keep("review-mistakes")
    page.looking.look_at_everything()


def export_window(stage: Stage) -> None:
    """The export window with a photo of which not every pixel comes back."""
    stage.open(SAMPLE)
    stage.window.show_tab("annotate")
    stage.settle()
    stage.desktop.actions["project.export"].trigger()
    dialog = stage.window.findChild(ExportDialog)
    assert dialog is not None
    dialog.parts.form.change(ExportChoices(format="coco", tolerance_px=2.0))
    stage.until(lambda: not dialog.previewer.is_busy)
    stage.settle()
    stage.keep("export", dialog)
    dialog.close()


def shortcuts(stage: Stage) -> None:
    """The page of all actions and their keys."""
    stage.open(SAMPLE)
    stage.desktop.actions["help.shortcuts"].trigger()
    page = stage.window.findChild(ShortcutsPage)
    assert page is not None
    stage.settle()
    stage.keep("shortcuts", page)
    page.close()


SCENES = {
    "start": start_page,
    "new-project": new_project,
    "annotate": annotate_tab,
    "train": train_tab,
    "review": review_tab,
    "export": export_window,
    "shortcuts": shortcuts,
    "import": import_tab,
    "versions": time_line,
    "merge": merging,
    "lock": lock_bar,
}


def main(out: Path, theme: str, wanted: Sequence[str]) -> None:
    """Show the wanted scenes, or all, in the order of the table."""
    app = QApplication(sys.argv[:1])
    app.setApplicationName("SegStudio")
    app.setCursorFlashTime(0)
    stage = Stage(app, out, theme)
    try:
        for name, show in SCENES.items():
            if not wanted or name in wanted:
                show(stage)
    finally:
        stage.window.asks = False
        stage.window.close()
        stage.desktop.shut_down()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
