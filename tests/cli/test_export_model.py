from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from segstudio.networks.build import build
from segstudio.networks.model_file import save_model
from segstudio.runs.model_card import ModelCard, ModelClass
from tests.cli.conftest import Run


@pytest.fixture
def model(tmp_path: Path) -> Path:
    head = "lraspp_mobilenet_v3_large"
    classes = (
        ModelClass(index=0, name="sky", colour="#0000FF"),
        ModelClass(index=1, name="ground", colour="#00FF00"),
    )
    card = ModelCard(head=head, classes=classes)
    save_model(tmp_path / "best.pt", build(head, 2).state_dict(), card.model_dump_json())
    return tmp_path / "best.pt"


def test_a_model_is_written_for_other_programs_and_the_check_is_told(
    run: Run, model: Path, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.png"
    cv2.imwrite(str(photo), np.random.default_rng(0).integers(0, 256, (50, 70, 3), dtype=np.uint8))
    out = tmp_path / "model.pt"
    words = ("export-model", model, "--format", "torchscript", "--out", out, "--photos", photo)
    code, told, err = run(*words)
    assert (code, err) == (0, "")
    assert "% of the pixels agree" in told
    assert out.is_file()
    answer = json.loads(run(*words, "--json")[1].splitlines()[-1])
    assert answer["agreement"] > 0.999
    assert answer["photos"] == [str(photo)]


def test_a_model_is_never_replaced_by_its_export(run: Run, model: Path, tmp_path: Path) -> None:
    photo, before = tmp_path / "photo.png", model.read_bytes()
    cv2.imwrite(str(photo), np.zeros((16, 16, 3), dtype=np.uint8))
    words = ("export-model", model, "--format", "torchscript", "--photos", photo, "--out")
    code, _, err = run(*words, model)
    assert code == 1
    assert "Choose another --out" in err
    assert model.read_bytes() == before
    assert run(*words, tmp_path / "model.pt")[0] == 0
    assert run(*words, tmp_path / "model.pt")[0] == 0, "an earlier export is"
    seen = photo.read_bytes()
    code, out, err = run(*words, photo)
    assert (code, out) == (1, ""), "told before the work"
    assert "photo.png: what is there is no earlier export, and is not replaced" in err
    assert photo.read_bytes() == seen
    code, out, err = run(*words, tmp_path)
    assert (code, out) == (1, "")
    assert "this is a folder. Choose another --out" in err


def test_what_is_no_model_is_told_as_such(run: Run, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"onnx")
    code, _, err = run(
        "export-model", tmp_path / "model.onnx", "--format", "onnx", "--out", tmp_path / "m.onnx"
    )
    assert code == 1
    assert "model.onnx" in err
    assert "--photos" not in err


def test_without_photos_there_is_nothing_to_check_on(run: Run, model: Path, tmp_path: Path) -> None:
    code, _, err = run("export-model", model, "--format", "onnx", "--out", tmp_path / "m.onnx")
    assert code == 1
    assert "Name some with --photos" in err
    assert not (tmp_path / "m.onnx").exists()
