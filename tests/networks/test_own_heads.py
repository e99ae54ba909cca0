"""The heads that torchvision does not have: compared with their papers and with what else is known of them."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torchvision.models import resnet50
from torchvision.models.mobilenetv3 import mobilenet_v3_large

from segstudio.errors import SegStudioError
from segstudio.networks.build import build, coarse_logits
from segstudio.networks.encoders import mobilenet_v3, resnet
from segstudio.networks.resnet_v2 import fcn_resnet_v2
from segstudio.networks.tiles import GRID_PX
from segstudio.runs.heads import HEADS
from tests.networks.overfitting import overfitted

MOBILE = "mobilenet_v3_large"
OWN = [head for head in HEADS if head.startswith(("deeplabv3plus_", "unet_", "fcn_resnetv2_"))]


def parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def on_meta(head: str, classes: int) -> nn.Module:
    with torch.device("meta"):
        return build(head, classes)


def test_deeplab_plus_counts_as_the_paper_s_parts_do() -> None:
    """ASPP: 1 × 1, three separable 3 × 3, pooling, all to 256, joined to 256; 48 low-level; two separable 3 × 3."""

    def pointwise(inner: int, outer: int) -> int:
        return inner * outer + 2 * outer

    def separable(inner: int, outer: int) -> int:
        return 9 * inner + 2 * inner + pointwise(inner, outer)

    with torch.device("meta"):
        trunk = parameters(resnet50(weights=None)) - (2048 * 1000 + 1000)
    aspp = 2 * pointwise(2048, 256) + 3 * separable(2048, 256) + pointwise(5 * 256, 256)
    decoder = pointwise(256, 48) + separable(304, 256) + separable(256, 256) + 256 * 21 + 21
    for head in ("deeplabv3plus_resnet50", "deeplabv3plus_resnet50_os8"):
        assert parameters(on_meta(head, 21)) == trunk + aspp + decoder


def test_counts_are_those_of_a_widely_used_library() -> None:
    """segmentation_models_pytorch, one class: DeepLabV3Plus has no norms between depthwise and pointwise convolutions;
    Unet has a last step of 16 channels and a 3 × 3 classifier.
    """
    between = 2 * (3 * 2048 + 304 + 256)
    assert parameters(on_meta("deeplabv3plus_resnet50", 1)) == 26_677_585 + between
    last_step = 9 * (32 * 16 + 16 * 16) + 4 * 16 + (9 * 16 + 1) - (32 + 1)
    assert parameters(on_meta("unet_resnet50", 1)) == 32_521_105 - last_step


@pytest.mark.parametrize("depth", [11, 56])
def test_the_fcn_counts_as_its_recipe_says(depth: int) -> None:
    """Depth 9n + 2 of biased convolutions; a pyramid of 512; levels, joined features and doublings of 256."""

    def convolution(inner: int, outer: int, kernel: int) -> int:
        return inner * outer * kernel**2 + outer

    units = (depth - 2) // 9
    count, given = convolution(3, 16, 3) + 2 * 16, 16
    for stage, (inner, outer) in enumerate(((16, 64), (64, 128), (128, 256))):
        for number in range(units):
            count += (
                convolution(given, inner, 1) + convolution(inner, inner, 3) + convolution(inner, outer, 1)
            )
            count += 2 * (0 if stage + number == 0 else given) + 2 * (inner + inner)
            count += convolution(given, outer, 1) if number == 0 else 0
            given = outer
    count += 2 * 256
    count += convolution(256, 512, 3) + 2 * convolution(512, 512, 3) + 3 * 2 * 512
    count += convolution(256, 256, 3) + 3 * convolution(512, 256, 3) + 4 * 2 * 256
    count += convolution(5 * 256, 256, 3) + convolution(256, 256, 3) + 2 * 2 * 256 + convolution(256, 4, 1)
    assert parameters(on_meta(f"fcn_resnetv2_{depth}", 4)) == count


def test_the_fcn_has_as_many_layers_as_its_name_says() -> None:
    """The network before the pyramid, one layer for each convolution on the residual way, and a classifier."""
    with torch.device("meta"):
        body = fcn_resnet_v2(56, 4).backbone.get_submodule("body")
    on_the_way = [
        name for name, m in body.named_modules() if isinstance(m, nn.Conv2d) and "shortcut" not in name
    ]
    assert len(on_the_way) + 1 == 56
    with pytest.raises(ValueError, match="9n"):
        fcn_resnet_v2(50, 4)
    with pytest.raises(SegStudioError, match="unknown head"):
        build("fcn_resnetv2_50", 4)
    with pytest.raises(SegStudioError, match="no auxiliary classifier"):
        build("fcn_resnetv2_56", 4, auxiliary=True)


@pytest.mark.parametrize("head", OWN)
def test_logits_lie_on_the_grid_of_the_tiles(head: str) -> None:
    wanted = 4 if head.startswith("deeplab") else 2 if head.startswith("unet") else 1
    with torch.no_grad():
        logits = coarse_logits(on_meta(head, 3).eval(), torch.empty(1, 3, 64, 96, device="meta"))
    assert logits.shape == (1, 3, 64 // wanted, 96 // wanted)
    assert GRID_PX % wanted == 0


@pytest.mark.parametrize("head", OWN)
def test_odd_sizes_pass(head: str) -> None:
    with torch.no_grad():
        for size in ((1, 1), (31, 129), (65, 2)):
            answer = on_meta(head, 3).eval()(torch.empty(2, 3, *size, device="meta"))
            assert answer["out"].shape == (2, 3, *size)


@pytest.mark.parametrize(("stride", "dilations"), [(16, (2, 4, 8)), (8, (4, 8, 16))])
def test_the_last_stage_of_a_resnet_looks_wider_block_by_block(
    stride: int, dilations: tuple[int, ...]
) -> None:
    suffix = "_os8" if stride == 8 else ""
    network = on_meta(f"deeplabv3plus_resnet50{suffix}", 2)
    blocks = network.get_submodule("backbone.layer4").children()
    found = [block.get_submodule("conv2").dilation for block in blocks]
    assert found == [(each, each) for each in dilations]
    rates = {m.dilation[0] for m in network.get_submodule("classifier").modules() if isinstance(m, nn.Conv2d)}
    assert rates == {1} | {rate * 16 // stride for rate in (6, 12, 18)}
    with torch.no_grad():
        features = network.get_submodule("backbone")(torch.empty(1, 3, 64, 64, device="meta"))
    assert [features[name].shape[-1] for name in ("2", "4", "8", "16", "32")] == [
        max(64 // each, 64 // max(each, 1)) if each <= stride else 64 // stride for each in (2, 4, 8, 16, 32)
    ]


@pytest.mark.parametrize("stride", [8, 16])
def test_dilation_keeps_the_meaning_of_pretrained_weights(stride: int) -> None:
    """Every so many features of the dilated MobileNet are those of the classification network."""
    torch.manual_seed(0)
    theirs = mobilenet_v3_large(weights=None).eval().features
    encoder = mobilenet_v3(output_stride=8 if stride == 8 else 16)
    encoder.module.load_state_dict(theirs.state_dict())
    # Globally pooled gates see all places, which a dilated network has more of: left out of the comparison.
    photo = torch.rand(1, 3, 96, 64)
    for network in (theirs, encoder.module):
        for name, module in list(network.named_modules()):
            if type(module).__name__ == "SqueezeExcitation":
                network.get_submodule(name.rpartition(".")[0])[int(name.rpartition(".")[2])] = nn.Identity()  # type: ignore[operator]
    with torch.inference_mode():
        dilated = encoder.module.eval()(photo)["32"]
        expected = theirs(photo)
    step = 32 // stride
    assert dilated.shape == (1, 960, 96 // stride, 64 // stride)
    assert torch.allclose(dilated[..., ::step, ::step], expected, atol=1e-4)


def test_a_resnet_without_dilation_is_torchvision_s() -> None:
    torch.manual_seed(0)
    theirs = resnet50(weights=None).eval()
    encoder = resnet("resnet50")
    encoder.module.load_state_dict(theirs.state_dict(), strict=False)
    photo = torch.rand(1, 3, 40, 40)
    with torch.inference_mode():
        pooled = encoder.module.eval()(photo)["32"].mean((2, 3))
        assert torch.allclose(theirs.fc(pooled), theirs(photo), atol=1e-4)


def test_four_photos_are_learnt_by_heart() -> None:
    assert overfitted("fcn_resnetv2_11", rows=24, steps=20, rate=1e-3) > 0.95
