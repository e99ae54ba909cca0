from __future__ import annotations

import importlib
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from segstudio.errors import SegStudioError
from segstudio.inference import exporting
from segstudio.inference.exporting import CARD_NAME, ExportFormat, Portable, compared, export_model, is_export
from segstudio.inference.predictor import Predictor
from segstudio.networks.model_file import save_model
from tests.inference.networks_for_tests import ColourNetwork, colour_card
from tests.inference.test_folding import undecided

HEADS = ("lraspp_mobilenet_v3_large", "unet_mobilenet_v3_large")
PHOTOS = [
    np.random.default_rng(0).integers(0, 256, size, dtype=np.uint8) for size in ((61, 83, 3), (40, 40, 3))
]


def model(head: str, folder: Path) -> Path:
    path = folder / "best.pt"
    save_model(path, undecided(head).state_dict(), colour_card(head=head).model_dump_json())
    return path


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:FutureWarning", "ignore:.*torch.jit.*:DeprecationWarning")
@pytest.mark.parametrize(("format_", "head"), [("onnx", HEADS[1]), ("torchscript", HEADS[0])])
def test_an_exported_model_answers_as_the_predictor_does(
    head: str, format_: ExportFormat, tmp_path: Path
) -> None:
    path, out = model(head, tmp_path), tmp_path / "model.any"
    report = export_model(path, out, format_, PHOTOS)
    assert report.photos == 2
    assert report.difference < 1e-3
    assert report.agreement > 0.999
    assert report.size_bytes == out.stat().st_size
    assert is_export(out)
    assert not is_export(path)
    expected = Predictor.load(path).segment(PHOTOS[0]).mask
    if format_ == "onnx":
        runtime = importlib.import_module("onnxruntime")
        session = runtime.InferenceSession(str(out), providers=["CPUExecutionProvider"])
        mask = session.run(["mask"], {"photo": PHOTOS[0][None]})[0][0]
        told = session.get_modelmeta().custom_metadata_map[CARD_NAME]
    else:
        extra = {CARD_NAME: ""}
        loaded = torch.jit.load(out, _extra_files=extra)  # type: ignore[no-untyped-call]
        answers = [
            answer.numpy() for answer in loaded(torch.from_numpy(PHOTOS[0][None]))
        ]  # no gradients to detach
        mask, told = answers[0][0], extra[CARD_NAME]
        assert not any(each.requires_grad for each in loaded.parameters())
    assert mask.dtype == np.uint8
    assert (mask == expected).mean() > 0.999
    assert set(np.unique(mask)) <= {0, 2, 4}
    assert [entry["name"] for entry in json.loads(told)["classes"]] == ["red", "green", "blue"]


def test_what_answers_otherwise_is_refused_and_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = model(HEADS[0], tmp_path)

    def off(_content: bytes, _format: ExportFormat) -> exporting.Runner:
        network = Portable(undecided(HEADS[0]), colour_card()).eval()

        def run(batch: Tensor) -> tuple[Tensor, Tensor]:
            mask, probabilities = network(batch.flip(-1))
            return mask, probabilities

        return run

    monkeypatch.setattr(exporting, "_runner", off)
    with pytest.raises(SegStudioError, match="answers otherwise than PyTorch"):
        export_model(path, tmp_path / "model.pt", "torchscript", PHOTOS)
    assert not (tmp_path / "model.pt").exists()


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"\x08", b"\x08\x09segstudio.json", b"PK\x03\x04", b"\xff\xd8\xff"]
)
def test_what_is_no_export_is_not_replaced_by_one(content: bytes, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    out.write_bytes(content)
    with pytest.raises(SegStudioError, match="mine: what is there is no earlier export, and is not replaced"):
        export_model(tmp_path / "unread.pt", out, "torchscript", PHOTOS)
    assert out.read_bytes() == content


def test_a_packed_file_is_an_export_only_by_its_description(tmp_path: Path) -> None:
    packed = tmp_path / "packed.zip"
    for told, expected in (("[]", False), ("{", False), ('{"format": "segstudio-portable"}', True)):
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(f"model/extra/{CARD_NAME}", told)
        assert is_export(packed) == expected


def test_an_answer_that_is_no_number_or_of_another_size_counts_as_wrong() -> None:
    portable = Portable(ColourNetwork(), colour_card())

    def strange(batch: Tensor) -> tuple[Tensor, Tensor]:
        mask, probabilities = portable(batch)
        return mask, probabilities * float("nan")

    def larger(batch: Tensor) -> tuple[Tensor, Tensor]:
        mask, probabilities = portable(batch)
        return mask[..., 1:], probabilities[..., 1:]

    assert compared(portable, strange, PHOTOS, size_bytes=1).difference == 1
    assert compared(portable, larger, PHOTOS, size_bytes=1).agreement == 0


def test_without_the_packages_it_is_said_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(SegStudioError, match=r"segstudio\[onnx\]"):
        export_model(model(HEADS[0], tmp_path), tmp_path / "m.onnx", "onnx", PHOTOS)
