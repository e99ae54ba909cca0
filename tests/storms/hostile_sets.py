"""Sets of annotations that may be bad: each format read alone, and whole folders through an import's preparation."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from segstudio.formats.exporting import EXPORTS, ExportOptions, export_project
from segstudio.formats.importing import prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.places import SourceFile
from segstudio.formats.sources import gather
from segstudio.project.images import encode_jpeg, encode_png
from segstudio.project.project import Project
from tests.formats.test_fuzz import FUZZED, Fuzzed, _use
from tests.inference.videos import write_video
from tests.storms.hostile import Reader, written
from tests.storms.hostile_files import mend_png

_EMBEDDED = {".png": mend_png}


def sets(project: Project, place: Path) -> Iterator[Reader]:
    """Yield the readers of annotations; what they read is exported from `project`, or written in `place`."""
    for fuzzed in FUZZED:
        mend = mend_png if fuzzed.name.endswith(".png") else None
        yield Reader(f"{fuzzed.name} alone", (fuzzed.content,), _alone(fuzzed), mend, share=32)
    target = Project.create(place / "target", classes=project.classes)
    for row in EXPORTS:
        whole = place / f"as-{row.id}"
        export_project(project, ExportOptions(format=row.id, to=whole, with_photos=True))
        yield from _spoiled(row.id, whole, target)
    for name, make in _NOT_WRITTEN.items():
        whole = place / f"as-{name}"
        whole.mkdir()
        make(whole)
        yield from _spoiled(name, whole, target)


def _alone(fuzzed: Fuzzed) -> Callable[[bytes, Path], object]:
    def read(data: bytes, folder: Path) -> None:
        root = folder / "set"
        path = written(data, root, fuzzed.name)
        written(_PICTURE, root, "p.png")
        _use(fuzzed, SourceFile(path, root, path.name))

    return read


_PICTURE = encode_png(np.zeros((6, 7, 3), dtype=np.uint8))


def _spoiled(name: str, whole: Path, target: Project) -> Iterator[Reader]:
    """Yield a reader for each kind of file in a folder: one of it is spoiled, be it a photo."""
    files = [path for path in sorted(whole.rglob("*")) if path.is_file()]
    for path in {path.suffix: path for path in reversed(files)}.values():  # the first of each kind
        mend = mend_png if path.suffix == ".png" else None
        read = _importing(whole, path.relative_to(whole), target)
        yield Reader(f"{name}: {path.name}", (path.read_bytes(),), read, mend)


def _importing(whole: Path, name: Path, target: Project) -> Callable[[bytes, Path], object]:
    def read(data: bytes, folder: Path) -> object:
        shutil.copytree(whole, folder, dirs_exist_ok=True)
        (folder / name).write_bytes(data)
        with gather([folder], []) as gathered:
            return prepare(gathered, target, ImportOptions()).report

    return read


# -- formats that are read and not written


def _photos(folder: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        (folder / name).write_bytes(encode_jpeg(np.full((20, 30, 3), 90, dtype=np.uint8)))


def _via(folder: Path) -> None:
    _photos(folder)
    region = {
        "shape_attributes": {"name": "polygon", "all_points_x": [1, 20, 9], "all_points_y": [1, 2, 15]},
        "region_attributes": {"class": "sky"},
    }
    told = {f"{name}1": {"filename": name, "size": -1, "regions": [region]} for name in ("a.jpg", "b.jpg")}
    (folder / "via.json").write_text(json.dumps({"_via_img_metadata": told}), encoding="utf-8")


def _cvat_video(folder: Path) -> None:
    write_video(folder / "film.avi", frames=4)
    box = '<box frame="{}" outside="{}" keyframe="1" xtl="3" ytl="4" xbr="30" ybr="25"/>'
    track = f'<track id="0" label="sky">{box.format(0, 0)}{box.format(3, 1)}</track>'
    meta = "<meta><task><id>5</id><start_frame>0</start_frame><stop_frame>3</stop_frame><source>film.avi</source></task></meta>"
    (folder / "video.xml").write_text(f"<annotations>{meta}{track}</annotations>", encoding="utf-8")


def _panoptic(folder: Path) -> None:
    _photos(folder)
    (folder / "panoptic").mkdir()
    segments = np.zeros((20, 30, 3), dtype=np.uint8)
    segments[:, 10:] = (1, 0, 0)
    segments[12:] = (2, 1, 0)
    for name in ("a", "b"):
        (folder / f"panoptic/{name}.png").write_bytes(encode_png(segments))
    told = {
        "images": [
            {"id": n, "file_name": f"{name}.jpg", "width": 30, "height": 20} for n, name in enumerate("ab")
        ],
        "categories": [{"id": 1, "name": "sky", "isthing": 0}, {"id": 2, "name": "person", "isthing": 1}],
        "annotations": [
            {
                "image_id": n,
                "file_name": f"{name}.png",
                "segments_info": [{"id": 1, "category_id": 1, "area": 160}, {"id": 258, "category_id": 2}],
            }
            for n, name in enumerate("ab")
        ],
    }
    (folder / "panoptic.json").write_text(json.dumps(told), encoding="utf-8")


def _onehot(folder: Path) -> None:
    _photos(folder)
    numbers = np.arange(600).reshape(20, 30) // 200
    masks = {name: np.eye(3, dtype=np.uint8)[numbers] for name in ("a.jpg", "b.jpg")}
    np.save(folder / "masks.npy", masks, allow_pickle=True)  # type: ignore[arg-type]


def _pairs(folder: Path, masks: str = "masks") -> None:
    """Photos in one folder, masks of class numbers in another, and what the numbers mean."""
    for part in ("images", masks):
        (folder / part).mkdir()
    _photos(folder / "images")
    mask = np.zeros((20, 30), dtype=np.uint8)
    mask[5:, 5:] = 1
    for name in ("a", "b"):
        (folder / f"{masks}/{name}.png").write_bytes(encode_png(mask))
    (folder / "classes.txt").write_text("sky\nperson\n", encoding="utf-8")


_NOT_WRITTEN: dict[str, Callable[[Path], None]] = {
    "via": _via,
    "cvat-video": _cvat_video,
    "coco panoptic": _panoptic,
    "npy-onehot": _onehot,
    "paired masks": _pairs,
    "masks in any folder": partial(_pairs, masks="x"),
}
