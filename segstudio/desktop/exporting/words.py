"""What the window says of an export: plain values in, sentences out; pure."""

from __future__ import annotations

from collections.abc import Mapping

from segstudio.counting import counted
from segstudio.desktop.exporting.choices import ExportChoices, Wanted
from segstudio.desktop.importing.report_words import Section
from segstudio.formats.exporting import ExportFormat, ExportPreview, ExportReport

OUTLINES: Mapping[str, str] = {"polygons": "Polygons", "masks": "Masks, pixel by pixel"}

_WANTED: Mapping[Wanted, str] = {
    "labelled": "All with labels",
    "done": "Done and checked",
    "checked": "Checked",
    "selected": "Selected in Annotate",
}
_NONE: Mapping[Wanted, str] = {
    "labelled": "No photo has labels yet: paint some in Annotate first.",
    "done": "No photo with labels is marked as done.",
    "checked": "No photo with labels is marked as checked.",
    "selected": "No photo that is selected in Annotate has labels.",
}


def wanted_told(wanted: Wanted, number: int) -> str:
    """Return a choice of photos with how many they are."""
    return f"{_WANTED[wanted]} ({number:,})"


def none_told(wanted: Wanted) -> str:
    """Return why there is nothing to export."""
    return _NONE[wanted]


def keeps_told(row: ExportFormat) -> str:
    """Say what a format keeps."""
    return f"Keeps {row.carries}."


def loses_told(row: ExportFormat) -> str:
    """Say what a format cannot say."""
    return f"Cannot say: {row.loses}." if row.loses else "Loses nothing."


def tolerance_told(choices: ExportChoices) -> str:
    """Say what the tolerance does to the areas."""
    if not choices.has_tolerance:
        return "Masks keep every pixel."
    if choices.tolerance_px == 0:
        return "Outlines go around every pixel."
    return f"Outlines may leave the area by {choices.tolerance_px:g} px."


def share_told(share: float) -> str:
    """Return a share (0–1) in per cent, cut off and not rounded: 100 % is said of the whole alone."""
    return "100 %" if share >= 1 else f"{int(share * 10_000) / 100:.2f} %"


def written_told(preview: ExportPreview) -> str:
    """Say what would be written for a photo."""
    if not preview.text:
        return "A picture"
    parts = [counted(preview.shapes, "shape")]
    return ", ".join([*parts, counted(preview.points, "point")] if preview.points else parts)


def differing_told(preview: ExportPreview, differing: int) -> str:
    """Say how much of a photo comes back; `differing` pixels do not, and are marked."""
    if not differing:
        return "Every pixel comes back the same"
    marked = f"{counted(differing, 'pixel')} {'differs' if differing == 1 else 'differ'}"
    return f"{share_told(preview.agreement)} comes back the same, {marked}"


def headline(report: ExportReport) -> str:
    """Say what was done, in one line."""
    return f"{counted(report.photos, 'photo')} exported to {report.to.name}"


def report_told(report: ExportReport) -> str:
    """Say how much of it comes back, and what was written."""
    same = (
        "Every pixel comes back the same."
        if report.agreement >= 1
        else f"{share_told(report.agreement)} of all pixels come back the same."
    )
    if not report.points:
        return same
    return f"{same} {counted(report.shapes, 'shape')} with {counted(report.points, 'point')}."


def report_sections(report: ExportReport) -> tuple[Section, ...]:
    """Return what there is to unfold: the photos that differ most, and those that were left out."""
    worst = tuple(f"{key}: {share_told(share)}" for key, share in report.worst)
    left = tuple(f"{key}: {why}" for key, why in report.left_out)
    sections = (
        Section("Good to know", len(report.remarks), "What a reader would not expect.", report.remarks),
        Section("Differ most", len(worst), "How much of each photo comes back the same.", worst),
        Section("Left out", len(left), "Nothing was written for these photos.", left, stays_out=True),
    )
    return tuple(section for section in sections if section.lines)
