from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from segstudio.training.mapped_file import MappedFile

HOLDS = """
import time
from segstudio.training.mapped_file import MappedFile
file = MappedFile(1000)
print(file.path, flush=True)
time.sleep(600)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_it_has_its_bytes_until_it_is_removed(temporary: Path) -> None:
    file, other = MappedFile(1000), MappedFile(1)
    assert file.path.stat().st_size == 1000
    file.remove()
    assert not file.path.exists()
    assert other.path.exists(), "the next one of the same process leaves it alone"
    other.remove()
    assert not list(temporary.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_what_a_killed_training_has_left_goes_with_the_next_and_what_is_in_use_stays(temporary: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDS], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        path = Path(process.stdout.readline().strip())
        assert path.parent == temporary
        MappedFile(1).remove()
        assert path.exists()
        process.send_signal(signal.SIGKILL)
    assert path.exists()
    MappedFile(1).remove()
    assert not list(temporary.iterdir())
