"""Single files that may be bad, and what reads them: pictures, ZIP files, recipes, event logs, models, films."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from segstudio.desktop.train.log_tail import LogTail, read_events
from segstudio.inference.video import Video
from segstudio.project.archive import unpack
from segstudio.project.backup import back_up, restore
from segstudio.project.document import load_document
from segstudio.project.images import encode_jpeg, encode_png, photo_size, read_photo
from segstudio.project.mask_values import count_file
from segstudio.project.masks import read_mask
from segstudio.project.pack import make_pack, read_pack
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from segstudio.project.sealed_names import SEAL
from segstudio.runs.events import EpochDone, Notice, RunFinished, StepDone, decode_event, encode_event
from segstudio.runs.model_glance import glance
from segstudio.runs.recipe import load_recipe, recipe_to_toml
from segstudio.runs.scores import Scores
from tests.inference.videos import write_video
from tests.run_events import started
from tests.storms.hostile import Reader, written

_FRAMES = 3


def files(project: Project, place: Path) -> Iterator[Reader]:
    """Yield the readers of single files; good ones are made in `place`."""
    folder = project.folder
    yield Reader("project.json", ((folder / "project.json").read_bytes(),), _as_document, share=16)
    yield Reader("photo state", ((folder / "masks/b.png.json").read_bytes(),), _as_state, share=16)
    mask = (folder / "masks/b.png.png").read_bytes()
    yield Reader("mask", (mask,), _as_mask, mend_png, share=16)
    yield Reader("photo", tuple(_photos()), _as_photo, mend_png, share=32)
    yield Reader("backup", (_backup(project, place),), _as_backup, share=4)
    yield Reader("backup's list", (_member(place / "b.zip", SEAL),), _as_seal_in(place / "b.zip"), share=8)
    yield Reader("pack.json", (_pack(project, place),), _as_pack, share=8)
    yield Reader("ZIP file", (_archive(),), _as_archive, share=16)
    yield Reader("names in a ZIP file", (json.dumps(_MEMBERS).encode(),), _as_members, share=16)
    yield Reader("recipe", (recipe_to_toml(load_recipe("balanced")).encode(),), _as_recipe, share=16)
    yield Reader("event log", (_events(),), _as_events, share=16)
    yield Reader("film", (_film(place),), _as_film, share=8)


def mend_png(data: bytes) -> bytes:
    """Put the checksums of a PNG right, as far as its pieces can be told from each other."""
    found, at = bytearray(data), 8
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return data
    while at + 12 <= len(found):
        end = at + 8 + int.from_bytes(found[at : at + 4], "big")
        if end + 4 > len(found):
            break
        found[end : end + 4] = zlib.crc32(found[at + 4 : end]).to_bytes(4, "big")
        at = end + 4
    return bytes(found)


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
        more: dict[str, Any] = {"save_all": True, "append_images": [picture]} if kind == "GIF" else {}
        picture.save(stream, kind, **more)
        yield stream.getvalue()


def _backup(project: Project, place: Path) -> bytes:
    back_up(project, place / "b.zip")
    return (place / "b.zip").read_bytes()


def _member(archive: Path, name: str) -> bytes:
    with zipfile.ZipFile(archive) as opened:
        return opened.read(name)


def _pack(project: Project, place: Path) -> bytes:
    make_pack(project, place / "p.zip", project.photos())
    return _member(place / "p.zip", "pack.json")


def _archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
        for name in ("a/x.png", "a/y.xml", "z.json"):
            opened.writestr(name, b"content of it" * 50)
    return stream.getvalue()


_MEMBERS = [
    ["a/x.png", "content", 0o644],
    ["a/y.xml", "more", 0o644],
    ["b/link", "a/x.png", 0o100755],
    ["z.json", "", 0],
]


def _events() -> bytes:
    step = StepDone(step=1, epoch=1, loss=0.5, learning_rate=0.1, images_per_s=3.0, memory_mb=2.0)
    scores = Scores.from_confusion(np.array([[3, 1], [0, 4]]), ("sky", "größe"))
    epoch = EpochDone(epoch=1, step=4, train_loss=0.5, val_loss=0.4, scores=scores, seconds=1.0)
    end = RunFinished(epoch=1, step=4, best_miou=0.5, best_epoch=1, seconds=2.0)
    return b"".join(encode_event(event) for event in (started(), step, Notice(text="größer"), epoch, end))


def _film(place: Path) -> bytes:
    return write_video(place / "film.avi", frames=_FRAMES).read_bytes()


def models(place: Path) -> Iterator[Reader]:
    """Yield the readers of PyTorch's files, which take seconds to load."""
    import torch

    from segstudio.networks.model_file import read_card, read_model, save_model
    from segstudio.networks.state_files import read_state

    weights = {"a.weight": torch.arange(12.0).reshape(3, 4), "b": torch.ones(3, dtype=torch.int64)}
    model = place / "m.pt"
    save_model(model, weights, '{"head": "x"}', {"step": 3, "list": [1, "x", None]})
    torch.save(weights, place / "w.pth", _use_new_zipfile_serialization=False)

    def read(data: bytes, folder: Path) -> object:
        path = written(data, folder, "m.pt")
        return read_model(path), read_card(path)

    def read_pickle(data: bytes, folder: Path) -> object:
        return read(_with_member(model, "/data.pkl", data), folder)

    def weights_in(data: bytes, folder: Path) -> object:
        return read_state(written(data, folder, "w.pth"))

    def look(data: bytes, folder: Path) -> object:
        return glance(written(data, folder, "m.pt"))

    content = model.read_bytes()
    yield Reader("model file", (content,), read, share=8)
    with zipfile.ZipFile(model) as opened:
        names = next(name for name in opened.namelist() if name.endswith("/data.pkl"))
    yield Reader("model file's pickle", (_member(model, names),), read_pickle, share=16)
    yield Reader("weights of old files", ((place / "w.pth").read_bytes(),), weights_in, share=16)
    yield Reader("model file at a glance", (content,), look, share=8)


