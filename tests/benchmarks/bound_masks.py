"""The plain bound: a CVAT export to index masks by lxml.iterparse, cv2.fillPoly and cv2.imencode, and nothing else.

    bound_masks.py FOLDER OUT NAME…

No photo is opened, nothing is checked, nothing survives a power cut.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
from lxml import etree


def main() -> None:
    """Read the export in the first folder, and write a PNG of class numbers for each photo into the second."""
    out, values = Path(sys.argv[2]), {name: value for value, name in enumerate(sys.argv[3:])}
    out.mkdir(parents=True)
    events = etree.iterparse(str(Path(sys.argv[1]) / "annotations.xml"), tag="image")
    for _, element in events:
        told = element.attrib
        mask = np.zeros((int(told["height"]), int(told["width"])), dtype=np.uint8)
        for shape in sorted(element, key=lambda one: int(one.attrib["z_order"])):
            _paint(mask, dict(shape.attrib), values[str(shape.attrib["label"])])
        data = cv2.imencode(".png", mask, [cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE])[1]
        (out / f"{Path(str(told['name'])).stem}.png").write_bytes(data.tobytes())
        element.clear()


def _paint(mask: np.ndarray, told: dict[str, str], value: int) -> None:
    if "points" in told:
        flat = np.array(told["points"].replace(";", ",").split(","), dtype=np.float64)
        cv2.fillPoly(mask, [flat.reshape(-1, 2).astype(np.int32)], value)
        return
    left, top, width, height = (int(told[name]) for name in ("left", "top", "width", "height"))
    runs = np.array(told["rle"].split(","), dtype=np.int64)
    inner = np.repeat(np.arange(runs.size) % 2 == 1, runs).reshape(height, width)
    mask[top : top + height, left : left + width][inner] = value


if __name__ == "__main__":
    main()
