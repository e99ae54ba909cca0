"""Inquiry: what was given, what was found in it, and what would come of it as it is chosen; it keeps the bench true."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segstudio.desktop.actions import Actions
from segstudio.desktop.importing.committing import Commit
from segstudio.desktop.importing.label_book import LabelBook
from segstudio.desktop.importing.mapping import Choices, LabelRow, Target, options_of
from segstudio.desktop.importing.preparing import Examination, Material, Preparer
from segstudio.desktop.importing.rows import Fix, Row, tally
from segstudio.desktop.importing.workbench import Workbench
from segstudio.desktop.problems import Problem, problem_of
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.work import JobStatus
from segstudio.errors import SegStudioError
from segstudio.formats.labels import label_uses
from segstudio.formats.options import ImportOptions
from segstudio.formats.previewing import Paint
from segstudio.project.classes import ClassList

_SOON_MS = 150
_NOTHING_YET = "Nothing was written yet."
_OUTDATED = "Somebody changed the project meanwhile, and the table shows what would come in now."
_LOOK = "Look at it, then press Import again."


class Inquiry(QObject):
    """Reads and examines in workers, and shows what they find on the bench. Nothing is written.

    `work_changed` carries a JobStatus or None, `problem_met` a Problem; `photos_wanted`: the person wants to choose
    files.
    """

    work_changed = Signal(object)
    problem_met = Signal(object)
    photos_wanted = Signal()

    def __init__(self, bench: Workbench, actions: Actions, session: ProjectSession, parent: QObject) -> None:
        super().__init__(parent)
        self._bench, self._actions, self._session = bench, actions, session
        self._sources: tuple[Path, ...] = ()
        self._book = LabelBook()
        self._examination: Examination | None = None
        self._status: JobStatus | None = None
        self._is_held = False
        self._wanted = Choices()  # those under which the files were read
        self._is_outdated = False
        self._preparer = Preparer(self)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._connect()

    @property
    def sources(self) -> tuple[Path, ...]:
        """What was given."""
        return self._sources

    @property
    def is_settled(self) -> bool:
        """Whether what is shown is what Import would do: nothing is read or looked at any more."""
        return self._examination is not None and not self._soon.isActive() and not self._preparer.is_busy

    def give(self, sources: Sequence[Path]) -> None:
        """Look at these, and at nothing else."""
        opened = self._session.opened
        self._sources = tuple(sources)
        if opened is None:
            return
        self._examination = None
        self._bench.given.show_sources(self._sources)
        self._wanted = self._bench.choices.choices
        self._preparer.read(self._sources, opened.folder, self._wanted.boxes, masks=self._wanted.masks)
        self.show_tally()

    def commit(self) -> Commit | None:
        """Return what is to be written as it is chosen now; from here on nothing is looked at anew."""
        opened, material, options = self._session.opened, self._preparer.material, self._options()
        if opened is None or material is None or options is None:
            return None
        self._soon.stop()
        return Commit(opened.folder, material, self._classes(), options, self._examination)

    @Slot(bool)
    def hold(self, held: bool) -> None:
        """While it is written, nothing is looked at."""
        self._is_held = held
        self.show_tally()

    def ask_again(self) -> None:
        """Ask anew what would come of it, in a moment."""
        self._examination = None
        self.show_tally()
        self._soon.start()

    def outdate(self) -> None:
        """Nothing was written because the project is another: it is looked at anew, which is said."""
        self._is_outdated = True
        self.problem_met.emit(Problem(f"{_NOTHING_YET} {_OUTDATED} {_LOOK}", level="info"))
        self.ask_again()

    def renew(self) -> None:
        """The project is another: go on with its classes, and ask again what would come of it."""
        material = self._preparer.material
        if material is None or self._is_held:
            return
        told = self._book.renew(
            material.plan.uses, self._classes(), material.depth_of, is_fresh=self._is_fresh()
        )
        self._change_labels(self._book.rows)
        if told:
            text = f"{_NOTHING_YET} {told} {_LOOK}" if self._is_outdated else told
            self.problem_met.emit(Problem(text, level="info"))
        self._is_outdated = False

    def concerns(self, keys: Collection[str]) -> bool:
        """Tell whether one of these photos of the project is among what was given, as far as that is known."""
        if self._examination is None:
            return True
        plan = self._examination.prepared.plan
        given = {planned.key.casefold() for planned in (*plan.photos, *plan.spare)}
        return not given.isdisjoint(key.casefold() for key in keys)

    def forget(self) -> None:
        """Start anew; nothing was imported."""
        self._soon.stop()
        self._sources, self._examination, self._is_outdated = (), None, False
        self._preparer.clear()
        self._book.forget()
        self._show_labels(())
        self._bench.table.show_rows((), self._bench.table.looks)
        self._bench.table.model.forget()
        self._show_choices(Choices())
        self.show_tally()

    def shut_down(self) -> None:
        """End all threads, and remove what was unpacked."""
        self._soon.stop()
        self._preparer.shut_down()

    @Slot()
    def show_tally(self, written: JobStatus | None = None) -> None:
        """Say what is ready, and how far the look at it is, or `written`: how far the writing."""
        rows = self._examination.rows if self._examination is not None else self._bench.table.rows
        counts = tally(rows)
        self._bench.show_tally(counts, written or (self._status if self._examination is None else None))
        ready = self._examination is not None and counts.ready > 0 and not self._is_held
        self._actions.know(has_given=bool(self._sources), can_import=ready)

    # -- from what was given to what would come of it

    def _connect(self) -> None:
        bench = self._bench
        bench.classes.aimed_at.connect(self._on_aimed)
        bench.classes.moved_to.connect(self._on_moved)
        bench.choices.changed.connect(self._on_choices_changed)
        bench.table.chosen.connect(self._on_row_chosen)
        bench.preview.fix_asked.connect(self._on_fix_asked)
        bench.add_all.clicked.connect(self._on_add_all)
        self._soon.timeout.connect(self._examine)
        self._preparer.was_read.connect(self._on_was_read)
        self._preparer.was_examined.connect(self._on_was_examined)
        self._preparer.work_changed.connect(self._on_work_changed)
        self._preparer.problem_met.connect(self._on_problem)

    @Slot(object)
    def _on_was_read(self, material: Material) -> None:
        rows = self._book.fill(
            material.plan.uses, self._classes(), material.depth_of, is_fresh=self._is_fresh()
        )
        self._show_labels(rows)
        self._show_choices(self._bench.choices.choices)
        self._repaint()
        self._bench.table.show_rows(material.rows, material.looks)
        self._bench.focus_first()
        self._examine()

    @Slot()
    def _examine(self) -> None:
        """Ask what would come of it as it is chosen now."""
        opened, options = self._session.opened, self._options()
        if opened is not None and options is not None and not self._is_held:
            self._preparer.examine(opened.folder, self._classes(), options)

    @Slot(object)
    def _on_was_examined(self, examination: Examination) -> None:
        material = self._preparer.material
        if material is None or self._soon.isActive():
            return
        self._examination = examination
        self._bench.table.show_rows(examination.rows, material.looks)
        self._bench.choices.offer({row.fix for row in examination.rows})
        self.show_tally()

    def _show_labels(self, rows: tuple[LabelRow, ...]) -> None:
        material = self._preparer.material
        nothing = material.told_without_classes if material is not None else "Reading …"
        sets = material.plan.grey_sets if material is not None and rows else ()
        self._bench.show_greys(next((one.told for one in sets), ""))
        self._bench.show_labels(rows, self._classes(), nothing, is_proposed=self._book.is_proposed)

    def _change_labels(self, rows: tuple[LabelRow, ...]) -> None:
        """Show at once what other classes or another order would paint, and ask again what would come of it."""
        self._show_labels(rows)
        self._repaint()
        self.ask_again()

    def _repaint(self) -> None:
        material, options = self._preparer.material, self._options()
        if material is None or options is None:
            return
        try:
            labelling = label_uses(material.plan.uses, self._classes(), options)
        except SegStudioError as error:
            self.problem_met.emit(problem_of(error))
            return
        paint = Paint(labelling.classes, labelling.values, options.rule, options.layers)
        self._bench.table.set_paint(paint)
        self._bench.preview.set_paint(paint)

    def _options(self) -> ImportOptions | None:
        material = self._preparer.material
        if material is None:
            return None
        choices = self._bench.choices.choices
        return options_of(self._book.rows, self._classes(), choices, only_photos=material.only_photos)

    def _show_choices(self, choices: Choices) -> None:
        material = self._preparer.material
        self._bench.choices.show_choices(
            choices,
            only_photos=material is not None and material.only_photos,
            has_zip=any(path.suffix.lower() == ".zip" for path in self._sources),
            told_splits=material.told_splits if material is not None else {},
            boxes=material.boxes if material is not None else None,
        )

    def _classes(self) -> ClassList:
        opened = self._session.opened
        return opened.classes if opened is not None else ClassList()

    def _is_fresh(self) -> bool:
        """Tell whether nothing is painted in the project yet: nobody relies on its draw order."""
        opened = self._session.opened
        return opened is not None and not any(photo.has_mask for photo in opened.photos)

    # -- what the person does

    @Slot(str, object)
    def _on_aimed(self, name: str, target: Target) -> None:
        self._change_labels(self._book.aim(name, target, self._classes()))

    @Slot(int, int)
    def _on_moved(self, start: int, end: int) -> None:
        self._change_labels(self._book.move(start, end))

    @Slot()
    def _on_add_all(self) -> None:
        self._change_labels(self._book.add_all(self._classes()))
        self._bench.focus_first()

    @Slot(object)
    def _on_choices_changed(self, choices: Choices) -> None:
        if (choices.boxes, choices.masks) != (self._wanted.boxes, self._wanted.masks):
            self.give(self._sources)
            return
        self._show_choices(choices)
        self.ask_again()

    @Slot(object)
    def _on_row_chosen(self, row: Row | None) -> None:
        material = self._preparer.material
        if material is not None:
            self._bench.preview.show_row(row, self._bench.table.place, material.looks)

    @Slot(object)
    def _on_fix_asked(self, fix: Fix) -> None:
        if fix is Fix.CLASSES:
            self._bench.classes.focus_open()
        elif fix is Fix.ON_TOP:
            row, material = self._bench.preview.row, self._preparer.material
            if row is not None and material is not None:
                self._change_labels(self._book.put_on_top(row.hidden, material.depth_of))
        elif fix is Fix.ADD:
            self.photos_wanted.emit()
        else:
            first = self._sources[0] if self._sources else Path("new")
            self._bench.choices.apply(fix, first.stem)

    @Slot(object)
    def _on_work_changed(self, status: JobStatus | None) -> None:
        self._status = status
        self.show_tally()
        self.work_changed.emit(status)

    @Slot(object)
    def _on_problem(self, problem: Problem) -> None:
        self.problem_met.emit(problem)
        self.show_tally()
