"""Run by the Python that has datumaro, never imported: a CVAT export to index masks, by datumaro's own means.

datumaro_masks.py FOLDER OUT
"""

import importlib
import sys
from pathlib import Path


def main() -> None:
    """Read the export in the first folder, and write a PNG of class numbers for each photo into the second."""
    dm = importlib.import_module("datumaro")
    annotation = importlib.import_module("datumaro.components.annotation")
    tools = importlib.import_module("datumaro.util.mask_tools")
    images = importlib.import_module("datumaro.util.image")
    out = Path(sys.argv[2])
    out.mkdir(parents=True)
    for item in dm.Dataset.import_from(sys.argv[1], "cvat"):
        rows, columns = item.media.size
        masks = [shape for shape in item.annotations if shape.type == dm.AnnotationType.mask]
        for shape in item.annotations:
            if shape.type == dm.AnnotationType.polygon:  # as its exporters of masks do
                bitmap = tools.rles_to_mask([shape.points], columns, rows)
                masks.append(annotation.Mask(bitmap, label=shape.label, z_order=shape.z_order))
        compiled = annotation.CompiledMask.from_instance_masks(masks)
        images.save_image(str(out / f"{item.id}.png"), compiled.class_mask)


if __name__ == "__main__":
    main()
