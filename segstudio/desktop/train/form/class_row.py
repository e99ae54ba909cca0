"""ClassRow: one class of the project in the form: how common it is, what becomes of it, how much it counts."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from segstudio.counting import percent
from segstudio.desktop.look import Look
from segstudio.desktop.train.form.editors import Choice
from segstudio.desktop.train.form.findings import ClassBalance
from segstudio.desktop.train.form.learning import Fate, weight_of
from segstudio.desktop.widgets.labels import ElidedLabel, Swatch, label, set_property
from segstudio.project.classes import LabelClass

_BAR_PX, _FATE_PX, _NAME_PX, _WEIGHT_PX = 8, 104, 48, 48
_LEAST_PX = 2.0
_MOVING = frozenset(
    {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
)


class ClassRow(QObject):
    """The widgets of one row, for a grid. `fate_chosen` carries the class's name and a Fate, `weight_typed` the name and
    a number, or the text where it is none.
    """

    fate_chosen = Signal(str, object)
    weight_typed = Signal(str, object)

    def __init__(self, parent: QObject, look: Look, entry: LabelClass) -> None:
        super().__init__(parent)
        self._name = entry.name
        self._fates: tuple[Fate, ...] = ()
        name = ElidedLabel(entry.name)
        name.setMinimumWidth(_NAME_PX)
        self.bar = _Bar(look)
        self._share = label("", "caption")
        self._share.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.fate = _FateChoice()
        self.fate.setObjectName(f"class.{entry.name}")
        self.fate.setAccessibleName(f"What becomes of {entry.name}")
        self.fate.setToolTip(
            f"What becomes of {entry.name}\nLearn it, leave its pixels out as if they were not labelled, or learn them as"
            " another class. The masks stay as they are."
        )
        self.fate.setFixedWidth(_FATE_PX)
        self.fate.activated.connect(self._on_fate_chosen)
        self.weight = QLineEdit()
        self.weight.setFixedWidth(_WEIGHT_PX)
        self.weight.setObjectName(f"weight.{entry.name}")
        self.weight.setAccessibleName(f"Weight of {entry.name}")
        self.weight.setToolTip(
            f"Weight of {entry.name}\nHow much one of its pixels counts in the loss: 2 is twice as much, 0 not at all."
        )
        self.weight.textEdited.connect(self._on_weight_typed)
        self.weight.hide()
        self.problem = label("", "caption", wraps=True)
        self.problem.setProperty("level", "error")
        self.problem.hide()
        edge = look.colour("line_strong")
        self.widgets: tuple[QWidget, ...] = (
            Swatch(entry.colour, edge),
            name,
            self.bar,
            self._share,
            self.fate,
        )

    def show_fate(self, fate: Fate, fates: tuple[Fate, ...]) -> None:
        """Show what becomes of the class, and what may."""
        if fates != self._fates:
            self._fates = fates
            self.fate.clear()
            self.fate.addItems([each.words for each in fates])
        self.fate.setCurrentIndex(fates.index(fate) if fate in fates else -1)

    def show_balance(self, row: ClassBalance | None) -> None:
        """Show how much there is of the class."""
        self.bar.show_share(row.share if row else 0.0)
        self._share.setText(percent(row.share) if row else "")
        told = f"In {row.photos} photos: {row.train} for training, {row.val} for validation." if row else ""
        self._share.setToolTip(told)

    def show_weight(self, weight: float | str | None) -> None:
        """Show a weight to edit in place of the bar; None for no weight of its own."""
        self.weight.setVisible(weight is not None)
        self.bar.setVisible(weight is None)
        is_wrong = isinstance(weight, str)
        self.problem.setText("Must be a number of at least 0." if is_wrong else "")
        self.problem.setVisible(is_wrong)
        if weight is None:
            return
        set_property(self.weight, "wrong", is_wrong)
        if weight_of(self.weight.text()) != weight or not self.weight.text():
            self.weight.setText(f"{weight:g}" if isinstance(weight, float) else str(weight))

    @Slot(int)
    def _on_fate_chosen(self, position: int) -> None:
        self.fate_chosen.emit(self._name, self._fates[position])

    @Slot(str)
    def _on_weight_typed(self, text: str) -> None:
        self.weight_typed.emit(self._name, weight_of(text))


class _FateChoice(Choice):
    """A list in which keys choose only once it is open: what lies on the way would free the classes learnt as this."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the list."""
        if event.key() in _MOVING or event.text().strip():
            self.showPopup()
        else:
            super().keyPressEvent(event)


class _Bar(QWidget):
    """A share as a bar: the whole is all labelled pixels, and what is there at all is seen as a sliver."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self._share = look, 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_share(self, share: float) -> None:
        """Show another share, 0–1."""
        self._share = share
        self.setToolTip(f"{percent(share)} of the labelled pixels.")
        self.update()

    def sizeHint(self) -> QSize:
        """Return a short bar."""
        return QSize(48, _BAR_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(0, (self.height() - _BAR_PX) / 2, self.width(), _BAR_PX)
        painter.setBrush(self._look.colour("line"))
        painter.drawRoundedRect(whole, 3, 3)
        if self._share > 0:
            painter.setBrush(self._look.colour("text_dim"))
            width = bar_px(self._share, whole.width())
            painter.drawRoundedRect(QRectF(whole.x(), whole.y(), width, _BAR_PX), *(min(3.0, width / 2),) * 2)


def bar_px(share: float, whole_px: float) -> float:
    """Return how wide the bar of a share (0–1) is; pure."""
    return max(_LEAST_PX, whole_px * share) if share > 0 else 0.0
