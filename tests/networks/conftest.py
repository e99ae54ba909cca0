from __future__ import annotations

import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Never

import pytest


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty torch cache on a machine without a network."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))

    def refuse(*_: object, **__: object) -> Never:
        raise urllib.error.URLError("no network here")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    return tmp_path / "torch" / "hub" / "checkpoints"


@pytest.fixture
def real_weights() -> Path:
    """The folder of real weights files of the test data."""
    folder = os.environ.get("SEGSTUDIO_TEST_DATA")
    if not folder:
        pytest.skip("SEGSTUDIO_TEST_DATA is not set")
    return Path(folder) / "weights"
