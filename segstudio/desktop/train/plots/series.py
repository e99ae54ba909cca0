"""Series: what the charts show, worked out from what runs have told; pure, without pyqtgraph."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from segstudio.desktop.train.curves import Told
from segstudio.project.colours import next_colours

Values = npt.NDArray[np.float64]
ChartId = Literal["loss", "miou", "classes", "rate"]
Stroke = Literal["solid", "dashed", "dotted", "dashdot", "dashdotdot", "long"]

CHARTS: Mapping[ChartId, str] = {
    "loss": "Loss",
    "miou": "Mean IoU",
    "classes": "IoU per class",
    "rate": "Learning rate",
}

_STROKES: tuple[Stroke, ...] = ("solid", "dashed", "dotted", "dashdot", "dashdotdot", "long")
_LOSS, _RATE = 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One line of a chart: `x` in epochs, `y` as it is drawn, `raw` before smoothing, drawn faintly (None for none).

    `colour` is `#RRGGBB` or the name of a token of the theme; `dots` marks each value. `run` names the run where there
    are several, `label` what of it is shown.
    """

    label: str
    colour: str
    x: Values
    y: Values
    raw: Values | None = None
    stroke: Stroke = "solid"
    dots: bool = False
    run: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One run among those shown: its name, what it told, and the colours of its classes by name."""

    name: str
    told: Told
    class_colours: Mapping[str, str]


def series_of(chart: ChartId, curves: Sequence[Curve], smoothing: int) -> tuple[Series, ...]:
    """Return the lines of one chart; `smoothing` is how many steps are averaged (1: none)."""
    alone = len(curves) == 1
    taken = tuple(dict.fromkeys(colour for curve in curves for colour in curve.class_colours.values()))
    colours = ["accent"] if alone else next_colours(len(curves), taken)  # a run is no class
    found: list[Series] = []
    for position, (curve, colour) in enumerate(zip(curves, colours, strict=True)):
        match chart:
            case "loss":
                found += _losses(curve, colour, smoothing, alone=alone)
            case "miou":
                found += _mious(curve, colour, alone=alone)
            case "classes":
                found += _classes(curve, _STROKES[position % len(_STROKES)], alone=alone)
            case "rate":
                found += _rates(curve, colour, alone=alone)
    return tuple(found)


def state_of(chart: ChartId, curves: Sequence[Curve]) -> tuple[object, ...]:
    """Return what a chart's lines depend on besides smoothing: equal to an older one when nothing has changed."""
    of_all = tuple(
        (each.name, each.told.started, each.class_colours) for each in curves
    )  # no run has a class's colour
    if chart in ("miou", "classes"):
        return (*of_all, *(each.told.epochs for each in curves))
    return (*of_all, *((len(each.told.epochs), each.told.steps.shape[1], each.told.step) for each in curves))


def _losses(curve: Curve, colour: str, smoothing: int, *, alone: bool) -> list[Series]:
    told, found = curve.told, []
    run = "" if alone else curve.name
    if told.steps.shape[1]:
        values = told.steps[_LOSS]
        even = smoothed(values, smoothing)
        raw = values if smoothing > 1 and alone else None
        found.append(Series("training", colour, _epochs_of_steps(told), even, raw, run=run))
    scored = [epoch for epoch in told.epochs if epoch.val_loss is not None]
    if scored:
        x = np.array([float(epoch.epoch) for epoch in scored])
        y = np.array([epoch.val_loss or 0.0 for epoch in scored])
        other = "warn" if alone else colour
        found.append(Series("validation", other, x, y, stroke="dashed", dots=True, run=run))
    return found


def _mious(curve: Curve, colour: str, *, alone: bool) -> list[Series]:
    points = [
        (float(epoch.epoch), epoch.scores.miou)
        for epoch in curve.told.epochs
        if epoch.scores is not None and epoch.scores.miou is not None
    ]
    if not points:
        return []
    x, y = np.array(points).T
    return [Series("mean IoU", colour, x, y, dots=True, run="" if alone else curve.name)]


def _classes(curve: Curve, stroke: Stroke, *, alone: bool) -> list[Series]:
    scored = [(float(epoch.epoch), epoch.scores) for epoch in curve.told.epochs if epoch.scores is not None]
    if not scored:
        return []
    found = []
    colours = _class_colours(curve, [entry.name for entry in scored[-1][1].classes])
    x = np.array([number for number, _ in scored])
    for position, entry in enumerate(scored[-1][1].classes):
        values = [
            scores.classes[position].iou if position < len(scores.classes) else None for _, scores in scored
        ]
        y = np.array([math.nan if value is None else value for value in values])
        if not np.isnan(y).all():
            run = "" if alone else curve.name
            found.append(Series(entry.name, colours[entry.name], x, y, stroke=stroke, dots=True, run=run))
    return found


