"""Plan: what will be trained, on which classes and photos, what would spoil it, and the button that starts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QShowEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.opened import Changed
from segstudio.desktop.problems import Problem, Remedy
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.telling import Telling
from segstudio.desktop.train.errands import Errands, ask_verb
from segstudio.desktop.train.form.augmentation_view import CROPS, PHOTOS, AugmentationView, read_crops
from segstudio.desktop.train.form.check_list import CheckList
from segstudio.desktop.train.form.class_choice import ClassChoice
from segstudio.desktop.train.form.findings import CheckResult, Found, about_weights, result_of, why_not
from segstudio.desktop.train.form.fold import Fold
from segstudio.desktop.train.form.learning import LEAVE_OUT, Learning, weights_among, weights_problem
from segstudio.desktop.train.form.recipe_form import RecipeForm
from segstudio.desktop.train.form.side_scroll import SideScroll
from segstudio.desktop.train.form.split_editor import SplitEditor
from segstudio.desktop.train.gpu import gpu_count
from segstudio.desktop.train.head_work import HeadWork
from segstudio.desktop.train.launch import recipe_words
from segstudio.desktop.train.splitting import split_anew, split_back, split_counts
from segstudio.desktop.widgets.labels import label
from segstudio.desktop.work import JobControl
from segstudio.project.photos import Split
from segstudio.project.splits import Grouping, one_group_told
from segstudio.runs.heads import HEADS

_CHECK_AFTER_MS = 700
_MARGIN_PX = 16
_QUICK_TO_CHECK = 400
"""Up to so many photos the check is made anew by itself whenever a choice changes."""


class Plan(QWidget):
    """The left side of the tab. `start_asked` carries the recipe's name and what is changed in it."""

    start_asked = Signal(str, object)

    def __init__(
        self, look: Look, actions: Actions, session: ProjectSession, errands: Errands, *, form: RecipeForm
    ) -> None:
        super().__init__()
        self._look, self._actions, self._session, self._errands = look, actions, session, errands
        self._telling = Telling(session.problem_met.emit, session.problem_over.emit)
        self._result: CheckResult | None = None
        self._is_stale = True
        self._is_starting = False
        self._splits_before: list[dict[str, Split | None]] = []
        self.form = form
        self.heads = HeadWork(self.form, errands)
        self.classes = ClassChoice(look)
        self.split = SplitEditor()
        self.check = CheckList(look)
        self.augmentation = AugmentationView()
        self._drawn = -1
        self.augmentation_fold = Fold(look, "augmentation", "Augmentation", self._open_augmentation)
        self.class_fold = Fold(look, "classes", "Classes", lambda: self.classes)
        self.split_fold = Fold(look, "split", "Split", lambda: self.split)
        self.check_fold = Fold(look, "check", "Check", lambda: self.check)
        self.start = QPushButton("Start training")
        self.start.setObjectName("train.start.button")
        self.start.setProperty("kind", "primary")
        self.why = label("", "caption", wraps=True)
        self.why.setObjectName("train.why")
        self._later = QTimer(self, singleShot=True, interval=_CHECK_AFTER_MS)
        self._lay_out()
        self._connect()
        self.refresh(Changed.PROJECT | Changed.PHOTOS | Changed.CLASSES)

    def refresh(self, flags: Changed) -> None:
        """Take over what changed in the project."""
        opened = self._session.opened
        if opened is None:
            return
        if flags & Changed.PROJECT:
            self._result = None
            self._splits_before.clear()
        if flags & Changed.RUNS:  # among them may be the one that is to be gone on from
            self.form.look_again()
        if flags & (Changed.PROJECT | Changed.CLASSES):
            kept = self._learning().among(opened.classes.names)
            if kept != self._learning():
                self._on_learning_changed(kept)
        if flags & (Changed.PROJECT | Changed.PHOTOS | Changed.CLASSES | Changed.MASK):
            self._is_stale = True
            self._check_later()
        self._show()

    @Slot(object)
    def take(self, file: Path) -> None:
        """Plan with the choices of a recipe's file, as far as its classes are those of the project."""
        opened = self._session.opened
        self.form.take(file)
        if opened is not None:
            self._on_learning_changed(self._learning().among(opened.classes.names))

    def follow_renamed(self, before: Path, after: Path) -> None:
        """Take in that a run lies elsewhere: where its model is to be begun from, it still is."""
        weights = Path(str(self.form.value("weights")))
        if weights.parent == before:
            self.form.change({"weights": str(after / weights.name)})

    def know_starting(self, is_starting: bool) -> None:
        """Take in whether a training is just being started."""
        if is_starting != self._is_starting:
            self._is_starting = is_starting
            self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """Look the project over when the tab comes up."""
        super().showEvent(event)
        self._check_later()

    # -- building

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setObjectName("side")
        column = QVBoxLayout(inner)
        column.setContentsMargins(_MARGIN_PX, 16, _MARGIN_PX, 8)
        column.setSpacing(6)
        folds = (self.class_fold, self.split_fold, self.form.more, self.augmentation_fold, self.check_fold)
        for widget in (self.form, *folds):
            column.addWidget(widget)
        column.addStretch(1)
        scroll = SideScroll(column, margin_px=_MARGIN_PX)
        scroll.setObjectName("side")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        below = QVBoxLayout()
        below.setContentsMargins(_MARGIN_PX, 8, _MARGIN_PX, 12)
        below.setSpacing(4)
        below.addWidget(self.start)
        below.addWidget(self.why)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scroll, 1)
        outer.addLayout(below)

    def _connect(self) -> None:
        start = self._actions["train.start"]
        self.start.clicked.connect(start.trigger)
        start.triggered.connect(self._on_start_asked)
        self.form.changed.connect(self._on_form_changed)
        self.form.told.connect(partial(self._telling.tell, "recipe file"))
        self.heads.begun.connect(partial(self._telling.over, "head"))
        self.heads.told.connect(partial(self._telling.tell, "head"))
        self.heads.weights_came.connect(self._show)
        self.classes.learning_changed.connect(self._on_learning_changed)
        self.classes.weights_changed.connect(self._on_weights_changed)
        self.split.split_asked.connect(self._on_split_asked)
        self.split.undo_asked.connect(self._on_split_undone)
        self.check.fix_asked.connect(self._on_fix_asked)
        self.check.again_asked.connect(self._on_check_asked)
        self._errands.failed.connect(self._on_errand_failed)
        self.augmentation.wanted.connect(self._on_crops_wanted)
        self._later.timeout.connect(self._check)
        self._errands.run("count gpus", lambda _control: gpu_count(), self.form.gpus.offer)

    # -- showing

    def _show(self) -> None:
        opened = self._session.opened
        if opened is None:
            return
        learning, weights = self._learning(), self.form.value("class_weights")
        learnt = len(learning.learnt(opened.classes.names))
        wrong = weights_problem(weights)
        counted = f"{learnt} of {len(opened.classes)}"
        self.class_fold.say("something is wrong here" if wrong else counted, level="error" if wrong else "")
        balance = self._result.balance if self._result else ()
        self.classes.show_classes(opened.classes, learning, weights, balance)
        counts = split_counts(opened.photos)
        self.split_fold.say(counts.told)
        self.form.know_photos(counts.training)
        busy = self._errands.is_running("split")
        self.split.show_counts(counts, can_undo=bool(self._splits_before), is_busy=busy)
        self._show_check()
        problem = wrong or self.form.problem()
        if not problem and learnt < 2:
            problem = "A network needs two classes at least to tell apart."
        why = why_not(
            is_open=True,
            has_photos=bool(opened.photos),
            problem=problem,
            result=self._found(),
            is_starting=self._is_starting,
        )
        self.why.setText(why)
        self.why.setVisible(bool(why))
        self.start.setEnabled(not why)
        self.start.setToolTip(why or self._actions["train.start"].toolTip())
        self._actions.know(can_start=not why)

    def _show_check(self) -> None:
        result = self._found() if self._result is not None else None
        if result is None:
            self.check_fold.say("looking …" if self._errands.is_running("check") else "")
        else:
            errors, warnings = result.count("error"), result.count("warning")
            level = "error" if errors else "warning" if warnings else ""
            summary = result.summary()
            self.check_fold.say(f"was: {summary}" if self._is_stale else summary, level=level)
        self.check.show_result(result)

    def _found(self) -> CheckResult:
        """Return what the check found, and what is amiss with the first weights, which changes from click to click."""
        found = self._result or CheckResult((), ())
        planned = self.form.planned()
        weights = about_weights(HEADS[planned.head], planned.weights) if planned is not None else None
        return replace(found, found=(weights, *found.found)) if weights is not None else found

    # -- the check

    def _check_later(self) -> None:
        opened = self._session.opened
        if opened is None or not self.isVisible() or not self._is_stale:
            return
        if self._result is None or len(opened.photos) <= _QUICK_TO_CHECK:
            self._later.start()

    @Slot()
    def _on_check_asked(self) -> None:
        self._result = None
        self._check()

    @Slot()
    def _check(self) -> None:
        opened, planned = self._session.opened, self.form.planned()
        if opened is None or planned is None:
            return
        words = ("check", str(opened.folder), *recipe_words(self.form.recipe_name, self.form.changes()))
        batch_size = planned.batch_size

        def work(control: JobControl) -> CheckResult:
            return result_of(ask_verb(words, control), batch_size=batch_size)

        self._is_stale = False
        self._errands.run("check", work, self._on_checked)
        self._show_check()

    def _on_checked(self, result: CheckResult) -> None:
        self._result = result
        self._show()

    @Slot(object)
    def _on_fix_asked(self, found: Found) -> None:
        match found.fix:
            case "change":
                self._mend(dict(found.changes or {}))
            case "split":
                self.split_fold.open()
                self.split.go.setFocus()
            case "fetch":
                self.heads.fetch()
            case "import":
                self.heads.ask_for_file()
            case "photos":
                self._actions["go.annotate"].trigger()

    def _mend(self, changes: dict[str, Any]) -> None:
        learning = self._learning()
        for name in changes.pop("ignore_classes", ()):
            learning = learning.with_fate(name, LEAVE_OUT)
        if learning != self._learning():
            self._on_learning_changed(learning)
        if changes:
            self.form.change(changes)

    # -- what augmentation does

    def _open_augmentation(self) -> QWidget:
        QTimer.singleShot(0, self, self._on_crops_wanted)
        return self.augmentation

    @Slot()
    def _on_crops_wanted(self) -> None:
        opened, planned = self._session.opened, self.form.planned()
        if opened is None or planned is None or self._errands.is_running("crops"):
            return
        self._drawn += 1
        words = ("augment", str(opened.folder), *recipe_words(self.form.recipe_name, self.form.changes()))
        counts = ("--photos", str(PHOTOS), "--crops", str(CROPS), "--seed", str(self._drawn * PHOTOS * 1000))

        def work(control: JobControl) -> list[tuple[str, QImage]]:
            with TemporaryDirectory(prefix="segstudio-crops-") as folder:
                return read_crops(ask_verb((*words, *counts, "--out", folder), control)["crops"])

        self.augmentation.say("Drawing …", is_busy=True)
        self._errands.run("crops", work, self._on_crops_drawn)

    def _on_crops_drawn(self, crops: list[tuple[str, QImage]]) -> None:
        self.augmentation.say("So the network is given these photos, with these choices.", is_busy=False)
        self.augmentation.show_crops(crops)

    @Slot(str, object)
    def _on_errand_failed(self, kind: str, problem: Problem) -> None:
        if kind == "crops":
            self.augmentation.say(problem.text, is_busy=False)
        elif kind in ("check", "split"):
            self._show()

    # -- the choices

    @Slot()
    def _on_form_changed(self) -> None:
        self._is_stale = True
        self._check_later()
        self._show()

    def _learning(self) -> Learning:
        return Learning(tuple(self.form.value("ignore_classes")), dict(self.form.value("merge")))

    @Slot(object)
    def _on_learning_changed(self, learning: Learning) -> None:
        opened = self._session.opened
        learnt = learning.learnt(opened.classes.names) if opened is not None else ()
        weights = weights_among(self.form.value("class_weights"), learnt)
        self.form.change(
            {
                "ignore_classes": list(learning.ignored),
                "merge": dict(learning.merged),
                "class_weights": weights,
            }
        )

    @Slot(object)
    def _on_weights_changed(self, choice: object) -> None:
        self.form.change({"class_weights": choice})

    @Slot()
    def _on_start_asked(self) -> None:
        if self.start.isEnabled():
            self.start_asked.emit(self.form.recipe_name, self.form.changes())

    # -- the split

    @Slot(float, int, str)
    def _on_split_asked(self, fraction: float, seed: int, grouping: Grouping) -> None:
        opened = self._session.opened
        if opened is None:
            return
        folder = opened.folder

        def work(_control: JobControl) -> Mapping[str, Any]:
            return split_anew(folder, fraction=fraction, seed=seed, grouping=grouping)

        self._errands.run("split", work, lambda before: self._on_split_done(before, grouping))
        self._show()

    def _on_split_done(self, before: dict[str, Split | None], grouping: Grouping) -> None:
        self._splits_before.append(before)
        divided = one_group_told(list(before), grouping)
        self._session.refresh()
        self._session.problem_met.emit(
            Problem(
                f"The photos are split anew.{f' {divided}.' if divided else ''}",
                level="info",
                actions=(Remedy("Undo", do=self._on_split_undone),),
            )
        )
        self._show()

    @Slot()
    def _on_split_undone(self) -> None:
        opened = self._session.opened
        if opened is None or not self._splits_before:
            return
        folder, before = opened.folder, self._splits_before.pop()
        self._errands.run(
            "split", lambda _control: split_back(folder, before), lambda _: self._session.refresh()
        )
        self._show()
