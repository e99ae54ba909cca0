"""What helps rare classes: weights in the loss, and photos that are used more often; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from segstudio.errors import SegStudioError, did_you_mean

Counts = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]


def class_weights(
    choice: str | Mapping[str, float],
    names: tuple[str, ...],
    count: Callable[[], Counts],
    *,
    beta: float = 0.999999,
) -> Tensor | None:
    """Return the weight of each channel as float (C,), of mean 1 over the classes that occur, or None.

    `choice` is `none`; `inverse`: proportional to 1 / pixel share; `median-frequency`: proportional to 1 / the share in
    the photos that show the class (Eigen & Fergus, ICCV 2015); `effective-number`: (1 − β) / (1 − βⁿ) of n pixels (Cui
    and others, CVPR 2019); or a table of weights by name, used as they are (1 for those not named). `count` gives the
    training pixels of each photo and channel, int64 (photos, C); it is called only where they matter. Raises
    SegStudioError for an unknown name, and where all weights are 0.
    """
    if isinstance(choice, Mapping):
        for name in choice:
            if name not in names:
                raise SegStudioError(
                    f'class_weights names an unknown class "{name}"{did_you_mean(name, names)}',
                    fix=f"The classes are: {', '.join(names)}",
                )
        given = [float(choice.get(name, 1.0)) for name in names]
        if not any(given):
            raise SegStudioError(
                "class_weights gives every class the weight 0, so that nothing is learnt",
                fix="Give at least one class a weight above 0",
            )
        return torch.tensor(given)
    if choice == "none":
        return None
    by_photo = count()
    counts = by_photo.sum(axis=0)
    seen = counts > 0
    weights = np.zeros(len(names))
    match choice:
        case "effective-number":
            weights[seen] = (1 - beta) / -np.expm1(counts[seen] * np.log(max(beta, 1e-300)))
        case "median-frequency":  # the median itself falls out where the mean is made 1
            around = ((by_photo > 0) * by_photo.sum(axis=1, keepdims=True)).sum(axis=0)
            weights[seen] = around[seen] / counts[seen]
        case _:
            weights[seen] = counts.sum() / counts[seen]
    if seen.any():
        weights /= weights[seen].mean()
    return torch.tensor(weights, dtype=torch.float32)


def repeat_factors(shown: npt.NDArray[np.bool_], below: float) -> Shares | None:
    """Return how much more often each photo is to be used than the plainest one: float (photos,), 1 and more.

    `shown[p, c]` says whether photo p shows class c. A class that a share f of the photos shows asks for √(below / f), and
    a photo takes what its rarest class asks for (Gupta and others, LVIS, CVPR 2019). None where all are the same.
    """
    if not below or not shown.size:
        return None
    frequency = shown.mean(axis=0)
    asked = np.ones(shown.shape[1])
    there = frequency > 0
    asked[there] = np.maximum(1.0, np.sqrt(below / frequency[there]))
    factors: Shares = np.where(shown, asked, 1.0).max(axis=1)
    return None if np.allclose(factors, factors[0]) else factors


def drawn_counts(factors: Shares, total: int, offset: float) -> Counts:
    """Return how often each photo is used among `total` uses: proportional to `factors`, each rounded up or down.

    `offset` (0–1) is the chance in it: over many of them each photo gets exactly its share (systematic sampling).
    """
    ends = np.floor(np.cumsum(factors) * (total / factors.sum()) + offset)
    ends[-1] = total  # whatever rounding says
    counts: Counts = np.diff(np.minimum(ends, total), prepend=0.0).astype(np.int64)
    return counts
