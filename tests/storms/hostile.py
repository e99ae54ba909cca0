"""Inputs that are broken or made to do harm: mutations of good files, and what reads them."""

from __future__ import annotations

import io
import json
import random
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from segstudio.formats.exporting import EXPORTS, ExportOptions, export_project
from segstudio.formats.importing import prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.sources import gather
from segstudio.project.archive import unpack
from segstudio.project.backup import back_up, restore
from segstudio.project.classes import ClassList
from segstudio.project.document import load_document
from segstudio.project.images import encode_jpeg, encode_png, photo_size, read_photo
from segstudio.project.masks import read_mask
from segstudio.project.pack import make_pack, read_pack
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from segstudio.project.removal import removals, remove_photos
from segstudio.project.versions import versions_of
from segstudio.runs.events import Notice, RunFinished, StepDone, decode_event, encode_event
from segstudio.runs.model_glance import glance
from segstudio.runs.recipe import load_recipe, recipe_to_toml
from tests.run_events import started

_MOST_BYTES = 300_000
_TEXTS: tuple[bytes, ...] = (
    b'"',
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"[" * 100_000,
    b'{"a":' * 20_000,
    b"<a>" * 20_000,
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>',
    b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    b'<?xml version="1.0" encoding="utf-7"?>',
    b"1e999",
    b"-1",
    b"NaN",
    b"99999999999999999999999999",
    b"0.0000000000000001",
    b"\\ud800",
    b"../../../../etc/passwd",
    b"/etc/passwd",
    b"C:\\CON",
    b"null",
    b"true",
    b"A" * 70_000,
    "ß\u202e\u0000".encode(),
)
_VALUES: tuple[object, ...] = (
    None,
    True,
    -1,
    0,
    256,
    1e308,
    float("nan"),
    float("inf"),
    10**30,
    "",
    "x" * 5000,
    "../../out",
    "\ud800",
    "\x00",
    [],
    {},
    [[[[]]]],
    {"a": {"a": {}}},
)


@dataclass(frozen=True, slots=True)
class Reader:
    """What is read: `seeds` are good inputs, `read` takes one that may be bad and a folder that is its own."""

    name: str
    seeds: tuple[bytes, ...]
    read: Callable[[bytes, Path], object]


