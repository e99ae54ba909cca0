"""HeadWork: what is fetched, imported or measured for the chosen network, in child processes beside the window."""

from __future__ import annotations

import re
import socket
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from segstudio.desktop.problems import Problem, Remedy
from segstudio.desktop.train.curves import recent_speed
from segstudio.desktop.train.errands import Errands, ask_verb
from segstudio.desktop.train.form.head_words import fetched
from segstudio.desktop.train.form.recipe_form import RecipeForm
from segstudio.desktop.train.run_thread import RunNow
from segstudio.desktop.work import JobControl, JobStatus
from segstudio.runs.recipe import Recipe, load_recipe

FETCH, IMPORT, SPEED, NOTE = "fetch weights", "import weights", "measure speed", "note speed"
_OURS = frozenset({FETCH, IMPORT, SPEED, NOTE})

_STEPS_TO_KNOW = 20
_COUNTED = re.compile(r"fetched (\d+) of (\d+)")


class HeadWork(QObject):
    """Does what the form asks for the chosen network; `told` carries a Problem, `begun` says that it is tried anew,
    `weights_came` that a network can begin with more than it could.
    """

    told = Signal(object)
    begun = Signal()
    weights_came = Signal()

    def __init__(self, form: RecipeForm, errands: Errands) -> None:
        super().__init__(form)
        self._form, self._errands, self._view = form, errands, form.head_view
        self._noted: set[Path] = set()
        self._view.fetch_asked.connect(self._on_fetch_asked)
        self._view.import_asked.connect(self._on_import_asked)
        self._view.speed_asked.connect(self._on_speed_asked)
        self._view.cancel_asked.connect(self._on_cancel_asked)
        errands.failed.connect(self._on_failed)
        errands.progressed.connect(self._on_progressed)
        errands.stopped.connect(self._on_stopped)

    def note(self, now: RunNow) -> None:
        """Learn from a training of this machine how fast its network is here."""
        started, speed = now.told.started, recent_speed(now.told.steps)
        is_known = now.told.steps.shape[1] >= _STEPS_TO_KNOW and speed is not None
        if started is None or not is_known or now.path in self._noted or now.is_live:
            return
        self._noted.add(now.path)
        if started.host == socket.gethostname():
            path = str(now.path / "recipe.toml")
            self._errands.run(NOTE, lambda _control: (load_recipe(path), speed), self._on_noted)

    def import_file(self, file: Path) -> None:
        """Take weights from a file."""
        words = ("weights", "import", str(file), "--head", str(self._form.value("head")))
        self.begun.emit()
        self._view.say(f"Looking {file.name} over …", is_busy=True)
        self._errands.run(IMPORT, lambda control: ask_verb(words, control), self._on_imported)

    # -- wishes

    def fetch(self) -> None:
        """Fetch the weights of the chosen network, as at a click on Fetch."""
        self._on_fetch_asked()

    def ask_for_file(self) -> None:
        """Let the person choose a file of weights."""
        self._on_import_asked()

    @Slot()
    def _on_fetch_asked(self) -> None:
        words = ("weights", "fetch", str(self._form.value("head")))

        def work(control: JobControl) -> object:
            progress = control.stage("Fetching")

            def heard(line: str) -> None:
                if counted := _COUNTED.fullmatch(line):
                    progress(int(counted[1]), int(counted[2]))

            return ask_verb(words, control, heard)

        self.begun.emit()
        self._view.say("Asking for them …", is_busy=True)
        self._errands.run(FETCH, work, self._on_fetched)

    @Slot()
    def _on_import_asked(self) -> None:
        words = "Weights (*.pth *.pt *.bin *.ckpt);;All files (*)"
        chosen, _ = QFileDialog.getOpenFileName(self._form, "Import weights", "", words)
        if chosen:
            self.import_file(Path(chosen))

    @Slot()
    def _on_speed_asked(self) -> None:
        planned = self._form.planned()
        if planned is None:
            return
        size = ("--batch", str(planned.batch_size), "--crop", str(planned.crop_px))
        words = ("heads", "--speed", planned.head, *size)
        self.begun.emit()
        self._view.say("Training a few steps on made-up photos …", is_busy=True)
        self._errands.run(SPEED, lambda control: ask_verb(words, control), self._on_measured)

    @Slot()
    def _on_cancel_asked(self) -> None:
        for kind in (FETCH, IMPORT, SPEED):
            self._errands.cancel(kind)

    # -- what came of them

    @Slot(str, object)
    def _on_progressed(self, kind: str, status: JobStatus) -> None:
        if kind == FETCH:
            self._view.say(
                fetched(status.done, status.total), done=status.done, total=status.total, is_busy=True
            )

    def _on_fetched(self, _told: object) -> None:
        self._view.say("The weights are here.")
        self._form.look_again()
        self.weights_came.emit()

    def _on_imported(self, told: dict[str, object]) -> None:
        matched, missing = told["matched"], told["missing"]
        assert isinstance(matched, list)
        assert isinstance(missing, list)
        whole = "the whole backbone" if told["whole_backbone"] else "a part of the backbone only"
        self._view.say(f"Imported: {len(matched)} tensors fit, {len(missing)} start at random; {whole}.")
        self._form.change({"weights": told["weights"]})

    def _on_measured(self, told: dict[str, float | str]) -> None:
        self._learn(
            str(told["head"]),
            float(told["images_per_s"]),
            batch_size=int(told["batch_size"]),
            crop_px=int(told["crop_px"]),
        )
        self._view.say("")

    def _on_noted(self, seen: tuple[Recipe, float]) -> None:
        recipe, speed = seen
        self._learn(recipe.head, speed, batch_size=recipe.batch_size, crop_px=recipe.crop_px)

    def _learn(self, head: str, speed: float, *, batch_size: int, crop_px: int) -> None:
        self._form.speeds.learn(head, speed, batch_size=batch_size, crop_px=crop_px)
        self._form.look_again()

    @Slot(str)
    def _on_stopped(self, kind: str) -> None:
        if kind in _OURS:
            self._view.say("")

    @Slot(str, object)
    def _on_failed(self, kind: str, problem: Problem) -> None:
        if kind not in _OURS or kind == NOTE:
            return
        self._view.say("")
        ways = (Remedy("Import a file…", do=self._on_import_asked),) if kind == FETCH else ()
        self.told.emit(Problem(problem.text, problem.details, actions=ways))
