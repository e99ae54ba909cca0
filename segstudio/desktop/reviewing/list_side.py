"""ListSide: the left column: model, what to add, the photos in an order, and how far segmenting is."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QMenu, QProgressBar, QPushButton, QVBoxLayout

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.reviewing.add_button import AddButton
from segstudio.desktop.reviewing.board import ReviewBoard
from segstudio.desktop.reviewing.item_list import ItemList
from segstudio.desktop.reviewing.items import Order, Row, ordered, told_progress
from segstudio.desktop.reviewing.match_panel import MatchPanel
from segstudio.desktop.reviewing.model_picker import ModelPicker
from segstudio.desktop.reviewing.video_panel import VideoPanel
from segstudio.desktop.reviewing.videos import waiting_told
from segstudio.desktop.reviewing.words import order_choices
from segstudio.desktop.widgets.labels import ElidedLabel
from segstudio.desktop.work import JobStatus


class ListSide(QFrame):
    """`cancel_asked` and `go_on_asked` are wishes about segmenting."""

    cancel_asked = Signal()
    go_on_asked = Signal()

    def __init__(self, look: Look, actions: Actions, board: ReviewBoard, loader: PictureLoader) -> None:
        super().__init__()
        self.setObjectName("side")
        self._board = board
        self._actions = actions
        self._rows: tuple[Row, ...] = ()
        self._is_cell = False
        self.picker = ModelPicker(look)
        self.match = MatchPanel(look)
        self.video = VideoPanel()
        self.add = AddButton(actions)
        self.order_box = QComboBox()
        self.order_box.setObjectName("review.order")
        self.order_box.setAccessibleName("Order")
        self.order_box.setToolTip("The order to go through the photos")
        self.order_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.list = ItemList(look, loader)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._told = ElidedLabel("", "caption", mode=Qt.TextElideMode.ElideRight)
        self._told.setObjectName("review.told")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(4)
        self._stop = QPushButton("Cancel")
        self._stop.setObjectName("review.cancel")
        self._stop.setProperty("kind", "quiet")
        self._go_on = QPushButton("Go on")
        self._go_on.setObjectName("review.go_on")
        self._go_on.setProperty("kind", "quiet")
        self._go_on.setToolTip("Segment the photos that still wait, and the rest of videos.")
        self._stop.setToolTip("Stop segmenting; what is done stays.")
        self._lay_out()
        self._stop.clicked.connect(self.cancel_asked)
        self._go_on.clicked.connect(self.go_on_asked)
        self.order_box.activated.connect(self.refresh)
        self.list.customContextMenuRequested.connect(self._on_menu)
        self.show_work(None)

    @property
    def order(self) -> Order:
        """The chosen order."""
        return str(self.order_box.currentData() or "added")

    @property
    def listed(self) -> tuple[Row, ...]:
        """The rows as they stand in the list."""
        return self._rows

    def show_cell(self, *, is_on: bool) -> None:
        """List only the photos that have pixels in the chosen cell, those with most first; or all."""
        self._is_cell = is_on
        self.refresh()

    def show_work(self, status: JobStatus | None) -> None:
        """Show how far segmenting is."""
        self._bar.setVisible(status is not None)
        self._stop.setVisible(status is not None)
        videos = self._board.segmenter.waiting_videos
        waits = bool(videos) or any(row.state == "waiting" for row in self._board.rows)
        stuck = self._board.is_paused or bool(self._board.model_problem)
        self._go_on.setVisible(status is None and waits and stuck)
        if status is not None:
            self._bar.setRange(0, status.total)
            self._bar.setValue(status.done)
            self._bar.setAccessibleName(status.what)
        is_loading = status is not None and status.total == 0
        told = [waiting_told(videos) if status is None else "", told_progress(self._board.rows)]
        words = "Loading the model …" if is_loading else " · ".join(part for part in told if part)
        self._told.set_whole(words)

    @Slot()
    def refresh(self) -> None:
        """List the photos as they are by now."""
        board = self._board
        self._show_orders()
        rows = list(board.rows)
        if self._is_cell:
            rows = sorted((row for row in rows if row.found), key=lambda row: -row.found)
        else:
            rows = ordered(rows, self.order)
        self._rows = tuple(rows)
        of_class = self.order.startswith("class:") and not self._is_cell
        value = int(self.order.removeprefix("class:")) if of_class else None
        self.list.show_rows(rows, board.classes, value, board.matched.fold)
        self.order_box.setEnabled(not self._is_cell and bool(rows))
        self.show_work(board.status())

    def _show_orders(self) -> None:
        choices = order_choices(self._board.classes, has_truth=bool(self._board.matrices))
        there = tuple(
            (self.order_box.itemText(n), str(self.order_box.itemData(n)))
            for n in range(self.order_box.count())
        )
        if choices == there:
            return
        kept = self.order
        self.order_box.clear()
        for title, name in choices:
            self.order_box.addItem(title, name)
        self.order_box.setCurrentIndex(max(self.order_box.findData(kept), 0))

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setContentsMargins(12, 4, 8, 0)
        tools.setSpacing(8)
        tools.addWidget(self.add)
        tools.addWidget(self.order_box, 1)
        line = QFrame()
        line.setObjectName("side_line")
        line.setFixedHeight(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 0, 8, 0)
        foot.addWidget(self._told, 1)
        foot.addWidget(self._stop)
        foot.addWidget(self._go_on)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(4)
        column.addWidget(self.picker)
        column.addWidget(self.match)
        column.addWidget(self.video)
        column.addWidget(line)
        column.addLayout(tools)
        column.addWidget(self.list, 1)
        column.addWidget(self._bar)
        column.addLayout(foot)

    @Slot(QPoint)
    def _on_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        ids = ("review.accept", "review.correct", "review.reject", "", "review.remove", "review.remove_all")
        self._actions.fill(menu, *ids)
        videos = self._board.segmenter.waiting_videos
        if videos:
            names = videos[0].path.name if len(videos) == 1 else f"{len(videos)} videos"
            menu.addAction(f"Leave out the rest of {names}").triggered.connect(self._board.leave_videos)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.list.viewport().mapToGlobal(place))
