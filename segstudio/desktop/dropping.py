"""What was dropped on the window, and what it would do there; the veil that says so while it is dragged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from segstudio.desktop.look import Look

_PROJECT_FILE = "project.json"
_MODEL_SUFFIXES = (".pt", ".pth")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A project to open, or files to bring in; neither where nothing can be done."""

    project: Path | None = None
    files: tuple[Path, ...] = ()

    @property
    def is_model(self) -> bool:
        """Whether a file of a model was dropped, and nothing else."""
        return bool(self.files) and all(path.suffix.lower() in _MODEL_SUFFIXES for path in self.files)

    def told(self, *, is_open: bool, tab: str = "") -> str:
        """Return what letting go would do, as a button would say it, while `tab` is shown; pure."""
        if self.project is not None:
            return f"Open the project “{self.project.name}”"
        if not self.files:
            return ""
        what = self.files[0].name if len(self.files) == 1 else f"{len(self.files):,} things"
        if not is_open:
            return f"New project with {what}"
        if self.is_model:
            return f"Review with the model {what}"
        return f"Segment {what}" if tab == "review" else f"Look at {what} in Import"


def local_paths(data: QMimeData) -> tuple[Path, ...]:
    """Return the files and folders that are dragged; what does not lie on this machine is left out."""
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())


def what_is_dropped(paths: Sequence[Path]) -> Dropped:
    """Return what to do with dropped paths: one project folder (or its project.json) opens, the rest comes in."""
    if len(paths) == 1:
        folder = paths[0].parent if paths[0].name == _PROJECT_FILE else paths[0]
        if (folder / _PROJECT_FILE).is_file():
            return Dropped(project=folder)
    return Dropped(files=tuple(path for path in paths if path.exists()))


def suggested_name(paths: Sequence[Path]) -> str:
    """Return a name for a project made of `paths`: the dropped folder's, or that of the folder around the files."""
    folders = [path for path in paths if path.is_dir()]
    if len(folders) == 1:
        return folders[0].name
    return paths[0].parent.name if paths else ""


class DropVeil(QWidget):
    """Lies over a widget while something is dragged over the window, and says what letting go would do."""

    def __init__(self, look: Look, over: QWidget) -> None:
        super().__init__(over)
        self._look, self._over = look, over
        self._text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_text(self, text: str) -> None:
        """Cover the widget and say `text`."""
        self._text = text
        self.setGeometry(self._over.rect())
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dim the page; a frame and the text in the middle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = self._look.colour("surface")
        ground.setAlpha(230)
        painter.fillRect(self.rect(), ground)
        painter.setPen(QPen(self._look.colour("accent"), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(16, 16, -16, -16), 6, 6)
        painter.setFont(self._look.theme.font("title", bold=True))
        painter.setPen(self._look.colour("text"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