def mutated(data: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    """Return the input with a few things wrong."""
    if dice.random() < 0.4:
        changed = _with_another_value(data, dice)
        if changed is not None:
            return changed
    for _ in range(dice.choice((1, 1, 2, 4, 8))):
        data = _once(data, others, dice)
    return data[:_MOST_BYTES]


def _once(data: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    at = dice.randrange(len(data) + 1)
    to = min(len(data), at + dice.choice((1, 4, 20, 400)))
    other = dice.choice(others)
    start = dice.randrange(len(other) + 1)
    ways = (
        data[:at],
        data[:at] + data[to:],
        data[:to] + data[at:],
        data[:at] + dice.choice(_TEXTS) + data[at:],
        data[:at] + dice.choice(_TEXTS) + data[to:],
        data[:at] + other[start : start + dice.choice((4, 100, 2000))] + data[to:],
        data[:at] + dice.randbytes(to - at) + data[to:],
        data[:at] + bytes([dice.choice((0, 1, 127, 128, 255))]) * (to - at) + data[to:],
    )
    return dice.choice(ways)


def _with_another_value(data: bytes, dice: random.Random) -> bytes | None:
    """Put something of another kind at a random place of a JSON text; None where it is none."""
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        return None
    places: list[tuple[object, object]] = []

    def walk(node: object) -> None:
        pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, value in pairs:
            places.append((node, key))
            walk(value)

    walk(whole)
    if not places:
        return None
    node, key = dice.choice(places)
    if dice.random() < 0.2:
        del node[key]  # type: ignore[attr-defined]
    else:
        node[key] = dice.choice(_VALUES)  # type: ignore[index]
    return json.dumps(whole).encode("utf-8", "surrogatepass")


# -- what is read


def readers(place: Path, *, models: bool) -> tuple[Reader, ...]:
    """Return every reader, with good inputs that are made in `place`; with `models` those that load torch, too."""
    project = _project(place)
    return (
        *(_models(place) if models else ()),
        Reader("project.json", ((project.folder / "project.json").read_bytes(),), _as_document),
        Reader("photo state", ((project.folder / "masks/b.png.json").read_bytes(),), _as_state),
        Reader("versions", (_first(project, "history/masks/*/*.json"),), _as_version),
        Reader("removals", (_first(project, ".trash/photos/*/*.json"),), _as_removal),
        Reader("mask", ((project.folder / "masks/b.png.png").read_bytes(),), _as_mask),
        Reader("photo", tuple(_photos()), _as_photo),
        Reader("backup", (_backup(project, place),), _as_backup),
        Reader("pack.json", (_pack(project, place),), _as_pack),
        Reader("archive", (_archive(),), _as_archive),
        Reader("recipe", (recipe_to_toml(load_recipe("balanced")).encode(),), _as_recipe),
        Reader("event log", (_events(),), _as_events),
        *_formats(project, place),
    )


def _project(place: Path) -> Project:
    project = Project.create(place / "seed", classes=ClassList.from_names(["ground", "person", "sky"]))
    rng = np.random.default_rng(0)
    mask = np.zeros((24, 32), dtype=np.uint8)
    mask[4:14, 6:20], mask[12:20, 10:30], mask[:2] = 1, 2, 255
    for key in ("a.png", "b.png", "c.png"):
        source = place / key
        source.write_bytes(encode_png(rng.integers(0, 256, (24, 32, 3), dtype=np.uint8)))
        with project.change() as change:
            change.add_photo(key, source, size=(24, 32))
            change.put_mask(key, mask)
            change.put_state(key, PhotoState(status="done", size=(24, 32), source="x", who="Anna"))
    project.write_mask(project.photo("a.png"), mask[::-1].copy())
    remove_photos(project, ["c.png"])
    return Project.open(project.folder)


def _first(project: Project, pattern: str) -> bytes:
    return next(project.folder.glob(pattern)).read_bytes()


def _photos() -> Iterator[bytes]:
    image = np.random.default_rng(1).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    yield encode_jpeg(image)
    yield encode_png(image)
    for mode, kind in (
        ("P", "GIF"),
        ("L", "TIFF"),
        ("RGB", "BMP"),
        ("RGB", "WEBP"),
        ("CMYK", "JPEG"),
        ("I;16", "PNG"),
    ):
        stream = io.BytesIO()
        picture = Image.new(mode, (20, 12), 7)
        more = {"save_all": True, "append_images": [picture]} if kind == "GIF" else {}
        picture.save(stream, kind, **more)
        yield stream.getvalue()


def _backup(project: Project, place: Path) -> bytes:
    back_up(project, place / "b.zip")
    return (place / "b.zip").read_bytes()


def _pack(project: Project, place: Path) -> bytes:
    make_pack(project, place / "p.zip", project.photos())
    with zipfile.ZipFile(place / "p.zip") as opened:
        return opened.read("pack.json")


def _archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
        for name in ("a/x.png", "a/y.xml", "z.json"):
            opened.writestr(name, b"content of it" * 50)
    return stream.getvalue()


def _events() -> bytes:
    step = StepDone(step=1, epoch=1, loss=0.5, learning_rate=0.1, images_per_s=3.0, memory_mb=2.0)
    end = RunFinished(epoch=1, step=4, best_miou=0.5, best_epoch=1, seconds=2.0)
    return b"".join(encode_event(event) for event in (started(), step, Notice(text="größer"), end))


def _models(place: Path) -> Iterator[Reader]:
    import torch  # takes seconds

    from segstudio.networks.model_file import read_card, read_model, save_model

    weights = {"a.weight": torch.arange(12.0).reshape(3, 4), "b": torch.ones(3, dtype=torch.int64)}
    save_model(place / "m.pt", weights, '{"head": "x"}', {"step": 3, "list": [1, "x", None]})

    def read(data: bytes, folder: Path) -> object:
        path = _written(data, folder, "m.pt")
        return read_model(path), read_card(path)

    def look(data: bytes, folder: Path) -> object:
        return glance(_written(data, folder, "m.pt"))

    for name, reader in (("model file", read), ("model file at a glance", look)):
        yield Reader(name, ((place / "m.pt").read_bytes(),), reader)


def _written(data: bytes, folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _as_document(data: bytes, folder: Path) -> object:
    return load_document(_written(data, folder, "project.json").parent)


def _as_state(data: bytes, folder: Path) -> object:
    return PhotoState.read(_written(data, folder, "x.json"))


def _as_version(data: bytes, folder: Path) -> object:
    _written(data, folder, "history/masks/a.png/5.json")
    return versions_of(folder, "a.png")


def _as_removal(data: bytes, folder: Path) -> object:
    _written(data, folder, ".trash/photos/000005/removal.json")
    return removals(folder)


def _as_mask(data: bytes, folder: Path) -> object:
    return read_mask(_written(data, folder, "m.png"))


def _as_photo(data: bytes, folder: Path) -> object:
    path = _written(data, folder, "p.jpg")
    return photo_size(path), read_photo(path)


def _as_backup(data: bytes, folder: Path) -> object:
    return restore(_written(data, folder, "b.zip"), folder / "new")


def _as_pack(data: bytes, folder: Path) -> object:
    return read_pack(_written(data, folder, "pack.json").parent)


def _as_archive(data: bytes, folder: Path) -> object:
    path = _written(data, folder, "a.zip")
    (folder / "out").mkdir()
    return unpack(path, folder / "out", lambda _: True)


def _as_recipe(data: bytes, folder: Path) -> object:
    return load_recipe(str(_written(data, folder, "r.toml")))


def _as_events(data: bytes, _folder: Path) -> object:
    return [decode_event(line) for line in data.split(b"\n")]


def _formats(project: Project, place: Path) -> Iterator[Reader]:
    """Yield a reader for each format that can be written: one file of each kind is spoiled, be it a photo."""
    target = Project.create(place / "target", classes=project.classes)
    for row in EXPORTS:
        whole = place / f"as-{row.id}"
        export_project(project, ExportOptions(format=row.id, to=whole, with_photos=True))
        files = [path for path in sorted(whole.rglob("*")) if path.is_file()]
        for path in {path.suffix: path for path in reversed(files)}.values():  # the first of each kind
            yield Reader(
                f"{row.id}: {path.name}",
                (path.read_bytes(),),
                _importing(whole, path.relative_to(whole), target),
            )


def _importing(whole: Path, name: Path, target: Project) -> Callable[[bytes, Path], object]:
    def read(data: bytes, folder: Path) -> object:
        shutil.copytree(whole, folder, dirs_exist_ok=True)
        (folder / name).write_bytes(data)
        with gather([folder], []) as gathered:
            return prepare(gathered, target, ImportOptions()).report

    return read
