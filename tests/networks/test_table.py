"""The table of heads (`runs.heads`), compared with the networks and with torchvision's enums."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import get_model_weights

from segstudio.networks.build import BUILDERS, build
from segstudio.runs.heads import COST_INPUT_PX, HEADS, MEMORY_BATCH, MEMORY_CROP_PX, weights_folder

CLASSES = 21


def on_meta(head: str) -> nn.Module:
    with torch.device("meta"):
        return build(head, CLASSES)


def kept_for_backward(network: nn.Module) -> int:
    """Bytes that one training step saves for its backward pass, each memory counted once."""
    own = {id(tensor) for tensor in (*network.parameters(), *network.buffers())}
    kept: dict[int, Tensor] = {}

    def keep(tensor: Tensor) -> Tensor:
        if id(tensor) not in own:
            kept[tensor.untyped_storage()._cdata] = tensor
        return tensor

    batch = torch.empty(MEMORY_BATCH, 3, MEMORY_CROP_PX, MEMORY_CROP_PX, device="meta")
    mask = torch.empty(MEMORY_BATCH, MEMORY_CROP_PX, MEMORY_CROP_PX, dtype=torch.long, device="meta")
    with saved_tensors_hooks(keep, lambda tensor: tensor):
        nn.functional.cross_entropy(network.train()(batch)["out"], mask)
    return sum(tensor.untyped_storage().nbytes() for tensor in kept.values())


def test_the_two_tables_hold_the_same_names() -> None:
    assert HEADS.keys() == BUILDERS.keys()


@pytest.mark.parametrize("head", [*HEADS, "fcn_resnetv2_11", "fcn_resnetv2_20"])
def test_costs_are_the_network_s_own(head: str) -> None:
    network, row = on_meta(head), HEADS[head]
    assert sum(parameter.numel() for parameter in network.parameters()) == row.parameters
    assert kept_for_backward(network) == pytest.approx(row.activation_bytes, rel=0.02)
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        network.eval()(torch.empty(1, 3, COST_INPUT_PX, COST_INPUT_PX, device="meta"))
    assert counter.get_total_flops() == 2 * row.multiply_adds


@pytest.mark.parametrize("head", HEADS)
def test_an_auxiliary_classifier_where_the_table_says_so(head: str) -> None:
    assert HEADS[head].has_auxiliary == (head not in ("lraspp_mobilenet_v3_large", "fcn_resnetv2_56"))
    if HEADS[head].has_auxiliary:
        with torch.device("meta"):
            assert "aux_classifier" in dict(build(head, 2, auxiliary=True).named_children())


@pytest.mark.parametrize("head", HEADS)
def test_published_weights_are_torchvision_s(head: str) -> None:
    for info in HEADS[head].weights:
        name = head if info.name == "coco" else HEADS[head].backbone
        member = "COCO_WITH_VOC_LABELS_V1" if info.name == "coco" else "IMAGENET1K_V1"
        published = get_model_weights(name)[member]
        assert PurePosixPath(published.url).name == info.file_name
        assert info.file_name.endswith(f"-{info.sha_prefix}.pth")
        assert len(info.sha_prefix) == 8
        assert abs(info.size_bytes - published.meta["_file_size"] * 2**20) < 1024
        (scores,) = published.meta["_metrics"].values()
        assert str(scores.get("miou", scores.get("acc@1"))) in info.score


def test_the_cache_is_torch_s(monkeypatch: pytest.MonkeyPatch) -> None:
    for home, cache in ((None, None), (None, "/somewhere/cache"), ("~/torch home", "/somewhere/cache")):
        for name, value in (("TORCH_HOME", home), ("XDG_CACHE_HOME", cache)):
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        assert str(weights_folder()) == f"{torch.hub.get_dir()}/checkpoints"
