"""What happens in a sample photo: where the camera looks, who flies where."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from resources.sample import skydiving_aircraft as planes
    from resources.sample import skydiving_divers as divers
    from resources.sample import skydiving_world as world
    from resources.sample.skydiving_figures import Floats, Mesh
else:
    import skydiving_aircraft as planes  # these lie beside; skydiving.py has loaded them
    import skydiving_divers as divers
    import skydiving_world as world
    from skydiving_figures import Floats, Mesh

_UP: tuple[float, float, float] = (0.0, 1.0, 0.0)
_DOWN = (0.0, -1.0, 0.0)
_DIVER_METRES = 1.8


@dataclass(frozen=True, slots=True)
class Scene:
    """A camera and the figures before it: class name and mesh in world axes."""

    camera: "world.Camera"
    figures: "tuple[tuple[str, Mesh], ...]"


class Stage:
    """A scene being set: a camera, and figures put where they show at a place of the picture.

    Places are (across, down) from 0 to 1 over the picture; sizes are fractions of its height.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        rows: int,
        columns: int,
        *,
        pitch: float,
        roll: float,
        wide: float = 0.0,
    ) -> None:
        self.rng = rng
        self.yaw = float(rng.uniform(-np.pi, np.pi))
        focal = columns * float(rng.uniform(0.5, 0.75)) * (1 - wide)
        rotation = world.look(yaw=self.yaw, pitch=pitch, roll=roll)
        self.camera = world.Camera(rows, columns, rotation, focal, float(rng.uniform(1.2, 2.8)))
        self.figures: list[tuple[str, Mesh]] = []

    def at(self, across: float, down: float, metres: float) -> Floats:
        """Return the world point so far away behind a place of the picture."""
        place = np.array([across * self.camera.columns, down * self.camera.rows], np.float32)
        return np.asarray(self.camera.direction_at(place[0], place[1]) * metres, np.float32)

    def metres(self, length: float, size: float) -> float:
        """Return the distance from which `length` metres fill the fraction `size` of the picture's height."""
        return self.camera.focal * length / (size * self.camera.rows)

    def heading(self, turn: float) -> Floats:
        """Return the level direction that is turned by so many radians from where the camera looks."""
        return np.array([np.sin(self.yaw + turn), 0, np.cos(self.yaw + turn)], np.float32)

    def scene(self) -> Scene:
        """Return what stands on the stage."""
        return Scene(self.camera, tuple(self.figures))

    def diver(
        self, origin: Floats, pose: "divers.PoseName", *, turn: float | None = None, sway: float = 0.16
    ) -> None:
        """Put one diver at a world point, flying as the pose is flown, heading `turn` from the view (or anywhere)."""
        rng = self.rng
        heading = self.heading(float(rng.uniform(-np.pi, np.pi)) if turn is None else turn)
        head, belly = {
            "belly": (heading, _DOWN), "dock": (heading, _DOWN), "track": (heading + np.array([0, -0.35, 0], np.float32), _DOWN),
            "sit": (_UP, heading), "stand": (_UP, heading), "headdown": (_DOWN, heading),
        }[pose]  # fmt: skip
        axes = _axes(np.asarray(head) + rng.normal(0, sway, 3), np.asarray(belly) + rng.normal(0, sway, 3))
        mesh = divers.diver(rng, divers.POSES[pose], divers.random_suit(rng))
        self.figures.append(("person", mesh.placed(axes, origin)))

    def aircraft(self, origin: Floats, *, turn: float, bank: float, climb: float) -> Floats:
        """Put an aircraft at a world point, flying `turn` from the view; return its axes (3, 3)."""
        nose = self.heading(turn) + np.array([0, climb, 0], np.float32)
        right = np.cross(_UP, nose)
        axes = _axes(nose, np.asarray(_UP) + bank * right, roof=True)
        mesh = planes.aircraft(self.rng, planes.random_livery(self.rng))
        self.figures.append(("airplane", mesh.placed(axes, origin)))
        return axes

    def ring(self, centre: Floats, count: int) -> None:
        """Put a formation around a point: everybody faces the middle and reaches for the neighbours."""
        first = self.rng.uniform(0, 2 * np.pi)
        radius = 0.75 + 0.14 * count
        for number in range(count):
            turn = first + number * 2 * np.pi / count
            self.diver(centre - self.heading(turn) * radius, "dock", turn=turn, sway=0.07)

    def loose(
        self,
        count: int,
        sizes: tuple[float, float],
        *,
        poses: "Sequence[divers.PoseName]",
        down: tuple[float, float] = (0.2, 0.8),
    ) -> None:
        """Scatter divers over the picture, side by side."""
        rng = self.rng
        lanes = rng.permutation(count)
        for lane in lanes:
            across = 0.1 + 0.8 * (lane + rng.uniform(0.2, 0.8)) / count
            distance = self.metres(_DIVER_METRES, rng.uniform(*sizes))
            pose = poses[int(rng.integers(len(poses)))]
            self.diver(self.at(across, rng.uniform(*down), distance), pose, sway=0.25)

    def own_arm(self) -> None:
        """Let the arm of whoever holds the camera reach in from a lower corner."""
        rng, right = self.rng, bool(self.rng.random() < 0.5)

        def place(across: float, down: float, metres: float) -> Floats:
            return self.at(1 - across if right else across, down, metres)

        suit = divers.random_suit(rng)
        hand = place(rng.uniform(0.14, 0.30), rng.uniform(0.66, 0.86), 0.62)
        self.figures.append(("person", divers.reaching_arm(rng, suit, place(-0.12, 1.15, 0.42), hand)))


