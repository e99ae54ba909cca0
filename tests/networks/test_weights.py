from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torchvision.models import resnet18
from torchvision.models.mobilenetv3 import mobilenet_v3_large

from segstudio.errors import SegStudioError
from segstudio.networks.build import BUILDERS, build
from segstudio.networks.published import LICENCES, published
from segstudio.networks.weights import find_initial, imported_files, load_initial
from segstudio.runs.heads import COCO_LICENCE, IMAGENET_LICENCE

LRASPP = "lraspp_mobilenet_v3_large"
MOBILENET_V2 = "deeplabv3_mobilenet_v2"
RESNET_V2 = "fcn_resnetv2_56"


def copied(network: nn.Module) -> dict[str, Tensor]:
    return {key: value.clone() for key, value in network.state_dict().items()}


def test_none_leaves_the_network_as_it_is(cache: Path) -> None:
    network = build(LRASPP, 3)
    before = copied(network)
    report = load_initial(network, LRASPP, "none")
    assert report.source == "none"
    assert not report.matched
    assert report.told() == "all weights start at random"
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())
    assert not cache.exists()


def test_a_whole_network_of_other_classes_gives_all_but_its_last_layer(cache: Path, tmp_path: Path) -> None:
    donor = build("deeplabv3_mobilenet_v3_large", 21, auxiliary=True)
    torch.save(donor.state_dict(), tmp_path / "coco.pth")
    network = build("deeplabv3_mobilenet_v3_large", 5)
    report = load_initial(network, "deeplabv3_mobilenet_v3_large", str(tmp_path / "coco.pth"))
    assert report.other_shape == ("classifier.4.weight", "classifier.4.bias")
    assert report.missing == ()
    assert report.is_whole_backbone
    assert report.foreign
    assert all(key.startswith("aux_classifier.") for key in report.foreign)
    theirs = donor.state_dict()
    for key, value in network.state_dict().items():
        assert torch.equal(value, theirs[key]) == (key in report.matched)
    assert (
        "of another shape in the file, so random: 2 (classifier.4.weight, classifier.4.bias)" in report.told()
    )


def test_a_classification_network_gives_its_backbone(cache: Path, tmp_path: Path) -> None:
    donor = mobilenet_v3_large(weights=None).state_dict()
    torch.save(donor, tmp_path / "imagenet.pth")
    network = build(LRASPP, 2)
    report = load_initial(network, LRASPP, str(tmp_path / "imagenet.pth"))
    assert report.is_whole_backbone
    assert {key.partition(".")[0] for key in report.missing} == {"classifier"}
    assert {key.partition(".")[0] for key in report.foreign} == {"classifier"}
    assert torch.equal(network.state_dict()["backbone.16.0.weight"], donor["features.16.0.weight"])


def test_a_relative_is_refused_and_nothing_changes(cache: Path, tmp_path: Path) -> None:
    torch.save(resnet18(weights=None).state_dict(), tmp_path / "r18.pth")
    network = build("fcn_resnet50", 2)
    before = copied(network)
    with pytest.raises(SegStudioError, match="a relative of fcn_resnet50: 23 tensors"):
        load_initial(network, "fcn_resnet50", str(tmp_path / "r18.pth"))
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())


def test_one_odd_tensor_is_told_and_the_rest_used(cache: Path, tmp_path: Path) -> None:
    state = build(LRASPP, 2).state_dict()
    state["backbone.0.0.weight"] = torch.zeros(16, 4, 3, 3)
    torch.save(state, tmp_path / "four-channels.pth")
    report = load_initial(build(LRASPP, 2), LRASPP, str(tmp_path / "four-channels.pth"))
    assert report.other_shape == ("backbone.0.0.weight",)
    assert not report.is_whole_backbone
    assert "partial" in report.told()
    assert "not all of the backbone" in report.told()


def test_values_that_are_not_numbers_are_refused(cache: Path, tmp_path: Path) -> None:
    state = build(LRASPP, 2).state_dict()
    state["backbone.0.0.weight"][0, 0, 0, 0] = float("nan")
    torch.save(state, tmp_path / "diverged.pth")
    with pytest.raises(SegStudioError, match=r"backbone\.0\.0\.weight holds values that are not numbers"):
        load_initial(build(LRASPP, 2), LRASPP, str(tmp_path / "diverged.pth"))


@pytest.mark.parametrize("choice", ["auto", "coco", "imagenet"])
def test_without_network_and_file_the_way_out_is_told(cache: Path, choice: str) -> None:
    with pytest.raises(SegStudioError) as caught:
        load_initial(build(LRASPP, 2), LRASPP, choice)
    sentence = str(caught.value)
    file = published(LRASPP, "imagenet" if choice == "imagenet" else "coco")
    assert file is not None
    for part in (
        file.url,
        file.file_name,
        str(cache),
        "segstudio weights import FILE",
        "--set weights=none",
        "--set freeze_backbone=false",
    ):
        assert part in sentence
    assert list(cache.iterdir()) == []


