"""Small stand-ins for published sets: their folders, file names, file kinds and palettes, with noise for photos."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

SIZE = (12, 16)
HALF = SIZE[0] // 2

Pixels = npt.NDArray[np.uint8]


def noise(seed: int) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (*SIZE, 3), dtype=np.uint8)


def halves(top: object, bottom: object) -> Pixels:
    """Rows of one colour or number above rows of another."""
    above, below = (np.asarray(each, dtype=np.uint8) for each in (top, bottom))
    pixels = np.zeros((*SIZE, *above.shape), dtype=np.uint8)
    pixels[:HALF], pixels[HALF:] = above, below
    return pixels


def save(pixels: Pixels, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def etrims(folder: Path) -> None:
    """`etrims-db_v1`: the set of 4 classes lies beside that of 8, under the same names."""
    for number, name in enumerate(("basel_000003_mv0", "bonn_000021_mv0", "prague_000059_mv0")):
        for kind in ("04_etrims-ds", "08_etrims-ds"):
            save(noise(number), folder / "images" / kind / f"{name}.jpg")
            sky = (0, 128, 128) if kind[1] == "8" else (0, 0, 0)
            save(halves(sky, (128, 0, 0)), folder / "annotations" / kind / f"{name}.png")
            (folder / "annotations" / kind / f"{name}.txt").write_text("1 1 2\n", encoding="utf-8")


def msrc(folder: Path) -> None:
    colours = {"1_1_s": (0, 0, 128), "2_1_s": (128, 0, 128), "3_1_s": (64, 0, 0), "4_1_s": (128, 0, 0)}
    for number, (name, colour) in enumerate(colours.items()):
        save(noise(number), folder / "Images" / f"{name}.bmp")
        save(halves((0, 128, 0), colour), folder / "GroundTruth" / f"{name}_GT.bmp")
    (folder / "Images" / "Thumbs.db").write_bytes(b"\0")


def camvid(folder: Path) -> None:
    for number, name in enumerate(("0001TP_006690", "0016E5_00390", "Seq05VD_f00000")):
        save(noise(number), folder / "701_StillsRaw_full" / f"{name}.png")
        truth = halves((128, 128, 128), (128, 64, 128))
        truth[0] = 0
        save(truth, folder / "LabeledApproved_full" / f"{name}_L.png")


def camvid_of_segnet(folder: Path) -> None:
    for number, subset in enumerate(("train", "val", "test")):
        save(noise(number), folder / subset / f"000{number}.png")
        truth = halves(0, 3)
        truth[0] = 11
        save(truth, folder / f"{subset}annot" / f"000{number}.png")


def drinks(folder: Path) -> None:
    folder.mkdir(parents=True)
    for number, part in enumerate(("train", "test")):
        name = f"000000{number}.jpg"
        save(noise(number), folder / name)
        one_hot = np.zeros((*SIZE, 4), dtype=np.uint8)
        one_hot[:HALF, :, 0], one_hot[HALF:, :, number + 1] = 1, 1
        with (folder / f"segmentation_{part}.npy").open("wb") as stream:
            np.save(stream, np.array({name: one_hot}, dtype=object), allow_pickle=True)


def coco(folder: Path) -> None:
    """Two photos of each part: one with a person and a kite, one with a kite alone, which VOC does not know."""
    categories = [{"id": 1, "name": "person"}, {"id": 5, "name": "airplane"}, {"id": 38, "name": "kite"}]
    rows, columns = SIZE
    for part in ("train2017", "val2017"):
        images: list[object] = []
        annotations: list[object] = []
        for number in range(2):
            name = f"00000000000{number + (2 if part[0] == 'v' else 0)}.jpg"
            save(noise(number + ord(part[0])), folder / part / name)
            images.append({"id": number + 1, "file_name": name, "height": rows, "width": columns})
            for category, left in ((1, 0), (5, 4), (38, 8)) if number == 0 else ((38, 8),):
                box = [left, 0, left + 4, 0, left + 4, HALF, left, HALF]
                annotations.append(
                    {
                        "id": len(annotations) + 1,
                        "image_id": number + 1,
                        "category_id": category,
                        "segmentation": [box],
                        "bbox": [left, 0, 4, HALF],
                        "area": 4 * HALF,
                        "iscrowd": 0,
                    }
                )
        told = {"images": images, "annotations": annotations, "categories": categories}
        path = folder / "annotations" / f"instances_{part}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(told), encoding="utf-8")
