"""ToolOptions: what a tool paints and how, one value for all tools."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from segstudio.painting.brush import MAX_DIAMETER_PX, Brush
from segstudio.painting.rules import EVERYWHERE, Rule
from segstudio.painting.wand import MAX_TOLERANCE, Metric
from segstudio.project.classes import VOID

MAX_SMOOTHING_PX = 50


@dataclass(frozen=True, slots=True)
class ToolOptions:
    """`value` is the class index (or void) to paint; `rule` holds for every tool.

    `tolerance` (0…255 in the unit of `metric`), `contiguous`, `smoothing_px` and `sample_px` (odd) are the magic
    wand's.
    """

    value: int = 0
    rule: Rule = EVERYWHERE
    brush: Brush = field(default_factory=Brush)
    tolerance: float = 20.0
    contiguous: bool = True
    smoothing_px: int = 1
    sample_px: int = 3
    metric: Metric = "lab"

    def __post_init__(self) -> None:
        if not 0 <= self.value <= VOID:
            raise ValueError(f"a mask value is 0 to {VOID}, not {self.value}")
        if not 0 <= self.tolerance <= MAX_TOLERANCE:
            raise ValueError(f"a tolerance is 0 to {MAX_TOLERANCE:g}, not {self.tolerance}")
        if not 0 <= self.smoothing_px <= MAX_SMOOTHING_PX:
            raise ValueError(f"smoothing reaches 0 to {MAX_SMOOTHING_PX} pixels, not {self.smoothing_px}")


def rule_for(value: int, rule: Rule) -> Rule:
    """Return the rule to paint `value` by: void painted only over void would never change anything."""
    return EVERYWHERE if value == VOID and rule.kind == "only void" else rule


def stepped_size(diameter_px: int, steps: int) -> int:
    """Return the size `steps` steps larger (or smaller): one pixel each while small, about a tenth when large.

    A step there and one back meet again at the sizes of the ladder.
    """
    if steps > 0:
        place = bisect_right(_LADDER, diameter_px) + steps - 1
    else:
        place = bisect_left(_LADDER, diameter_px) + steps
    return _LADDER[min(max(place, 0), len(_LADDER) - 1)]


def _ladder() -> tuple[int, ...]:
    sizes = [1]
    while sizes[-1] < MAX_DIAMETER_PX:
        sizes.append(min(max(sizes[-1] + 1, round(sizes[-1] * 1.1)), MAX_DIAMETER_PX))
    return tuple(sizes)


_LADDER = _ladder()
