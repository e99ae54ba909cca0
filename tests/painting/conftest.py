"""Masks to paint on."""

from __future__ import annotations

import numpy as np
import pytest

from segstudio.project.masks import Mask


@pytest.fixture
def patchy() -> Mask:
    """A mask of 300 × 520 pixels (two rows and three columns of tiles) with patches of values 0 to 3 and void."""
    coarse = np.random.default_rng(7).choice([0, 1, 2, 3, 255], (30, 52)).astype(np.uint8)
    return np.kron(coarse, np.ones((10, 10), dtype=np.uint8))
