"""What a brush move costs: 50 pixels on, on a photo of 8192 × 8192 beside one of 1024 × 1024, in one run.

A move is what the canvas does per mouse event before it repaints: the pixels between two positions, the rule,
the tiles kept for undo, the mask. The two sizes take turns, so that other load meets both alike; on the
large photo each stroke is somewhere else, so that nothing is warm.

    make benchmarks
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
import pytest

from segstudio.painting.brush import Brush, Stroke
from segstudio.painting.editor import MaskEditor
from segstudio.painting.fill import flood_fill
from segstudio.painting.points import Position
from segstudio.painting.region import Region
from segstudio.painting.rules import EVERYWHERE, Rule, never_over
from segstudio.painting.wand import Wand
from segstudio.project.images import RgbImage

SMALL_PX, LARGE_PX, STEP_PX = 1024, 8192, 50
STROKES, MOVES = 30, 40


def walk(rng: np.random.Generator, side_px: int) -> list[Position]:
    """Return positions STEP_PX apart that turn gently and stay on the photo."""
    at = rng.uniform(side_px * 0.1, side_px * 0.9, 2)
    heading, way = rng.uniform(0, 2 * np.pi), []
    for _ in range(MOVES):
        heading += rng.normal(0, 0.4)
        step = STEP_PX * np.array((np.cos(heading), np.sin(heading)))
        if not ((at + step > 0) & (at + step < side_px)).all():
            heading += np.pi
            step = -step
        at = at + step
        way.append((float(at[0]), float(at[1])))
    return way


def stroke_ms(editor: MaskEditor, way: list[Position], brush: Brush, value: int, rule: Rule) -> list[float]:
    """Paint one stroke and return the milliseconds of each move."""
    stroke, taken = Stroke(brush, editor.size), []
    editor.begin("brush")
    for position in way:
        start = time.perf_counter()
        editor.paint(*stroke.to(position), value=value, rule=rule)
        taken.append((time.perf_counter() - start) * 1000)
    editor.commit()
    return taken


@pytest.mark.benchmark
@pytest.mark.parametrize("rule", [EVERYWHERE, never_over(1, 2)], ids=lambda rule: rule.kind)
@pytest.mark.parametrize("diameter_px", [5, 50, 500])
def test_a_move_costs_the_same_on_any_photo(diameter_px: int, rule: Rule) -> None:
    cv2.setNumThreads(1)
    rng = np.random.default_rng(diameter_px)
    small, large = (MaskEditor(np.zeros((side, side), dtype=np.uint8)) for side in (SMALL_PX, LARGE_PX))
    times: dict[int, list[float]] = {SMALL_PX: [], LARGE_PX: []}
    for number in range(STROKES):
        value, brush = number % 5, Brush(diameter_px)
        for side_px, editor in ((SMALL_PX, small), (LARGE_PX, large)):
            times[side_px] += stroke_ms(editor, walk(rng, side_px), brush, value, rule)
    figures = {side: (np.median(ms), np.quantile(ms, 0.95), max(ms)) for side, ms in times.items()}
    for side_px, (median, late, worst) in figures.items():
        print(  # noqa: T201
            f"brush {diameter_px} px {rule.kind}, photo {side_px} px: median {median:.3f} ms, "
            f"95th percentile {late:.3f} ms, worst {worst:.1f} ms"
        )
    ratio = figures[LARGE_PX][0] / figures[SMALL_PX][0]
    print(f"brush {diameter_px} px {rule.kind}: ratio {ratio:.2f}")  # noqa: T201
    assert ratio < 1.5


def best_ms(do: Callable[[], object], times: int = 5) -> float:
    """Return the milliseconds of the fastest of several calls."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        do()
        taken.append((time.perf_counter() - start) * 1000)
    return min(taken)


def wave(photo: RgbImage) -> Region:
    """Put a wand down on the patch and ask it once."""
    return Wand(photo, (450, 450)).region(10)


@pytest.mark.benchmark
def test_a_small_patch_is_found_as_fast_on_any_photo() -> None:
    taken = {}
    for side_px in (SMALL_PX, LARGE_PX):
        mask = np.zeros((side_px, side_px), dtype=np.uint8)
        mask[400:500, 400:500] = 1
        photo = np.zeros((side_px, side_px, 3), dtype=np.uint8)
        photo[400:500, 400:500] = 200
        fill = best_ms(partial(flood_fill, mask, (450, 450)))
        wand = best_ms(partial(wave, photo))
        print(f"photo {side_px} px: fill {fill:.2f} ms, wand {wand:.2f} ms")  # noqa: T201
        taken[side_px] = fill + wand
    assert taken[LARGE_PX] < 1.5 * taken[SMALL_PX]
