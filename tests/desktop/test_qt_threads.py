"""What PySide does not bear a second thread."""

import subprocess
import sys

_PROBE = """
import builtins, sys
from PySide6.QtCore import QCoreApplication, QObject
from segstudio.desktop import qt_threads
from segstudio.desktop.work import Job
replaced = builtins.__import__
qt_threads.leave_imports_alone()
assert replaced.__name__ == "__feature_import__", "nothing to leave out any more?"
assert builtins.__import__ is not replaced
import colorsys  # imports go on
app = QCoreApplication([])
assert "PySide6.QtSvg" not in sys.modules
job = Job("Trying", lambda control: type(QObject()).__name__, QObject(app))
assert "PySide6.QtSvg" in sys.modules, "a thread may begin before the types are made"
assert list(qt_threads.make_types()) == []
job.succeeded.connect(print)
job.finished.connect(app.quit)
job.start()
app.exec()
"""


def test_before_a_second_thread_imports_are_plain_and_all_types_made() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROBE], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "QObject\n"), done.stderr
