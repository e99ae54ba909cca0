"""Where a window can be opened, and where anybody would see it; and one that is opened apart."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from segstudio.cli import window
from segstudio.project.classes import ClassList
from segstudio.project.project import Project


@pytest.mark.parametrize(
    ("variables", "opens", "seen"),
    [
        ({}, False, False),
        ({"DISPLAY": ":0"}, True, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True, True),
        ({"QT_QPA_PLATFORM": "offscreen"}, True, False),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen:size=9x9"}, True, False),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "xcb"}, True, True),
    ],
)
def test_where_a_window_can_be_opened_and_seen(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], *, opens: bool, seen: bool
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert (window.has_display(), window.can_be_seen()) == (opens, seen)


@pytest.mark.slow
def test_a_window_apart_opens_the_project_on_the_tab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real process: it notes the tab that it shows, and closes its window."""
    project = Project.create(tmp_path / "my jumps", classes=ClassList.from_names(["sky", "ground"]))
    told, hook = tmp_path / "told", tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(_LOOKING, encoding="utf-8")
    for name in ("CONFIG", "CACHE", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("SEGSTUDIO_TEST_TOLD", str(told))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(hook), os.environ.get("PYTHONPATH", "")]))
    assert window.open_window_apart(project.folder, "review")
    assert told.read_text(encoding="utf-8") == "my jumps: review"
    monkeypatch.setenv("QT_QPA_PLATFORM", "none such")
    assert not window.open_window_apart(project.folder, "review")


_LOOKING = """
import os
from pathlib import Path
if os.environ.get("SEGSTUDIO_TEST_TOLD"):
    import PySide6.QtWidgets as widgets
    class Application(widgets.QApplication):
        def exec(self):
            from PySide6.QtCore import QTimer
            from segstudio.desktop.window import Window
            def look():
                for window in self.topLevelWidgets():
                    if isinstance(window, Window) and window.shown_tab:
                        told = f"{window._session.opened.name}: {window.shown_tab}"
                        Path(os.environ["SEGSTUDIO_TEST_TOLD"]).write_text(told)
                        window.asks = False
                        window.close()
            clock = QTimer(self, interval=50)
            clock.timeout.connect(look)
            clock.start()
            return super().exec()
    widgets.QApplication = Application
"""
