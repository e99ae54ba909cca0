from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from segstudio.networks.build import build
from segstudio.networks.freezing import (
    freeze_backbone,
    freeze_backbone_norms,
    parameter_groups,
    unfreeze_backbone,
)
from segstudio.networks.norms import BatchNorm


@pytest.fixture
def network() -> nn.Module:
    torch.manual_seed(0)
    return build("deeplabv3_mobilenet_v2", 3, auxiliary=True)


def backbone_values(network: nn.Module) -> dict[str, Tensor]:
    return {key: value.clone() for key, value in network.get_submodule("backbone").state_dict().items()}


def take_a_step(network: nn.Module) -> None:
    network.train()
    optimizer = torch.optim.SGD(parameter_groups(network, lr=0.1, weight_decay=0.01))
    answer = network(torch.rand(2, 3, 40, 40))
    (answer["out"].square().mean() + answer["aux"].square().mean()).backward()
    optimizer.step()


def changed(network: nn.Module, before: dict[str, Tensor]) -> set[str]:
    return {key for key, value in backbone_values(network).items() if not torch.equal(value, before[key])}


def test_a_frozen_backbone_does_not_move(network: nn.Module) -> None:
    freeze_backbone(network)
    before = backbone_values(network)
    take_a_step(network)
    assert changed(network, before) == set()
    assert network.get_submodule("classifier.1").weight.grad is not None


def test_frozen_norms_do_not_move_but_convolutions_do(network: nn.Module) -> None:
    freeze_backbone_norms(network)
    before = backbone_values(network)
    take_a_step(network)
    norms = {
        f"{name}.{key}"
        for name, module in network.get_submodule("backbone").named_modules()
        if isinstance(module, BatchNorm)
        for key in module.state_dict()
    }
    moved = changed(network, before)
    assert moved
    assert not moved & norms
    assert network.get_submodule("classifier.2").training


def test_unfreezing_undoes_both(network: nn.Module) -> None:
    network.train()
    freeze_backbone(network)
    unfreeze_backbone(network)
    assert all(parameter.requires_grad for parameter in network.parameters())
    assert all(module.training for module in network.modules())
    network.eval()
    freeze_backbone_norms(network)
    unfreeze_backbone(network)
    assert not any(module.training for module in network.modules())


def test_every_parameter_that_learns_is_in_one_group(network: nn.Module) -> None:
    for decay_all in (True, False):
        groups = parameter_groups(
            network, lr=1.0, weight_decay=0.1, backbone_lr_factor=0.2, decay_norms_and_biases=decay_all
        )
        listed = [id(parameter) for group in groups for parameter in group["params"]]
        assert sorted(listed) == sorted(id(parameter) for parameter in network.parameters())


def test_each_part_has_its_learning_rate(network: nn.Module) -> None:
    groups = parameter_groups(network, lr=2.0, weight_decay=0.1, backbone_lr_factor=0.25, aux_lr_factor=10)
    assert [(group["name"], group["lr"]) for group in groups] == [
        ("backbone", 0.5),
        ("classifier", 2.0),
        ("aux_classifier", 20.0),
    ]
    assert {group["weight_decay"] for group in groups} == {0.1}


def test_norms_and_biases_can_go_without_decay(network: nn.Module) -> None:
    groups = parameter_groups(network, lr=1.0, weight_decay=0.1, decay_norms_and_biases=False)
    without = {id(p) for group in groups if group["weight_decay"] == 0 for p in group["params"]}
    expected = {
        id(parameter)
        for module in network.modules()
        for name, parameter in module.named_parameters(recurse=False)
        if isinstance(module, BatchNorm) or name == "bias"
    }
    assert without == expected
    assert len(groups) == 6


def test_what_is_frozen_is_in_no_group(network: nn.Module) -> None:
    freeze_backbone(network)
    assert [group["name"] for group in parameter_groups(network, lr=1.0, weight_decay=0.1)] == [
        "classifier",
        "aux_classifier",
    ]
