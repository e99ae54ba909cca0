from __future__ import annotations

from typing import get_args

import pytest
import torch
import torch.nn.functional as F

from segstudio.runs.choices import Loss
from segstudio.runs.recipe import Recipe
from segstudio.training.losses import TrainingLoss, dice_loss, focal_loss, hard_pixel_loss, pixel_loss


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


LOSSES = get_args(Loss)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("weights", [None, torch.tensor([1.0, 2.0, 0.5, 0.0])])
def test_any_loss_looks_at_labelled_pixels_only(loss: str, weights: torch.Tensor | None) -> None:
    logits, labels = example()
    logits.requires_grad_()
    made = TrainingLoss(Recipe.model_validate({"loss": loss, "ohem_least": 1.0}), weights)
    value = made({"out": logits}, labels)
    value.backward()  # type: ignore[no-untyped-call]
    assert float(value.detach()) > 0
    assert logits.grad is not None
    assert logits.grad.isfinite().all()
    assert float(logits.grad[0, :, :4].abs().max()) == 0
    assert float(logits.grad.abs().max()) > 0
    void = made({"out": logits}, torch.full_like(labels, 255))
    assert float(void.detach()) == 0


@pytest.mark.parametrize("loss", LOSSES)
def test_any_loss_is_small_where_all_is_right(loss: str) -> None:
    _, labels = example()
    channel = labels.long().where(labels != 255, 0)
    right = 30.0 * torch.nn.functional.one_hot(channel, 4).movedim(-1, 1)
    made = TrainingLoss(Recipe.model_validate({"loss": loss}))
    assert float(made({"out": right}, labels)) == pytest.approx(0, abs=1e-4)
    assert float(made({"out": -right}, labels)) > 0.5


def test_label_smoothing_is_torchs() -> None:
    logits, labels = example()
    expected = F.cross_entropy(logits, labels.long(), ignore_index=255, label_smoothing=0.1)
    assert float(pixel_loss(logits, labels, smoothing=0.1)) == pytest.approx(float(expected))


@pytest.mark.parametrize("loss", ["cross-entropy", "focal", "cross-entropy+dice", "ohem"])
def test_a_pixel_of_weight_0_counts_nothing_smoothed_or_not(loss: str) -> None:
    logits, labels = example()
    logits.requires_grad_()
    labels[labels == 2] = 1
    weightless, kept = labels == 1, (labels == 0) | (labels == 3)
    made = TrainingLoss(
        Recipe.model_validate({"loss": loss, "label_smoothing": 0.1, "ohem_least": 1.0, "dice_weight": 0.0}),
        torch.tensor([1.0, 0.0, 0.0, 2.0]),
    )
    made({"out": logits}, labels).backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    sizes = logits.grad.abs().sum(1)
    assert float(sizes[weightless].max()) == 0
    assert float(sizes[kept].min()) > 0
    of_nothing = made({"out": logits}, labels.where(weightless, 255))
    assert float(of_nothing.detach()) == 0


def test_focal_without_gamma_is_cross_entropy_and_with_it_less() -> None:
    logits, labels = example()
    target = labels.long()
    plain = float(pixel_loss(logits, target))
    assert float(focal_loss(logits, target, None, gamma=0.0)) == pytest.approx(plain)
    each = F.cross_entropy(logits, target, ignore_index=255, reduction="none")[target != 255]
    expected = ((1 - torch.exp(-each)) ** 2 * each).mean()
    assert float(focal_loss(logits, target, None, gamma=2.0)) == pytest.approx(float(expected), rel=1e-4)


def test_dice_by_hand() -> None:
    """Two classes, four pixels, one void: class 0 is half found, class 1 is not in the truth and says nothing."""
    logits = torch.zeros(1, 2, 1, 4)
    target = torch.tensor([[[0, 0, 0, 255]]])
    assert float(dice_loss(logits, target)) == pytest.approx(1 - 2 * 1.5 / (1.5 + 3))


def test_hard_pixels() -> None:
    """Probabilities of the true class 0.9, 0.8, 0.6 and 0.2: two are hard, and three of four where that many must be."""
    right = torch.tensor([0.9, 0.8, 0.6, 0.2])
    logits = torch.stack([right.log(), (1 - right).log()]).view(1, 2, 1, 4)
    target = torch.zeros(1, 1, 4, dtype=torch.long)
    for least, hardest in ((0.0, 2), (0.75, 3), (1.0, 4)):
        value = hard_pixel_loss(logits, target, None, threshold=0.7, least=least)
        assert float(value) == pytest.approx(float(-right[-hardest:].log().mean()))


def test_parts_of_a_step_add_up() -> None:
    logits, labels = example()
    weights = torch.tensor([1.0, 2.0, 0.5, 3.0])
    loss = TrainingLoss(Recipe(), weights)
    whole = loss.weight_of(labels)
    parts = [
        loss({"out": logits[i : i + 1]}, labels[i : i + 1], loss.weight_of(labels[i : i + 1]) / whole)
        for i in range(2)
    ]
    assert float(sum(parts)) == pytest.approx(float(loss({"out": logits}, labels)))


def test_auxiliary_counts_with_its_weight() -> None:
    logits, labels = example()
    loss = TrainingLoss(Recipe(auxiliary_weight=0.4))
    alone = float(loss({"out": logits}, labels))
    both = float(loss({"out": logits, "aux": logits}, labels))
    assert both == pytest.approx(1.4 * alone)


def test_the_hardest_pixels_are_sought_among_those_that_count() -> None:
    logits = torch.zeros(1, 2, 10, 10, requires_grad=True)
    target = torch.zeros(1, 10, 10, dtype=torch.long)
    target[:, 5:] = 1
    with torch.no_grad():
        logits[:, 1] = 5.0  # what weighs nothing is all wrong, and what counts is nearly right
    loss = hard_pixel_loss(logits, target, torch.tensor([0.0, 5.0]), threshold=0.7, least=0.0625)
    loss.backward()  # type: ignore[no-untyped-call]
    assert float(loss.detach()) == pytest.approx(float(torch.log1p(torch.exp(torch.tensor(-5.0)))), rel=1e-4)
    assert logits.grad is not None
    assert float(logits.grad[:, :, :5].abs().max()) == 0
    assert int((logits.grad[:, 1, 5:] != 0).sum()) >= 4
    none = hard_pixel_loss(logits, target, torch.tensor([0.0, 0.0]), threshold=0.7, least=0.0625)
    assert float(none.detach()) == 0
