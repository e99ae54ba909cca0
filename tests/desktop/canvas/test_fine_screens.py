"""Screens with more than one device pixel for each of their own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("ratio", ["1.25", "1.5", "2"])
def test_every_device_pixel_is_as_it_should_be(ratio: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.desktop.canvas.fine_screen"],
        env={**os.environ, "QT_SCALE_FACTOR": ratio},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.split() == [str(float(ratio)), "0"], done.stderr
