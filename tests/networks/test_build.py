from __future__ import annotations

import pytest
import torch
from torch import nn
from torchvision.models import list_models, segmentation
from torchvision.models.mobilenetv2 import mobilenet_v2

from segstudio.errors import SegStudioError
from segstudio.networks.build import BUILDERS, build, coarse_logits, enlarge

LIGHT = [
    "lraspp_mobilenet_v3_large",
    "deeplabv3_mobilenet_v2",
    "deeplabv3_mobilenet_v3_large",
    "deeplabv3plus_mobilenet_v3_large",
    "unet_mobilenet_v3_large",
    "fcn_resnetv2_11",
]
NO_AUXILIARY = {"lraspp_mobilenet_v3_large", "fcn_resnetv2_56"}
WITH_AUXILIARY = sorted(head for head in BUILDERS.keys() - NO_AUXILIARY if not head.endswith("_os8"))
OF_TORCHVISION = sorted(BUILDERS.keys() & set(list_models(module=segmentation)))


@pytest.mark.parametrize("head", [head for head in BUILDERS if "resnet101" not in head])
def test_a_batch_of_one_odd_photo_trains(head: str) -> None:
    network = build(head, 3).train()
    answer = network(torch.rand(1, 3, 33, 47))
    assert list(answer) == ["out"]
    assert answer["out"].shape == (1, 3, 33, 47)
    answer["out"].square().mean().backward()
    assert all(p.grad is not None and bool(p.grad.isfinite().all()) for p in network.parameters())


@pytest.mark.parametrize("head", LIGHT)
@pytest.mark.parametrize("size", [(1, 1), (1, 40), (17, 16)])
def test_tiny_photos_pass_in_both_modes(head: str, size: tuple[int, int]) -> None:
    network = build(head, 2)
    for mode in (True, False):
        assert network.train(mode)(torch.rand(1, 3, *size))["out"].shape == (1, 2, *size)


@pytest.mark.parametrize("head", WITH_AUXILIARY)
def test_an_auxiliary_classifier_answers_in_the_same_shape(head: str) -> None:
    with torch.inference_mode():
        answer = build(head, 4, auxiliary=True).eval()(torch.rand(1, 3, 40, 24))
    assert list(answer) == ["out", "aux"]
    assert answer["aux"].shape == (1, 4, 40, 24)


@pytest.mark.parametrize("head", OF_TORCHVISION)
def test_state_dict_is_torchvision_s(head: str) -> None:
    with torch.device("meta"):
        theirs = getattr(segmentation, head)(weights=None, weights_backbone=None, num_classes=21).state_dict()
    ours = build(head, 21).state_dict()
    assert {key: value.shape for key, value in ours.items()} == {
        key: value.shape for key, value in theirs.items()
    }


def test_mobilenet_v2_keeps_its_resolution_from_stride_16_on() -> None:
    network = build("deeplabv3_mobilenet_v2", 2).eval()
    with torch.inference_mode():
        assert coarse_logits(network, torch.rand(1, 3, 64, 96)).shape == (1, 2, 4, 6)
    dilated = {module.dilation for module in network.modules() if isinstance(module, nn.Conv2d)}
    assert {(1, 1), (2, 2)} <= dilated


@pytest.mark.parametrize("head", LIGHT)
def test_coarse_logits_enlarged_are_the_answer(head: str) -> None:
    torch.manual_seed(0)
    network = build(head, 3).eval()
    batch = torch.rand(2, 3, 50, 70)
    with torch.inference_mode():
        assert torch.allclose(
            enlarge(coarse_logits(network, batch), (50, 70)), network(batch)["out"], atol=1e-6
        )


def test_the_same_seed_gives_the_same_weights() -> None:
    torch.manual_seed(3)
    one = build("lraspp_mobilenet_v3_large", 2).state_dict()
    torch.manual_seed(3)
    other = build("lraspp_mobilenet_v3_large", 2).state_dict()
    assert all(torch.equal(one[key], other[key]) for key in one)


def test_refusals_are_sentences() -> None:
    with pytest.raises(SegStudioError, match='did you mean "deeplabv3_resnet50"'):
        build("deeplab_resnet50", 2)
    with pytest.raises(SegStudioError, match="LR-ASPP has no auxiliary classifier"):
        build("lraspp_mobilenet_v3_large", 2, auxiliary=True)
    with pytest.raises(SegStudioError, match="0 classes were asked for"):
        build("fcn_resnet50", 0)


def test_dilation_keeps_the_meaning_of_pretrained_weights() -> None:
    """Every other feature of the dilated backbone is the feature of the classification network."""
    torch.manual_seed(0)
    theirs = mobilenet_v2(weights=None).eval()
    network = build("deeplabv3_mobilenet_v2", 2).eval()
    backbone = network.get_submodule("backbone")
    missing = backbone.load_state_dict(theirs.features[:18].state_dict())
    assert not missing.missing_keys
    photo = torch.rand(1, 3, 128, 96)
    with torch.inference_mode():
        dilated = backbone(photo)["out"]
        expected = theirs.features[:18](photo)
    assert dilated.shape == (1, 320, 8, 6)
    assert torch.allclose(dilated[..., ::2, ::2], expected, atol=1e-5)
