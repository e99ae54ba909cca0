"""ChoicesPanel: what holds for the whole import."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QGridLayout, QLineEdit

from segstudio.desktop.importing.mapping import Choices
from segstudio.desktop.importing.rows import Fix
from segstudio.desktop.widgets.labels import label
from segstudio.formats.options import Boxes
from segstudio.project.photos import Split

_DRAW = "Draw: 4 of 5 for training"
_SPLITS = (
    ("Decide later", None),
    ("Training", "train"),
    ("Held out", "val"),
    (_DRAW, "auto"),
)
_BOXES: tuple[tuple[str, Boxes], ...] = (("Areas: all that they cover", "areas"), ("Leave out", "leave-out"))
_TOLD_TIP = "The files say what these photos are for; the others are drawn."
_TOLD_USES: Mapping[Split, str] = {"train": "training", "val": "held out"}


class ChoicesPanel(QFrame):
    """`changed` carries Choices."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("import.choices")
        self._choices = Choices()
        self._only_photos = False
        self._is_showing = False
        self._split = QComboBox()
        self._split.setObjectName("import.split")
        self._split.setAccessibleName("Use of the photos")
        self._split.setToolTip(
            "What the photos are for: to learn from, or held out to judge the training by. A draw keeps bursts"
            " together. What the files say goes before it."
        )
        self._split.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for text, value in _SPLITS:
            self._split.addItem(text, value)
        self._under = QLineEdit()
        self._under.setObjectName("import.under")
        self._under.setAccessibleName("Folder in the project")
        self._under.setPlaceholderText("none")
        self._under.setToolTip("Put the photos into a folder of their own in the project, as “second day”.")
        self._keep = _box(
            "import.keep",
            "Take photos without annotation too",
            "They come in without a mask, to be painted in Annotate.",
        )
        self._scale = _box(
            "import.scale",
            "Scale annotations of another size",
            "For annotations that were made on a smaller or larger copy of the photo.",
        )
        self._replace = _box(
            "import.replace",
            "Replace masks that are there",
            "Photos that the project has already get the new mask; the former ones are kept below sources.",
        )
        self._reference = _box(
            "import.reference",
            "Leave the photos where they are",
            "The project then refers to them instead of copying them; they must stay there.",
        )
        self._labels = _box(
            "import.labels",
            Fix.LABELS.value,
            "For pictures of few colours that are photos nevertheless.",
        )
        self._masks = _box(
            "import.masks",
            Fix.MASKS.value,
            "For masks in a folder of any name, or beside their photos. The files are read again.",
        )
        self._doubles = _box(
            "import.doubles",
            Fix.DOUBLES.value,
            "Photos of equal content under other names come in once, unless you want them all.",
        )
        self._boxes = _boxes_choice()
        self._boxes_label = label("Boxes")
        self._offered: frozenset[Fix] = frozenset()
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 12, 12)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.addWidget(label("Use"), 0, 0)
        grid.addWidget(self._split, 0, 1)
        grid.addWidget(label("Into folder"), 1, 0)
        grid.addWidget(self._under, 1, 1)
        grid.addWidget(self._boxes_label, 2, 0)
        grid.addWidget(self._boxes, 2, 1)
        boxes = (
            self._keep,
            self._scale,
            self._replace,
            self._reference,
            self._masks,
            self._labels,
            self._doubles,
        )
        for number, box in enumerate(boxes):
            grid.addWidget(box, 3 + number, 0, 1, 2)
            box.clicked.connect(self._on_changed)
        grid.setColumnStretch(1, 1)
        self._split.activated.connect(self._on_changed)
        self._boxes.activated.connect(self._on_boxes_chosen)
        self._show_boxes(None)
        self._under.editingFinished.connect(self._on_changed)

    @property
    def choices(self) -> Choices:
        """What is chosen."""
        return self._choices

    def show_choices(
        self,
        choices: Choices,
        *,
        only_photos: bool,
        has_zip: bool,
        told_splits: Mapping[Split, int],
        boxes: Boxes | None = None,
    ) -> None:
        """Show what is chosen; photos in a ZIP can only be copied. `told_splits` counts the photos of each use that the
        files tell; `boxes` is what becomes of boxes, None where there are none.
        """
        self._choices, self._only_photos = choices, only_photos
        self._is_showing = True
        both = len(told_splits) > 1  # a narrow place
        told = " + ".join(
            f"{count:,}{'' if both and use == 'train' else f' {_TOLD_USES[use]}'}"
            for use, count in told_splits.items()
        )
        place = self._split.findData("auto")
        self._split.setItemText(place, f"As told: {told}" if told else _DRAW)
        self._split.setItemData(place, _TOLD_TIP if told else None, Qt.ItemDataRole.ToolTipRole)
        self._split.setCurrentIndex(self._split.findData(choices.split))
        self._show_boxes(boxes)
        self._under.setText(choices.under)
        keep = choices.keep_unlabelled
        self._keep.setChecked(only_photos if keep is None else keep)
        self._scale.setChecked(choices.scale)
        self._replace.setChecked(choices.replace)
        self._reference.setChecked(choices.reference and not has_zip)
        self._reference.setEnabled(not has_zip)
        self._masks.setChecked(choices.masks)
        self._labels.setChecked(choices.label_images)
        self._doubles.setChecked(choices.keep_doubles)
        self._is_showing = False
        self.offer(self._offered)

    def offer(self, fixes: Collection[Fix]) -> None:
        """Show the choices that are rarely wanted where a row asks for one of `fixes`, or they are chosen."""
        self._offered = frozenset(fixes)
        has_labels = Fix.MASKS in fixes or Fix.LABELS in fixes
        self._masks.setVisible(Fix.MASKS in fixes or self._choices.masks)
        self._labels.setVisible(has_labels or self._choices.label_images)
        self._doubles.setVisible(Fix.DOUBLES in fixes or self._choices.keep_doubles)

    def apply(self, fix: Fix, folder: str) -> None:
        """Choose what a row's button stands for; `folder` is a name for a folder of its own."""
        wanted = {
            Fix.SCALE: replace(self._choices, scale=True),
            Fix.REPLACE: replace(self._choices, replace=True),
            Fix.MASKS: replace(self._choices, masks=True),
            Fix.LABELS: replace(self._choices, label_images=True, keep_unlabelled=True),
            Fix.DOUBLES: replace(self._choices, keep_doubles=True),
            Fix.KEEP: replace(self._choices, keep_unlabelled=True),
            Fix.UNDER: replace(self._choices, under=folder),
            Fix.BOXES: replace(self._choices, boxes="areas"),
        }.get(fix)
        if wanted is not None:
            self._take(wanted)

    def _show_boxes(self, boxes: Boxes | None) -> None:
        self._boxes.setCurrentIndex(max(0, self._boxes.findData(boxes)))
        for widget in (self._boxes_label, self._boxes):
            widget.setVisible(boxes is not None)

    def _take(self, choices: Choices) -> None:
        if choices != self._choices:
            self._choices = choices
            self.changed.emit(choices)

    @Slot()
    def _on_boxes_chosen(self) -> None:
        self._take(replace(self._choices, boxes=self._boxes.currentData()))

    @Slot()
    def _on_changed(self) -> None:
        if self._is_showing:
            return
        keep: bool | None = self._keep.isChecked()
        if self._choices.keep_unlabelled is None and keep == self._only_photos:
            keep = None
        self._take(
            Choices(
                split=self._split.currentData(),
                keep_unlabelled=keep,
                scale=self._scale.isChecked(),
                replace=self._replace.isChecked(),
                reference=self._reference.isChecked(),
                masks=self._masks.isChecked(),
                label_images=self._labels.isChecked(),
                keep_doubles=self._doubles.isChecked(),
                under=self._under.text().strip().strip("/"),
                boxes=self._choices.boxes,
            )
        )


def _boxes_choice() -> QComboBox:
    choice = QComboBox()
    choice.setObjectName("import.boxes")
    choice.setAccessibleName("What boxes are")
    choice.setToolTip(
        "A box is no outline: as an area, all that it covers counts as its class. The files are read again."
    )
    for text, wanted in _BOXES:
        choice.addItem(text, wanted)
    return choice


def _box(name: str, text: str, tip: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setObjectName(name)
    box.setToolTip(f"{text}\n{tip}")
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return box
