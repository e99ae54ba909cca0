"""Opening the project that a verb works on."""

from __future__ import annotations

from pathlib import Path

from segstudio.cli.output import Output
from segstudio.project.project import Project


def open_project(folder: Path) -> Project:
    """Open the project in `folder`; on standard error it is told where a change is in place in part.

    Raises SegStudioError as `Project.open` does.
    """
    project = Project.open(folder)
    if project.unfinished:
        Output(json=True).warn(f"warning: {project.unfinished}")
    return project
