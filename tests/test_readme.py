"""README.md names every verb."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from segstudio.cli.verbs import VERBS

PAGE = Path(__file__).parent.parent / "README.md"


def test_every_verb_stands_in_the_table() -> None:
    if not PAGE.is_file():
        pytest.skip("the documentation is not here")
    first = [
        line.partition(" | ")[0]
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
    ]
    told = {name for cell in first for name in re.findall(r"`(?:segstudio )?([a-z-]+)", cell)}
    assert {verb.name for verb in VERBS if not verb.hidden} <= told
