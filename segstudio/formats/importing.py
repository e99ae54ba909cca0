"""Import: read and match, examine, report, and commit whole or not at all.

with gather(sources, photo_places) as gathered:
    planned = prepare(gathered, project, options)
    if planned.report.refusal is None:
        commit_import(planned, project)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.formats.examine import Examined, Outcome, examine, paint
from segstudio.formats.labels import depths, proposed_order
from segstudio.formats.options import Cancelled, ImportOptions, Progress, check_cancelled, never, unheard
from segstudio.formats.painted import PaintedMasks
from segstudio.formats.plan import ImportPlan, make_plan, replanned
from segstudio.formats.record import RECORD_NAME, BroughtIn, ImportRecord, KeptAnnotation
from segstudio.formats.report import ImportReport, make_report
from segstudio.formats.sources import Gathered
from segstudio.formats.splitting import choose_splits
from segstudio.formats.threads import WRITERS, in_threads
from segstudio.project.change import Change
from segstudio.project.masks import encode_mask
from segstudio.project.photos import PhotoState, Split
from segstudio.project.project import Project, stamp

_WRITTEN = (Outcome.IMPORT, Outcome.UNLABELLED)


@dataclass(frozen=True, slots=True)
class PreparedImport:
    """An import that can be shown, and committed. `masks` are those that were painted on the way; `proposed` is the
    draw order, bottom to top, that was worked out because nobody gave one.
    """

    plan: ImportPlan
    examined: tuple[Examined, ...]
    report: ImportReport
    proposed: tuple[str, ...] = ()
    masks: PaintedMasks = field(default_factory=PaintedMasks)


def prepare(
    gathered: Gathered,
    project: Project,
    options: ImportOptions,
    *,
    keep_masks: bool = False,
    propose_order: bool = False,
    reading: Progress = unheard,
    examining: Progress = unheard,
    cancelled: Cancelled = never,
) -> PreparedImport:
    """Read, match and examine everything; nothing is written. Masks are kept for an import that follows, if asked.

    With `propose_order`, what is small lies on what is large, unless `options` tell an order or something is painted.
    Raises SegStudioError for options that cannot be meant, and WorkStopped when `cancelled` says so.
    """
    if options.reference and any(photo.staged for photo in gathered.photos):
        raise SegStudioError(
            "photos in a ZIP file cannot be referenced", fix="Unpack it first, or leave out --reference"
        )
    project.refresh()  # what others have written meanwhile counts
    plan = make_plan(gathered, project.classes, options, progress=reading, cancelled=cancelled)
    proposed = _proposed_order(plan, project) if propose_order else ()
    if proposed:
        plan = replanned(plan, project.classes, replace(plan.options, order=proposed))
    masks = PaintedMasks()
    examined = examine(
        plan, project, masks=masks if keep_masks else None, progress=examining, cancelled=cancelled
    )
    return PreparedImport(plan, examined, make_report(plan, examined), proposed, masks)


def _proposed_order(plan: ImportPlan, project: Project) -> tuple[str, ...]:
    """Return the classes met, the deepest first; nothing where another order holds, or there is nothing to order."""
    if plan.options.order or plan.options.layers == "file":
        return ()
    if any(photo.has_mask for photo in project.photos()):
        return ()  # what is painted relies on the order that is there
    order = proposed_order(depths([annotation for annotation, _ in plan.matching.pairs]), plan.labelling)
    return order if len(order) > 1 else ()


def commit_import(
    prepared: PreparedImport,
    project: Project,
    *,
    workers: int | None = None,
    progress: Progress = unheard,
    cancelled: Cancelled = never,
) -> Path:
    """Write what was prepared into the project, whole or not at all; return the record that is kept of it.

    Raises the report's refusal when there is one, WorkStopped, and SegStudioError when the disk refuses or
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

        brought: dict[str, BroughtIn] = {}

        def write(one: Examined) -> None:
            key, told = _write_photo(one, prepared, change, splits.get(one.planned.key), who=who, when=when)
            brought[key] = told

        in_threads(write, written, workers=workers or WRITERS, progress=progress, cancelled=cancelled)
        folder = _folder_name(project, when)
        kept = _keep_sources(plan, written, change, folder=folder)
        replaced = _keep_replaced(written, project, change, folder=folder)
        record = _record(prepared, kept, replaced, who=who, when=when).model_copy(
            update={"brought": brought, "classes_before": plan.made_from, "classes_after": change.classes}
        )
        change.put_file(f"sources/{folder}/{RECORD_NAME}", record.model_dump_json(indent=1).encode())
        check_cancelled(cancelled)
    return project.folder / "sources" / folder / RECORD_NAME


