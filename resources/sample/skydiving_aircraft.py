"""The jump aircraft of the sample photos, and the door that one leaves it by.

Axes: x along the wing, y to the nose, z up; metres.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from resources.sample import skydiving_figures as figures
    from resources.sample.skydiving_divers import Colour
    from resources.sample.skydiving_figures import Floats, Mesh, Paint
else:
    import skydiving_figures as figures  # both lie beside; skydiving.py has loaded them
    from skydiving_divers import Colour
    from skydiving_figures import Floats, Mesh, Paint


@dataclass(frozen=True, slots=True)
class Livery:
    """Colours of an aircraft."""

    main: Colour
    stripe: Colour
    under: Colour


_STRIPES: tuple[Colour, ...] = (
    (0.60, 0.06, 0.08), (0.07, 0.13, 0.36), (0.06, 0.30, 0.18), (0.80, 0.42, 0.06), (0.16, 0.17, 0.19),
)  # fmt: skip


def random_livery(rng: np.random.Generator) -> Livery:
    """Paint an aircraft: mostly white with a bold stripe, sometimes dark all over."""
    stripe = _STRIPES[int(rng.integers(len(_STRIPES)))]
    if rng.random() < 0.85:
        white = (0.84, 0.84, 0.83)
        return Livery(white, stripe, stripe if rng.random() < 0.25 else white)
    dark = _STRIPES[int(rng.choice([0, 1, 4]))]
    return Livery(dark, (0.85, 0.85, 0.82), dark)


def aircraft(rng: np.random.Generator, livery: Livery) -> Mesh:
    """Return a high-winged jump plane: single or twin turboprop, with its door open on one side."""
    twin = bool(rng.random() < 0.35)
    span = 9.0 if twin else float(rng.uniform(6.6, 8.0))
    parts = [_fuselage(livery, twin=twin), _wing(livery, span), *_tail(livery)]
    for mirror in (1.0, -1.0):
        parts += _gear_and_strut(livery, mirror, span)
        if twin:
            parts += _engine(rng, livery, np.array([2.6 * mirror, 2.1, 0.75], np.float32))
    if not twin:
        parts += _propeller(rng, np.array([0, 4.75, 0.0], np.float32), livery)
        parts.append(_limb((0, 3.7, -0.4), (0, 3.8, -1.35), (0.06, 0.05), figures.plain((0.4, 0.4, 0.42))))
    parts.append(_wheel((0, 3.8, -1.45)))
    return figures.join(parts)


def _limb(
    start: Sequence[float],
    end: Sequence[float],
    thickness: tuple[float, float],
    paint: Paint,
    flat: float = 1.0,
) -> Mesh:
    first, last = np.array(start, np.float32), np.array(end, np.float32)
    return figures.limb(first, last, thickness, paint, side=(0.05, 1, 0), flat=flat, gloss=0.3)


def _fuselage(livery: Livery, *, twin: bool) -> Mesh:
    y = np.linspace(-6.1, 4.7, 110)
    knots = [-6.1, -5.6, -3.6, -1.8, 1.3, 1.9, 2.6, 3.3, 4.3, 4.7]
    wide = np.interp(
        y, knots, [0.04, 0.14, 0.46, 0.80, 0.82, 0.78, 0.64, 0.55, 0.36, 0.14 if not twin else 0.05]
    )
    high = np.interp(
        y, knots, [0.10, 0.24, 0.58, 0.86, 0.88, 0.82, 0.60, 0.50, 0.36, 0.14 if not twin else 0.05]
    )
    middle = np.interp(y, knots, [0.62, 0.55, 0.30, 0.03, 0.0, 0.0, -0.14, -0.12, -0.06, 0.0])
    glass, rubber = (0.07, 0.09, 0.12), (0.13, 0.13, 0.14)

    def at(position: float) -> float:
        return (position + 6.1) / 10.8

    # Angle 0 is the right side; π/2 is down (y × x), so windows lie just under π and just over -0.
    belly = (0.0, 1.0, np.pi / 2, 0.95, livery.under)
    stripes = [(0.06, 0.97, angle, 0.24, livery.stripe) for angle in (0.05, np.pi - 0.05)]
    panes = [
        (at(p), at(p + 0.42), a, 0.20, glass)
        for p in (-2.6, -1.9, -0.2, 0.5, 1.2)
        for a in (-0.48, np.pi + 0.48)
    ]
    shield = [
        (at(2.0), at(2.75), -np.pi / 2, 1.15, glass),
        (at(2.0), at(2.75), -np.pi / 2, 0.05, livery.main),
    ]
    door = [
        (at(-1.35), at(-0.35), np.pi, 0.75, (0.35, 0.35, 0.36)),
        (at(-1.28), at(-0.42), np.pi, 0.70, rubber),
    ]
    exhaust = [(at(3.5), at(4.1), a, 0.2, (0.3, 0.28, 0.27)) for a in (0.7, np.pi - 0.7)]
    seams = [(at(p), at(p) + 0.004, 0, 4.0, (0.55, 0.55, 0.55)) for p in (-4.4, -3.0, 1.75, 3.3)]
    paint = figures.layered(
        livery.main, belly, *stripes, *panes, *shield, *([] if twin else exhaust), *seams, *door
    )
    centres = np.stack([0 * y, y, middle], axis=1).astype(np.float32)
    radii = np.stack([wide, high], axis=1).astype(np.float32)
    return figures.loft(centres, radii, paint, side=(1, 0, 0), sharpness=2.7, segments=48, gloss=0.45)


def _wing(livery: Livery, span: float) -> Mesh:
    x = np.linspace(-span, span, 90)
    out = np.abs(x) / span
    chord = np.interp(out, [0, 0.4, 0.97, 1], [0.86, 0.86, 0.62, 0.30])
    thick = np.interp(out, [0, 0.97, 1], [0.13, 0.07, 0.01])
    metal = (0.62, 0.63, 0.64)
    # Angle 0 is the leading edge; flaps and ailerons end in a dark gap before the trailing edge at π.
    gap = [(0.03, 0.46, np.pi + s * 0.95, 0.05, (0.3, 0.3, 0.3)) for s in (1, -1)]
    gap += [(0.54, 0.97, np.pi + s * 0.95, 0.05, (0.3, 0.3, 0.3)) for s in (1, -1)]
    tips = [(0.0, 0.06, 0, 4.0, livery.stripe), (0.94, 1.0, 0, 4.0, livery.stripe)]
    letters = [
        (0.13 + 0.035 * n, 0.152 + 0.035 * n, s * (np.pi / 2), 0.5 - 0.2 * (n % 2), livery.stripe)
        for n in range(5)
        for s in (1,)
    ]
    ribs = [(p, p + 0.006, 0, 4.0, (0.6, 0.6, 0.6)) for p in (0.22, 0.34, 0.66, 0.78)]
    paint = figures.layered(livery.main, *ribs, *gap, *letters, *tips, (0, 1, 0.0, 0.25, metal))
    centres = np.stack([x, 0.75 + 0 * x, 0.84 + 0.02 * np.abs(x)], axis=1).astype(np.float32)
    return figures.loft(
        centres,
        np.stack([chord, thick], axis=1).astype(np.float32),
        paint,
        side=(0, 1, 0),
        segments=40,
        gloss=0.35,
    )


def _tail(livery: Livery) -> list[Mesh]:
    x = np.linspace(-2.5, 2.5, 40)
    chord = np.interp(np.abs(x), [0, 2.3, 2.5], [0.58, 0.40, 0.15])
    plane = figures.loft(
        np.stack([x, -5.35 - 0.08 * np.abs(x), 0.55 + 0 * x], axis=1).astype(np.float32),
        np.stack([chord, 0.06 + 0 * x], axis=1).astype(np.float32),
        figures.layered(livery.main, (0, 0.08, 0, 4, livery.stripe), (0.92, 1, 0, 4, livery.stripe)),
        side=(0, 1, 0), gloss=0.35,
    )  # fmt: skip
    z = np.linspace(0.3, 2.45, 24)
    fin = figures.loft(
        np.stack([0 * z, -4.75 - 0.42 * (z - 0.3), z], axis=1).astype(np.float32),
        np.stack([np.interp(z, [0.3, 0.7, 2.3, 2.45], [1.2, 0.85, 0.50, 0.2]), 0.06 + 0 * z], axis=1).astype(np.float32),
        figures.layered(livery.stripe, (0.55, 0.75, 0, 4, livery.main), (0, 1, np.pi, 0.5, livery.main)),
        side=(0, 1, 0), gloss=0.35,
    )  # fmt: skip
    return [plane, fin]


def _gear_and_strut(livery: Livery, mirror: float, span: float) -> list[Mesh]:
    return [
        _limb(
            (0.7 * mirror, 0.8, -0.55),
            (0.45 * span * mirror, 0.8, 0.86),
            (0.05, 0.05),
            figures.plain(livery.main),
        ),
        _limb(
            (0.5 * mirror, 0.2, -0.7), (1.35 * mirror, 0.1, -1.35), (0.09, 0.06), figures.plain(livery.main)
        ),
        _wheel((1.42 * mirror, 0.1, -1.42)),
    ]


def _wheel(centre: Sequence[float]) -> Mesh:
    middle = np.array(centre, np.float32)
    axes = np.eye(3, dtype=np.float32)
    tyre = figures.layered(
        (0.07, 0.07, 0.07), (0, 0.25, 0, 4, (0.6, 0.6, 0.6)), (0.75, 1, 0, 4, (0.6, 0.6, 0.6))
    )
    return figures.ball(middle, (0.11, 0.27, 0.27), tyre, axes=axes, gloss=0.1)


def _engine(rng: np.random.Generator, livery: Livery, nose: Floats) -> list[Mesh]:
    y = np.linspace(-1.9, 0.1, 24)
    size = np.interp(y, [-1.9, -1.2, -0.1, 0.1], [0.06, 0.30, 0.30, 0.14])
    centres = (np.stack([0 * y, y, 0 * y], axis=1) + nose).astype(np.float32)
    radii = np.stack([size, 1.15 * size], axis=1).astype(np.float32)
    paint = figures.layered(
        livery.main, (0.78, 0.84, 0, 4, livery.stripe), (0.9, 1, 0, 4, (0.25, 0.25, 0.25))
    )
    return [
        figures.loft(centres, radii, paint, side=(1, 0, 0), gloss=0.4),
        *_propeller(rng, nose + np.array([0, 0.1, 0], np.float32), livery),
    ]


def _propeller(rng: np.random.Generator, hub: Floats, livery: Livery) -> list[Mesh]:
    turn, count = rng.uniform(0, 2 * np.pi), int(rng.integers(3, 5))
    parts = [
        figures.limb(
            hub,
            hub + np.array([0, 0.28, 0], np.float32),
            (0.16, 0.05),
            figures.plain(livery.stripe),
            side=(1, 0, 0),
            gloss=0.7,
        )
    ]
    blade = figures.layered((0.14, 0.14, 0.15), (0.84, 0.95, 0, 4, (0.85, 0.8, 0.3)))
    for number in range(count):
        angle = turn + number * 2 * np.pi / count
        tip = hub + 1.3 * np.array([np.cos(angle), 0.06, np.sin(angle)], np.float32)
        across = np.array([-np.sin(angle), 0.5, np.cos(angle)])
        parts.append(
            figures.limb(hub + 0.1 * (tip - hub), tip, (0.07, 0.10), blade, side=tuple(across), flat=0.25)
        )
    return parts


def door_frame(livery: Livery) -> Mesh:
    """Return the wall of a cabin around an open door, as seen from inside: x along the wall, y up, z outward."""
    angle = np.arange(72) * 2 * np.pi / 72
    cos, sin = np.cos(angle), np.sin(angle)
    outline = np.stack(
        [np.sign(cos) * np.abs(cos) ** 0.3 * 0.68, np.sign(sin) * np.abs(sin) ** 0.3 * 0.72, 0 * cos], axis=1
    )
    steps = [
        (0.985, 0.13),
        (1.0, 0.06),
        (1.0, 0.0),
        (1.03, -0.03),
        (1.08, -0.03),
        (1.10, 0.0),
        (1.3, 0.0),
        (1.32, -0.04),
        (1.40, -0.04),
    ]
    steps += [(1.42, 0.0), (1.8, -0.02), (2.4, -0.08), (3.5, -0.3), (6.0, -0.8)]
    rings = [outline * (scale, scale, 1) + (0, 0, out) for scale, out in steps]
    lining, rail = (0.40, 0.41, 0.42), (0.62, 0.63, 0.65)
    edge = (0.0, 0.16, 0.0, 4.0, livery.stripe if max(livery.stripe) > 0.3 else (0.75, 0.7, 0.1))
    paint = figures.layered(
        lining, edge, (0.16, 0.40, 0, 4, rail), (0.52, 0.72, 0, 4, (0.30, 0.31, 0.32)),
        (0.80, 1.0, np.pi / 2, 0.9, (0.5, 0.5, 0.5)), (0.72, 1.0, 3 * np.pi / 2, 0.75, (0.16, 0.16, 0.17)),
    )  # fmt: skip
    outside = np.tile(np.array([0, 0, 50.0]), (len(rings), 1))
    return figures.sheet(np.array(rings), outside, paint, gloss=0.12)