def _class_colours(curve: Curve, names: Sequence[str]) -> dict[str, str]:
    """Return the project's colour of each class, and one that is far from those for what the project has not."""
    known = {name.casefold(): colour for name, colour in curve.class_colours.items()}
    strangers = [name for name in names if name.casefold() not in known]
    fresh = dict(zip(strangers, next_colours(len(strangers), tuple(known.values())), strict=True))
    return {name: known.get(name.casefold(), fresh.get(name, "")) for name in names}


def _rates(curve: Curve, colour: str, *, alone: bool) -> list[Series]:
    told = curve.told
    if not told.steps.shape[1]:
        return []
    run = "" if alone else curve.name
    return [Series("learning rate", colour, _epochs_of_steps(told), told.steps[_RATE], run=run)]


def _epochs_of_steps(told: Told) -> Values:
    per_epoch = told.started.steps_per_epoch if told.started else 1
    return np.asarray(told.steps[0] / max(1, per_epoch), dtype=np.float64)


def smoothed(values: Values, window: int) -> Values:
    """Return the mean of `window` values around each, fewer at both ends, so that the line does not lag behind."""
    count = len(values)
    half = min(window // 2, count - 1)
    if half < 1:
        return values
    sums = np.concatenate(([0.0], np.cumsum(values)))
    places = np.arange(count)
    low, high = np.maximum(0, places - half), np.minimum(count, places + half + 1)
    return np.asarray((sums[high] - sums[low]) / (high - low), dtype=np.float64)


def window_of(slider: int, steps: int) -> int:
    """Return how many steps are averaged for a slider of 0–100 and so many steps: up to a fifth of them."""
    widest = max(1.0, steps / 5)
    return max(1, round(float(widest ** (slider / 100))), round(steps * slider / 20_000))


def top_of(values: Sequence[Values]) -> float:
    """Return a round number that nearly all of the values lie below, for an axis that seldom changes."""
    known = [each[np.isfinite(each)] for each in values if len(each)]
    high = max((_nearly_highest(each) for each in known if len(each)), default=0.0)
    if high <= 0:
        return 1.0
    power = 10 ** math.floor(math.log10(high))
    return float(
        next(step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15) if step * power >= high * 1.0001)
    )


def bottom_of(values: Sequence[Values]) -> float:
    """Return a round number (1, 2 or 5, and zeros) below all positive values, for a logarithmic axis that seldom changes."""
    low = min((float(each[each > 0].min()) for each in values if (each > 0).any()), default=0.1)
    power = 10.0 ** math.floor(math.log10(low))
    return next(step * power for step in (5, 2, 1) if step == 1 or step * power <= low)


def _nearly_highest(values: Values) -> float:
    """The first steps of a training may be far above all others: they do not squeeze the rest."""
    highest = float(values.max())
    usual = float(np.quantile(values, 0.98))
    return usual if len(values) > 200 and highest > 2 * usual else highest


def value_at(line: Series, place: float | None) -> float | None:
    """Return a line's value nearest to an epoch, the last one for None; None where it does not reach there."""
    if not len(line.x):
        return None
    x = float(line.x[-1]) if place is None else place
    if x > line.x[-1] + 1 or x < line.x[0] - 1:
        return None
    after = int(np.searchsorted(line.x, x))
    before = max(0, after - 1)
    after = min(after, len(line.x) - 1)
    nearest = before if x - line.x[before] < line.x[after] - x else after
    return float(line.y[nearest]) if math.isfinite(line.y[nearest]) else None


def csv_of(runs: Mapping[str, Told]) -> tuple[str, str]:
    """Return two tables of these runs, by name, as CSV text: what was told of each epoch, and of each step.

    There is a column for every class that any of the runs has, empty where a run has it not.
    """
    classes = tuple(dict.fromkeys(name for told in runs.values() for name in _class_names(told)))
    epochs = [
        _row("run", "epoch", "step", "train_loss", "val_loss", "miou", *(f"iou {each}" for each in classes))
    ]
    steps = ["run,step,loss,learning_rate,images_per_s,memory_mb"]
    for name, told in runs.items():
        epochs += _epoch_rows(name, told, classes)
        quoted = _row(name)
        steps += [
            f"{quoted},{int(row[0])},{row[1]:.6g},{row[2]:.6g},{row[3]:.6g},{row[4]:.6g}"
            for row in told.steps.T.tolist()
        ]
    return "\n".join(epochs) + "\n", "\n".join(steps) + "\n"


def _class_names(told: Told) -> tuple[str, ...]:
    return told.started.classes if told.started else ()


def _epoch_rows(name: str, told: Told, classes: Sequence[str]) -> list[str]:
    rows = []
    for epoch in told.epochs:
        scores = epoch.scores
        iou = {each.name: each.iou for each in scores.classes} if scores else {}
        facts = (epoch.epoch, epoch.step, epoch.train_loss, epoch.val_loss, scores.miou if scores else None)
        rows.append(_row(name, *facts, *(iou.get(each) for each in classes)))
    return rows


def _row(*cells: object) -> str:
    return ",".join(_cell(cell) for cell in cells)


def _cell(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\n') else text
