"""Solid figures of the sample photos and how they are lit: lofted surfaces, cut into small four-sided facets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
# (along 0..1, around 0..2π), each (facets,), to RGB (facets, 3) in 0..1
Paint = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True, slots=True)
class Mesh:
    """Facets: corners and outward normals (facets, 4, 3), colours (facets, 3), gloss 0..1 (facets,)."""

    corners: Floats
    normals: Floats
    colours: Floats
    gloss: Floats

    def placed(self, axes: Floats, origin: Floats) -> "Mesh":
        """Return the mesh with its x, y and z laid along the rows of `axes` (3, 3) and its origin moved."""
        corners = (self.corners @ axes + origin).astype(np.float32)
        return Mesh(corners, (self.normals @ axes).astype(np.float32), self.colours, self.gloss)


@dataclass(frozen=True, slots=True)
class Light:
    """Direction to the sun (3) and the colours of sun, of light from above and of light from below (3 each)."""

    toward_sun: Floats
    sun: Floats
    above: Floats
    below: Floats


@dataclass(frozen=True, slots=True)
class Layer:
    """Figures as the camera sees them: colours (rows, columns, 3); figure numbers int16 (rows, columns), 0 none."""

    colours: Floats
    figures: NDArray[np.int16]


def join(meshes: Sequence[Mesh]) -> Mesh:
    """Return one mesh of several."""
    return Mesh(
        np.concatenate([mesh.corners for mesh in meshes]),
        np.concatenate([mesh.normals for mesh in meshes]),
        np.concatenate([mesh.colours for mesh in meshes]),
        np.concatenate([mesh.gloss for mesh in meshes]),
    )


def plain(colour: Sequence[float]) -> Paint:
    """Return a paint of one colour."""
    return lambda along, around: np.broadcast_to(np.asarray(colour, np.float32), (len(along), 3))


def layered(base: Sequence[float], *marks: tuple[float, float, float, float, Sequence[float]]) -> Paint:
    """Return a paint of patches (from along, to along, angle, half-width of angle, colour) on a base, last on top."""

    def paint(along: Floats, around: Floats) -> Floats:
        colours = np.tile(np.asarray(base, np.float32), (len(along), 1))
        for start, end, angle, half_width, colour in marks:
            near = np.abs((around - angle + np.pi) % (2 * np.pi) - np.pi) <= half_width
            colours[(along >= start) & (along <= end) & near] = np.asarray(colour, np.float32)
        return colours

    return paint


def sheet(points: Floats, inside: Floats, paint: Paint, *, gloss: float = 0.1) -> Mesh:
    """Return the surface over a closed grid of points (rings, segments, 3); normals point away from `inside`.

    `inside` holds one point for each ring (rings, 3).
    """
    lengthwise = np.gradient(points, axis=0)
    crosswise = np.roll(points, -1, axis=1) - np.roll(points, 1, axis=1)
    normals = np.cross(lengthwise, crosswise)
    outward = np.sum(normals * (points - inside[:, None]), axis=-1, keepdims=True)
    normals = np.where(outward < 0, -normals, normals)
    normals = normals / (np.linalg.norm(normals, axis=-1, keepdims=True) + 1e-9)
    rings, segments = points.shape[:2]
    along, around = np.meshgrid(
        (np.arange(rings - 1) + 0.5) / (rings - 1),
        (np.arange(segments) + 0.5) * 2 * np.pi / segments,
        indexing="ij",
    )
    colours = paint(along.ravel().astype(np.float32), around.ravel().astype(np.float32))
    return Mesh(
        _quads(points),
        _quads(normals),
        np.array(colours, np.float32),
        np.full(len(colours), gloss, np.float32),
    )


def _quads(grid: NDArray[np.floating]) -> Floats:
    """Return the four-cornered cells of a grid closed in its second axis, (cells, 4, 3)."""
    onward = np.roll(grid, -1, axis=1)
    return (
        np.stack([grid[:-1], grid[1:], onward[1:], onward[:-1]], axis=2).reshape(-1, 4, 3).astype(np.float32)
    )


def loft(
    centres: Floats,
    radii: Floats,
    paint: Paint,
    *,
    side: Sequence[float],
    sharpness: float = 2.0,
    segments: int = 20,
    gloss: float = 0.1,
    folds: np.random.Generator | None = None,
) -> Mesh:
    """Return a skin over rings along a path: centres (rings, 3), radii (rings, 2) along `side` and across it.

    Angle 0 lies toward `side`. `sharpness` 2 makes ellipses, 4 rounded boxes; `folds` creases the skin like cloth.
    """
    centres, radii = np.asarray(centres, np.float64), np.asarray(radii, np.float64)
    direction = centres[-1] - centres[0]
    direction /= np.linalg.norm(direction)
    first = np.asarray(side, np.float64) - np.dot(side, direction) * direction
    first /= np.linalg.norm(first)
    second = np.cross(direction, first)
    angle = np.arange(segments) * 2 * np.pi / segments
    cos, sin = np.cos(angle), np.sin(angle)
    wide = np.sign(cos) * np.abs(cos) ** (2 / sharpness)
    high = np.sign(sin) * np.abs(sin) ** (2 / sharpness)
    puff = np.ones((len(centres), segments))
    if folds is not None:
        puff += 0.035 * folds.standard_normal(puff.shape)
        puff += 0.03 * np.sin(np.arange(len(centres))[:, None] * 2.1 + folds.uniform(0, 6) + 1.5 * cos)
    offsets = (radii[:, :1] * wide * puff)[..., None] * first + (radii[:, 1:] * high * puff)[
        ..., None
    ] * second
    return sheet(centres[:, None] + offsets, centres, paint, gloss=gloss)


def limb(
    start: Floats,
    end: Floats,
    thickness: tuple[float, float],
    paint: Paint,
    *,
    side: Sequence[float],
    flat: float = 1.0,
    folds: np.random.Generator | None = None,
    gloss: float = 0.1,
) -> Mesh:
    """Return a rounded, tapering tube between two points; `flat` scales its second radius."""
    axis = (end - start) / (np.linalg.norm(end - start) + 1e-9)
    phi = np.linspace(np.pi / 2, 0, 5)[:, None]
    body = np.linspace(0, 1, 12)[1:-1, None]
    centres = np.concatenate(
        [
            start - axis * thickness[0] * np.sin(phi),
            start + (end - start) * body,
            end + axis * thickness[1] * np.sin(phi[::-1]),
        ]
    )
    swell = (1 + 0.08 * np.sin(np.pi * body)) * (thickness[0] + (thickness[1] - thickness[0]) * body)
    radius = np.concatenate([thickness[0] * np.cos(phi), swell, thickness[1] * np.cos(phi[::-1])]) + 1e-4
    radii = np.concatenate([radius, radius * flat], axis=1)
    return loft(centres, radii, paint, side=side, folds=folds, gloss=gloss)


def ball(
    centre: Floats, radii: tuple[float, float, float], paint: Paint, *, axes: Floats, gloss: float = 0.3
) -> Mesh:
    """Return an ellipsoid with radii along the rows of `axes`; its rings run along the first, angle 0 is the second."""
    phi = np.linspace(-np.pi / 2, np.pi / 2, 19)[:, None]
    centres = centre + axes[0] * radii[0] * np.sin(phi)
    rings = np.cos(phi) * np.array([radii[1:]]) + 1e-4
    return loft(centres, rings, paint, side=tuple(axes[1]), segments=24, gloss=gloss)


def render(
    figures: Sequence[tuple[int, Mesh]],
    project: Callable[[Floats], tuple[Floats, Floats]],
    shape: tuple[int, int],
    light: Light,
) -> Layer:
    """Draw numbered figures, far facets first, with light interpolated over each facet.

    `project` takes world points (…, 3) to pixel positions (…, 2) and angles from the camera's axis (…).
    """
    mesh = join([figure for _, figure in figures])
    numbers = np.concatenate([np.full(len(figure.gloss), number, np.int16) for number, figure in figures])
    middle = mesh.corners.mean(axis=1)
    facing = np.sum(mesh.normals.mean(axis=1) * middle, axis=-1) < 0
    places, angles = project(mesh.corners)
    inside = (places.max(axis=1) > -9).all(axis=1) & (places.min(axis=1) < np.array(shape[::-1]) + 9).all(
        axis=1
    )
    kept = np.flatnonzero(facing & inside & (angles.max(axis=1) < 1.5))
    kept = kept[np.argsort(-np.linalg.norm(middle[kept], axis=-1), kind="stable")]
    nearest = np.full(shape, -1, np.int32)
    for index, corners in enumerate(np.round(places[kept] * 16).astype(np.int32)):
        cv2.fillConvexPoly(nearest, corners, index, cv2.LINE_8, 4)
    chosen = Mesh(mesh.corners[kept], mesh.normals[kept], mesh.colours[kept], mesh.gloss[kept])
    covered = nearest >= 0
    depth = np.log(np.linalg.norm(chosen.corners, axis=-1, keepdims=True) + 1e-3)
    seen = np.zeros((*shape, 4), np.float32)
    known = np.concatenate([_lit(chosen, light), depth], axis=-1)
    seen[covered] = _interpolated(nearest, covered, places[kept], known)
    colours = seen[..., :3] * _creases(seen[..., 3], covered)[..., None]
    drawn = np.zeros(shape, np.int16)
    drawn[covered] = numbers[kept][nearest[covered]]
    return Layer(colours, drawn)


def _lit(mesh: Mesh, light: Light) -> Floats:
    """Return the colour of every corner (facets, 4, 3): sun, light from above and below, and a highlight."""
    toward_eye = -mesh.corners / (np.linalg.norm(mesh.corners, axis=-1, keepdims=True) + 1e-9)
    facing_sun = mesh.normals @ light.toward_sun
    direct = np.clip((facing_sun + 0.15) / 1.15, 0, 1)[..., None] * light.sun
    half = toward_eye + light.toward_sun
    half /= np.linalg.norm(half, axis=-1, keepdims=True) + 1e-9
    shine = np.clip(np.sum(mesh.normals * half, axis=-1), 0, 1)
    gloss = mesh.gloss[:, None]
    highlight = (gloss * shine ** (8 + 60 * gloss) * (facing_sun > 0))[..., None] * light.sun
    rim = (1 - np.clip(np.sum(mesh.normals * toward_eye, axis=-1), 0, 1)) ** 4 * (0.10 + 0.35 * gloss)
    up = (mesh.normals[..., 1:2] + 1) / 2
    around = light.below + (light.above - light.below) * up
    return np.asarray(
        mesh.colours[:, None] * (direct + around) + 0.7 * highlight + rim[..., None] * around, np.float32
    )


def _interpolated(
    nearest: NDArray[np.int32], covered: NDArray[np.bool_], places: Floats, known: Floats
) -> Floats:
    """Return values (covered pixels, channels): in each facet the plane that fits its corners' values best.

    `nearest` numbers the facet at a pixel, `known` holds the values at the corners (facets, 4, channels).
    """
    centre, mean = places.mean(axis=1), known.mean(axis=1)
    offset, change = places - centre[:, None], known - mean[:, None]
    spread = np.einsum("fci,fcj->fij", offset, offset) + 0.05 * np.eye(2, dtype=np.float32)
    slope = np.linalg.solve(spread, np.einsum("fci,fck->fik", offset, change))
    rows, columns = np.nonzero(covered)
    facet = nearest[covered]
    away = np.stack([columns, rows], axis=1).astype(np.float32) - centre[facet]
    values = mean[facet] + np.einsum("pi,pik->pk", away, slope[facet])
    return np.asarray(np.clip(values, known.min(axis=1)[facet], known.max(axis=1)[facet]), np.float32)


def _creases(depth: Floats, covered: NDArray[np.bool_]) -> Floats:
    """Return a factor (rows, columns) that darkens what lies behind something close by: contact shadow.

    Depth minus its blur, after Luft, Colditz and Deussen, "Image enhancement by unsharp masking the depth
    buffer", 2006; distance enters as its logarithm so that near and far figures crease alike.
    """
    weight = covered.astype(np.float32)
    behind = np.zeros_like(depth)
    for sigma in (3.0, 9.0):
        smooth = cv2.GaussianBlur(depth, (0, 0), sigma) / np.maximum(
            cv2.GaussianBlur(weight, (0, 0), sigma), 1e-3
        )
        behind += np.clip((depth - smooth) * 7, 0, 0.28)
    return np.asarray(1 - behind * weight, np.float32)