def _axes(second: ArrayLike, third: ArrayLike, *, roof: bool = False) -> Floats:
    """Return orthonormal axes (3, 3): the third kept and the second made square to it, or with `roof` the other way."""
    y, z = np.asarray(second, np.float64), np.asarray(third, np.float64)
    if roof:
        y = y / np.linalg.norm(y)
        z = z - np.dot(z, y) * y
    else:
        z = z / np.linalg.norm(z)
        y = y - np.dot(y, z) * z
    y, z = y / np.linalg.norm(y), z / np.linalg.norm(z)
    return np.stack([np.cross(y, z), y, z]).astype(np.float32)


def _free_fall(rng: np.random.Generator, rows: int, columns: int) -> Stage:
    """A few divers before the horizon."""
    stage = Stage(rng, rows, columns, pitch=rng.uniform(-0.32, 0.02), roll=rng.normal(0, 0.22))
    if rng.random() < 0.4:
        stage.ring(
            stage.at(
                rng.uniform(0.35, 0.65), rng.uniform(0.45, 0.65), stage.metres(3.6, rng.uniform(0.5, 0.8))
            ),
            int(rng.integers(2, 5)),
        )
    else:
        stage.loose(
            int(rng.integers(2, 5)), (0.22, 0.5), poses=("belly", "belly", "sit", "headdown", "track")
        )
    if rng.random() < 0.4:
        stage.own_arm()
    return stage


def _from_above(rng: np.random.Generator, rows: int, columns: int) -> Stage:
    """A formation over the fields, seen from above: no sky."""
    stage = Stage(rng, rows, columns, pitch=rng.uniform(-1.5, -1.0), roll=rng.normal(0, 0.3))
    if rng.random() < 0.7:
        count = int(rng.integers(3, 7))
        stage.ring(
            stage.at(
                rng.uniform(0.35, 0.65),
                rng.uniform(0.4, 0.6),
                stage.metres(3.4 + 0.25 * count, rng.uniform(0.55, 0.9)),
            ),
            count,
        )
    else:
        stage.loose(int(rng.integers(2, 6)), (0.22, 0.45), poses=("belly", "belly", "track"))
    return stage


def _close_up(rng: np.random.Generator, rows: int, columns: int) -> Stage:
    """One diver right before the lens, perhaps a second one behind."""
    stage = Stage(rng, rows, columns, pitch=rng.uniform(-0.3, 0.05), roll=rng.normal(0, 0.2))
    stage.loose(int(rng.integers(1, 3)), (0.14, 0.28), poses=("belly", "track", "sit"), down=(0.15, 0.45))
    pose: divers.PoseName = "belly" if rng.random() < 0.6 else "sit"
    distance = stage.metres(_DIVER_METRES, rng.uniform(0.75, 1.15))
    stage.diver(
        stage.at(rng.uniform(0.3, 0.7), rng.uniform(0.5, 0.7), distance),
        pose,
        turn=np.pi + rng.normal(0, 0.7),
    )
    if rng.random() < 0.4:
        stage.own_arm()
    return stage


def _exit(rng: np.random.Generator, rows: int, columns: int) -> Stage:
    """The aircraft from underneath, divers just out of it: no ground."""
    stage = Stage(rng, rows, columns, pitch=rng.uniform(0.95, 1.25), roll=rng.normal(0, 0.5))
    across, down = rng.uniform(0.35, 0.65), rng.uniform(0.22, 0.42)
    origin = stage.at(across, down, stage.metres(11, rng.uniform(0.55, 1.0)))
    stage.aircraft(
        origin, turn=rng.uniform(-np.pi, np.pi), bank=rng.normal(0, 0.08), climb=rng.normal(0, 0.05)
    )
    stage.loose(
        int(rng.integers(1, 4)), (0.18, 0.34), poses=("belly", "sit", "track", "stand"), down=(0.55, 0.85)
    )
    return stage


