"""Draws the sample project's photos: skydivers and jump aircraft over fields, with the polygons that label them.

    python skydiving.py OUT [--photos 36] [--rows 360] [--columns 480] [--seed 20]

writes OUT/photos/jump_0001.jpg … and OUT/annotations/jump_0001.xml … in the LabelMe 3.0 format. Painted in the order
sky, ground, airplane, person, with OpenCV's polygon fill at integer coordinates, the polygons of a photo give exactly
the classes that were drawn. The same seed gives the same files. It needs numpy and OpenCV, nothing of SegStudio.
"""

import argparse
import importlib.util
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray


def _load_beside(name: str) -> None:
    """Make a module of this folder importable by name, wherever this file was loaded from."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])


if TYPE_CHECKING:
    from resources.sample import skydiving_figures as figures
    from resources.sample import skydiving_scenes as scenes
    from resources.sample import skydiving_world as world
    from resources.sample.skydiving_world import Floats
else:
    for _name in (
        "skydiving_world",
        "skydiving_figures",
        "skydiving_divers",
        "skydiving_aircraft",
        "skydiving_scenes",
    ):
        _load_beside(_name)
    import skydiving_figures as figures
    import skydiving_scenes as scenes
    import skydiving_world as world
    from skydiving_world import Floats

CLASSES = ("sky", "ground", "airplane", "person")
"""The classes in the order in which their polygons are to be painted; a class map holds indices into it."""

_SUPERSAMPLING = 2
_SMALLEST_PIECE = 12


@dataclass(frozen=True, slots=True)
class LabelledShape:
    """One polygon: class name and integer corners (points, 2) as x, y."""

    name: str
    corners: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class SamplePhoto:
    """One photo (rows, columns, 3) RGB, its class map (rows, columns), both uint8, and the polygons of that map."""

    picture: NDArray[np.uint8]
    classes: NDArray[np.uint8]
    shapes: tuple[LabelledShape, ...]


@dataclass(frozen=True, slots=True)
class SampleSet:
    """The files that `generate` wrote, photo by photo."""

    photos: tuple[Path, ...]
    annotations: tuple[Path, ...]


def generate(
    folder: Path,
    *,
    photos: int = 36,
    size: tuple[int, int] = (360, 480),
    seed: int = 20,
    progress: Callable[[int, int], None] | None = None,
) -> SampleSet:
    """Draw photos of `size` (rows, columns) with their annotations into `folder`, replacing those of the same name.

    `progress` is told the number of photos done and of all. Raises ValueError for sizes under 32 pixels.
    """
    pictures, annotations = folder / "photos", folder / "annotations"
    pictures.mkdir(parents=True, exist_ok=True)
    annotations.mkdir(parents=True, exist_ok=True)
    written: list[tuple[Path, Path]] = []
    for index in range(photos):
        photo = draw_photo(index, size=size, seed=seed)
        picture = pictures / f"jump_{index + 1:04d}.jpg"
        annotation = annotations / f"{picture.stem}.xml"
        quality = [cv2.IMWRITE_JPEG_QUALITY, 86 + (index * 5) % 9]
        picture.write_bytes(cv2.imencode(".jpg", photo.picture[..., ::-1], quality)[1].tobytes())
        annotation.write_bytes(labelme_xml(picture.name, photo))
        written.append((picture, annotation))
        if progress is not None:
            progress(index + 1, photos)
    return SampleSet(tuple(picture for picture, _ in written), tuple(annotation for _, annotation in written))


def draw_photo(index: int, *, size: tuple[int, int] = (360, 480), seed: int = 20) -> SamplePhoto:
    """Draw photo `index` of the set with this seed; every photo has a random generator of its own."""
    if min(size) < 32:
        raise ValueError(f"sample photos of {size[0]} x {size[1]} pixels are too small: give 32 x 32 or more")
    rng = np.random.default_rng([seed, index])
    day = world.weather(rng)
    rows, columns = size[0] * _SUPERSAMPLING, size[1] * _SUPERSAMPLING
    scene = scenes.choose(rng, index, seed, rows, columns)
    rays = scene.camera.directions()
    below = rays[..., 1] < 0
    colours = _background(rng, scene.camera, rays, day)
    numbers = below.astype(np.int16)
    names = [*CLASSES[:2], *(name for name, _ in scene.figures)]
    if scene.figures:
        numbered = [(number, mesh) for number, (_, mesh) in enumerate(scene.figures, start=2)]
        layer = figures.render(numbered, scene.camera.project, (rows, columns), _light(day))
        drawn = layer.figures > 0
        weave = 1 + 0.035 * rng.standard_normal((int(drawn.sum()), 1)).astype(np.float32)
        colours[drawn] = layer.colours[drawn] * weave
        numbers = np.where(drawn, layer.figures, numbers)
    picture = develop(
        rng, np.asarray(cv2.resize(colours, size[::-1], interpolation=cv2.INTER_AREA), np.float32)
    )
    return _labelled(picture, numbers, below, names)


def _background(
    rng: np.random.Generator, camera: "world.Camera", rays: Floats, day: "world.Weather"
) -> Floats:
    """Return sky and ground as the camera sees them, (rows, columns, 3)."""
    below = rays[..., 1] < 0
    colours = np.zeros_like(rays)
    if not below.all():
        band = _rows_with(~below)
        colours[band] = world.paint_sky(rng, rays[band], day)
    if below.any():
        band = _rows_with(below)
        ground = world.paint_ground(rng, camera, rays[band], day)
        colours[band] = np.where(below[band][..., None], ground, colours[band])
    return colours


def _rows_with(mask: NDArray[np.bool_]) -> slice:
    """Return the rows from the first to the last in which the mask holds."""
    rows = np.flatnonzero(mask.any(axis=1))
    return slice(int(rows[0]), int(rows[-1]) + 1)


def _light(day: "world.Weather") -> "figures.Light":
    """Return the light that this weather throws on a figure in the air."""
    above = 0.42 * day.horizon + 0.18 * day.zenith
    below = 0.38 * day.horizon + np.array([0.02, 0.015, 0], np.float32)
    return figures.Light(day.sun, 0.95 * day.sunlight, above, below)


def develop(rng: np.random.Generator, colours: Floats) -> NDArray[np.uint8]:
    """Turn light into a photo: exposure, white balance, contrast, vignette, softness, sensor noise; uint8 RGB."""
    rows, columns = colours.shape[:2]
    metered = (0.52 / max(float(colours.mean()), 0.1)) ** 0.6
    colours = colours * metered * rng.uniform(0.92, 1.14) * rng.normal(1, 0.025, 3).astype(np.float32)
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    colours = colours * (1 - rng.uniform(0.03, 0.16) * (x * x + y * y))[..., None]
    colours = world.blurred(colours.astype(np.float32), rng.uniform(0.35, 0.7))
    grey = colours.mean(axis=2, keepdims=True)
    colours = grey + (colours - grey) * rng.uniform(0.8, 1.08)
    colours = np.where(colours > 0.8, 0.8 + 0.22 * np.tanh((colours - 0.8) / 0.22), np.maximum(colours, 0))
    noise = rng.standard_normal(colours.shape) * 0.7 + rng.standard_normal((rows, columns, 1))
    colours = colours + noise * rng.uniform(0.004, 0.013) * (1.2 - np.clip(colours, 0, 1))
    return np.asarray(np.clip(np.round(colours * 255), 0, 255), np.uint8)


def _labelled(
    picture: NDArray[np.uint8], numbers: NDArray[np.int16], below: NDArray[np.bool_], names: list[str]
) -> SamplePhoto:
    """Decide every pixel by the majority of its samples, and outline what came out."""
    background = _majority(below.astype(np.int16), [0, 1])
    owners = _majority(numbers, np.unique(numbers).tolist())
    # Where a figure's edge hides part of the horizon, what lies behind decides, as it does for the horizon's polygon.
    owners = _without_specks(np.where(owners > 1, owners, background), background)
    order = np.array([CLASSES.index(name) for name in names], np.uint8)
    while True:
        shapes = _shapes(owners, background, order)
        flat = [(number, corners) for number, corners in shapes if cv2.contourArea(corners) == 0]
        if not flat:
            named = tuple(LabelledShape(names[number], corners) for number, corners in shapes)
            return SamplePhoto(picture, order[owners], named)
        _give_back(flat, owners, background)


def _shapes(
    owners: NDArray[np.int16], background: NDArray[np.int16], order: NDArray[np.uint8]
) -> list[tuple[int, NDArray[np.int32]]]:
    """Return number and corners of every polygon, the nearest figure first, then ground, then sky."""
    classes = order[owners]
    found: list[tuple[int, NDArray[np.int32]]] = []
    for number in reversed(range(len(order))):
        mask = background == number if number < 2 else owners == number
        found += [(number, corners) for corners in outlines(mask, classes > order[number])]
    return found


def _give_back(
    flat: list[tuple[int, NDArray[np.int32]]], owners: NDArray[np.int16], background: NDArray[np.int16]
) -> None:
    """Take polygons one pixel thin, which readers drop as empty, out of the maps (changed in place)."""
    for number, corners in flat:
        gone = cv2.fillPoly(np.zeros(owners.shape, np.uint8), [corners], 1) > 0
        if number < 2:
            gone &= background == number
            background[gone] = 1 - number
            gone &= owners == number
        else:
            gone &= owners == number
        owners[gone] = background[gone]


def _majority(numbers: NDArray[np.int16], present: list[int]) -> NDArray[np.int16]:
    """Return for every pixel the number that most of its samples show; the higher one wins a tie."""
    rows, columns = numbers.shape[0] // _SUPERSAMPLING, numbers.shape[1] // _SUPERSAMPLING
    best, winner = np.zeros((rows, columns), np.uint8), np.zeros((rows, columns), np.int16)
    offsets = [(row, column) for row in range(_SUPERSAMPLING) for column in range(_SUPERSAMPLING)]
    for number in present:
        here = (numbers == number).view(np.uint8)
        samples = sum((here[r::_SUPERSAMPLING, c::_SUPERSAMPLING] for r, c in offsets), np.zeros_like(best))
        wins = (samples >= best) & (samples > 0)
        best[wins], winner[wins] = samples[wins], number
    return winner


def _without_specks(owners: NDArray[np.int16], background: NDArray[np.int16]) -> NDArray[np.int16]:
    """Give pieces of figures too small for anyone to outline back to the background."""
    cleaned = owners.copy()
    for number in np.unique(owners[owners > 1]).tolist():
        mask = (owners == number).astype(np.uint8)
        _, pieces, facts, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        gone = (facts[:, cv2.CC_STAT_AREA] < _SMALLEST_PIECE)[pieces] & (mask > 0)
        cleaned[gone] = background[gone]
    return cleaned


def outlines(mask: NDArray[np.bool_], free: NDArray[np.bool_]) -> list[NDArray[np.int32]]:
    """Return polygons (points, 2) whose fills, border included, together give `mask`, and beyond it only `free` pixels.

    A polygon has no holes: a piece with a hole that is not free is cut through the hole into pieces without one.
    """
    found: list[NDArray[np.int32]] = []
    waiting = [mask.astype(np.uint8)]
    while waiting:
        for contour in cv2.findContours(waiting.pop(), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
            filled = cv2.fillPoly(np.zeros(mask.shape, np.uint8), [contour], 1)
            holes = (filled > 0) & ~mask & ~free
            if holes.any():
                column = int(np.median(np.nonzero(holes)[1]))
                piece = filled & mask.astype(np.uint8)
                left, right = piece.copy(), piece
                left[:, column:], right[:, :column] = 0, 0
                waiting += [left, right]
            else:
                corners = contour[:, 0].astype(np.int32)
                found.append(np.concatenate([corners, corners[:1].repeat(max(0, 3 - len(corners)), axis=0)]))
    return found


def labelme_xml(name: str, photo: SamplePhoto) -> bytes:
    """Return the annotation of one photo as LabelMe 3.0 XML, its shapes in the order in which they are listed."""
    root = ET.Element("annotation")
    ET.SubElement(root, "filename").text = name
    ET.SubElement(root, "folder").text = ""
    source = ET.SubElement(root, "source")
    ET.SubElement(source, "sourceImage").text = ""
    ET.SubElement(source, "sourceAnnotation").text = "SegStudio sample"
    extent = ET.SubElement(root, "imagesize")
    ET.SubElement(extent, "nrows").text = str(photo.classes.shape[0])
    ET.SubElement(extent, "ncols").text = str(photo.classes.shape[1])
    for number, shape in enumerate(photo.shapes):
        thing = ET.SubElement(root, "object")
        for tag, text in (
            ("name", shape.name),
            ("deleted", "0"),
            ("verified", "0"),
            ("occluded", "no"),
            ("id", str(number)),
        ):
            ET.SubElement(thing, tag).text = text
        polygon = ET.SubElement(thing, "polygon")
        for x, y in shape.corners.tolist():
            point = ET.SubElement(polygon, "pt")
            ET.SubElement(point, "x").text = f"{x}.00"
            ET.SubElement(point, "y").text = f"{y}.00"
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def main() -> None:
    """Write a sample set into the folder named on the command line."""
    parser = argparse.ArgumentParser(description="Draw skydiving photos with exact polygons.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--photos", type=int, default=36)
    parser.add_argument("--rows", type=int, default=360)
    parser.add_argument("--columns", type=int, default=480)
    parser.add_argument("--seed", type=int, default=20)
    wanted = parser.parse_args()
    made = generate(wanted.out, photos=wanted.photos, size=(wanted.rows, wanted.columns), seed=wanted.seed)
    sys.stdout.write(f"{len(made.photos)} photos in {wanted.out / 'photos'}, annotations beside them\n")


if __name__ == "__main__":
    main()
