"""RecipeForm: head, recipe, and every choice of a training, made from the Recipe model."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.problems import Problem, problem_of
from segstudio.desktop.train.form.editors import Choice, FieldEditor
from segstudio.desktop.train.form.fields import (
    ELSEWHERE,
    ON_TOP,
    changes_from,
    nearest_recipe,
    problems_with,
    recipe_fields,
)
from segstudio.desktop.train.form.fold import Fold
from segstudio.desktop.train.form.gpu_choice import GpuChoice
from segstudio.desktop.train.form.head_choice import DepthField, HeadChoice
from segstudio.desktop.train.form.head_view import HeadView
from segstudio.desktop.train.form.head_words import start_of, words_on
from segstudio.desktop.train.form.recipe_files import RecipeFiles
from segstudio.desktop.train.form.schedule_curve import schedule_curve, steps_in_epoch
from segstudio.desktop.train.form.schedule_view import ScheduleView
from segstudio.desktop.train.speeds import Speeds
from segstudio.desktop.widgets.labels import label
from segstudio.errors import SegStudioError
from segstudio.files import write_text
from segstudio.runs.heads import HEADS
from segstudio.runs.only_with import is_in_use
from segstudio.runs.recipe import Recipe, load_recipe, recipe_names, recipe_to_toml

_FIRST_RECIPE = "quick-cpu"


class RecipeForm(QWidget):
    """What is to be trained and how. `changed` says that a choice is another, `told` carries a Problem."""

    changed = Signal()
    told = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._base_name = _FIRST_RECIPE
        self._base = load_recipe(_FIRST_RECIPE)
        self._values: dict[str, Any] = {}
        self._problems: dict[str, str] = {}
        self._editors: dict[str, FieldEditor] = {}
        self._photos = 0
        self._schedule: ScheduleView | None = None
        self.head, self.depth_field = HeadChoice(), DepthField()
        self.recipe = Choice()
        self.recipe.setObjectName("train.recipe")
        self.recipe.setAccessibleName("Recipe")
        for name in recipe_names():
            self.recipe.addItem(name, name)
        self.head_view, self.speeds, self.gpus = HeadView(), Speeds(), GpuChoice()
        self._about = label("", "caption", wraps=True)
        self._whole = label("", "caption", wraps=True)
        self._whole.setProperty("level", "error")
        self._whole.hide()
        self.more = Fold(look, "more", "More choices", self._make_more)
        self._lay_out()
        self.head.activated.connect(self._on_head_chosen)
        self.depth_field.chosen.connect(self._take_head)
        self.recipe.activated.connect(self._on_recipe_chosen)
        self.gpus.choice.activated.connect(self._look_over)
        self._show_all()

    # -- what is chosen

    @property
    def recipe_name(self) -> str:
        """The recipe that is the base."""
        return self._base_name

    def changes(self) -> dict[str, Any]:
        """Return what was changed in that recipe."""
        return changes_from(self._base, self._values)

    def planned(self) -> Recipe | None:
        """Return the recipe as it is chosen, or None while something in it is wrong."""
        if self._problems:
            return None
        return Recipe.model_validate({**self._base.model_dump(), **self._values})

    def problem(self) -> str:
        """Say which of the choices is wrong, or nothing; what is wrong with it stands where it is chosen."""
        for name in self._problems:
            title = next((field.title for field in recipe_fields() if field.name == name), "")
            return (
                f"{title} is to be put right first."
                if title
                else "What is said in red is to be put right first."
            )
        return ""

    def value(self, name: str) -> Any:
        """Return what is chosen for one field."""
        return self._values.get(name, getattr(self._base, name))

    def look_again(self) -> None:
        """Say anew what follows from the choices: weights came, or a speed is known."""
        self._look_over()

    def know_photos(self, photos: int) -> None:
        """Take in how many photos are for training: how long an epoch is follows from that."""
        if photos != self._photos:
            self._photos = photos
            self._look_over()

    def change(self, values: Mapping[str, Any]) -> None:
        """Choose values from elsewhere, as a fix of the check does."""
        self._values.update(values)
        self._show_all()
        self.changed.emit()

    @Slot(object)
    def take(self, file: Path) -> None:
        """Choose all as a recipe's file has it, beside the named recipe that is most like it."""
        try:
            recipe = load_recipe(str(file))
        except SegStudioError as error:
            self.told.emit(problem_of(error))
            return
        self._base_name = nearest_recipe(recipe)
        self._base = load_recipe(self._base_name)
        values = recipe.model_dump(exclude={"description"})
        values["ignore_classes"] = list(recipe.ignore_classes)
        self._values = changes_from(self._base, values)
        self._show_all()
        self.changed.emit()

    @Slot(object)
    def save(self, file: Path) -> None:
        """Keep all choices in a file, or say what is to be put right first."""
        planned = self.planned()
        try:
            if planned is None:
                raise SegStudioError("the recipe is not saved", fix=self.problem().rstrip("."))
            write_text(file, recipe_to_toml(planned.model_copy(update={"description": ""})))
        except SegStudioError as error:
            self.told.emit(problem_of(error))
        else:
            self.told.emit(Problem(f"The choices are in {file.name}.", level="info"))

    # -- building

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for title, combo, below in (
            ("Network", self.head, (self.depth_field, self.head_view)),
            ("Recipe", self.recipe, (self._about,)),
        ):
            row = QHBoxLayout()
            name = label(title)
            name.setBuddy(combo)
            name.setMinimumWidth(60)
            row.addWidget(name)
            row.addWidget(combo, 1)
            column.addLayout(row)
            for widget in below:
                column.addWidget(widget)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        for column_ in (0, 1):
            grid.setColumnStretch(column_, 1)
        for position, field in enumerate(ON_TOP):
            editor = self._editor(field, is_upright=True)
            grid.addWidget(editor, position // 2, position % 2, Qt.AlignmentFlag.AlignTop)
        column.addLayout(grid)
        column.addWidget(self.gpus)
        column.addWidget(self._whole)

    def _editor(self, name: str, *, is_upright: bool = False) -> FieldEditor:
        field = next(each for each in recipe_fields() if each.name == name)
        editor = FieldEditor(field, is_upright=is_upright)
        editor.edited.connect(self._on_edited)
        self._editors[name] = editor
        return editor

    def _make_more(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(4)
        folded = [field for field in recipe_fields() if field.name not in self._editors]
        for section, fields in groupby(folded, key=attrgetter("section")):
            title = label(section)
            title.setFont(self._look.theme.font("body", bold=True))
            title.setContentsMargins(0, 8, 0, 0)
            column.addWidget(title)
            for field in fields:
                column.addWidget(self._editor(field.name))
                if field.name == "schedule":
                    self._schedule = ScheduleView(self._look)
                    column.addWidget(self._schedule)
        files = RecipeFiles()
        files.open_asked.connect(self.take)
        files.save_asked.connect(self.save)
        column.addWidget(files)
        self._show_values()
        self._look_over()
        return content

    # -- showing

    def _show_all(self) -> None:
        self.head.show_head(self.value("head"))
        self.depth_field.show_head(self.value("head"))
        self.recipe.setCurrentIndex(self.recipe.findData(self._base_name))
        self._about.setText(self._base.description)
        self._show_values()
        self._look_over()

    def _show_values(self) -> None:
        for name, editor in self._editors.items():
            editor.show_value(self.value(name))

    @Slot()
    def _look_over(self) -> None:
        """Say what is wrong, and what follows from the choices."""
        self._problems = problems_with(self._base, self._values)
        for name, editor in self._editors.items():
            editor.show_problem(self._problems.get(name, ""))
            editor.show_in_use(is_in_use(name, self.value))
        whole = self._problems.get("", "")
        self._whole.setText(whole)
        self._whole.setVisible(bool(whole))
        folded = [name for name in self._problems if name and name not in (*ELSEWHERE, *ON_TOP)]
        changed = len([name for name in self.changes() if name not in (*ELSEWHERE, *ON_TOP)])
        if folded:
            self.more.say("something is wrong here", level="error")
        else:
            self.more.say(f"{changed} changed" if changed else "")
        planned = self.planned()
        if planned is not None:
            batch_size, crop_px = planned.batch_size, planned.crop_px
            self.gpus.know_crops(batch_size * planned.accumulate)
            if self._schedule is not None:
                steps = steps_in_epoch(planned, self._photos, self.gpus.count)
                is_random = start_of(HEADS[planned.head], planned.weights) == "random"
                self._schedule.show_curve(schedule_curve(planned, steps, is_random=is_random))
            words = words_on(
                HEADS[planned.head],
                batch_size=batch_size,
                crop_px=crop_px,
                moments=1 if planned.optimizer == "sgd" else 2,
                choice=planned.weights,
                speed=self.speeds.of(planned.head, batch_size=batch_size, crop_px=crop_px),
            )
            self.head_view.show_words(words)

    # -- what the person does

    @Slot(str, object)
    def _on_edited(self, name: str, value: object) -> None:
        self._values[name] = value
        self._look_over()
        self.changed.emit()

    @Slot(int)
    def _on_head_chosen(self, position: int) -> None:
        self._take_head(self.head.itemData(position))

    @Slot(str)
    def _take_head(self, head: str) -> None:
        auxiliary = {} if HEADS[head].has_auxiliary else {"auxiliary": False}
        self.change({"head": head, **auxiliary})

    @Slot(int)
    def _on_recipe_chosen(self, position: int) -> None:
        """Take a recipe as it is; what was chosen for classes stays so."""
        self._base_name = self.recipe.itemData(position)
        self._base = load_recipe(self._base_name)
        kept = ("ignore_classes", "merge", "class_weights")
        self._values = {name: value for name, value in self._values.items() if name in kept}
        self._show_all()
        self.changed.emit()
