"""Exporting: masks, overlays, class panels and a table of the photos under review, written in a thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Literal

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from segstudio.counting import counted, percent
from segstudio.desktop.problems import Level, Problem, Remedy
from segstudio.desktop.reviewing.board import ReviewBoard
from segstudio.desktop.reviewing.export_place import folder_for
from segstudio.desktop.reviewing.items import Row
from segstudio.desktop.reviewing.reading import Fold, answer_maps, truth_reader
from segstudio.desktop.reviewing.viewing import Viewing
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.work import Job, JobControl
from segstudio.errors import SegStudioError
from segstudio.files import write_text
from segstudio.project.classes import ClassList
from segstudio.project.images import PHOTO_SUFFIXES, read_photo
from segstudio.project.masks import Mask
from segstudio.project.project import stamp
from segstudio.review.exports import TABLE_COLUMNS, Kinds, table_rows, write_csv, write_pictures
from segstudio.review.legend import UNSURE_TEXT, VOID_TEXT
from segstudio.review.panels import Findings
from segstudio.review.report import MOST_PHOTOS, ReportedPhoto, ReportHead, html_report, reported
from segstudio.review.shown import Spread, Thresholds, shown_mask

Kind = Literal["mask", "overlay", "panels", "confidence", "table", "report"]

_TITLES: tuple[tuple[Kind, str, str], ...] = (
    ("mask", "Masks…", "Palette PNGs whose values are the model's classes; unsure pixels are void."),
    ("overlay", "Overlays…", "The photos tinted by class."),
    ("panels", "Class panels…", "One figure per photo, with a panel for each class."),
    ("confidence", "Confidence maps…", "Grey pictures: the lighter, the surer."),
    (
        "report",
        "Report (HTML)…",
        "One file to send: classes, scores and all photos, with the pictures in it.",
    ),
    ("table", "Table (CSV)…", "Pixels, share and mean confidence of each class in each photo."),
)
_FILES: dict[Kind, tuple[str, str, str]] = {
    "table": ("Export a table", "predictions.csv", "Tables (*.csv)"),
    "report": ("Export a report", "report.html", "Web pages (*.html)"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is exported: rows with answers, shown as the window shows them; `truths` read the truth of each, by id."""

    kind: Kind
    rows: tuple[Row, ...]
    truths: Mapping[str, Callable[[], Mask | None]]
    classes: ClassList
    thresholds: Thresholds
    target: Path
    model: str
    fold: Fold = None


@dataclass(frozen=True, slots=True)
class Written:
    """How many photos were written, where, and a sentence for each that could not be; `left_out`: there was no room."""

    count: int
    target: Path
    problems: tuple[str, ...]
    left_out: int = 0


