"""UnderStage: below the photo, its classes one by one, or over all photos what was taken for what."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout

from segstudio.counting import counted
from segstudio.desktop.look import Look
from segstudio.desktop.reviewing.confusion_view import ConfusionView, summed
from segstudio.desktop.reviewing.panel_strip import PanelStrip
from segstudio.desktop.widgets.labels import ElidedLabel
from segstudio.desktop.widgets.tab_stop import stop_at_checked
from segstudio.project.classes import ClassList
from segstudio.review.tallies import Matrix
from segstudio.runs.scores import Scores

_PARTS = (
    ("panels", "Class by class", "One picture per class: that class lit, the rest dimmed."),
    ("confusion", "Confusion", "What was taken for what, over all photos here whose truth is known."),
)


class UnderStage(QFrame):
    """Holds the panels and the confusion matrix."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("review.under")
        self.panels = PanelStrip(look)
        self.confusion = ConfusionView(look)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.panels)
        self._stack.addWidget(self.confusion)
        self._told = ElidedLabel("", "caption", mode=Qt.TextElideMode.ElideRight)
        self._told.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._told.setObjectName("review.scores")
        self._scores = ""
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 12, 0)
        head.setSpacing(4)
        for place, (name, title, tip) in enumerate(_PARTS):
            button = QPushButton(title)
            button.setObjectName(f"review.under.{name}")
            button.setProperty("kind", "quiet")
            button.setCheckable(True)
            button.setToolTip(f"{title}\n{tip}")
            button.clicked.connect(lambda _=False, place=place: self._turn(place))
            self._group.addButton(button)
            self.buttons[name] = button
            head.addWidget(button)
        head.addWidget(self._told, 1)
        self.buttons["panels"].setChecked(True)
        stop_at_checked(self.buttons.values())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        self.show_matrices({}, ClassList())

    def show_matrices(self, matrices: dict[str, Matrix], classes: ClassList, trained: int = 0) -> None:
        """Show the sum of the photos' matrices, and the scores that follow from it; of the photos, the model was
        trained on so many.
        """
        self.buttons["confusion"].setVisible(bool(matrices))
        total = summed(list(matrices.values()), len(classes))
        self.confusion.show_matrix(total, classes)
        if not matrices:
            self._turn(0)
            self._scores = ""
            self._tell()
            return
        miou = Scores.from_confusion(total, classes.names).miou
        self._scores = scores_told(len(matrices), trained, miou)
        self._tell()

    @Slot(int)
    def _turn(self, place: int) -> None:
        self.buttons[_PARTS[place][0]].setChecked(True)
        stop_at_checked(self.buttons.values())
        if self._stack.currentIndex() != place:
            self._stack.setCurrentIndex(place)
            self._tell()

    def _tell(self) -> None:
        how = "rows truth, columns prediction, % of the row" if self._stack.currentIndex() == 1 else ""
        self._told.set_whole("  ·  ".join(part for part in (self._scores, how) if part))


def scores_told(photos: int, trained: int, miou: float | None) -> str:
    """Return one line on the scores of photos with truth, so many of them trained on; pure."""
    told = f"{counted(photos, 'photo')} with truth"
    if trained:
        told += f", {'all' if trained == photos else f'{trained:,}'} trained on"
    return told if miou is None else f"{told} · mIoU {miou:.3f}"
