"""ModelPicker: which model is asked, and what it says of itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.reviewing.models import Model, card_details
from segstudio.desktop.widgets.labels import ElidedLabel, label, shortened
from segstudio.runs.model_card import ModelCard

_FILE = "file"
_NAME_LETTERS = 28


class ModelPicker(QFrame):
    """`chosen` carries a Model, `file_asked` asks for a file to choose, `match_asked` for the table of classes."""

    chosen = Signal(object)
    file_asked = Signal()
    match_asked = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._models: tuple[Model, ...] = ()
        self._shown: Model | None = None
        self.box = QComboBox()
        self.box.setObjectName("review.model")
        self.box.setAccessibleName("Model")
        self.box.setToolTip(
            "Model\nThe trained network that is asked; a model file can be dropped on the window, too."
        )
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(10)
        self.box.setPlaceholderText("No model yet")
        self._lines = [ElidedLabel("", "body"), *(ElidedLabel("", "caption") for _ in range(3))]
        self._lines[0].setObjectName("review.model.head")
        self._more = QPushButton("More")
        self._more.setObjectName("review.model.more")
        self._more.setProperty("kind", "small")
        self._more.setCheckable(True)
        self._more.setToolTip("Everything that the model says of itself.")
        self._details = QWidget()
        self._details.hide()
        self._grid = QGridLayout()
        self._match = QPushButton("Which class is which …")
        self._match.setObjectName("review.model.match")
        self._match.setProperty("kind", "small")
        self._match.setToolTip("Say which of the project's classes the model's are.")
        self._match.clicked.connect(self.match_asked)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._problem = label("", "dim", wraps=True)
        self._problem.setObjectName("review.model.problem")
        self._problem.setProperty("wrong", "true")
        self._problem.hide()
        self._lay_out()
        self.box.activated.connect(self._on_activated)
        self._more.toggled.connect(self._details.setVisible)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._lines[0], 1)
        head.addWidget(self._more)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 4)
        column.setSpacing(2)
        column.addWidget(label("Model", "caption"))
        column.addWidget(self.box)
        column.addSpacing(4)
        column.addLayout(head)
        for line in self._lines[1:]:
            column.addWidget(line)
        column.addWidget(self._problem)
        below = QVBoxLayout(self._details)
        below.setContentsMargins(0, 4, 0, 0)
        below.setSpacing(4)
        below.addLayout(self._grid)
        below.addWidget(self._match, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._details)

    def show_models(self, models: Sequence[Model], chosen: Model | None) -> None:
        """List the models of the project, and the chosen one where it is from elsewhere."""
        listed = tuple(models)
        if chosen is not None and chosen.path not in [model.path for model in listed]:
            listed = (*listed, chosen)
        if listed != self._models:
            self._models = listed
            self.box.clear()
            for model in listed:
                self.box.addItem(shortened(model.name, _NAME_LETTERS))
                self.box.setItemData(self.box.count() - 1, str(model.path), 3)  # its tooltip
            self.box.insertSeparator(self.box.count())
            self.box.addItem("Model file…", _FILE)
        self._shown = chosen
        self._put_back()

    def show_card(
        self, card: ModelCard | None, lines: Sequence[str], *, problem: str = "", note: str = ""
    ) -> None:
        """Show what the model says of itself: few lines, and everything below "More"."""
        texts = [*lines, note][: len(self._lines)] if note else list(lines)[: len(self._lines)]
        for number, line in enumerate(self._lines):
            line.set_whole(texts[number] if number < len(texts) else "")
            line.setVisible(number < len(texts) and bool(texts[number]) and not problem)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._more.setVisible(card is not None and not problem)
        if card is None or problem:
            self._more.setChecked(False)
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        for row, (title, text) in enumerate(card_details(card) if card is not None else ()):
            self._grid.addWidget(label(title, "caption"), row, 0)
            value = label(text, "caption", wraps=True)
            value.setToolTip(text)
            self._grid.addWidget(value, row, 1)

    def _put_back(self) -> None:
        """Let the box stand on the model that is asked."""
        paths = [model.path for model in self._models]
        chosen = (
            paths.index(self._shown.path) if self._shown is not None and self._shown.path in paths else -1
        )
        self.box.setCurrentIndex(chosen)

    @Slot(int)
    def _on_activated(self, place: int) -> None:
        if self.box.itemData(place) == _FILE:
            self._put_back()
            self.file_asked.emit()
        elif 0 <= place < len(self._models) and self._models[place] != self._shown:
            self.chosen.emit(self._models[place])
