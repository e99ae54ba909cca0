"""Labels at another size: the nearest value, but thin strokes amid void stay when a photo is shrunk."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.project.classes import VOID

Labels = npt.NDArray[np.uint8]
"""uint8 (rows, columns); 255 is void."""


def resized_labels(labels: Labels, size: tuple[int, int]) -> Labels:
    """Return the labels at `size` (rows, columns): the nearest value of each pixel.

    Where that is void, and other pixels of those that become one are labelled, it is the most frequent of their labels (the
    lowest of several): what is labelled never vanishes among void, and borders between labels stay where they are.
    """
    nearest = _nearest(labels, size)
    void = nearest == VOID
    if (size[0] >= labels.shape[0] and size[1] >= labels.shape[1]) or not void.any():
        return nearest
    rows, columns = (_targets(old, new) for old, new in zip(labels.shape, size, strict=True))
    places = np.flatnonzero(void.take(rows, axis=0).take(columns, axis=1) & (labels != VOID))
    if not len(places):
        return nearest
    row, column = np.divmod(places, labels.shape[1])
    targets = rows[row] * size[1] + columns[column]
    kinds, counts = np.unique(targets * 256 + labels.ravel()[places], return_counts=True)
    # The most frequent label of each pixel comes last among its own, and is what stays.
    order = np.lexsort((-(kinds % 256), counts, kinds // 256))
    nearest.ravel()[kinds[order] // 256] = (kinds[order] % 256).astype(np.uint8)
    return nearest


def _nearest(values: Labels, size: tuple[int, int]) -> Labels:
    resized = cv2.resize(values, (size[1], size[0]), interpolation=cv2.INTER_NEAREST_EXACT)
    return np.asarray(resized, dtype=np.uint8)


def _targets(length: int, new_length: int) -> npt.NDArray[np.int64]:
    """Return for each pixel of an axis of `length` which of `new_length` it falls into, by its middle."""
    return (2 * np.arange(length) + 1) * new_length // (2 * length)
