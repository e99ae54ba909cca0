"""In a process of its own: begin to paint on photos of a project as soon as told, and tell which of them could be.

Its words are the project's folder and the keys of photos. A line on standard input starts each try.
"""

from __future__ import annotations

import sys
from pathlib import Path

from segstudio.project.painted_photos import begin_painting
from segstudio.project.project import Project


def _try_all(folder: Path, keys: list[str]) -> None:
    project = Project.open(folder)
    print("ready", flush=True)  # noqa: T201
    for _ in sys.stdin:
        begun = [begin_painting(project, project.photo(key)) for key in keys]
        print(" ".join("yes" if held else "no" for held in begun), flush=True)  # noqa: T201
        for held in begun:
            if held is not None:
                held.let_go()


if __name__ == "__main__":
    _try_all(Path(sys.argv[1]), sys.argv[2:])
