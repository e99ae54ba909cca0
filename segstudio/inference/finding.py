"""From what a person calls a model to its file: a run's name, a run folder, or a file."""

from __future__ import annotations

from pathlib import Path

from segstudio.errors import SegStudioError, did_you_mean
from segstudio.runs.folder import RunFolder

_PROJECT_FILE = "project.json"


def find_model(wanted: str, project: Path | None = None) -> Path:
    """Return the model file that `wanted` stands for.

    Tried in this order: a file; a run folder (its best.pt); the name of a run, or how the name of just one run
    begins, in `project`, or else in the project around the current folder. A project folder alone stands for its
    newest model. Raises SegStudioError that names what there is instead.
    """
    path = Path(wanted).expanduser()
    if path.is_file():
        return path
    if (path / _PROJECT_FILE).is_file():
        return _newest(path)
    if path.is_dir():
        return _best_of(path)
    home = project or _project_around(Path.cwd())
    runs = [] if home is None else _runs(home)
    fitting = [run for run in runs if run.name == wanted] or [r for r in runs if r.name.startswith(wanted)]
    if len(fitting) == 1:
        return _best_of(fitting[0])
    if fitting:
        raise SegStudioError(f'"{wanted}" begins the names of {len(fitting)} runs', fix=_choice(fitting))
    hint = did_you_mean(wanted, [run.name for run in runs])
    raise SegStudioError(f'there is no run and no model file "{wanted}"{hint}', fix=_choice(runs))


def _best_of(folder: Path) -> Path:
    run = RunFolder(folder)
    if run.best.is_file():
        return run.best
    if run.last.is_file():
        raise SegStudioError(
            "this run has no best.pt yet: it was not evaluated", where=str(folder), fix=f"Use {run.last}"
        )
    raise SegStudioError(
        "this folder holds no model", where=str(folder), fix="Name a run folder or a .pt file"
    )


def _newest(project: Path) -> Path:
    """Return the model of the run that was scored last."""
    models = [RunFolder(run).best for run in _runs(project)]
    written = [path for path in models if path.is_file()]
    if not written:
        raise SegStudioError("this project has no trained run", where=str(project), fix=_choice([]))
    return max(written, key=lambda path: path.stat().st_mtime)


def _runs(project: Path) -> list[Path]:
    """Return the run folders of a project that hold a model, the newest first."""
    folder = project / "runs"
    found = sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []
    return [path for path in found if RunFolder(path).best.is_file() or RunFolder(path).last.is_file()]


def _project_around(folder: Path) -> Path | None:
    return next((place for place in (folder, *folder.parents) if (place / _PROJECT_FILE).is_file()), None)


def _choice(runs: list[Path]) -> str:
    if not runs:
        return "Train one with `segstudio train`, or give the path of a run folder or model file"
    names = ", ".join(run.name for run in runs[:5])
    return f"Name one of: {names}{' …' if len(runs) > 5 else ''}"
