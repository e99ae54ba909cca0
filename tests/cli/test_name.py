"""`segstudio name`."""

from __future__ import annotations

from pathlib import Path

import pytest

from segstudio.project.person import VARIABLE
from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr("getpass.getuser", lambda: "login")


def test_it_is_told_chosen_and_given_back(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("name")[1] == "Others know you as login.\n"
    assert run("name", "Anna")[1] == "Others know you as Anna.\n"
    assert run("name")[1] == "Others know you as Anna.\n"
    monkeypatch.setenv(VARIABLE, "Bo")
    assert f"know you as Bo.\nThe environment variable {VARIABLE} goes before" in run("name", "Cy")[1]
    monkeypatch.delenv(VARIABLE)
    assert run("name", "")[1] == "Others know you as login.\n"
    code, _, err = run("name", "x" * 61)
    assert code == 1
    assert "too long" in err
