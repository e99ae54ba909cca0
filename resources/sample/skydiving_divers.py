"""The divers of the sample photos: limbs in a pose, a suit, a rig and a helmet.

Body axes: x to the side, y from the pelvis to the head, z out of the belly; metres.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from resources.sample import skydiving_figures as figures
    from resources.sample.skydiving_figures import Floats, Mesh
else:
    import skydiving_figures as figures  # lies beside; skydiving.py has loaded it
    from skydiving_figures import Floats, Mesh

Colour = tuple[float, float, float]
PoseName = Literal["belly", "track", "sit", "headdown", "dock", "stand"]

_FRONT, _BACK = 3 * np.pi / 2, np.pi / 2
_BLACK: Colour = (0.05, 0.05, 0.06)
_SUITS: tuple[Colour, ...] = (
    (0.74, 0.06, 0.07),
    (0.05, 0.20, 0.72),
    (0.92, 0.36, 0.03),
    (0.94, 0.76, 0.06),
    (0.45, 0.09, 0.52),
    (0.88, 0.12, 0.42),
    (0.05, 0.58, 0.62),
    (0.50, 0.78, 0.08),
)
_SECONDS: tuple[Colour, ...] = (*_SUITS, (0.88, 0.88, 0.86), (0.09, 0.09, 0.11), (0.08, 0.36, 0.20))
_SKINS: tuple[Colour, ...] = ((0.82, 0.60, 0.48), (0.70, 0.48, 0.36), (0.48, 0.31, 0.22))


class Pose(NamedTuple):
    """Directions in body axes, for the limbs of the side where x is positive; where the face looks."""

    upper_arm: Sequence[float]
    forearm: Sequence[float]
    thigh: Sequence[float]
    shin: Sequence[float]
    face: Sequence[float]


POSES: dict[PoseName, Pose] = {
    "belly": Pose(
        (0.9, 0.25, -0.3), (0.25, 0.95, -0.05), (0.42, -0.9, -0.05), (0.12, -0.62, -0.75), (0, 0.75, 0.65)
    ),
    "track": Pose(
        (0.5, -0.85, -0.15), (0.35, -0.93, 0), (0.2, -0.97, 0), (0.14, -0.97, -0.1), (0, 0.45, 0.9)
    ),
    "sit": Pose((0.85, 0.3, 0.15), (0.5, 0.85, 0.1), (0.32, -0.35, 0.88), (0.12, -0.97, -0.05), (0, 0.05, 1)),
    "headdown": Pose(
        (0.88, -0.25, 0.3), (0.75, 0.5, 0.35), (0.5, -0.82, 0.3), (0.3, -0.92, -0.25), (0, 0.2, 1)
    ),
    "dock": Pose((0.55, 0.8, 0.1), (0.1, 0.98, 0.15), (0.4, -0.9, -0.1), (0.15, -0.6, -0.78), (0, 0.85, 0.5)),
    "stand": Pose(
        (0.45, 0.8, 0.4), (0.05, 0.9, 0.4), (0.15, -0.95, 0.25), (0.06, -0.97, -0.2), (0.2, 0.0, 1)
    ),
}


@dataclass(frozen=True, slots=True)
class Suit:
    """Colours of one diver."""

    body: Colour
    arms: Colour
    legs: Colour
    trim: Colour
    rig: Colour
    helmet: Colour
    skin: Colour
    full_face: bool


def random_suit(rng: np.random.Generator) -> Suit:
    """Dress a diver: one main colour, often a second, sometimes dark legs."""

    def pick(colours: tuple[Colour, ...]) -> Colour:
        base = np.array(colours[int(rng.integers(len(colours)))])
        shade = np.clip(base * rng.uniform(0.75, 1.15) + rng.normal(0, 0.015, 3), 0.02, 0.95)
        return (float(shade[0]), float(shade[1]), float(shade[2]))

    body, second = pick(_SUITS), pick(_SECONDS)
    return Suit(
        body=body,
        arms=body if rng.random() < 0.55 else second,
        legs=(0.09, 0.09, 0.11) if rng.random() < 0.25 else body if rng.random() < 0.6 else second,
        trim=second if rng.random() < 0.6 else (0.85, 0.85, 0.84),
        rig=(0.08, 0.08, 0.09) if rng.random() < 0.5 else pick(_SECONDS),
        helmet=pick(_SECONDS),
        skin=_SKINS[int(rng.integers(len(_SKINS)))],
        full_face=bool(rng.random() < 0.6),
    )


def diver(rng: np.random.Generator, pose: Pose, suit: Suit) -> Mesh:
    """Return one diver; the joints differ a little from the pose, and from side to side."""
    parts = [_torso(rng, suit), *_rig(suit), *_head(rng, pose, suit)]
    for mirror in (1.0, -1.0):
        parts += _arm(rng, pose, suit, mirror)
        parts += _leg(rng, pose, suit, mirror)
    return figures.join(parts)


def _along(rng: np.random.Generator, direction: Sequence[float], mirror: float, length: float) -> Floats:
    turned = np.array(direction, np.float64) * (mirror, 1, 1) + rng.normal(0, 0.13, 3)
    return np.asarray(turned / np.linalg.norm(turned) * length, np.float32)


def _torso(rng: np.random.Generator, suit: Suit) -> Mesh:
    height = np.linspace(-0.13, 0.57, 22)
    knots = [-0.13, -0.08, 0.02, 0.16, 0.32, 0.44, 0.50, 0.57]
    wide = np.interp(height, knots, [0.05, 0.155, 0.175, 0.16, 0.185, 0.20, 0.15, 0.05])
    deep = np.interp(height, knots, [0.04, 0.115, 0.125, 0.115, 0.125, 0.115, 0.09, 0.05])
    strap = (0.10, 0.10, 0.11)
    paint = figures.layered(
        suit.body, (0, 1, 0.0, 0.4, suit.trim), (0, 1, np.pi, 0.4, suit.trim),
        (0.5, 1, _FRONT + 0.62, 0.14, strap), (0.5, 1, _FRONT - 0.62, 0.14, strap),
        (0.70, 0.75, _FRONT, 0.7, strap), (0.12, 0.17, 0, 4, strap),
    )  # fmt: skip
    centres = np.stack([0 * height, height, 0.01 * np.sin(4 * height)], axis=1).astype(np.float32)
    radii = np.stack([wide, deep], axis=1).astype(np.float32)
    return figures.loft(centres, radii, paint, side=(1, 0, 0), sharpness=2.4, segments=32, folds=rng)


def _rig(suit: Suit) -> list[Mesh]:
    """The container on the back: main and reserve tray, coloured flaps, grey handles."""
    height = np.linspace(-0.02, 0.53, 14)
    size = np.clip(np.minimum((height + 0.05) * 12, (0.57 - height) * 12), 0.2, 1.0) - 0.16 * np.exp(
        -(((height - 0.27) / 0.03) ** 2)
    )
    centres = np.stack([0 * height, height, -0.165 - 0.02 * np.sin(6 * height)], axis=1).astype(np.float32)
    radii = np.stack([0.155 * size, 0.095 * size], axis=1).astype(np.float32)
    paint = figures.layered(
        suit.rig, (0.58, 0.92, _BACK, 0.55, suit.trim), (0.12, 0.42, _BACK, 0.35, suit.body),
        (0.46, 0.52, 0, 4, _BLACK), (0.0, 0.1, 0, 4, _BLACK),
    )  # fmt: skip
    tray = figures.loft(centres, radii, paint, side=(1, 0, 0), sharpness=4.5, segments=32, gloss=0.15)
    handle = figures.limb(
        np.array([0.15, 0.27, 0.09], np.float32), np.array([0.13, 0.20, 0.12], np.float32), (0.02, 0.02),
        figures.plain((0.75, 0.1, 0.08)), side=(1, 0, 0),
    )  # fmt: skip
    return [tray, handle]


def _head(rng: np.random.Generator, pose: Pose, suit: Suit) -> list[Mesh]:
    front = np.array(pose.face, np.float64) + rng.normal(0, 0.2, 3)
    front /= np.linalg.norm(front)
    upward = np.array([0.0, 1.0, -0.6]) - np.dot([0.0, 1.0, -0.6], front) * front
    upward /= np.linalg.norm(upward)
    axes = np.stack([upward, front, np.cross(upward, front)]).astype(np.float32)
    centre = np.array([0, 0.675, 0.0], np.float32)
    glass = (0.06, 0.07, 0.09)
    if suit.full_face:
        marks = [
            (0.42, 0.68, 0.0, 1.15, glass),
            (0.40, 0.42, 0.0, 1.2, _BLACK),
            (0.2, 0.8, 1.9, 0.15, suit.trim),
            (0.2, 0.8, -1.9, 0.15, suit.trim),
        ]
    else:
        marks = [
            (0.0, 0.7, 0.0, 0.95, suit.skin),
            (0.5, 0.66, 0.0, 1.0, glass),
            (0.27, 0.3, 0.0, 0.3, (0.5, 0.25, 0.22)),
        ]
    helmet = figures.ball(
        centre, (0.150, 0.138, 0.122), figures.layered(suit.helmet, *marks), axes=axes, gloss=0.6
    )
    neck = figures.limb(
        np.array([0, 0.5, 0], np.float32),
        np.array([0, 0.6, 0], np.float32),
        (0.065, 0.06),
        figures.plain(suit.skin),
        side=(1, 0, 0),
    )
    return [helmet, neck]


def _arm(rng: np.random.Generator, pose: Pose, suit: Suit, mirror: float) -> list[Mesh]:
    shoulder = np.array([0.185 * mirror, 0.45, 0.0], np.float32)
    elbow = shoulder + _along(rng, pose.upper_arm, mirror, 0.29)
    reach = _along(rng, pose.forearm, mirror, 0.26)
    wrist = elbow + reach
    glove = figures.plain(_BLACK if rng.random() < 0.6 else suit.skin)
    stripe = (0.0, 1.0, 0.0, 0.45, suit.trim)
    cuff = (0.80, 0.9, 0.0, 4.0, suit.trim)
    side = (0.3, 0.2, -1.0)
    parts = [
        figures.limb(
            shoulder, elbow, (0.082, 0.064), figures.layered(suit.arms, stripe), side=side, folds=rng
        ),
        figures.limb(
            elbow, wrist, (0.064, 0.046), figures.layered(suit.arms, stripe, cuff), side=side, folds=rng
        ),
        figures.limb(wrist + 0.1 * reach, wrist + 0.42 * reach, (0.046, 0.036), glove, side=side, flat=0.6),
    ]
    if mirror > 0:
        back = wrist - 0.1 * reach - np.array([0, 0, 0.05], np.float32)
        dial = figures.layered((0.85, 0.85, 0.8), (0, 0.4, 0, 4, _BLACK))
        parts.append(
            figures.limb(
                back, back - np.array([0, 0, 0.02], np.float32), (0.034, 0.034), dial, side=(1, 0, 0)
            )
        )
    return parts


def reaching_arm(rng: np.random.Generator, suit: Suit, elbow: Floats, wrist: Floats) -> Mesh:
    """Return a forearm with a spread glove between two world points."""
    reach = (wrist - elbow) / np.linalg.norm(wrist - elbow)
    across = np.cross(reach, (0.3, 0.9, 0.1)).astype(np.float32)
    across /= np.linalg.norm(across)
    sleeve = figures.layered(suit.arms, (0, 1, 0.6, 0.4, suit.trim), (0.82, 0.92, 0, 4, _BLACK))
    leather = (0.72, 0.66, 0.56) if rng.random() < 0.5 else (0.10, 0.10, 0.11)
    glove = figures.layered(leather, (0, 0.3, 0, 4, _BLACK), (0.5, 0.7, 1.5, 0.5, (0.16, 0.15, 0.15)))
    side = tuple(across)
    palm = (wrist + 0.07 * reach).astype(np.float32)
    parts = [
        figures.limb(elbow, wrist, (0.062, 0.042), sleeve, side=side, folds=rng),
        figures.limb(wrist, palm, (0.042, 0.048), glove, side=side, flat=0.7, folds=rng),
    ]
    for spread in (-0.75, -0.3, 0.05, 0.35, 0.65):
        root = palm + across * 0.05 * spread + reach * 0.01
        tip = root + (reach + across * 0.7 * spread) * (0.055 if spread < -0.5 else 0.085)
        parts.append(
            figures.limb(root.astype(np.float32), tip.astype(np.float32), (0.014, 0.011), glove, side=side)
        )
    return figures.join(parts)


def _leg(rng: np.random.Generator, pose: Pose, suit: Suit, mirror: float) -> list[Mesh]:
    hip = np.array([0.095 * mirror, -0.05, 0.0], np.float32)
    knee = hip + _along(rng, pose.thigh, mirror, 0.43)
    down = _along(rng, pose.shin, mirror, 0.41)
    ankle = knee + down
    side = (1.0, 0.1, 0.2)
    strap = (0.16, 0.21, 0.0, 4.0, (0.10, 0.10, 0.11))
    pad = (0.25, 0.62, _FRONT, 0.7, suit.trim)
    stripe = (0.0, 1.0, 0.0 if mirror > 0 else np.pi, 0.4, suit.trim)
    toe = down * 0.25 + np.array([0, 0, 0.14], np.float32)
    shoe = figures.layered(
        (0.16, 0.16, 0.17) if rng.random() < 0.6 else (0.8, 0.8, 0.8), (0, 1, 0.0, 0.5, suit.trim)
    )
    return [
        figures.limb(
            hip, knee, (0.112, 0.082), figures.layered(suit.legs, stripe, strap), side=side, folds=rng
        ),
        figures.limb(
            knee, ankle, (0.084, 0.062), figures.layered(suit.legs, stripe, pad), side=side, folds=rng
        ),
        figures.limb(ankle - 0.05 * toe, ankle + toe, (0.052, 0.045), shoe, side=(1, 0, 0), flat=0.85),
    ]