def _fly_by(rng: np.random.Generator, rows: int, columns: int) -> Stage:
    """The aircraft from the side before the horizon, and divers."""
    stage = Stage(rng, rows, columns, pitch=rng.uniform(-0.15, 0.15), roll=rng.normal(0, 0.15))
    origin = stage.at(
        rng.uniform(0.3, 0.7), rng.uniform(0.2, 0.45), stage.metres(11, rng.uniform(0.55, 1.15))
    )
    turn = rng.choice([-1, 1]) * (np.pi / 2 + rng.normal(0, 0.5))
    stage.aircraft(origin, turn=turn, bank=rng.normal(0, 0.15), climb=rng.normal(0.03, 0.06))
    stage.loose(
        int(rng.integers(1, 4)), (0.2, 0.42), poses=("belly", "sit", "headdown", "belly"), down=(0.5, 0.85)
    )
    return stage


def _chase(rng: np.random.Generator, rows: int, columns: int) -> Stage:
    """The aircraft below, over the fields; the horizon may show."""
    stage = Stage(rng, rows, columns, pitch=rng.uniform(-0.9, -0.35), roll=rng.normal(0, 0.2))
    origin = stage.at(
        rng.uniform(0.35, 0.65), rng.uniform(0.45, 0.65), stage.metres(12, rng.uniform(0.6, 1.0))
    )
    stage.aircraft(
        origin, turn=rng.uniform(-np.pi, np.pi), bank=rng.normal(0, 0.2), climb=rng.normal(0, 0.05)
    )
    stage.loose(int(rng.integers(1, 3)), (0.2, 0.36), poses=("belly", "belly", "track"), down=(0.2, 0.8))
    return stage


def _door(rng: np.random.Generator, rows: int, columns: int) -> Stage:
    """Out of the open door: its frame around the picture, somebody on the step or already away."""
    stage = Stage(rng, rows, columns, pitch=rng.uniform(-0.35, -0.05), roll=rng.normal(0, 0.12), wide=0.15)
    outward = stage.heading(rng.normal(0, 0.3))
    axes = _axes(_UP, outward)
    middle = stage.at(
        0.5 + rng.choice([-1, 1]) * rng.uniform(0.05, 0.32), rng.uniform(0.4, 0.6), rng.uniform(0.62, 0.95)
    )
    livery = planes.random_livery(rng)
    stage.figures.append(("airplane", planes.door_frame(livery).placed(axes, middle)))
    out = middle / np.linalg.norm(middle)
    if rng.random() < 0.5:
        corner = float(rng.choice([0.06, 0.94]))
        stage.diver(
            stage.at(corner, rng.uniform(0.72, 0.85), rng.uniform(0.95, 1.2)),
            "sit",
            turn=float(np.sign(0.5 - corner)) * rng.uniform(0.6, 1.4),
        )
    if rng.random() < 0.6:
        stage.diver(
            (out * rng.uniform(1.7, 2.4) + np.array([0, -0.15, 0])).astype(np.float32),
            "stand",
            turn=rng.normal(np.pi, 0.8),
        )
    else:
        for _ in range(int(rng.integers(1, 4))):
            away = out * rng.uniform(3.5, 8) + rng.normal(0, 0.9, 3)
            stage.diver(away.astype(np.float32), "belly" if rng.random() < 0.6 else "sit")
    return stage


def _under_the_wing(rng: np.random.Generator, rows: int, columns: int) -> Stage:
    """From beside the fuselage: the wing above, the cabin at one side, divers letting go."""
    stage = Stage(rng, rows, columns, pitch=rng.uniform(-0.12, 0.15), roll=rng.normal(0, 0.12), wide=0.15)
    side = float(rng.choice([-1, 1]))
    seat = np.array(
        [side * rng.uniform(2.2, 3.6), rng.uniform(-3.2, -1.6), rng.uniform(-0.5, 0.1)], np.float32
    )
    turn = side * rng.uniform(0.05, 0.5)
    nose = stage.heading(turn)
    axes = _axes(nose, _UP, roof=True)
    stage.aircraft(-(seat @ axes), turn=turn, bank=0.0, climb=0.0)
    stage.loose(int(rng.integers(1, 3)), (0.25, 0.5), poses=("belly", "sit", "stand"), down=(0.5, 0.75))
    return stage


# One round of twelve photos: each class in two thirds of them, all four in half.
_ROUND: tuple[Callable[[np.random.Generator, int, int], Stage], ...] = (
    _fly_by, _from_above, _free_fall, _exit, _door, _close_up,
    _chase, _under_the_wing, _fly_by, _free_fall, _door, _close_up,
)  # fmt: skip


def choose(rng: np.random.Generator, index: int, seed: int, rows: int, columns: int) -> Scene:
    """Set the scene of photo `index`: every twelve photos go once through all kinds, in an order of their own."""
    order = np.random.default_rng([seed, 1_000_003, index // len(_ROUND)]).permutation(len(_ROUND))
    set_stage = _ROUND[int(order[index % len(_ROUND)])]
    return set_stage(rng, rows, columns).scene()
