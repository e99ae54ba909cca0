"""Somebody who clicks and types at random neither crashes the window nor makes it hang.

For long: SEGSTUDIO_MONKEY_S=600 pytest -n 0 -s tests/desktop/test_monkey.py
"""

from __future__ import annotations

import os
import random
import subprocess
import sys

from segstudio.desktop.settings import Places
from segstudio.project.project import Project

_SECONDS = float(os.environ.get("SEGSTUDIO_MONKEY_S", "3"))


def test_nothing_that_is_clicked_or_typed_at_random_breaks_the_window(project: Project) -> None:
    seed = random.SystemRandom().randrange(1_000_000) if "SEGSTUDIO_MONKEY_S" in os.environ else 1
    done = subprocess.run(
        [sys.executable, "-m", "tests.desktop.monkey", str(project.folder), str(seed), str(_SECONDS)],
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS + 120,
    )
    assert done.returncode == 0, f"seed {seed}: {done.stderr}"
    assert int(done.stdout.splitlines()[-1]) > 10
    log = (Places.of_this_user().logs / "segstudio.log").read_text(encoding="utf-8")
    assert "ERROR" not in log, f"seed {seed}: {log}"
    there = Project.open(project.folder)
    for photo in there.photos():
        assert not photo.damage
        there.read_mask(photo)
