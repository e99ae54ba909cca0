"""PredictorProcess: the child process that holds the model. It is written to and listened to without waiting."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, Signal, Slot

from segstudio.runs.predictions import Event, Quit, Request, decode_event, encode_line

_END_MS = 3000
_WORDS_KEPT = 16_384

_log = logging.getLogger(__name__)


def serve_words(model: Path) -> tuple[str, ...]:
    """Return the words after `python` that start the process for a model file."""
    return ("-m", "segstudio", "serve", "--model", str(model))


class PredictorProcess(QObject):
    """One process for one model file, in the GUI thread.

    `event_came` carries each Event; `ended` how it ended and its last words on standard error, when the process is gone
    without having been asked to end; `gone` comes in any case, and after it nothing else.
    """

    event_came = Signal(object)
    ended = Signal(str, str)
    gone = Signal()

    def __init__(self, model: Path, parent: QObject, *, words: Sequence[str] | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self._rest = b""
        self._said = b""
        self._is_leaving = False
        self._child = QProcess(self)
        self._child.readyReadStandardOutput.connect(self._on_output)
        self._child.readyReadStandardError.connect(self._on_words)
        self._child.finished.connect(self._on_finished)
        self._child.errorOccurred.connect(self._on_error)
        self._child.start(sys.executable, list(words or serve_words(model)))

    @property
    def process_id(self) -> int:
        """The system's number of the process; 0 while there is none."""
        return int(self._child.processId())

    def send(self, request: Request) -> None:
        """Write a request; it waits in a buffer until the process reads it."""
        self._child.write(encode_line(request))

    def leave(self) -> None:
        """Ask the process to end, and listen no more: `gone` says when it has."""
        if not self._is_leaving:
            self._is_leaving = True
            self.send(Quit())
            self._child.closeWriteChannel()

    def shut_down(self) -> None:
        """End the process, and wait until it is gone."""
        self._is_leaving = True
        # Nothing of Python may be called by a process that goes while its owner is being deleted.
        self._child.blockSignals(True)
        if self._child.state() != QProcess.ProcessState.NotRunning:
            self._child.kill()  # it keeps nothing that is not on disk already
            self._child.waitForFinished(_END_MS)

    @Slot()
    def _on_output(self) -> None:
        *lines, self._rest = (self._rest + bytes(self._child.readAllStandardOutput().data())).split(b"\n")
        for line in lines:
            event = decode_event(line)
            if event is None:
                _log.warning("the predictor said something else: %r", line[:200])
            elif not self._is_leaving:
                self._tell(event)

    def _tell(self, event: Event) -> None:
        self.event_came.emit(event)

    @Slot()
    def _on_words(self) -> None:
        self._said = (self._said + bytes(self._child.readAllStandardError().data()))[-_WORDS_KEPT:]

    @Slot(int, QProcess.ExitStatus)
    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._on_output()
        self._end(told_end(code, is_crash=status == QProcess.ExitStatus.CrashExit))

    @Slot(QProcess.ProcessError)
    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._end(f"could not be started ({self._child.errorString()})")

    def _end(self, how: str) -> None:
        if not self._is_leaving:
            self._is_leaving = True
            words = self._said.decode("utf-8", "replace").strip()
            _log.warning("the predictor %s: %s", how, words)
            self.ended.emit(how, words)
        self.gone.emit()


def told_end(code: int, *, is_crash: bool) -> str:
    """Return how a process ended, in words; `code` is the number of the signal where one ended it; pure."""
    if not is_crash:
        return f"ended with exit code {code}"
    if sys.platform == "win32":
        return f"crashed (code {code & 0xFFFFFFFF:#010x})"
    try:
        name = f"signal {signal.Signals(code).name}"
    except ValueError:
        name = f"signal {code}"
    if code == signal.SIGKILL:
        return f"was ended from outside ({name}), as systems do when memory runs out"
    return f"crashed ({name})"
