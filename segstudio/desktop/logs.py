"""The log file, and the edge where an error that nobody caught is told once instead of ending the program."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from segstudio.desktop.problems import Problem, problem_of

FILE_NAME = "segstudio.log"

_MAX_BYTES = 1_000_000
_KEPT = 3
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}

_log = logging.getLogger("segstudio")


@contextmanager
def logging_to(folder: Path) -> Iterator[Path]:
    """Write what SegStudio and Qt have to say into a file of `folder` while the block runs; yield its path.

    A folder that cannot be written is no reason not to start: then there is no log file.
    """
    path = folder / FILE_NAME
    handler: logging.Handler
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = _LogFile(path)
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    level = _log.level
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
    qInstallMessageHandler(_on_qt_message)
    try:
        yield path
    finally:
        qInstallMessageHandler(None)
        _log.removeHandler(handler)
        _log.setLevel(level)
        handler.close()


@contextmanager
def telling_uncaught(tell: Callable[[Problem], None]) -> Iterator[None]:
    """While the block runs, log every exception that nobody caught and hand it to `tell` (from any thread)."""
    before, before_in_threads = sys.excepthook, threading.excepthook

    def on_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            before(kind, error, trace)
            return
        _log.error("not caught", exc_info=(kind, error, trace))
        tell(problem_of(error))

    def on_uncaught_in_thread(told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None:
            on_uncaught(told.exc_type, told.exc_value, told.exc_traceback)

    sys.excepthook, threading.excepthook = on_uncaught, on_uncaught_in_thread
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = before, before_in_threads


class _LogFile(logging.Handler):
    """A file of bounded size with some older ones beside it, made at the first word: few starts have one to say."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._file: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; the handler's lock is held."""
        if self._file is None:
            from logging.handlers import RotatingFileHandler  # brings in sockets

            self._file = RotatingFileHandler(
                self._path, maxBytes=_MAX_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True
            )
            self._file.setFormatter(self.formatter)
            self._file.handleError = _say_nothing  # type: ignore[method-assign, assignment]
        self._file.emit(record)

    def close(self) -> None:
        """Close the file."""
        super().close()
        if self._file is not None:
            with suppress(OSError):  # what the disk has no room for is lost
                self._file.close()


def _say_nothing(_record: logging.LogRecord) -> None:
    """A log that cannot be written (the disk is full) is nothing that the person could be told of."""


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    logging.getLogger(f"segstudio.qt.{context.category or 'default'}").log(_LEVELS[kind], "%s", text)
