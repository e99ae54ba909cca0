"""What is said of photos, answers and verdicts; pure."""

from __future__ import annotations

from collections.abc import Sequence

from segstudio.desktop.annotating.class_rows import percent
from segstudio.desktop.reviewing.items import Row, Verdict
from segstudio.desktop.work import JobStatus
from segstudio.project.classes import ClassList

VERDICT_WORDS: dict[Verdict, str] = {
    "": "",
    "accept": "accepted",
    "correct": "to correct",
    "reject": "rejected",
}


def row_told(row: Row, value: int | None = None) -> str:
    """Return what stands under a photo's name; with a mask value the score of that class."""
    if row.state == "failed":
        return "cannot be segmented"
    if row.state == "working":
        return "segmenting …"
    if row.state == "waiting":
        return "waits"
    parts = []
    if row.found:
        parts.append(f"{row.found:,} px")
    if value is not None and row.ious is not None and value in row.ious:
        parts.append(f"IoU {row.ious[value]:.2f}")
    elif row.score is not None:
        parts.append(f"mIoU {row.score:.2f}")
    elif row.sure is not None:
        parts.append(f"sure {percent(row.sure)}")
    if row.verdict and not row.found:  # there is a sign for it, too
        parts.append(VERDICT_WORDS[row.verdict])
    return " · ".join(parts) or "segmented"


def status_of(rows: Sequence[Row], video: tuple[int, int], *, is_loading: bool) -> JobStatus:
    """Return how far segmenting is; `video`: how many frames of how many, where one is under way."""
    if is_loading:
        return JobStatus("Loading the model", can_cancel=True)
    if video[0]:
        return JobStatus("Segmenting the video", *video, can_cancel=True)
    done = sum(row.state in ("done", "failed") for row in rows)
    return JobStatus("Segmenting", done, len(rows), can_cancel=True)


def order_choices(classes: ClassList, *, has_truth: bool) -> tuple[tuple[str, str], ...]:
    """Return the orders to go through the photos, as titles and names."""
    choices = [("As added", "added"), ("Least sure first", "unsure")]
    if has_truth:
        choices.append(("Worst first", "worst"))
        choices += [(f"Worst: {entry.name}", f"class:{entry.index}") for entry in classes.classes]
    return tuple(choices)


def left_out_told(count: int) -> str:
    """Return one sentence on label images in a folder that was dropped."""
    told = "1 label image was" if count == 1 else f"{count:,} label images were"
    return f"{told} left out; drop the file itself to segment one."


def doubles_told(doubles: Sequence[tuple[str, str]]) -> str:
    """Return one sentence on photos that are copies of others, given with these."""
    if len(doubles) == 1:
        return f"{doubles[0][0]} is the same photo as {doubles[0][1]}, and is reviewed once."
    named = ", ".join(f"{copy} (as {other})" for copy, other in doubles[:3])
    more = " …" if len(doubles) > 3 else ""
    return f"{len(doubles):,} photos are copies of others here, which are reviewed once: {named}{more}"


def unused_told(names: Sequence[str]) -> str:
    """Return one sentence on what of a drop is of no use here."""
    if len(names) == 1:
        return f"{names[0]} is no photo, video or model, and holds none."
    return f"{len(names):,} things are no photos, videos or models: {', '.join(names[:3])}{' …' if len(names) > 3 else ''}"
