"""What of PySide does not bear a second thread, done or undone before there is one.

PySide makes the Python type of a Qt class when the class is first asked for. Two threads that ask at the same time, one
drawing and one importing, crash. It also looks at the source of every module that is imported, and imports more on the
way: two threads that import then see modules that are half made.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator

_state = {"made": False}


def leave_imports_alone() -> None:
    """Import as without PySide, whose own way serves `from __feature__ import` only; before any thread is begun."""
    plain = getattr(builtins, "__orig_import__", None)  # where PySide keeps what it replaced
    if callable(plain):
        builtins.__import__ = plain


def make_types() -> Iterator[None]:
    """Have PySide make all its types, one at each step; in the window's thread, before there is another one."""
    if _state["made"]:
        return
    from PySide6 import QtCore, QtGui, QtSvg, QtWidgets

    for module in (QtCore, QtGui, QtWidgets, QtSvg):
        for name in dir(module):
            getattr(module, name)
            yield
    _state["made"] = True


def make_types_at_once() -> None:
    """Have PySide make what is missing of its types now: about a sixth of a second, once."""
    for _ in make_types():
        pass
