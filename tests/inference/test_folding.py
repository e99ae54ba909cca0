import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from segstudio.inference.folding import fold_norms
from segstudio.inference.predictor import Predictor
from segstudio.networks.build import build
from segstudio.networks.model_file import save_model
from tests.inference.networks_for_tests import colour_card

HEADS = (
    "lraspp_mobilenet_v3_large",
    "deeplabv3_mobilenet_v3_large",
    "deeplabv3_mobilenet_v2",
    "fcn_resnet50",
)


def undecided(head: str, classes: int = 3) -> nn.Module:
    """A network with statistics as a training leaves them, whose classes all win somewhere: the hardest to agree on."""
    torch.manual_seed(0)
    network = build(head, classes).train()
    photos = torch.randn(2, 3, 64, 96)
    with torch.no_grad():
        for _ in range(3):
            network(photos)
        network.eval()
        logits = network(photos)["out"]
        last = [part for part in network.modules() if isinstance(part, nn.Conv2d)][-1]
        assert last.bias is not None
        last.bias -= logits.mean(dim=(0, 2, 3))
    return network


def norms(network: nn.Module) -> int:
    return sum(isinstance(part, nn.BatchNorm2d) for part in network.modules())


@pytest.mark.parametrize("head", HEADS)
def test_a_folded_network_says_the_same(head: str) -> None:
    network = undecided(head)
    photo = torch.randn(1, 3, 96, 128)
    folded = copy.deepcopy(network)
    assert fold_norms(folded) == norms(network)
    assert norms(folded) == 0
    with torch.inference_mode():
        plain, ours = network(photo)["out"], folded(photo)["out"]
    assert len(plain.argmax(1).unique()) == 3
    assert (plain.argmax(1) == ours.argmax(1)).float().mean() >= 0.9995
    torch.testing.assert_close(ours, plain, rtol=1e-3, atol=1e-3 * float(plain.std()))


def test_only_what_surely_follows_is_folded() -> None:
    class Unknown(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Conv2d(3, 4, 1)
            self.second = nn.BatchNorm2d(4)
            self.conv1 = nn.Conv2d(4, 4, 1)
            self.bn2 = nn.BatchNorm2d(4)
            self.rest = nn.Sequential(nn.Conv2d(4, 4, 1), nn.ReLU(), nn.BatchNorm2d(4))
            self.without = nn.Sequential(nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4, track_running_stats=False))

    network = Unknown()
    assert fold_norms(network) == 0
    assert norms(network) == 4


def test_a_predictor_agrees_with_the_network_of_its_file(tmp_path: Path) -> None:
    head = "lraspp_mobilenet_v3_large"
    network = undecided(head)
    card = colour_card().model_copy(update={"head": head})
    save_model(tmp_path / "best.pt", network.state_dict(), card.model_dump_json())
    photo = np.random.default_rng(0).integers(0, 256, (270, 480, 3), dtype=np.uint8)
    loaded = Predictor.load(tmp_path / "best.pt", device="cpu")
    assert norms(loaded._network) == 0
    ours, plain = loaded.segment(photo), Predictor(network, card).segment(photo)
    assert len(np.unique(plain.mask)) == 3
    assert (ours.mask == plain.mask).mean() >= 0.9995
    assert np.abs(ours.confidence.astype(int) - plain.confidence).max() <= 1
