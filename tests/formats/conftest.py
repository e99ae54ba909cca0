"""Small annotation files and photos, written as the programs of the field write them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.formats.places import SourceFile
from segstudio.project.classes import ClassList
from segstudio.project.project import Project

Pairs = Sequence[tuple[float, float]]
MakePhoto = Callable[..., Path]
MakeXml = Callable[..., Path]
Fingerprint = Callable[[Path], str]


@pytest.fixture
def classes() -> ClassList:
    return ClassList.from_names(["background", "person", "sky"])


@pytest.fixture
def project(tmp_path: Path, classes: ClassList) -> Project:
    return Project.create(tmp_path / "project", classes=classes)


@pytest.fixture
def fingerprint() -> Fingerprint:
    """Return a function that hashes the names and bytes of everything in a folder."""

    def hash_of(folder: Path) -> str:
        digest = hashlib.sha256()
        for path in sorted(folder.rglob("*")):
            digest.update(str(path.relative_to(folder)).encode() + b"\0")
            if path.is_file():
                digest.update(path.read_bytes())
        return digest.hexdigest()

    return hash_of


@pytest.fixture
def make_photo() -> MakePhoto:
    """Return a function that writes a noisy photo; `orientation` goes into its EXIF."""

    def write(path: Path, rows: int = 20, columns: int = 30, *, orientation: int = 1, seed: int = 0) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(seed).integers(0, 256, (rows, columns, 3), dtype=np.uint8)
        exif = Image.Exif()
        exif[0x0112] = orientation
        Image.fromarray(pixels).save(path, exif=exif)
        return path

    return write


@pytest.fixture
def make_labelme() -> MakeXml:
    """Return a function that writes LabelMe XML; `objects` are the inner parts of its objects."""

    def write(
        path: Path,
        objects: Sequence[str] = (),
        *,
        filename: str | None = None,
        size: tuple[int, int] | None = (20, 30),
        folder: str = "",
    ) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        name = path.with_suffix(".png").name if filename is None else filename
        told = f"<imagesize><nrows>{size[0]}</nrows><ncols>{size[1]}</ncols></imagesize>" if size else ""
        inner = "".join(f"<object>{one}</object>" for one in objects)
        text = f"<annotation><filename>{name}</filename><folder>{folder}</folder>{told}{inner}</annotation>"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def make_cvat() -> MakeXml:
    """Return a function that writes CVAT XML; `images` maps attributes of an image to its inner text."""

    def write(path: Path, images: Sequence[tuple[str, str]], *, meta: str = "", version: bool = True) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        inner = "".join(f"<image {attributes}>{shapes}</image>" for attributes, shapes in images)
        number = "<version>1.1</version>" if version else ""
        text = f'<?xml version="1.0" encoding="utf-8"?><annotations>{number}{meta}{inner}</annotations>'
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def polygon() -> Callable[[str, Pairs], str]:
    """Return a function that writes the inner part of a LabelMe object with a polygon."""

    def write(label: str, points: Pairs) -> str:
        inner = "".join(f"<pt><x>{x}</x><y>{y}</y></pt>" for x, y in points)
        return f"<name>{label}</name><deleted>0</deleted><polygon>{inner}</polygon>"

    return write


@pytest.fixture
def as_source() -> Callable[[Path], SourceFile]:
    """Return a function that makes a SourceFile of a path, its folder being the root."""
    return lambda path: SourceFile(path, path.parent, path.name)
