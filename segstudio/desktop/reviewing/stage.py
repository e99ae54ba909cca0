"""Stage: the photo that is looked at: alone, under what is laid over it, beside it, or half and half to wipe."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget

from segstudio.desktop.canvas.canvas_look import CanvasLook
from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.look import Look
from segstudio.desktop.reviewing.faces import Laid
from segstudio.desktop.reviewing.pane import Pane
from segstudio.desktop.widgets.labels import label

Way = Literal["photo", "overlay", "side", "wipe"]

_BETWEEN_PX = 2
_HANDLE_PX = 15
_STEP = 0.02


class Stage(QWidget):
    """Two panes that look at the same place. `left` is seen beside or under the wipe, `right` always.

    `panes` gives both, left first, where others than the usual ones are wanted.
    """

    def __init__(self, look: Look, panes: tuple[Pane, Pane] | None = None) -> None:
        super().__init__()
        self._way: Way = "overlay"
        self._share = 0.5
        self.setMinimumSize(320, 160)
        if panes is None:
            panes = Pane(look, "review.canvas.left"), Pane(look, "review.canvas")
            panes[0].setAccessibleName("What it is compared with")
        self.left, self.right = panes
        for pane in (self.right, self.left):
            pane.setParent(self)
        self._handle = _Handle(look, self)
        self._left_name, self._right_name = (_Caption(self) for _ in range(2))
        self.right.view_changed.connect(self._on_right_moved)
        self.left.view_changed.connect(self._on_left_moved)
        self._handle.moved.connect(self._on_wiped)
        self._place()

    @property
    def way(self) -> Way:
        """How the photo is looked at."""
        return self._way

    @property
    def share(self) -> float:
        """Where the wipe stands, 0–1 from the left."""
        return self._share

    def set_way(self, way: Way) -> None:
        """Look at the photo in another way."""
        if way != self._way:
            self._way = way
            self._place()

    def show_faces(
        self,
        pyramid: Pyramid | None,
        *,
        left: Laid | None,
        right: Laid | None,
        look: CanvasLook,
        names: tuple[str, str],
    ) -> None:
        """Show a photo with what is laid over it in both panes; `names` tells what that is."""
        self.right.lay(pyramid, right, look)
        if self.shows_two:
            self.left.lay(pyramid, left, look)
            self.left.follow(self.right)
        else:
            self.left.lay(None, None, look)
        self._left_name.setText(names[0])
        self._right_name.setText(names[1])
        self._place_captions()

    @property
    def shows_two(self) -> bool:
        """Whether both panes are seen."""
        return self._way in ("side", "wipe")

    def step_back(self) -> bool:
        """Show the whole photo again; False when it is whole already."""
        if self.right.is_whole:
            return False
        self.right.fit()
        return True

    # -- places

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        whole = self.rect()
        if self._way == "side":
            half = (whole.width() - _BETWEEN_PX) // 2
            self.left.setGeometry(0, 0, half, whole.height())
            self.right.setGeometry(whole.width() - half, 0, half, whole.height())
        else:
            self.right.setGeometry(whole)
            self.left.setGeometry(whole)
        self.left.setVisible(self.shows_two)
        self._handle.setVisible(self._way == "wipe")
        self._clip()
        self._place_captions()

    def _clip(self) -> None:
        if self._way != "wipe":
            self.left.clearMask()
            return
        at = round(self.width() * self._share)
        self.left.setMask(QRegion(QRect(0, 0, max(at, 1), self.height())))
        self.left.raise_()
        self._handle.setGeometry(at - _HANDLE_PX // 2, 0, _HANDLE_PX, self.height())
        self._handle.raise_()
        self._place_captions()

    def _place_captions(self) -> None:
        two = self.shows_two and self.right.has_photo
        for name, right_edge in (
            (self._left_name, False),
            (self._right_name, True),
        ):
            name.setVisible(two and bool(name.text()))
            name.adjustSize()
            left = 12
            if right_edge:
                left = self.right.x() + 12 if self._way == "side" else self.width() - name.width() - 12
            name.move(left, 12)
            name.raise_()

    # -- moving together

    @Slot()
    def _on_right_moved(self) -> None:
        if self.shows_two:
            self.left.follow(self.right)

    @Slot()
    def _on_left_moved(self) -> None:
        if self.shows_two:
            self.right.follow(self.left)

    @Slot(float)
    def _on_wiped(self, share: float) -> None:
        self._share = min(max(share, 0.0), 1.0)
        self._clip()


class _Caption(QWidget):
    """What a pane shows, in a corner of it; the pointer goes through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setObjectName("review.caption")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = label("", "caption")
        self._words.setParent(self)
        self._words.move(8, 3)

    def text(self) -> str:
        return self._words.text()

    def setText(self, text: str) -> None:  # noqa: N802 (as Qt's labels have it)
        self._words.setText(text)

    def adjustSize(self) -> None:  # noqa: N802
        self._words.adjustSize()
        self.resize(self._words.width() + 16, self._words.height() + 6)


class _Handle(QWidget):
    """The line of the wipe, to be dragged or moved with the arrow keys; `moved` carries its place, 0–1."""

    moved = Signal(float)

    def __init__(self, look: Look, stage: Stage) -> None:
        super().__init__(stage)
        self._look, self._stage = look, stage
        self.setObjectName("review.wipe")
        self.setAccessibleName("Wipe")
        self.setToolTip("Wipe (arrow keys)\nDrag it over the photo to compare both sides.")
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line, with a dark edge so that it shows on any photo."""
        painter = QPainter(self)
        middle = self.width() // 2
        dark = self._look.colour("text" if self._look.theme.choice == "light" else "surface")
        dark.setAlpha(160)
        painter.fillRect(middle - 2, 0, 5, self.height(), dark)
        token = "accent" if self.hasFocus() else "raised"
        painter.fillRect(middle - 1, 0, 3, self.height(), self._look.colour(token))
        grip = QRect(0, 0, 9, 36)
        grip.moveCenter(QPoint(middle, self.height() // 2))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(dark)
        painter.setBrush(self._look.colour(token))
        painter.drawRoundedRect(grip, 4, 4)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        place = self.mapTo(self._stage, event.position().toPoint())
        self.moved.emit(place.x() / max(self._stage.width(), 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move it."""
        steps = {Qt.Key.Key_Left: -_STEP, Qt.Key.Key_Right: _STEP}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.moved.emit(self._stage.share + step)
