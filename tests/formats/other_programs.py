"""Asking programs that are installed in an environment of their own, `.venv-oracles` (make oracles)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).parents[2]
_PYTHONS = ("bin/python", "Scripts/python.exe")
_SCRIPT = Path(__file__).with_name("asked.py")


def other_python() -> Path:
    """Return the Python that has the other programs; skips the test where there is none."""
    home = Path(os.environ.get("SEGSTUDIO_ORACLES", _ROOT / ".venv-oracles"))
    found = [home / name for name in _PYTHONS if (home / name).exists()]
    if not found:
        pytest.skip("datumaro and labelme are not here: make oracles")
    return found[0]


def ask(verb: str, **request: Any) -> dict[str, Any]:
    """Return the answer to one request (see asked.py); skips the test when the program cannot be loaded here."""
    done = subprocess.run(
        [other_python(), _SCRIPT],
        input=json.dumps({"verb": verb, **request}, default=str),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": ""},
    )
    if done.returncode and "ImportError" in done.stderr:
        pytest.skip(f"{verb.split('_', maxsplit=1)[0]} does not load here: {done.stderr.splitlines()[-1]}")
    assert not done.returncode, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
