"""An import's report in words: every list of it as a section with a title and what it means; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from segstudio.counting import counted


@dataclass(frozen=True, slots=True)
class Section:
    """One list of the report: how many, what, what that means, and the names. `stays_out`: it did not come in."""

    title: str
    count: int
    meaning: str
    lines: tuple[str, ...] = ()
    stays_out: bool = False


def headline(report: Mapping[str, Any]) -> str:
    """Return what was done, in one line."""
    masks, plain = len(report.get("imported", ())), len(report.get("unlabelled", ()))
    if masks and plain:
        return f"{counted(masks, 'photo')} imported with mask, {plain:,} without"
    if plain:
        return f"{counted(plain, 'photo')} imported, to be painted"
    return f"{counted(masks, 'photo')} imported with mask"


def sections(
    report: Mapping[str, Any],
    replaced: Sequence[str] = (),
    left: Sequence[str] = (),
    *,
    undone: bool = False,
) -> tuple[Section, ...]:
    """Return the lists of `ImportReport.as_json` that hold something: what came in, what to know of it, what did not."""
    unknown = [
        f"{label['name'] or '(no name)'}: {counted(label['shapes'], 'shape')}"
        for label in _list(report, "unknown")
    ]
    hidden = [f"{key}: {', '.join(names)}" for key, names in _dict(report, "hidden").items()]
    plain = (
        ("Kept when it was taken back", list(left), "They were painted since the import.", False),
        (
            "Imported with mask",
            _list(report, "imported"),
            "They went when it was taken back." if undone else "They wait in Annotate, done.",
            False,
        ),
        (
            "Imported without mask",
            _list(report, "unlabelled"),
            "They went when it was taken back." if undone else "They wait in Annotate to be painted.",
            False,
        ),
        (
            "Masks replaced",
            list(replaced),
            "The former ones came back."
            if undone
            else "The former ones are kept below sources, in “replaced”.",
            False,
        ),
        ("Classes added", _list(report, "added_classes"), "The files knew them, the project did not.", False),
        ("Shapes by class", _pairs(report, "shapes"), "What was painted.", False),
        ("How masks were read", _list(report, "greys"), "Their values are no numbers of classes.", False),
        ("Painted over wholly", hidden, "A class that lies under others in the draw order.", False),
        ("Cut off at the edge", _pairs(report, "clipped"), "Shapes that reach beyond their photo.", False),
        ("Odd shapes", _list(report, "oddities"), "What is there came in: look at them.", False),
        ("Shapes without any pixel", _pairs(report, "empty"), "Too small, or outside their photo.", False),
        ("Shapes without an area", _pairs(report, "skipped"), "There is nothing to paint in them.", True),
        (
            "Found by the annotation file's name",
            _list(report, "by_file_name"),
            "It tells another name.",
            False,
        ),
        ("Photo of another extension", _list(report, "by_stem"), "Annotation and photo differ in it.", False),
        ("Photo in another folder", _list(report, "other_folder"), "Their annotations tell another.", False),
        ("Called otherwise", _list(report, "renamed"), "Taken names, and what some systems refuse.", False),
        ("Already there", _list(report, "already_there"), "Their masks stayed as they were.", True),
        ("Without photo", _list(report, "without_photo"), "Give the photos, and they come in.", True),
        ("Outdone by another", _list(report, "outdone"), "Their photos have one that fits better.", True),
        ("Without annotation", _list(report, "without_annotation"), "These photos stayed out.", True),
        ("Nothing to paint", _list(report, "blank"), "Their annotations hold no shape with an area.", True),
        ("Class unknown", unknown, "Nobody said what they become.", True),
        ("Stayed out for an unknown class", _list(report, "held"), "Import them again to decide.", True),
        ("Other size", _list(report, "other_size"), "Annotated on another size of the photo.", True),
        ("Doubtful", _list(report, "doubtful"), "More than one would fit.", True),
        ("Name taken", _list(report, "name_taken"), "The project has other photos of that name.", True),
        ("Label images", _list(report, "label_images"), "They do not look like photos.", True),
        ("Same photo twice", _list(report, "doubles"), "A photo comes in once, whatever its names.", True),
        ("Damaged", _list(report, "damaged"), "Copy or export them again.", True),
        ("Not read", _list(report, "not_read"), "Files of a kind that is not imported.", True),
    )
    found = [
        Section(title, len(lines), meaning, tuple(str(line) for line in lines), stays_out)
        for title, lines, meaning, stays_out in plain
        if lines
    ]
    boxes = int(report.get("boxes", 0) or 0)
    if boxes:
        found.append(Section("Boxes taken as areas", boxes, "All that a box covers counts as its class."))
    deleted = int(report.get("deleted", 0) or 0)
    if deleted:
        found.append(Section("Deleted objects", deleted, "Their files say that they are deleted.", (), True))
    return tuple(found)


def _list(report: Mapping[str, Any], name: str) -> list[Any]:
    value = report.get(name, ())
    return list(value) if isinstance(value, list | tuple) else []


def _dict(report: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = report.get(name, {})
    return dict(value) if isinstance(value, dict) else {}


def _pairs(report: Mapping[str, Any], name: str) -> list[str]:
    return [f"{key}: {count:,}" for key, count in _dict(report, name).items()]
