"""What was dropped on the window, and what it would do there; the veil that says so while it is dragged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from segstudio.counting import listed
from segstudio.desktop.look import Look
from segstudio.desktop.work import EndingJobs, Job

_PROJECT_FILE = "project.json"
_MODEL_SUFFIXES = (".pt", ".pth")
_TAKING = ("import", "review")
_NAMED = 3
_LOOKED_AT = 20
"""So many of the files are asked whether they are folders, for a name: thousands would hold the window up."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A project to open, or files to bring in; neither where nothing can be done. `missing` are not there (any more)."""

    project: Path | None = None
    files: tuple[Path, ...] = ()
    missing: tuple[Path, ...] = ()

    @property
    def told_missing(self) -> str:
        """One sentence on what was dropped and is not there; nothing where all of it is."""
        if not self.missing:
            return ""
        if len(self.missing) == 1:
            path = self.missing[0]
            return f"“{path.name}” is not in {path.parent} any more: it was moved or removed. Drop it from where it is now."
        names = listed([f"“{path.name}”" for path in self.missing], _NAMED)
        return (
            f"{names} are not where they were: they were moved or removed. Drop them from where they are now."
        )

    @property
    def is_model(self) -> bool:
        """Whether a file of a model was dropped, and nothing else."""
        return bool(self.files) and all(path.suffix.lower() in _MODEL_SUFFIXES for path in self.files)

    def told(self, *, is_open: bool, tab: str = "") -> str:
        """Return what letting go would do, as a button would say it, while `tab` is shown; pure."""
        if self.project is not None:
            return f"Open the project “{self.project.name}”"
        if not self.files:
            return "That is not there any more" if self.missing else ""
        what = self.files[0].name if len(self.files) == 1 else f"{len(self.files):,} things"
        if not is_open and self.is_model and len(self.files) == 1:
            return f"Look at the model {what}"
        if not is_open:
            return f"New project with {what}"
        if self.is_model:
            return f"Review with the model {what}"
        return f"Segment {what}" if tab == "review" else f"Look at {what} in Import"


def ways(dropped: Dropped, shown: str, *, has_models: bool) -> tuple[str, ...]:
    """Return the tabs that could take it, while `shown` is: photos dropped on neither Import nor Review can be labelled,
    or segmented where there is a model.
    """
    may_be_photos = dropped.project is None and bool(dropped.files) and not dropped.is_model
    if has_models and may_be_photos and shown not in _TAKING:
        return _TAKING
    return (shown,)


def local_paths(data: QMimeData) -> tuple[Path, ...]:
    """Return the files and folders that are dragged; what does not lie on this machine is left out."""
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())


def seems_dropped(paths: Sequence[Path]) -> Dropped:
    """Return what `what_is_dropped` may find, told by the names alone: a lost network drive answers late."""
    if len(paths) == 1 and paths[0].name == _PROJECT_FILE:
        return Dropped(project=paths[0].parent)
    return Dropped(files=tuple(paths))


def what_is_dropped(paths: Sequence[Path]) -> Dropped:
    """Return what to do with dropped paths: one project folder (or its project.json) opens, the rest comes in.

    It looks at every file: for a worker thread.
    """
    if len(paths) == 1:
        folder = paths[0].parent if paths[0].name == _PROJECT_FILE else paths[0]
        if (folder / _PROJECT_FILE).is_file():
            return Dropped(project=folder)
    there: list[Path] = []
    missing: list[Path] = []
    for path in paths:
        (there if _exists(path) else missing).append(path)
    return Dropped(files=tuple(there), missing=tuple(missing))


def suggested_name(paths: Sequence[Path]) -> str:
    """Return a name for a project made of `paths`: the dropped folder's, or that of the folder around the files."""
    folders = [path for path in paths[:_LOOKED_AT] if path.is_dir()]
    if len(folders) == 1:
        return folders[0].name
    return paths[0].parent.name if paths else ""


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # it is there, and whoever reads it tells why that cannot be
        return True


class DropLook(QObject):
    """Looks at dragged files in worker threads; `looked` carries what `what_is_dropped` finds."""

    looked = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = EndingJobs(self)

    @property
    def is_busy(self) -> bool:
        """Whether a look is under way."""
        return bool(self._jobs)

    def begin(self, paths: Sequence[Path]) -> None:
        """Look at these."""
        job = Job("Looking at what was dropped", lambda _control: what_is_dropped(paths), self)
        job.succeeded.connect(self._on_looked)
        job.start()
        self._jobs.add(job)

    def shut_down(self) -> None:
        """Wait for what is under way; it is told no more."""
        self.blockSignals(True)
        self._jobs.wait()

    @Slot(object)
    def _on_looked(self, dropped: Dropped) -> None:
        self.looked.emit(dropped)


class DropVeil(QWidget):
    """Lies over a widget while something is dragged over the window, and says what letting go would do: where there is
    a choice, what it would do in each part, from left to right.
    """

    def __init__(self, look: Look, over: QWidget) -> None:
        super().__init__(over)
        self._look, self._over = look, over
        self.texts: tuple[str, ...] = ()
        self._lit = 0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_texts(self, texts: Sequence[str]) -> None:
        """Cover the widget and say these, each in its part."""
        self.texts = tuple(texts)
        self.setGeometry(self._over.rect())
        self.raise_()
        self.show()
        self.update()

    def light(self, x: float) -> int:
        """Light the part at `x` (pixels from the window's left border), and return its number."""
        inside = self.mapFrom(self.window(), QPointF(x, 0)).x()
        self._lit = min(max(int(inside * len(self.texts) / max(self.width(), 1)), 0), len(self.texts) - 1)
        self.update()
        return self._lit

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dim the page; a frame and a text in the middle of each part."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = self._look.colour("surface")
        ground.setAlpha(230)
        painter.fillRect(self.rect(), ground)
        painter.setFont(self._look.theme.font("title", bold=True))
        width = self.width() / max(len(self.texts), 1)
        for number, text in enumerate(self.texts):
            part = QRectF(number * width, 0, width, self.height()).adjusted(16, 16, -16, -16)
            is_lit = number == self._lit or len(self.texts) == 1
            painter.setPen(
                QPen(self._look.colour("accent" if is_lit else "line_strong"), 2, Qt.PenStyle.DashLine)
            )
            painter.drawRoundedRect(part, 6, 6)
            painter.setPen(self._look.colour("text" if is_lit else "text_dim"))
            painter.drawText(part, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
