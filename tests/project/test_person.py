"""By which name others know who works here: of the environment, chosen, or that of the login."""

from __future__ import annotations

from pathlib import Path

import pytest

from segstudio.errors import SegStudioError
from segstudio.project.person import LONGEST, VARIABLE, choose_name, chosen_name, name_file, person
from segstudio.project.presence import Presence
from segstudio.project.project import stamp


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    for name in ("XDG_CONFIG_HOME", "LOCALAPPDATA", VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("getpass.getuser", lambda: "login")


def test_it_is_that_of_the_login_until_one_is_chosen_and_the_environment_goes_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert person() == stamp()[0] == "login"
    assert choose_name("  Änne \n Müller\t") == "Änne Müller"
    assert person() == stamp()[0] == Presence().painter.who == "Änne Müller"
    monkeypatch.setenv(VARIABLE, " Bo ")
    assert (person(), chosen_name()) == ("Bo", "Änne Müller")
    monkeypatch.setenv(VARIABLE, " ")
    assert choose_name("") == person() == "login"


def test_a_window_tells_another_name_from_then_on() -> None:
    presence = Presence()
    presence.go_by("Bo")
    assert presence.painter.who == "Bo"


def test_a_name_that_is_too_long_is_told_and_nothing_changes() -> None:
    choose_name("x" * LONGEST)
    with pytest.raises(SegStudioError, match="too long"):
        choose_name("y" * (LONGEST + 1))
    assert person() == "x" * LONGEST


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"a\x00b\x1b[0m" + b"c" * 10_000])
def test_a_damaged_file_is_no_trouble(content: bytes) -> None:
    name_file().parent.mkdir(parents=True)
    name_file().write_bytes(content)
    assert person().isprintable()
    assert 0 < len(person()) <= LONGEST


def test_without_a_home_or_a_login_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Path:
        raise RuntimeError("no home")

    def no_user() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(Path, "home", refuse)
    monkeypatch.setattr("getpass.getuser", no_user)
    assert person() == ""
