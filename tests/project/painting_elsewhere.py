"""In a process of its own: paint on a photo of a project until told to leave it, or killed.

Its words are the project's folder, the photo's key, and perhaps the name of the computer that it is to be on.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from segstudio.project.painted_photos import begin_painting
from segstudio.project.project import Project

if __name__ == "__main__":
    if len(sys.argv) > 3:
        socket.gethostname = lambda: sys.argv[3]
    project = Project.open(Path(sys.argv[1]))
    held = begin_painting(project, project.photo(sys.argv[2]))
    print("paints" if held is not None else "cannot", flush=True)  # noqa: T201
    sys.stdin.readline()
    if held is not None:
        held.let_go()