def test_the_way_out_names_what_was_imported(cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / "segstudio-mobilenet_v3_large-mine-1.pth").touch()
    with pytest.raises(SegStudioError, match=r"--set weights=segstudio-mobilenet_v3_large-mine-1\.pth"):
        find_initial(LRASPP, "imagenet")


def test_auto_prefers_coco_then_imagenet_then_the_latest_import(cache: Path) -> None:
    cache.mkdir(parents=True)
    older, newer = cache / "segstudio-mobilenet_v3_large-b-1.pth", cache / f"segstudio-{LRASPP}-a-1.pth"
    for age, path in enumerate((older, newer)):
        path.touch()
        path.touch()
        os.utime(path, (1000 + age, 1000 + age))
    assert imported_files(LRASPP) == (newer, older)
    found = []
    for kind in ("imagenet", "coco"):
        found.append(find_initial(LRASPP, "auto"))
        file = published(LRASPP, "coco" if kind == "coco" else "imagenet")
        assert file is not None
        file.cached.touch()
    found.append(find_initial(LRASPP, "auto"))
    assert [each.source for each in found if each] == [newer.name, "imagenet", "coco"]


def test_a_damaged_file_in_the_cache_is_named(cache: Path) -> None:
    file = published(LRASPP, "coco")
    assert file is not None
    cache.mkdir(parents=True)
    file.cached.write_bytes(b"half of it")
    with pytest.raises(SegStudioError, match="the file is damaged") as caught:
        load_initial(build(LRASPP, 2), LRASPP, "auto")
    assert str(file.cached) in str(caught.value)


def test_a_choice_that_is_nothing_is_refused(cache: Path) -> None:
    with pytest.raises(SegStudioError, match='did you mean "imagenet"'):
        find_initial(LRASPP, "imagnet")
    with pytest.raises(SegStudioError, match='publishes no "coco"'):
        find_initial(MOBILENET_V2, "coco")


def test_the_licences_are_those_of_the_table() -> None:
    assert LICENCES == {"coco": COCO_LICENCE, "imagenet": IMAGENET_LICENCE}


def test_every_head_but_one_has_published_weights_for_its_backbone() -> None:
    assert [head for head in BUILDERS if not published(head, "imagenet")] == [RESNET_V2]
    assert published(MOBILENET_V2, "coco") is None
    assert published(LRASPP, "coco") is not None


def test_a_head_without_published_weights_starts_at_random_and_says_so(cache: Path) -> None:
    assert find_initial(RESNET_V2, "auto") is None
    network = build("fcn_resnetv2_11", 3)
    assert load_initial(network, "fcn_resnetv2_11").told() == "all weights start at random"
    with pytest.raises(SegStudioError, match="weights=none` starts at random"):
        find_initial(RESNET_V2, "imagenet")


def test_imagenet_weights_fill_the_encoders_of_our_own_heads(cache: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.pth"
    torch.save(mobilenet_v3_large(weights=None).state_dict(), file)
    for head in ("unet_mobilenet_v3_large", "deeplabv3plus_mobilenet_v3_large_os8"):
        report = load_initial(build(head, 4), head, str(file))
        assert report.is_whole_backbone
        assert all(key.startswith("classifier.") for key in report.missing)


def test_real_imagenet_weights_fill_the_backbone(cache: Path, real_weights: Path) -> None:
    network = build(MOBILENET_V2, 5)
    report = load_initial(network, MOBILENET_V2, str(real_weights / "mobilenet_v2_imagenet.pth"))
    assert len(report.matched) == 306
    assert report.is_whole_backbone
    assert {".".join(key.split(".")[:2]) for key in report.foreign} == {"features.18", "classifier.1"}
    assert all(key.startswith("classifier.") for key in report.missing)


def test_a_real_partial_state_dict_is_told_as_such(cache: Path, real_weights: Path) -> None:
    report = load_initial(
        build(MOBILENET_V2, 5), MOBILENET_V2, str(real_weights / "mobilenet_v2_backbone_voc.pth")
    )
    assert (len(report.matched), len(report.foreign)) == (306, 0)
    assert "partial: 306 of 343 tensors matched (the whole backbone)" in report.told()


def test_a_real_file_of_another_network_is_refused(cache: Path, real_weights: Path) -> None:
    with pytest.raises(SegStudioError, match="no key matches: none of the 189 tensors"):
        load_initial(build(MOBILENET_V2, 5), MOBILENET_V2, str(real_weights / "espnet_camvid.pth"))
