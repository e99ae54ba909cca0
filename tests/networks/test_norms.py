from __future__ import annotations

import pytest
import torch
from torch import nn

from segstudio.networks.norms import BatchNorm, norms_are_folded, use_tolerant_norms


def test_more_than_one_value_is_normalised_as_in_pytorch() -> None:
    torch.manual_seed(0)
    ours, theirs = BatchNorm(4), nn.BatchNorm2d(4)
    batch = torch.randn(3, 4, 5, 2)
    assert torch.equal(ours(batch), theirs(batch))
    assert ours.state_dict().keys() == theirs.state_dict().keys()
    for one, other in zip(ours.state_dict().values(), theirs.state_dict().values(), strict=True):
        assert torch.equal(one, other)


def test_one_value_uses_the_running_statistics_and_leaves_them() -> None:
    norm = BatchNorm(2)
    norm.running_mean = torch.tensor([1.0, -1.0])
    value = torch.tensor([3.0, 3.0]).view(1, 2, 1, 1).requires_grad_()
    answer = norm(value)
    assert torch.allclose(answer.flatten(), torch.tensor([2.0, 4.0]), atol=1e-4)
    assert torch.equal(norm.running_mean, torch.tensor([1.0, -1.0]))
    assert norm.num_batches_tracked is not None
    assert int(norm.num_batches_tracked) == 0
    answer.sum().backward()
    assert value.grad is not None
    assert value.grad.abs().min() > 0


def test_one_value_is_what_pytorch_refuses() -> None:
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        nn.BatchNorm2d(2)(torch.ones(1, 2, 1, 1))


def test_a_frozen_norm_stays_in_evaluation() -> None:
    norm = BatchNorm(2)
    norm.frozen = True
    network = nn.Sequential(norm)
    network.train()
    assert network.training
    assert not norm.training
    norm.frozen = False
    network.train()
    assert norm.training


def test_every_norm_inside_is_replaced_with_its_values_and_mode() -> None:
    network = nn.Sequential(nn.Sequential(nn.BatchNorm2d(3, eps=0.1, momentum=0.3)), nn.BatchNorm2d(2).eval())
    nn.init.uniform_(network.get_parameter("0.0.weight"))
    before = {key: value.clone() for key, value in network.state_dict().items()}
    use_tolerant_norms(network)
    inner, outer = network.get_submodule("0.0"), network.get_submodule("1")
    assert isinstance(inner, BatchNorm)
    assert isinstance(outer, BatchNorm)
    assert (inner.eps, inner.momentum) == (0.1, 0.3)
    assert inner.training
    assert not outer.training
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())


def test_folded_norms_are_recognised() -> None:
    network = nn.Sequential(BatchNorm(4), nn.ReLU(), BatchNorm(2))
    assert norms_are_folded(network)
    assert not norms_are_folded(nn.ReLU())
    norm = network[2]
    assert isinstance(norm, BatchNorm)
    assert norm.running_mean is not None
    norm.running_mean[1] = 0.3
    assert not norms_are_folded(network)