class Exporting(QObject):
    """Fills a menu, and does what is chosen there. `work_changed` carries a JobStatus or None."""

    work_changed = Signal(object)
    problem_met = Signal(object)

    def __init__(
        self, session: ProjectSession, board: ReviewBoard, viewing: Viewing, menu: QMenu, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._session, self._board, self._viewing, self._window = session, board, viewing, parent
        self._job: Job | None = None
        menu.setToolTipsVisible(True)
        for kind, title, tip in _TITLES:
            action = menu.addAction(title)
            action.setObjectName(f"review.export.{kind}")
            action.setToolTip(tip)
            action.triggered.connect(lambda _=False, kind=kind: self.ask(kind))

    @property
    def is_running(self) -> bool:
        """Whether something is being written."""
        return self._job is not None

    def ask(self, kind: Kind) -> None:
        """Ask where to, and write."""
        if kind in _FILES:
            title, proposal, pattern = _FILES[kind]
            name, _ = QFileDialog.getSaveFileName(self._window.window(), title, proposal, pattern)
        else:
            name = QFileDialog.getExistingDirectory(self._window.window(), "Export into a folder")
        target = Path(name) if name else None
        if target is not None and kind not in _FILES:
            names = [row.item.name for row in self._rows()]
            target = folder_for(target, suffixes_of(kind), unique_stems(names), self._window.window())
        if target is not None:
            self.export(kind, target)

    def _rows(self) -> tuple[Row, ...]:
        return tuple(row for row in self._board.rows if row.answer is not None)

    def export(self, kind: Kind, target: Path) -> None:
        """Write what is wanted of every photo that was segmented into the folder or file `target`."""
        if self._job is not None:
            self.problem_met.emit(Problem("The export under way comes first.", level="info"))
            return
        rows = self._rows()
        model = self._board.model.name if self._board.model is not None else ""
        opened, matched = self._session.opened, self._board.matched
        truths = {row.item.id: truth_reader(opened, row.item, matched) for row in rows}
        thresholds = dict(self._viewing.thresholds)
        wanted = Wanted(kind, rows, truths, self._board.classes, thresholds, target, model, matched.fold)
        self._job = Job("Exporting", lambda control: write_out(wanted, control), self, can_cancel=True)
        self._job.progressed.connect(self.work_changed)
        self._job.succeeded.connect(self._on_succeeded)
        self._job.failed.connect(self._on_failed)
        self._job.stopped.connect(self._end)
        self.work_changed.emit(self._job.status)
        self._job.start()

    def cancel(self) -> None:
        """Stop; what is written stays."""
        if self._job is not None:
            self._job.cancel()

    def shut_down(self) -> None:
        """Stop, and wait for it."""
        if self._job is not None:
            self._job.cancel()
            self._job.wait()

    @Slot(object)
    def _on_succeeded(self, written: Written) -> None:
        self._end()
        folder = written.target if written.target.is_dir() else written.target.parent
        show = Remedy("Show them", do=lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))))
        count = counted(written.count, "photo")
        told = f"Exported {count} to {written.target.name}"
        told += f"; {len(written.problems):,} could not be exported." if written.problems else "."
        if written.left_out:
            told += f" A page holds {MOST_PHOTOS} photos: {written.left_out:,} more are left out."
        level: Level = "warning" if written.problems or written.left_out else "info"
        self.problem_met.emit(Problem(told, "\n".join(written.problems), level=level, actions=(show,)))

    @Slot(object)
    def _on_failed(self, problem: Problem) -> None:
        self._end()
        self.problem_met.emit(problem)

    @Slot()
    def _end(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.wait()
            job.deleteLater()
        self.work_changed.emit(None)


def write_out(wanted: Wanted, control: JobControl) -> Written:
    """Write everything (in a worker); a photo that cannot be read is told, the others go on."""
    check_target(wanted)
    progress = control.stage("Exporting")
    stems = unique_stems([row.item.name for row in wanted.rows])
    problems: list[str] = []
    table: list[tuple[object, ...]] = []
    report: list[ReportedPhoto] = []
    left_out = 0
    for number, (row, stem) in enumerate(zip(wanted.rows, stems, strict=True)):
        control.check()
        progress(number, len(wanted.rows))
        try:
            if wanted.kind == "table":
                table += _table_rows(wanted, row)
            elif wanted.kind != "report":
                _write_picture(wanted, row, stem)
            elif len(report) < MOST_PHOTOS:
                report.append(_reported(wanted, row))
        except SegStudioError as error:
            check_target(wanted)  # a disk that is full or gone is told once
            problems.append(str(error))
    if wanted.kind == "table":
        write_csv(wanted.target, TABLE_COLUMNS, table)
    elif wanted.kind == "report":
        write_text(wanted.target, html_report(_head(wanted), report))
        left_out = len(wanted.rows) - len(problems) - len(report)
    progress(len(wanted.rows), len(wanted.rows))
    count = len(wanted.rows) - len(problems) - left_out
    return Written(count, wanted.target, tuple(problems), left_out)


def check_target(wanted: Wanted) -> None:
    """Raise SegStudioError where nothing can be written; the folder is there afterwards."""
    folder = wanted.target.parent if wanted.kind in _FILES else wanted.target
    for place in (folder, *folder.parents):
        if place.exists() and not place.is_dir():
            raise SegStudioError("this is a file, not a folder", where=str(place), fix="Choose a folder")
    if wanted.kind in _FILES and wanted.target.exists() and not wanted.target.is_file():
        raise SegStudioError(
            "this is no file that could be replaced", where=str(wanted.target), fix="Choose another name"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as trial:
            trial.write(b"\0")
    except OSError as error:
        raise SegStudioError(
            f"nothing can be written there ({error.strerror or error})",
            where=str(folder),
            fix="Choose another folder",
        ) from error


def _head(wanted: Wanted) -> ReportHead:
    who, when = stamp()
    written = f"{when[:16].replace('T', ' ')}, {who}".rstrip(", ")
    facts = [("model", wanted.model), ("photos", f"{len(wanted.rows):,}"), ("written", written)]
    lowest = _told_thresholds(wanted)
    if lowest:
        told = f"only where at least this sure: {lowest}; scores are of everything the model says"
        facts.append(("shown", told))
    return ReportHead(f"What {wanted.model} sees", tuple(facts), wanted.classes)


def _told_thresholds(wanted: Wanted) -> str:
    least = [(entry.name, wanted.thresholds.get(entry.index, 0.0)) for entry in wanted.classes.classes]
    return ", ".join(f"{name} {percent(value)}" for name, value in least if value > 0)


def _table_rows(wanted: Wanted, row: Row) -> list[tuple[object, ...]]:
    mask, confidence = _maps(wanted, row)
    tallies = Spread.of(mask, confidence).tallies(wanted.classes, wanted.thresholds)
    return table_rows(row.item.name, wanted.classes, tallies)


def _write_picture(wanted: Wanted, row: Row, stem: str) -> None:
    kinds = _kinds(wanted.kind)
    mask, confidence = _maps(wanted, row)
    shown = shown_mask(mask, confidence, wanted.thresholds)
    rest = UNSURE_TEXT if _told_thresholds(wanted) else VOID_TEXT
    findings = Findings(read_photo(row.item.path), shown, wanted.classes, confidence, rest=rest)
    write_pictures(
        wanted.target / stem,
        findings,
        kinds,
        title=row.item.name,
        subtitle=wanted.model,
        uses_up_photo=True,
    )


def _kinds(kind: Kind) -> Kinds:
    return Kinds(
        mask=kind == "mask",
        overlay=kind == "overlay",
        panels=kind == "panels",
        confidence=kind == "confidence",
    )


def suffixes_of(kind: Kind) -> tuple[str, ...]:
    """Return the endings of the files that an export into a folder writes; pure."""
    return _kinds(kind).suffixes


def _reported(wanted: Wanted, row: Row) -> ReportedPhoto:
    mask, confidence = _maps(wanted, row)
    truth = wanted.truths[row.item.id]()
    findings = Findings(read_photo(row.item.path), mask, wanted.classes, confidence, truth)
    shown = shown_mask(mask, confidence, wanted.thresholds) if _told_thresholds(wanted) else None
    return reported(row.item.name, findings, shown=shown)


def _maps(wanted: Wanted, row: Row) -> tuple[Mask, Mask]:
    if row.answer is None:
        raise SegStudioError("the photo was not segmented", where=row.item.name)
    return answer_maps(row.answer, wanted.fold)


def unique_stems(names: Sequence[str]) -> list[str]:
    """Return a file name without ending for each photo, no two alike whatever the case of their letters; pure."""
    taken: set[str] = set()
    stems = []
    for name in names:
        plain = name.replace("/", "-").replace(":", ".")
        stem = Path(plain).stem if Path(plain).suffix.lower() in PHOTO_SUFFIXES else plain
        chosen, number = stem, 2
        while chosen.casefold() in taken:
            chosen, number = f"{stem}-{number}", number + 1
        taken.add(chosen.casefold())
        stems.append(chosen)
    return stems
