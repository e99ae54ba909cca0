"""Workbench: the picture of an import under way: what was given and found, photo by photo, and one of them large."""

from __future__ import annotations

from collections.abc import Generator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QSplitter, QVBoxLayout, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.importing.choices_panel import ChoicesPanel
from segstudio.desktop.importing.class_rows import ClassRows
from segstudio.desktop.importing.given_panel import GivenPanel, action_button
from segstudio.desktop.importing.mapping import Kind, LabelRow, order_change
from segstudio.desktop.importing.preview_panel import PreviewPanel
from segstudio.desktop.importing.row_table import RowTable
from segstudio.desktop.importing.rows import Tally
from segstudio.desktop.look import Look
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.widgets.labels import ElidedLabel, label
from segstudio.desktop.widgets.steps import Steps
from segstudio.desktop.work import JobStatus
from segstudio.project.classes import ClassList

_ORDERED = "Later paints over earlier: drag to reorder"
_PROPOSED = "Later paints over earlier. Small shapes were put over large ones: drag to change that."
_LEFT_PX, _RIGHT_PX = 368, 392


class Workbench(QWidget):
    """Only laid out here; the tab connects the parts. `made` makes it."""

    def __init__(
        self,
        actions: Actions,
        *,
        given: GivenPanel,
        classes: ClassRows,
        table: RowTable,
        preview: PreviewPanel,
    ) -> None:
        super().__init__()
        self.given, self.classes, self.table, self.preview = given, classes, table, preview
        self.choices = ChoicesPanel()
        self.add_all = QPushButton("Add all as new classes")
        self.add_all.setObjectName("import.add_all")
        self.add_all.setProperty("kind", "quiet")
        self.add_all.setToolTip(
            "Every class that the project does not know becomes a new one, called as in the files."
        )
        self._no_classes = label("", "dim", wraps=True)
        self._order = label(_ORDERED, "caption", wraps=True)
        self._order.setObjectName("import.order")
        self._order_change = label("", "caption", wraps=True)
        self._order_change.setObjectName("import.order_change")
        self._order_change.setProperty("level", "warning")
        self._greys = label("", "caption", wraps=True)
        self._greys.setObjectName("import.greys")
        self._told = ElidedLabel(
            mode=Qt.TextElideMode.ElideRight
        )  # what is ready and what is wanted come first
        self._told.setObjectName("import.told")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(120)
        self._forget = action_button(actions, "import.cancel")
        self._forget.setText("Cancel")
        self._start = action_button(actions, "import.start", "primary")

    @classmethod
    def made(
        cls, look: Look, actions: Actions, *, thumbnails: PictureLoader, previews: PictureLoader
    ) -> Generator[None, None, Workbench]:
        """Make it, one part at each step: all at once would be felt."""
        given = GivenPanel(look, actions)
        yield
        classes = ClassRows(look)
        yield
        table = RowTable(look, thumbnails)
        yield
        preview = PreviewPanel(look, previews)
        yield
        bench = cls(actions, given=given, classes=classes, table=table, preview=preview)
        yield
        yield from bench._lay_out()
        return bench

    def show_tally(self, counts: Tally, status: JobStatus | None) -> None:
        """Say what is ready, and how far the look at it is."""
        if status is not None:
            far = f" {status.done:,} of {status.total:,}" if status.total else " …"
            self._told.set_whole(f"{status.what}{far}")
            self._bar.setRange(0, status.total)
            self._bar.setValue(status.done)
        else:
            self._told.set_whole(counts.told())
        self._bar.setVisible(status is not None)
        self._start.setText(f"Import {counts.ready:,}" if counts.ready else "Import")

    def show_greys(self, told: str) -> None:
        """Say of masks which greys they hold, where these are no numbers of classes."""
        self._greys.setText(
            f"Masks hold {told} alone: these are no numbers of classes. Say below what each means."
        )
        self._greys.setVisible(bool(told))

    def show_labels(
        self, rows: tuple[LabelRow, ...], classes: ClassList, otherwise: str, *, is_proposed: bool = False
    ) -> None:
        """List what was found; where that is nothing, say why. `is_proposed`: nobody chose the order yet."""
        self._order.setText(_PROPOSED if is_proposed else _ORDERED)
        self.classes.show_rows(rows, classes)
        self.add_all.setVisible(any(row.target.kind is Kind.OPEN and row.label.strip() for row in rows))
        self._no_classes.setText(otherwise)
        self._no_classes.setVisible(not rows)
        self._order.setVisible(bool(rows))
        self.classes.setVisible(bool(rows))
        told = "" if is_proposed else order_change(rows, classes)
        self._order_change.setText(told)
        self._order_change.setVisible(bool(told))
        self._order_tabs()

    def lock(self, locked: bool) -> None:
        """While it is written, what was given and chosen stays as it is."""
        for part in (self.given, self.classes, self.choices):
            part.setEnabled(not locked)
        self.add_all.setEnabled(not locked)

    def focus_first(self) -> None:
        """Give the keyboard to what is most wanted: an open class, else the table."""
        if not self.classes.focus_open():
            self.table.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _order_tabs(self) -> None:
        """The Tab key goes through the parts as they are read, lines that came later too."""
        lines = [self.classes.line(row.label) for row in self.classes.rows]
        parts = (self.given, self.add_all, *lines, self.choices, self.table, self.preview)
        order = [widget for part in parts for widget in _reached_by_tab(part)]
        for before, after in pairwise((*order, self._forget, self._start)):
            self.setTabOrder(before, after)

    def _lay_out(self) -> Steps:
        splitter = QSplitter()
        splitter.setObjectName("import.parts")
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(splitter)
        for stretch, part in enumerate((self._left, self._middle, self._right)):
            splitter.addWidget(part())
            splitter.setStretchFactor(stretch, stretch)
            yield
        splitter.setSizes([_LEFT_PX, 520, _RIGHT_PX])

    def _left(self) -> QWidget:
        side = QFrame()
        side.setObjectName("side")
        side.setMinimumWidth(320)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 4, 4)
        head.addWidget(label("Classes found", "title"), 1)
        head.addWidget(self.add_all)
        head.setSpacing(0)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.given)
        column.addWidget(_line())
        column.addLayout(head)
        column.addWidget(self._greys)
        column.addWidget(self._order)
        column.addWidget(self._order_change)
        column.addWidget(self.classes, 1)
        column.addWidget(self._no_classes, 1)
        column.addWidget(_line())
        column.addWidget(self.choices)
        self._no_classes.setContentsMargins(12, 4, 12, 8)
        self._no_classes.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._greys.setContentsMargins(12, 0, 12, 6)
        self._greys.hide()
        self._order.setContentsMargins(12, 0, 12, 6)
        self._order_change.setContentsMargins(12, 0, 12, 6)
        return side

    def _middle(self) -> QWidget:
        foot = QFrame()
        foot.setObjectName("import.foot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self._told, 1)
        row.addWidget(self._bar)
        row.addWidget(self._forget)
        row.addWidget(self._start)
        middle = QWidget()
        middle.setMinimumWidth(360)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addWidget(foot)
        return middle

    def _right(self) -> QWidget:
        side = QFrame()
        side.setObjectName("side_right")
        side.setMinimumWidth(280)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.preview, 1)
        return side


def _reached_by_tab(part: QWidget) -> list[QWidget]:
    tab = Qt.FocusPolicy.TabFocus
    return [
        widget
        for widget in (part, *part.findChildren(QWidget))
        if widget.focusPolicy() & tab == tab
        and widget.focusProxy() is None
        and widget.window() is part.window()
    ]


def _line() -> QFrame:
    line = QFrame()
    line.setObjectName("line")
    line.setFixedHeight(1)
    return line
