"""ClassChoice: what a label of the files becomes in the project."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy

from segstudio.desktop.importing.mapping import Kind, LabelRow, Target
from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import set_property
from segstudio.project.classes import ClassList

SWATCH_PX = 14
_OPEN_TEXT = "choose …"


class ClassChoice(QComboBox):
    """What a label becomes. A new class has its name here, to be typed over. `picked` a Target, `named` a name."""

    picked = Signal(object)
    named = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.activated.connect(self._on_activated)

    def show_target(self, row: LabelRow, classes: ClassList, look: Look, ratio: float) -> None:
        """Offer the classes, and show what `row` becomes."""
        target = row.target
        self.clear()
        for entry in classes.classes:
            self.addItem(swatch_icon(entry.colour, look, ratio), entry.name, Target(Kind.CLASS, entry.name))
        if classes.classes:
            self.insertSeparator(self.count())
        name = row.called or row.label
        self.addItem(f"New class “{name}”" if name.strip() else "New class", Target(Kind.NEW))
        self.addItem("Not labelled (void)", Target(Kind.VOID))
        self.addItem("Leave out", Target(Kind.OUT))
        is_new = target.kind is Kind.NEW
        was_new = self.isEditable()
        self.setEditable(is_new)
        edit = self.lineEdit()
        if is_new and edit is not None:
            edit.setAccessibleName(f"Name of the new class for {row.label}")
            edit.setPlaceholderText("name")
            if not was_new:
                edit.editingFinished.connect(self._on_name_typed)
        place = next((n for n in range(self.count()) if _same(self.itemData(n), target)), -1)
        self.setCurrentIndex(place)
        if is_new:
            self.setEditText(target.name)
        self.setPlaceholderText(f"{row.hint}?" if row.hint else _OPEN_TEXT)
        set_property(self, "wrong", target.kind is Kind.OPEN or (is_new and not target.name.strip()))
        self.setAccessibleName(f"{row.label or '(no name)'} becomes")
        self.setToolTip(
            f"What “{row.label}” becomes in the project."
            + (f" Did you mean “{row.hint}”?" if row.hint else "")
            + (" Type to name the new class." if is_new else "")
        )

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # turning the wheel scrolls the list; it chooses nothing

    @Slot(int)
    def _on_activated(self, number: int) -> None:
        target = self.itemData(number)
        if isinstance(target, Target):
            self.picked.emit(target)

    @Slot()
    def _on_name_typed(self) -> None:
        if self.isEditable():
            self.named.emit(" ".join(self.currentText().split()))


def _same(data: object, target: Target) -> bool:
    if not isinstance(data, Target) or data.kind is not target.kind:
        return False
    return target.kind is not Kind.CLASS or data.name == target.name


def swatch_icon(colour: str, look: Look, ratio: float) -> QIcon:
    """A square in a colour; without one a hatch."""
    picture = QPixmap(round(SWATCH_PX * ratio), round(SWATCH_PX * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(look.colour("line_strong"), 1))
    if colour:
        painter.setBrush(QColor(colour))
    else:
        painter.setBrush(Qt.BrushStyle.BDiagPattern)
    painter.drawRoundedRect(QRect(0, 0, SWATCH_PX - 1, SWATCH_PX - 1), 3, 3)
    painter.end()
    icon = QIcon()
    icon.addPixmap(picture)
    icon.addPixmap(picture, QIcon.Mode.Disabled)
    return icon
