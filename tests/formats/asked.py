"""Run by the Python of an environment that holds datumaro and labelme, never imported: requests in, answers out, as JSON.

Masks come and go as PNG files of class numbers, `<name>.png`; what a program draws on top comes later in its list.
"""

import importlib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

Request = dict[str, Any]


def datumaro_writes(request: Request) -> dict[str, str]:
    """Write the masks in `masks` of the photos in `photos` as each of `forms` into a folder of `to`."""
    dm = importlib.import_module("datumaro")
    items = []
    for path, mask in _masks(Path(request["masks"])):
        parts = [
            dm.Mask(image=mask == value, label=value, id=value, group=value)
            for value in range(1, len(request["names"]))
            if (mask == value).any()
        ]
        media = dm.Image.from_file(str(Path(request["photos"]) / path.name))
        items.append(dm.DatasetItem(id=path.stem, subset="train", media=media, annotations=parts))
    data = dm.Dataset.from_iterable(items, categories=list(request["names"]))
    for form in request["forms"]:
        data.export(str(Path(request["to"]) / form), form, save_media=True)
    return {"version": str(dm.__version__)}


def datumaro_reads(request: Request) -> dict[str, str]:
    """Read each of `sources` ({form: folder}) and write the masks that it gives into `to`/form."""
    dm = importlib.import_module("datumaro")
    tools = importlib.import_module("datumaro.util.mask_tools")
    for name, (form, source) in request["sources"].items():
        data = dm.Dataset.import_from(source, form)
        labels = data.categories()[dm.AnnotationType.label]
        for item in data:
            rows, columns = item.media.size
            mask = np.zeros((rows, columns), dtype=np.uint8)
            for shape in sorted(item.annotations, key=lambda one: getattr(one, "z_order", 0)):
                if shape.type == dm.AnnotationType.polygon:
                    bitmap = tools.rles_to_mask([shape.points], columns, rows)
                elif shape.type == dm.AnnotationType.mask:
                    bitmap = shape.image
                else:
                    continue
                mask[np.asarray(bitmap) > 0] = request["names"].index(labels[shape.label].name)
            _write(mask, Path(request["to"]) / name / f"{Path(item.id).name}.png")
    return {}


def labelme_writes(request: Request) -> dict[str, str]:
    """Write a JSON file for each mask in `masks`, its photo inside, into `to`."""
    labelme = importlib.import_module("labelme")
    utils = importlib.import_module("labelme.utils")
    out = Path(request["to"])
    out.mkdir(parents=True)
    for path, mask in _masks(Path(request["masks"])):
        shapes = []
        for value in range(1, len(request["names"])):
            bitmap = mask == value
            rows, columns = np.flatnonzero(bitmap.any(axis=1)), np.flatnonzero(bitmap.any(axis=0))
            if not rows.size:
                continue
            top, bottom, left, right = rows[0], rows[-1], columns[0], columns[-1]
            crop = bitmap[top : bottom + 1, left : right + 1].astype(np.uint8)
            shapes.append(
                {
                    "label": request["names"][value],
                    "points": [[float(left), float(top)], [float(right), float(bottom)]],
                    "shape_type": "mask",
                    "mask": utils.img_arr_to_b64(crop),
                    "flags": {},
                    "group_id": None,
                }
            )
        data = (Path(request["photos"]) / path.name).read_bytes()
        file, (rows_told, columns_told) = labelme.LabelFile(), mask.shape
        name = str(out / f"{path.stem}.json")
        file.save(name, shapes, path.name, rows_told, columns_told, data)
    return {"version": str(labelme.__version__)}


def labelme_reads(request: Request) -> dict[str, str]:
    """Read the JSON files of each of `sources` ({name: folder}) and write the masks that they give into `to`/name."""
    labelme = importlib.import_module("labelme")
    utils = importlib.import_module("labelme.utils")
    values = {name: value for value, name in enumerate(request["names"])}
    for name, source in request["sources"].items():
        for path in sorted(Path(source).rglob("*.json")):
            file = labelme.LabelFile(str(path))
            photo = utils.img_data_to_arr(file.imageData)
            mask, _ = utils.shapes_to_label(photo.shape, file.shapes, values)
            _write(mask.astype(np.uint8), Path(request["to"]) / name / f"{path.stem}.png")
    return {}


def _masks(folder: Path) -> Sequence[tuple[Path, Any]]:
    return [(path, np.array(Image.open(path))) for path in sorted(folder.glob("*.png"))]


def _write(mask: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(mask).save(path)


VERBS: dict[str, Callable[[Request], dict[str, str]]] = {
    verb.__name__: verb for verb in (datumaro_writes, datumaro_reads, labelme_writes, labelme_reads)
}


def main() -> None:
    """Answer the one request on standard input."""
    request = json.load(sys.stdin)
    answer = VERBS[request["verb"]](request)
    print("\n" + json.dumps(answer))  # noqa: T201 (others may have said something before)


if __name__ == "__main__":
    main()