def _write_photo(
    one: Examined, prepared: PreparedImport, change: Change, split: Split | None, *, who: str, when: str
) -> tuple[str, BroughtIn]:
    """Return the photo's key, and what was done to it."""
    plan, key, there = prepared.plan, one.planned.key, one.present
    if there is not None:
        key = there.key
        change.rely_on(there)
    else:
        change.add_photo(key, one.planned.photo.path, copy=not plan.options.reference)
    state = there.state if there is not None else PhotoState()
    told: dict[str, object] = {"size": one.size, "who": who, "when": when}
    if split is not None:
        told["split"] = split
    annotation, mask = one.planned.annotation, ""
    if one.outcome is Outcome.IMPORT and annotation is not None:
        data = prepared.masks.take(one.planned.key)
        if data is None:
            data = encode_mask(paint(annotation, one, plan), change.classes)
        mask = change.put_mask_file(key, data)
        file = plan.files[annotation.file]
        told |= {"status": "done", "source": f"{plan.formats[annotation.file]}:{file.shown}"}
    change.put_state(key, state.model_copy(update=told))
    return key, BroughtIn(is_new=there is None, mask=mask, before=there.state if there is not None else None)


def _keep_sources(
    plan: ImportPlan, written: Sequence[Examined], change: Change, *, folder: str
) -> Mapping[Path, tuple[str, str]]:
    """Keep each annotation file that was used, and the mask pictures that belong to it, once; return for each the
    folder in that of the import, and its name there.

    Files of one root keep their places to each other, so that an annotation finds its mask pictures again.
    """
    by_root: dict[Path, dict[Path, str]] = {}
    for annotation in (one.planned.annotation for one in written):
        if annotation is not None:
            root = plan.files[annotation.file].root
            names = by_root.setdefault(root, {})
            for path in (annotation.file, *annotation.parts):
                names[path] = _inner_name(path, root)
    kept: dict[Path, tuple[str, str]] = {}
    taken = {RECORD_NAME, "replaced"}
    for names in by_root.values():
        before = _free_folder(names.values(), taken)
        for path, name in names.items():
            kept[path] = (before, name)
            taken.add(f"{before}{name}".casefold())
    for path, (before, name) in kept.items():
        change.put_source(f"{folder}/{before}{name}", path)
    return kept


def _inner_name(path: Path, root: Path) -> str:
    near = next((above for above in (root, root.parent) if path.is_relative_to(above)), path.parent)
    return path.relative_to(near).as_posix()


def _free_folder(names: Iterable[str], taken: Collection[str]) -> str:
    """Return what to put before names so that none is taken: nothing, or a numbered folder."""
    wanted = [name.casefold() for name in names]
    befores = chain([""], (f"{number}/" for number in count(2)))
    return next(before for before in befores if not any(f"{before}{name}" in taken for name in wanted))


def _keep_replaced(
    written: Sequence[Examined], project: Project, change: Change, *, folder: str
) -> tuple[str, ...]:
    """Keep the masks that are replaced, and return their photos' keys."""
    masks = [one.present for one in written if one.outcome is Outcome.IMPORT and one.present is not None]
    replaced = [photo for photo in masks if photo.has_mask]
    for photo in replaced:
        change.put_source(f"{folder}/replaced/{photo.key}.png", project.mask_path(photo))
    return tuple(photo.key for photo in replaced)


def _record(
    prepared: PreparedImport,
    kept: Mapping[Path, tuple[str, str]],
    replaced: tuple[str, ...],
    *,
    who: str,
    when: str,
) -> ImportRecord:
    plan = prepared.plan
    greys = {path: one.labels for one in plan.grey_sets if one.is_named for path in one.files}
    photos = {}
    for one in prepared.examined:
        annotation = one.planned.annotation
        if one.outcome is Outcome.IMPORT and annotation is not None:
            key = one.present.key if one.present is not None else one.planned.key
            root, file = kept[annotation.file]
            table = plan.files[annotation.file].table
            photos[key] = KeptAnnotation(
                file=file,
                root=root.rstrip("/"),
                names=annotation.names,
                table=kept[table][1] if table is not None and table in kept else "",
                greys=greys.get(annotation.file, {}),
            )
    return ImportRecord(
        when=when,
        who=who,
        report=prepared.report.as_json(),
        values=plan.labelling.values,
        rule=plan.options.rule,
        layers=plan.options.layers,
        boxes=plan.options.boxes,
        photos=photos,
        replaced=replaced,
    )


def _folder_name(project: Project, when: str) -> str:
    """A folder of its own below `sources/`, named by the time: `2026-11-20-143205`."""
    day, time = when[:10], when[11:19].replace(":", "")
    names = chain([f"{day}-{time}"], (f"{day}-{time}-{number}" for number in count(2)))
    return next(name for name in names if not (project.folder / "sources" / name).exists())