def _with_member(archive: Path, ending: str, data: bytes) -> bytes:
    """Return the ZIP file with other content in one member, its checksum right."""
    stream = io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(stream, "w") as new:
        for info in old.infolist():
            new.writestr(info.filename, data if info.filename.endswith(ending) else old.read(info))
    return stream.getvalue()


def _as_seal_in(archive: Path) -> Any:
    def read(data: bytes, folder: Path) -> object:
        return _as_backup(_with_member(archive, SEAL, data), folder)

    return read


def _as_document(data: bytes, folder: Path) -> object:
    return load_document(written(data, folder, "project.json").parent)


def _as_state(data: bytes, folder: Path) -> object:
    return PhotoState.read(written(data, folder, "x.json"))


def _as_mask(data: bytes, folder: Path) -> object:
    path = written(data, folder, "m.png")
    return count_file(path, None), read_mask(path)


def _as_photo(data: bytes, folder: Path) -> object:
    path = written(data, folder, "p.jpg")
    return photo_size(path), read_photo(path)


def _as_backup(data: bytes, folder: Path) -> object:
    return restore(written(data, folder, "b.zip"), folder / "new")


def _as_pack(data: bytes, folder: Path) -> object:
    return read_pack(written(data, folder, "pack.json").parent)


def _as_archive(data: bytes, folder: Path) -> object:
    path = written(data, folder, "a.zip")
    (folder / "out").mkdir()
    return unpack(path, folder / "out", lambda _: True)


def _as_members(data: bytes, folder: Path) -> object:
    """Make a ZIP file with these names, contents and kinds of files, as far as there can be one, and unpack it."""
    stream = io.BytesIO()
    try:
        with zipfile.ZipFile(stream, "w") as opened:
            for name, content, mode in json.loads(data):
                info = zipfile.ZipInfo(name)
                info.external_attr = mode << 16
                opened.writestr(info, content)
    except Exception:  # noqa: BLE001 (no ZIP file: nothing can be read)
        return None
    return _as_archive(stream.getvalue(), folder)


def _as_recipe(data: bytes, folder: Path) -> object:
    return load_recipe(str(written(data, folder, "r.toml")))


def _as_events(data: bytes, folder: Path) -> object:
    lines, _ = LogTail(written(data, folder, "events.jsonl")).read()
    return [decode_event(line) for line in data.split(b"\n")], list(read_events(lines))


def _as_film(data: bytes, folder: Path) -> object:
    with Video(written(data, folder, "f.avi")) as film:
        return [frame.pixels.shape for _, frame in zip(range(4 * _FRAMES), film.frames(), strict=False)]
