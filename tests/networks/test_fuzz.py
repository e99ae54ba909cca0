"""Model files, damaged: each is read or refused in a sentence, soon, and nothing in it is run."""

from __future__ import annotations

from pathlib import Path

import torch

from segstudio.networks.model_file import read_card, read_model, save_model
from segstudio.networks.state_files import read_state
from tests.fuzzing import fuzz

WEIGHTS = {"a.weight": torch.arange(6.0).view(2, 3), "a.count": torch.tensor(7)}


def test_model_files(tmp_path: Path) -> None:
    path = tmp_path / "best.pt"
    save_model(path, WEIGHTS, '{"head": "fcn_resnet50"}')

    def read(path: Path) -> None:
        read_card(path)
        read_model(path)

    fuzz(path, path.read_bytes(), read, few=60)


def test_states_of_other_programs(tmp_path: Path) -> None:
    path = tmp_path / "state.pth"
    torch.save(WEIGHTS, path)
    fuzz(path, path.read_bytes(), read_state, few=60)
    torch.save(WEIGHTS, path, _use_new_zipfile_serialization=False)
    fuzz(path, path.read_bytes(), read_state, few=60)
