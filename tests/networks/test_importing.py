from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
import torch
from torchvision.models import resnet18, resnet101
from torchvision.models.mobilenetv2 import mobilenet_v2

from segstudio.errors import SegStudioError
from segstudio.networks.build import BUILDERS, backbone_of, build
from segstudio.networks.importing import import_file
from segstudio.networks.published import PublishedFile
from segstudio.networks.weights import find_initial, load_initial


def test_a_backbone_is_kept_under_a_clear_name_and_found_again(cache: Path, tmp_path: Path) -> None:
    path = tmp_path / "my best (final).pth"
    torch.save(mobilenet_v2(weights=None).state_dict(), path)
    imported = import_file(path)
    digest = sha256(path.read_bytes()).hexdigest()
    assert imported.path == cache / f"segstudio-mobilenet_v2-my_best_final-{digest[:8]}.pth"
    assert imported.path.read_bytes() == path.read_bytes()
    assert imported.heads == ("deeplabv3_mobilenet_v2",)
    assert imported.published is None
    for choice in ("auto", imported.path.name):
        report = load_initial(build("deeplabv3_mobilenet_v2", 3), "deeplabv3_mobilenet_v2", choice)
        assert report.source == imported.path.name
        assert report.is_whole_backbone
    assert import_file(imported.path).path == imported.path


def test_a_backbone_suits_every_head_that_stands_on_it(cache: Path, tmp_path: Path) -> None:
    with torch.device("meta"):
        state = resnet101(weights=None).state_dict()
    torch.save({key: torch.zeros(value.shape) for key, value in state.items()}, tmp_path / "r.pth")
    suited = {head for head in BUILDERS if backbone_of(head) == "resnet101"}
    assert {"deeplabv3_resnet101", "unet_resnet101", "deeplabv3plus_resnet101_os8"} < suited
    assert set(import_file(tmp_path / "r.pth").heads) == suited


def test_a_whole_network_suits_its_own_head_alone(cache: Path, tmp_path: Path) -> None:
    torch.save(build("lraspp_mobilenet_v3_large", 21).state_dict(), tmp_path / "w.pth")
    imported = import_file(tmp_path / "w.pth")
    assert imported.heads == ("lraspp_mobilenet_v3_large",)
    assert imported.path.name.startswith("segstudio-lraspp_mobilenet_v3_large-w-")


def test_a_file_of_torchvision_s_gets_its_name_back(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "download (1).pth"
    torch.save(build("lraspp_mobilenet_v3_large", 21).state_dict(), path)
    digest = sha256(path.read_bytes()).hexdigest()
    file = PublishedFile("coco", f"https://example.org/lraspp-{digest[:8]}.pth")
    monkeypatch.setattr("segstudio.networks.published.published", lambda head, kind: file)
    monkeypatch.setattr("segstudio.networks.weights.published", lambda head, kind: file)
    imported = import_file(path)
    assert imported.published == file
    assert imported.path == cache / f"lraspp-{digest[:8]}.pth"
    found = find_initial("lraspp_mobilenet_v3_large", "coco")
    assert found is not None
    assert found.path == imported.path


def test_what_fits_nothing_is_refused_and_not_kept(cache: Path, tmp_path: Path) -> None:
    torch.save({"encoder.level1.weight": torch.zeros(2)}, tmp_path / "other.pth")
    with pytest.raises(
        SegStudioError, match="no key matches: none of the 1 tensors in the file has a place in any head"
    ):
        import_file(tmp_path / "other.pth")
    torch.save(resnet18(weights=None).state_dict(), tmp_path / "r18.pth")
    with pytest.raises(SegStudioError, match="a relative of"):
        import_file(tmp_path / "r18.pth")
    torch.save(mobilenet_v2(weights=None).state_dict(), tmp_path / "m.pth")
    with pytest.raises(SegStudioError, match="has a place in fcn_resnet50"):
        import_file(tmp_path / "m.pth", "fcn_resnet50")
    assert not cache.exists()


@pytest.mark.parametrize("name", ["espnet_camvid.pth", "resnet18-5c106cde.pth", "lfs_pointer.pt"])
def test_real_files_that_must_be_refused(cache: Path, real_weights: Path, name: str) -> None:
    with pytest.raises(SegStudioError):
        import_file(real_weights / name)
    assert not cache.exists()


def test_real_imagenet_weights_are_taken(cache: Path, real_weights: Path) -> None:
    imported = import_file(real_weights / "mobilenet_v2_imagenet.pth")
    assert imported.heads == ("deeplabv3_mobilenet_v2",)
    assert (len(imported.report.matched), len(imported.report.foreign)) == (306, 8)
