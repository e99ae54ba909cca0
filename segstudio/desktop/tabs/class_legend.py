"""ClassLegend: the classes by colour, name and number, with their shares of the photo that is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import ElidedLabel, Swatch, label
from segstudio.project.classes import VOID, VOID_RGB, ClassList
from segstudio.project.colours import to_hex


class ClassLegend(QFrame):
    """Lists the classes in their order, and void."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._shares: dict[int, QLabel] = {}
        self._classes: ClassList | None = None
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setObjectName("legend")
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("Classes in this photo", "caption"))
        column.addWidget(self._scroll, 1)

    def show_classes(self, classes: ClassList) -> None:
        """List other classes."""
        if classes == self._classes:
            return
        self._classes = classes
        self._shares.clear()
        body = QWidget()
        body.setObjectName("legend")
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 4, 4, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        entries = [(entry.index, entry.name, entry.colour) for entry in classes.classes]
        for row, (value, name, colour) in enumerate([*entries, (VOID, "not labelled", to_hex(VOID_RGB))]):
            share = label("", "dim")
            share.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._shares[value] = share
            grid.addWidget(Swatch(colour, self._look.colour("line_strong")), row, 0)
            grid.addWidget(ElidedLabel(name, "dim" if value == VOID else "body"), row, 1)
            grid.addWidget(share, row, 2)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(classes) + 1, 1)
        self._scroll.setWidget(body)

    def show_shares(self, shares: tuple[tuple[int, float], ...]) -> None:
        """Show each mask value's part (0–1) of the photo; what does not occur shows a dash, no mask nothing."""
        parts = dict(shares)
        for value, share in self._shares.items():
            share.setText(percent(parts.get(value)) if parts else "")


def percent(part: float | None) -> str:
    """Return a part (0–1) as people read it: `–` for none, `<1 %` for a trace."""
    if not part:
        return "–"
    return "<1 %" if part < 0.01 else f"{part:.0%}".replace("%", " %")
