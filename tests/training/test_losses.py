from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from segstudio.errors import SegStudioError
from segstudio.training.losses import class_weights, pixel_loss, training_loss

COUNTS = np.array([800, 150, 50, 0], dtype=np.int64)
NAMES = ("sky", "ground", "person", "rope")


def uncounted() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    raise AssertionError("the pixels were counted for nothing")


def example() -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    labels = torch.randint(0, 4, (2, 9, 7), dtype=torch.uint8)
    labels[0, :4] = 255
    return torch.randn(2, 4, 9, 7), labels


def test_equals_torch_cross_entropy_with_void_ignored() -> None:
    logits, labels = example()
    weights = torch.tensor([1.0, 2.0, 0.5, 3.0])
    for given in (None, weights):
        expected = F.cross_entropy(logits, labels.long(), weight=given, ignore_index=255)
        assert float(pixel_loss(logits, labels, given)) == pytest.approx(float(expected), rel=1e-5)


def test_all_void_is_zero_with_zero_gradients() -> None:
    logits = torch.randn(1, 4, 5, 5, requires_grad=True)
    for weights in (None, torch.ones(4)):
        loss = pixel_loss(logits, torch.full((1, 5, 5), 255, dtype=torch.uint8), weights)
        loss.backward()  # type: ignore[no-untyped-call]
        assert float(loss.detach()) == 0
        assert logits.grad is not None
        assert float(logits.grad.abs().max()) == 0


def test_void_pixels_have_no_gradient() -> None:
    logits, labels = example()
    logits.requires_grad_()
    pixel_loss(logits, labels).backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert float(logits.grad[0, :, :4].abs().max()) == 0
    assert float(logits.grad[0, :, 4:].abs().min()) > 0


def test_auxiliary_counts_with_its_weight() -> None:
    logits, labels = example()
    alone = float(training_loss({"out": logits}, labels, None, 0.4))
    both = float(training_loss({"out": logits, "aux": logits}, labels, None, 0.4))
    assert both == pytest.approx(1.4 * alone)


def test_class_weights() -> None:
    assert class_weights("none", NAMES, uncounted) is None
    inverse = class_weights("inverse", NAMES, lambda: COUNTS)
    assert inverse is not None
    assert float(inverse[2] / inverse[0]) == pytest.approx(16)
    assert float(inverse[:3].mean()) == pytest.approx(1)
    assert float(inverse[3]) == 0
    median = class_weights("median-frequency", NAMES, lambda: COUNTS)
    assert median is not None
    assert float(median[1] / median[0]) == pytest.approx(800 / 150)
    table = class_weights({"person": 4.0}, NAMES, uncounted)
    assert table is not None
    assert table.tolist() == [1, 1, 4, 1]


def test_unknown_class_in_the_table() -> None:
    with pytest.raises(SegStudioError, match='did you mean "person"'):
        class_weights({"persons": 1.0}, NAMES, lambda: COUNTS)
