"""Run by the Python that has datumaro, never imported: Pascal VOC's masks to COCO's run lengths, by datumaro's own means.

datumaro_coco.py FOLDER OUT
"""

import importlib
import sys


def main() -> None:
    """Read the export in the first folder, and write COCO with a run length for each mask into the second."""
    dm = importlib.import_module("datumaro")
    data = dm.Dataset.import_from(sys.argv[1], "voc_segmentation")
    data.export(sys.argv[2], "coco_instances", segmentation_mode="mask")


if __name__ == "__main__":
    main()
