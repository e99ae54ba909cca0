"""Import: read and match, examine, report, and commit whole or not at all.

with gather(sources, photo_places) as gathered:
    planned = prepare(gathered, project, options)
    if planned.report.refusal is None:
        commit_import(planned, project)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from segstudio.errors import SegStudioError
from segstudio.formats.examine import Examined, Outcome, examine, paint
from segstudio.formats.options import Cancelled, ImportOptions, Progress, check_cancelled, never, unheard
from segstudio.formats.plan import ImportPlan, make_plan
from segstudio.formats.report import ImportReport, make_report
from segstudio.formats.sources import Gathered
from segstudio.formats.splitting import choose_splits
from segstudio.formats.threads import in_threads
from segstudio.project.change import Change
from segstudio.project.photos import PhotoState, Split
from segstudio.project.project import Project, stamp

_WRITTEN = (Outcome.IMPORT, Outcome.UNLABELLED)


@dataclass(frozen=True, slots=True)
class PreparedImport:
    """An import that can be shown, and committed."""

    plan: ImportPlan
    examined: tuple[Examined, ...]
    report: ImportReport


def prepare(
    gathered: Gathered,
    project: Project,
    options: ImportOptions,
    *,
    reading: Progress = unheard,
    examining: Progress = unheard,
    cancelled: Cancelled = never,
) -> PreparedImport:
    """Read, match and examine everything; nothing is written.

    Raises SegStudioError for options that cannot be meant, and ImportStopped when `cancelled` says so.
    """
    if options.reference and any(photo.staged for photo in gathered.photos):
        raise SegStudioError(
            "photos in a ZIP file cannot be referenced", fix="Unpack it first, or leave out --reference"
        )
    project.refresh()  # what others have written meanwhile counts
    plan = make_plan(gathered, project.classes, options, progress=reading, cancelled=cancelled)
    examined = examine(plan, project, progress=examining, cancelled=cancelled)
    return PreparedImport(plan, examined, make_report(plan, examined))


def commit_import(
    prepared: PreparedImport,
    project: Project,
    *,
    progress: Progress = unheard,
    cancelled: Cancelled = never,
) -> None:
    """Write what was prepared into the project, whole or not at all.

    Raises the report's refusal when there is one, ImportStopped, and SegStudioError when the disk refuses or
    the project was changed since `prepare` in a way that does not go together; the project is unchanged then.
    """
    if prepared.report.refusal is not None:
        raise prepared.report.refusal
    plan, written = prepared.plan, [one for one in prepared.examined if one.outcome in _WRITTEN]
    who, when = stamp()
    splits = choose_splits(plan.options.split, written)
    with project.change(made_from=plan.made_from) as change:
        if plan.labelling.classes != plan.made_from:
            change.set_classes(plan.labelling.classes)

        def write(one: Examined) -> None:
            _write_photo(one, plan, change, splits.get(one.planned.key), who=who, when=when)

        in_threads(write, written, progress=progress, cancelled=cancelled)
        _keep_sources(plan, written, change, folder=_folder_name(project, when))
        check_cancelled(cancelled)


def _write_photo(
    one: Examined, plan: ImportPlan, change: Change, split: Split | None, *, who: str, when: str
) -> None:
    key, there = one.planned.key, one.present
    if there is not None:
        key = there.key
        change.rely_on(there)
    else:
        change.add_photo(key, one.planned.photo.path, copy=not plan.options.reference, size=one.size)
    state = there.state if there is not None else PhotoState()
    told: dict[str, object] = {"size": one.size, "who": who, "when": when}
    if split is not None:
        told["split"] = split
    annotation = one.planned.annotation
    if one.outcome is Outcome.IMPORT and annotation is not None:
        change.put_mask(key, paint(annotation, one, plan))
        file = plan.files[annotation.file]
        told |= {"status": "done", "source": f"{plan.formats[annotation.file]}:{file.shown}"}
    change.put_state(key, state.model_copy(update=told))


def _keep_sources(plan: ImportPlan, written: Sequence[Examined], change: Change, *, folder: str) -> None:
    """Keep each annotation file that was used, and the mask pictures that belong to it, once."""
    kept: dict[Path, str] = {}
    taken: set[str] = set()
    for annotation in (one.planned.annotation for one in written):
        if annotation is None:
            continue
        root = plan.files[annotation.file].root
        for path in (annotation.file, *annotation.parts):
            if path not in kept:
                kept[path] = _free_name(path, root, taken)
    for path, name in kept.items():
        change.put_source(f"{folder}/{name}", path)


def _free_name(path: Path, root: Path, taken: set[str]) -> str:
    inner = PurePosixPath(
        (path.relative_to(root) if path.is_relative_to(root) else Path(path.name)).as_posix()
    )
    name, count = inner, 1
    while str(name).casefold() in taken:
        count += 1
        name = inner.with_stem(f"{inner.stem}-{count}")
    taken.add(str(name).casefold())
    return str(name)


def _folder_name(project: Project, when: str) -> str:
    """A folder of its own below `sources/`, named by the time: `2026-11-20-143205`."""
    day, time = when[:10], when[11:19].replace(":", "")
    name, count = f"{day}-{time}", 1
    while (project.folder / "sources" / name).exists():
        count += 1
        name = f"{day}-{time}-{count}"
    return name
