"""The world of the sample photos: a wide-angle camera, the sky with its clouds, the ground seen from altitude.

World axes are x (right), y (up) and z (ahead), in metres, with the camera at the origin. Colours are RGB in 0..1.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Fields of a region, then its woods, earth and haze: what distinguishes spring, harvest time and a dry country.
_REGIONS = (
    (
        ((88, 112, 60), (118, 134, 74), (70, 98, 56), (150, 140, 98), (98, 122, 82), (132, 112, 84)),
        (40, 58, 36),
    ),
    (
        ((190, 170, 120), (168, 146, 100), (110, 124, 72), (202, 186, 142), (136, 112, 82), (88, 104, 62)),
        (52, 64, 42),
    ),
    (
        ((172, 150, 122), (154, 132, 106), (138, 122, 96), (120, 116, 88), (182, 164, 140), (110, 104, 80)),
        (78, 82, 58),
    ),
    (
        ((100, 116, 82), (138, 132, 96), (78, 96, 66), (120, 104, 84), (158, 148, 112), (90, 108, 62)),
        (46, 58, 44),
    ),
)
_ROOFS = ((176, 112, 88), (158, 96, 78), (196, 188, 178), (132, 128, 126), (214, 206, 196), (150, 132, 118))
_MAP_SIZE = 1024


@dataclass(frozen=True, slots=True)
class Camera:
    """An action camera: `rotation` (3, 3) takes world to camera axes (right, down, forward); `focal` in pixels.

    The lens maps an angle θ from the axis to focal · k · tan(θ / k) pixels: k = 1 is a pinhole, k = 2 stereographic;
    the larger k, the more a horizon off the centre bends.
    """

    rows: int
    columns: int
    rotation: Floats
    focal: float
    k: float

    def directions(self) -> Floats:
        """Return the unit world direction of every pixel, float32 (rows, columns, 3)."""
        y, x = np.mgrid[0 : self.rows, 0 : self.columns].astype(np.float32)
        return self.direction_at(x, y)

    def direction_at(self, x: Floats, y: Floats) -> Floats:
        """Return the unit world directions of pixel positions, (…) and (…) to (…, 3)."""
        x, y = x + 0.5 - self.columns / 2, y + 0.5 - self.rows / 2
        radius = np.hypot(x, y) + 1e-6
        angle = self.k * np.arctan(radius / (self.focal * self.k))
        sideways = np.sin(angle) / radius
        rays = np.stack([x * sideways, y * sideways, np.cos(angle)], axis=-1)
        return (rays @ self.rotation).astype(np.float32)

    def project(self, points: Floats) -> tuple[Floats, Floats]:
        """Return pixel positions (…, 2) and angles from the axis (…) of world points (…, 3)."""
        local = points @ self.rotation.T
        across = np.hypot(local[..., 0], local[..., 1])
        angle = np.arctan2(across, local[..., 2])
        scale = self.focal * self.k * np.tan(np.minimum(angle / self.k, 1.5)) / np.maximum(across, 1e-6)
        centre = np.array([self.columns / 2 - 0.5, self.rows / 2 - 0.5], np.float32)
        return (local[..., :2] * scale[..., None] + centre).astype(np.float32), angle.astype(np.float32)


def look(*, yaw: float, pitch: float, roll: float) -> Floats:
    """Return the rotation (3, 3) from world to camera axes of a camera turned by these angles in radians."""
    ahead = np.array([np.cos(pitch) * np.sin(yaw), np.sin(pitch), np.cos(pitch) * np.cos(yaw)])
    right = np.array([np.cos(yaw), 0.0, -np.sin(yaw)])
    down = np.cross(right, ahead)
    turned = np.cos(roll) * right + np.sin(roll) * down
    return np.stack([turned, np.cos(roll) * down - np.sin(roll) * right, ahead]).astype(np.float32)


def fractal(
    rng: np.random.Generator, size: int, *, cells: int = 4, octaves: int = 6, gain: float = 0.5
) -> Floats:
    """Return smooth noise, float32 (size, size), mean about 0, deviation about 1: octaves of upsampled random grids."""
    noise = np.zeros((size, size), np.float32)
    for octave in range(octaves):
        side = min(cells * 2**octave, size) + 2
        grid = rng.standard_normal((side, side)).astype(np.float32)
        noise += gain**octave * cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC)
    return np.asarray((noise - noise.mean()) / (noise.std() + 1e-6), np.float32)


def lookup(texture: Floats, x: Floats, y: Floats) -> Floats:
    """Sample a texture at positions in its pixels, mirrored beyond its border."""
    rows, columns = texture.shape[:2]
    # Folded here: far outside a texture, OpenCV's own mirroring takes a step per period and pixel.
    return np.asarray(cv2.remap(texture, _fold(x, columns), _fold(y, rows), cv2.INTER_LINEAR), np.float32)


def _fold(position: Floats, length: int) -> Floats:
    """Mirror positions into 0 … length - 1."""
    period = np.float32(2 * (length - 1))
    turns = position / period
    return np.asarray(np.abs(turns - np.rint(turns)) * period, np.float32)


def smoothstep(value: Floats, low: float, high: float) -> Floats:
    """Return 0 below low, 1 above high, and a smooth rise between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def blurred(image: Floats, sigma: float) -> Floats:
    """Return an image softened by a Gaussian of `sigma` pixels."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)


def mix(first: Floats, second: Floats, share: Floats) -> Floats:
    """Return first · (1 - share) + second · share for colours (rows, columns, 3) or (3) and shares (rows, columns)."""
    return np.asarray(first + (second - first) * threefold(share), np.float32)


def threefold(plane: Floats) -> Floats:
    """Return (rows, columns) as (rows, columns, 3): whole planes multiply faster than a broadcast last axis."""
    return np.asarray(cv2.merge([plane] * 3), np.float32)


@dataclass(frozen=True, slots=True)
class Weather:
    """Sun direction (3), colours of zenith, horizon haze and sun (3 each), share of cloud, sight in metres."""

    sun: Floats
    zenith: Floats
    horizon: Floats
    sunlight: Floats
    cloud: float
    sight: float


def weather(rng: np.random.Generator) -> Weather:
    """Choose a day: clear and deep blue, hazy, cloudy or overcast, with a low or a high sun."""
    grey = float(rng.choice([0.0, 0.15, 0.35, 0.85], p=[0.4, 0.25, 0.2, 0.15]))
    blue = np.array([0.12, 0.32, 0.60]) * rng.uniform(0.75, 1.25) + rng.uniform(-0.03, 0.04, 3)
    haze = np.array([0.74, 0.81, 0.88]) + rng.uniform(-0.06, 0.05, 3)
    overcast = np.array([0.66, 0.69, 0.73])
    height, bearing = rng.uniform(0.25, 1.1), rng.uniform(-np.pi, np.pi)
    sun = np.array([np.cos(height) * np.sin(bearing), np.sin(height), np.cos(height) * np.cos(bearing)])
    warm = np.array([1.0, 0.97, 0.92]) if height > 0.5 else np.array([1.0, 0.91, 0.79])
    return Weather(
        sun=sun.astype(np.float32),
        zenith=((1 - grey) * blue + grey * overcast * 0.85).astype(np.float32),
        horizon=((1 - grey) * haze + grey * overcast * 1.1).astype(np.float32),
        sunlight=(warm * (1 - 0.65 * grey)).astype(np.float32),
        cloud=grey,
        sight=rng.uniform(9_000, 30_000) * (1 - 0.4 * grey),
    )


def paint_sky(rng: np.random.Generator, rays: Floats, day: Weather) -> Floats:
    """Return the sky seen along `rays` (rows, columns, 3), float32 of the same shape."""
    up = np.clip(rays[..., 1], 0, 1)
    sky = mix(day.horizon, day.zenith, 1 - np.exp(-up * rng.uniform(2.6, 5.0)))
    toward = np.clip(rays @ day.sun, 0, 1)
    clear = 1 - 0.8 * day.cloud
    away = 1 - toward
    glow = 0.22 * np.exp(-6 * away) + 0.5 * np.exp(-60 * away) + 1.5 * np.exp(-900 * away)
    sky = sky + (glow * clear)[..., None] * day.sunlight
    sky = _deck(
        rng, sky, rays, day, cover=rng.uniform(0.15, 0.55) + 0.6 * day.cloud, stretch=rng.uniform(1, 4)
    )
    if rng.random() < 0.55 + 0.3 * day.cloud:
        sky = _deck(
            rng, sky, rays, day, cover=rng.uniform(0.1, 0.5) + 0.8 * day.cloud, stretch=rng.uniform(1, 1.6)
        )
    if rng.random() < 0.55:
        sky = _cumulus(rng, sky, rays, day)
    return mix(sky, day.horizon, np.float32(0.75) * np.exp(-up * 22))


def _deck(
    rng: np.random.Generator, sky: Floats, rays: Floats, day: Weather, *, cover: float, stretch: float
) -> Floats:
    """Lay a flat layer of cloud, seen in perspective, over the sky; `stretch` draws it out into cirrus."""
    turn = rng.uniform(0, 2 * np.pi)
    reach = rng.uniform(50, 110) / (np.clip(rays[..., 1], 0, 1) + 0.05)
    along = (rays[..., 0] * np.cos(turn) + rays[..., 2] * np.sin(turn)) * reach / stretch + 256
    across = (rays[..., 2] * np.cos(turn) - rays[..., 0] * np.sin(turn)) * reach + 256
    noise = fractal(rng, 512, cells=4, octaves=7, gain=0.58)
    here = lookup(noise, along.astype(np.float32), across.astype(np.float32))
    lit = lookup(blurred(noise, 5), (along + 7).astype(np.float32), (across + 5).astype(np.float32))
    share = smoothstep(here, 1.3 - 1.7 * cover, 2.9 - 1.4 * cover) * smoothstep(rays[..., 1], 0.0, 0.12)
    shade = np.clip(0.93 + 0.12 * (here - lit) - 0.26 * day.cloud * (1 + 0.45 * lit), 0.35, 1.1)
    return mix(sky, shade[..., None] * (0.55 + 0.45 * day.sunlight), 0.92 * np.clip(share, 0, 1))


def _cumulus(rng: np.random.Generator, sky: Floats, rays: Floats, day: Weather) -> Floats:
    """Pile a bank of cumulus up from the horizon, bright where it faces the sun and grey underneath."""
    ahead = rays.mean(axis=(0, 1))
    across, along = (
        rays[..., 0] * ahead[2] - rays[..., 2] * ahead[0],
        rays[..., 0] * ahead[0] + rays[..., 2] * ahead[2],
    )
    bearing = np.arctan2(
        across, along
    )  # from the middle of the view, so that its jump lies behind the camera
    height = np.arcsin(np.clip(rays[..., 1], -1, 1))
    scale = rng.uniform(140, 260)
    noise = fractal(rng, 512, cells=10, octaves=6, gain=0.56)
    x, y = (bearing * scale + 256).astype(np.float32), (height * scale * 1.5 + 256).astype(np.float32)
    here, above = lookup(noise, x, y), lookup(blurred(noise, 3), x + 4, y + 6)
    heap = lookup(blurred(noise, 22), x * 0.7, np.full_like(y, 90.0)) * 1.6
    tops = rng.uniform(0.05, 0.14) * (1 + 0.7 * heap)
    body = here * 0.45 + (tops - height) * 26
    share = smoothstep(body, 0.0, 0.9) * smoothstep(heap, -0.7, 0.2)
    shade = np.clip(0.86 + 0.10 * (here - above) + 1.2 * (height - 0.5 * tops), 0.55, 1.08)
    return mix(
        sky, shade[..., None] * (0.35 + 0.65 * day.sunlight) * np.array([1.0, 1.0, 1.02], np.float32), share
    )


def paint_ground(rng: np.random.Generator, camera: Camera, rays: Floats, day: Weather) -> Floats:
    """Return the ground seen along `rays` (rows, columns, 3), float32; what points up is filled with haze."""
    down = np.maximum(-rays[..., 1], 1e-4)
    distance = rng.uniform(1300, 3800) / down
    metres = rng.uniform(8.0, 13.0)
    x, y = rays[..., 0] * distance / metres + 512, rays[..., 2] * distance / metres + 512
    pixels = distance / camera.focal / metres / np.sqrt(down)
    seen = _blended_levels(
        ground_map(rng), x.astype(np.float32), y.astype(np.float32), np.log2(np.maximum(pixels, 1))
    )
    broad = fractal(rng, 512, cells=3, octaves=6)
    tint = lookup(broad, (x / 9 + 200).astype(np.float32), (y / 9 + 200).astype(np.float32))
    shadow = lookup(broad, (x / 3).astype(np.float32), (y / 3).astype(np.float32))
    shade = (1 + 0.07 * tint) * (1 - (0.32 if rng.random() < 0.5 else 0.08) * smoothstep(shadow, 0.7, 1.3))
    grey = threefold(seen.mean(axis=2))
    seen = (grey + 1.25 * (seen - grey)) * threefold(shade) * (0.45 + 0.62 * day.sunlight)
    veil = 1 - np.exp(-distance / day.sight)
    bluish = day.horizon * np.array([0.90, 0.95, 0.98], np.float32)
    return mix(seen, bluish.astype(np.float32), np.clip(0.07 + 0.93 * veil, 0, 0.97).astype(np.float32))


def _blended_levels(country: Floats, x: Floats, y: Floats, level: Floats) -> Floats:
    """Sample a map that is halved again and again at the wanted level (0 the full map), between two of them: no flicker."""
    x, y = _fold(x, len(country)), _fold(y, len(country))
    level = np.clip(level, 0, 4.999)
    seen, span = np.zeros((*x.shape, 3), np.float32), len(country) - 1
    for step in range(6):
        share = np.clip(1 - np.abs(level - step), 0, 1)
        if share.any():
            scale = np.float32((len(country) - 1) / span)
            seen += cv2.remap(country, x * scale, y * scale, cv2.INTER_LINEAR) * threefold(share)
        country = np.asarray(cv2.pyrDown(country), np.float32)
    return seen


def ground_map(rng: np.random.Generator) -> Floats:
    """Draw a country from above, float32 (1024, 1024, 3): districts of fields, woods, river, roads and villages."""
    fields, wood = _REGIONS[int(rng.integers(len(_REGIONS)))]
    size = _MAP_SIZE
    coarse = fractal(rng, size, cells=5, octaves=7)
    fine = fractal(rng, size, cells=160, octaves=3, gain=0.7)
    country = _fields(rng, np.array(fields, np.float32), coarse)
    relief, copses = coarse[::-1, ::-1], fine.T  # turned over, one noise serves twice
    trees = np.array(wood, np.float32) * threefold(1 + 0.16 * fine + 0.1 * relief)
    country = mix(country, trees, smoothstep(relief + 0.12 * fine, 1.0, 1.12))
    country = mix(country, trees, smoothstep(copses + 0.3 * relief, 2.3, 2.5))
    places = rng.uniform(0, size, (int(rng.integers(4, 9)), 2))
    _draw_river(rng, country, wood)
    _draw_roads(rng, country, places)
    for place in places:
        _draw_village(rng, country, place)
    return np.asarray(country * threefold(np.asarray((1 + 0.035 * fine) / 255, np.float32)), np.float32)


def _fields(rng: np.random.Generator, palette: Floats, warp: Floats) -> Floats:
    """Lay out strips of fields: every district has its own direction and field size, every field one colour."""
    size = len(warp)
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    x, y = x + 7 * warp, y - 7 * warp
    count = int(rng.integers(16, 34))
    district = _districts(rng, count)[_fold(y / 4, 256).astype(np.intp), _fold(x / 4, 256).astype(np.intp)]
    angle = rng.uniform(0, np.pi, count).astype(np.float32)
    cos, sin = np.cos(angle)[district], np.sin(angle)[district]
    depth = (rng.uniform(13, 44, count).astype(np.float32))[district]
    width = (rng.uniform(7, 26, count).astype(np.float32))[district]
    v = (y * cos - x * sin) / depth + 300
    row = np.floor(v).astype(np.int32)
    v -= np.floor(v)
    width = width * rng.uniform(0.5, 2.2, 64).astype(np.float32)[row % 64]
    u = (x * cos + y * sin) / width + 300
    column = np.floor(u).astype(np.int32)
    u -= np.floor(u)
    number = ((row * 7919) ^ (column * 10007) ^ (district * 6007)) & 0xFFFFF
    tone = rng.normal(1, 0.07, (509, 1)).astype(np.float32) * palette[rng.integers(0, len(palette), 509)]
    tone = (0.75 * tone + 0.25 * palette.mean(axis=0)).astype(np.float32)
    country: Floats = tone[number % 509]
    furrows = np.sin(u * width * np.float32(2.1)) * ((number & 3) == 0)
    rim = np.minimum(np.minimum(u, 1 - u) * width, np.minimum(v, 1 - v) * depth)
    hedge = (rim < 0.7) & ((number & 7) < 5)
    shade = np.where(hedge, np.float32(0.62), 1 + np.float32(0.02) * furrows + np.float32(0.03) * warp)
    return np.asarray(country * threefold(shade.astype(np.float32)), np.float32)


def _districts(rng: np.random.Generator, count: int) -> NDArray[np.int32]:
    """Part a map of (256, 256) between `count` random places: each position belongs to the nearest."""
    free = np.ones((256, 256), np.uint8)
    places = rng.permutation(256 * 256)[:count]
    free.ravel()[places] = 0
    labels = cv2.distanceTransformWithLabels(free, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)[1]
    return np.asarray(labels - 1, np.int32)


def _draw_river(rng: np.random.Generator, country: Floats, wood: tuple[int, int, int]) -> None:
    t = np.linspace(-0.1, 1.1, 160)
    bend = sum(rng.uniform(0.02, 0.14) / n * np.sin(n * 5 * t + rng.uniform(0, 6)) for n in (1, 2, 4, 7))
    line = np.stack([t, rng.uniform(0.2, 0.8) + bend], axis=1) * _MAP_SIZE
    points = (line[:, :: rng.choice([1, -1])] * 8).astype(np.int32)
    width = int(rng.integers(3, 11))
    water = (92, 104, 108) if rng.random() < 0.6 else (150, 158, 150)
    cv2.polylines(country, [points], False, wood, width + 7, cv2.LINE_AA, 3)
    cv2.polylines(country, [points], False, water, width, cv2.LINE_AA, 3)


def _draw_roads(rng: np.random.Generator, country: Floats, places: NDArray[np.float64]) -> None:
    ends = np.concatenate([places, rng.uniform(-100, _MAP_SIZE + 100, (6, 2))])
    for start in places:
        for end in ends[rng.choice(len(ends), 2, replace=False)]:
            bow = rng.normal(0, 40, 2)
            t = np.linspace(0, 1, 24)[:, None]
            line = start + (end - start) * t + bow * np.sin(np.pi * t)
            tone = float(rng.uniform(135, 185))
            cv2.polylines(
                country,
                [(line * 8).astype(np.int32)],
                False,
                (tone, tone * 0.98, tone * 0.93),
                1,
                cv2.LINE_AA,
                3,
            )


def _draw_village(rng: np.random.Generator, country: Floats, place: NDArray[np.float64]) -> None:
    spread = rng.uniform(12, 48)
    turn = rng.uniform(0, np.pi)
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    for _ in range(int(spread * 9)):
        middle = place + np.round(rng.normal(0, spread, 2) / 4) * 4 @ axes + rng.normal(0, 0.8, 2)
        half = rng.uniform(0.8, 2.2, 2) * (3 if rng.random() < 0.03 else 1)
        corners = middle + (np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half) @ axes
        roof = np.array(_ROOFS[int(rng.integers(len(_ROOFS)))]) * rng.uniform(0.8, 1.1)
        shade = ((corners + 1.1) * 8).astype(np.int32)
        cv2.fillConvexPoly(country, shade, (58, 66, 48), cv2.LINE_AA, 3)
        cv2.fillConvexPoly(country, (corners * 8).astype(np.int32), roof.tolist(), cv2.LINE_AA, 3)
