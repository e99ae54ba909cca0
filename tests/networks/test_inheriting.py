from __future__ import annotations

from pathlib import Path

import pytest
import torch

from segstudio.errors import SegStudioError
from segstudio.networks.build import build
from segstudio.networks.model_file import save_model
from segstudio.networks.weights import load_initial
from segstudio.runs.model_card import ModelCard, ModelClass

HEAD = "lraspp_mobilenet_v3_large"


def model(folder: Path, *names: str, head: str = HEAD) -> Path:
    torch.manual_seed(1)
    classes = tuple(ModelClass(index=i, name=name, colour="#000000") for i, name in enumerate(names))
    card = ModelCard(head=head, classes=classes)
    path = folder / "best.pt"
    save_model(path, build(head, len(names)).state_dict(), card.model_dump_json())
    return path


@pytest.mark.parametrize("names", [("rope", "Ground", "sky"), ("ground", "sky"), ("rope", "ground")])
def test_classes_of_the_same_name_keep_what_was_learnt(names: tuple[str, ...], tmp_path: Path) -> None:
    path = model(tmp_path, "sky", "ground")
    before = torch.load(path, weights_only=True)["weights"]
    torch.manual_seed(2)
    network = build(HEAD, len(names))
    random = {key: value.clone() for key, value in network.state_dict().items()}
    report = load_initial(network, HEAD, str(path), classes=names)
    after = network.state_dict()
    for key in ("classifier.low_classifier.weight", "classifier.high_classifier.bias"):
        for channel, name in enumerate(names):
            old = {"sky": 0, "ground": 1}.get(name.casefold())
            expected = random[key][channel] if old is None else before[key][old]
            assert torch.equal(after[key][channel], expected)
    same = "backbone.0.0.weight"
    assert torch.equal(after[same], before[same])
    assert set(report.new_classes) == set(names) & {"rope"}
    assert "classes known before" in report.told()
    assert ("new classes, so random: rope" in report.told()) == ("rope" in names)


def test_another_head_gives_its_backbone_alone(tmp_path: Path) -> None:
    path = model(tmp_path, "sky", "ground", head="unet_mobilenet_v3_large")
    network = build("deeplabv3plus_mobilenet_v3_large", 2)
    report = load_initial(network, "deeplabv3plus_mobilenet_v3_large", str(path), classes=("sky", "ground"))
    assert report.is_whole_backbone
    assert not report.kept_classes


def test_a_model_that_does_not_tell_its_classes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "best.pt"
    for card in ("{", "[]", '{"head": "x", "classes": [{"name": 3}]}'):
        save_model(path, build(HEAD, 2).state_dict(), card)
        with pytest.raises(SegStudioError, match="description is damaged"):
            load_initial(build(HEAD, 2), HEAD, str(path), classes=("sky", "ground"))
