"""RunView: what one run tells, or several laid over each other: charts, previews, figures; stop and resume."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.train.phases import CAN_GO_ON
from segstudio.desktop.train.plots.panel import Plots
from segstudio.desktop.train.plots.series import Curve
from segstudio.desktop.train.previews import PreviewStrip
from segstudio.desktop.train.run_thread import RunNow
from segstudio.desktop.train.words import facts_text, heading, short_name
from segstudio.desktop.widgets.labels import ElidedLabel, label
from segstudio.project.classes import ClassList


class RunView(QWidget):
    """Shows the runs that are chosen; the first of them is the one that is stopped or gone on with."""

    stop_asked = Signal(str)
    resume_asked = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._shown: tuple[RunNow, ...] = ()
        self.name = ElidedLabel("", "title")
        self.told = ElidedLabel("", "dim")
        self.trouble = label("", "dim", wraps=True)
        self.trouble.setObjectName("run.trouble")
        self.trouble.setProperty("level", "error")
        self.trouble.hide()
        self.differences = ElidedLabel("", "dim", mode=Qt.TextElideMode.ElideRight)
        self.differences.setObjectName("run.differences")
        self.differences.hide()
        self.facts = ElidedLabel("", "dim")
        self.facts.setObjectName("run.facts")
        self.told.setObjectName("run.told")
        self.plots = Plots(look)
        self.previews = PreviewStrip(look)
        self.stop = QPushButton("Stop")
        self.stop.setObjectName("run.stop")
        self.stop.setToolTip("Stop\nThe run ends at its next step and keeps everything; it can be resumed.")
        self.stop.clicked.connect(self._on_stop_clicked)
        self.resume = QPushButton("Resume")
        self.resume.setObjectName("run.resume")
        self.resume.setToolTip("Resume\nGo on from the last checkpoint, as if the run had never stopped.")
        self.resume.clicked.connect(self._on_resume_clicked)
        self._lay_out()
        self.show_runs((), ClassList(), anew=True)

    @property
    def first(self) -> RunNow | None:
        """The run that the buttons are about."""
        return self._shown[0] if self._shown else None

    def show_runs(self, runs: Sequence[RunNow], classes: ClassList, *, anew: bool) -> None:
        """Show these runs; `anew` when they are others than before."""
        self._shown = tuple(runs)
        colours = {entry.name: entry.colour for entry in classes.classes}
        self.plots.show_curves([Curve(short_name(now.name), now.told, colours) for now in runs])
        first = self.first
        self.name.set_whole(_title([now.name for now in runs]))
        self.stop.setVisible(first is not None and first.is_live)
        self.stop.setEnabled(first is not None and first.phase in ("running", "starting"))
        self.resume.setVisible(first is not None and first.phase in CAN_GO_ON)
        trouble = first.problem.text if first is not None and first.problem is not None else ""
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))
        if first is None:
            self.told.set_whole("Choose a network and a recipe, then start.")
            self.facts.set_whole("")
        else:
            alone = "" if len(runs) == 1 else f"{short_name(first.name)}: "
            self.told.set_whole(alone + heading(first.name, first.phase, first.told))
            self.facts.set_whole(facts_text(first.phase, first.told, first.gpu))
        self.stop.setText("Stopping …" if first is not None and first.phase == "stopping" else "Stop")
        self.previews.show_epochs(first.told.previews if first else (), anew=anew)

    def show_differences(self, text: str) -> None:
        """Say what those laid over each other were trained differently with; nothing for one run."""
        self.differences.set_whole(text)
        self.differences.setVisible(bool(text))

    def _lay_out(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(16, 8, 16, 4)
        top.setSpacing(2)
        top.addWidget(self.name)
        top.addWidget(self.told)
        top.addWidget(self.trouble)
        top.addWidget(self.differences)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.plots)
        parts.addWidget(self.previews)
        parts.setStretchFactor(0, 3)
        parts.setStretchFactor(1, 1)
        parts.setHandleWidth(1)
        parts.setSizes([600, 170])
        bottom = QHBoxLayout()
        bottom.setContentsMargins(16, 8, 16, 8)
        bottom.setSpacing(8)
        bottom.addWidget(self.facts, 1)
        bottom.addWidget(self.resume)
        bottom.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(parts, 1)
        column.addLayout(bottom)

    @Slot()
    def _on_stop_clicked(self) -> None:
        if self.first is not None:
            self.stop.setEnabled(False)
            self.stop.setText("Stopping …")
            self.stop_asked.emit(self.first.name)

    @Slot()
    def _on_resume_clicked(self) -> None:
        if self.first is not None:
            self.resume_asked.emit(self.first.name)


def _title(names: Sequence[str]) -> str:
    if not names:
        return "No run yet"
    return names[0] if len(names) == 1 else f"{len(names)} runs laid over each other"
