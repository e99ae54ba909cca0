"""PreviewPanel: the chosen row large, photo and mask, with what there is to say of it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from segstudio.desktop.importing.row_pictures import Subject, picture_of_row
from segstudio.desktop.importing.rows import Fix, Row
from segstudio.desktop.look import Look
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.pictures import PhotoPicture
from segstudio.desktop.widgets.labels import ElidedLabel, label
from segstudio.formats.examine import Looks
from segstudio.formats.previewing import Paint

_SIDE_PX = 1400
_OPACITY = 0.55
_MARGIN_PX = 8


class PreviewPanel(QWidget):
    """`stepped` carries -1 or 1, `fix_asked` the Fix of the row's button."""

    stepped = Signal(int)
    fix_asked = Signal(object)

    def __init__(self, look: Look, loader: PictureLoader) -> None:
        super().__init__()
        self._look, self._loader = look, loader
        self._row: Row | None = None
        self._looks = Looks()
        self._paint: Paint | None = None
        self._photo: tuple[str, QImage] | None = None
        self.picture = PictureView(look)
        self._name = ElidedLabel()
        self._state = label("", wraps=True)
        self._advice = label("", "dim", wraps=True)
        self._fix = QPushButton()
        self._fix.setObjectName("import.fix")
        self._place = label("", "caption")
        self._place.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._back = self._arrow("import.previous", "chevron-left", "The row above (Up).")
        self._on = self._arrow("import.next", "chevron-right", "The row below (Down).")
        self._lay_out()
        self._back.clicked.connect(partial(self.stepped.emit, -1))
        self._on.clicked.connect(partial(self.stepped.emit, 1))
        self._fix.clicked.connect(self._on_fix_clicked)
        loader.loaded.connect(self._on_loaded)
        look.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.show_row(None, (0, 0), self._looks)

    @property
    def row(self) -> Row | None:
        """What is shown."""
        return self._row

    def show_row(self, row: Row | None, place: tuple[int, int], looks: Looks) -> None:
        """Show another row, or the same one after another look."""
        another = row is None or self._row is None or row.id != self._row.id
        changed = another or row is None or self._row is None or row.annotation is not self._row.annotation
        self._row, self._looks = row, looks
        if another:
            self.picture.show_picture(None)
            self._photo = None
        self._name.set_whole(row.name if row is not None else "")
        self._state.setText(row.state if row is not None and row.state != "…" else "")
        told = (row.advice, *(_sentence(note) for note in row.notes)) if row is not None else ()
        self._advice.setText("\n".join(text for text in told if text))
        self._fix.setVisible(row is not None and row.fix is not Fix.NONE)
        self._fix.setText(row.fix_text if row is not None else "")
        number, total = place
        self._place.setText(f"{number:,} of {total:,}" if number else "")
        self._back.setEnabled(number > 1)
        self._on.setEnabled(0 < number < total)
        if changed:
            self._ask()

    def set_paint(self, paint: Paint | None) -> None:
        """Draw the mask in another way; the old one stays until it is there."""
        self._paint = paint
        self._ask()

    def _ask(self) -> None:
        self._loader.forget_all()
        row = self._row
        if row is None or self._paint is None or (row.path is None and row.annotation is None):
            return
        photo = self._photo[1] if self._photo is not None and self._photo[0] == row.id else None
        subject = Subject(row.path, row.annotation, self._looks, photo)
        self._loader.ask(row.id, partial(picture_of_row, subject, self._paint, _SIDE_PX))

    def _arrow(self, name: str, icon: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setProperty("icon_name", icon)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setIconSize(QSize(20, 20))
        return button

    def _lay_out(self) -> None:
        steps = QHBoxLayout()
        steps.addStretch(1)
        steps.addWidget(self._back)
        steps.addWidget(self._place)
        steps.addWidget(self._on)
        steps.addStretch(1)
        self._place.setMinimumWidth(88)
        words = QFrame()
        told = QVBoxLayout(words)
        told.setContentsMargins(12, 0, 12, 8)
        told.setSpacing(4)
        told.addLayout(steps)
        told.addWidget(self._name)
        told.addWidget(self._state)
        told.addWidget(self._advice)
        told.addWidget(self._fix, 0, Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.picture, 1)
        column.addWidget(words)

    @Slot(str, object)
    def _on_loaded(self, row_id: str, picture: PhotoPicture) -> None:
        if self._row is None or row_id != self._row.id:
            return
        if picture.photo is not None:
            self._photo = (row_id, picture.photo)
        self.picture.show_picture(picture)

    @Slot()
    def _on_fix_clicked(self) -> None:
        if self._row is not None and self._row.fix is not Fix.NONE:
            self.fix_asked.emit(self._row.fix)

    @Slot()
    def _on_theme_changed(self) -> None:
        for button in (self._back, self._on):
            button.setIcon(self._look.icon(str(button.property("icon_name"))))


class PictureView(QWidget):
    """A photo as large as fits on the canvas's grey, and its mask over it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("import.picture")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)
        self._look = look
        self.shown: PhotoPicture | None = None

    def show_picture(self, picture: PhotoPicture | None) -> None:
        """Draw another picture, or none."""
        self.shown = picture
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, photo and mask; in words what cannot be shown."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("canvas"))
        picture = self.shown
        if picture is None or picture.photo is None:
            return
        room = self.rect().adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        size = picture.photo.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(QPoint(0, 0), size)
        place.moveCenter(room.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, picture.photo)
        if picture.mask is not None:
            painter.setOpacity(_OPACITY)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(place, picture.mask)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""
