"""Anna, who works on the same project at another computer."""

from __future__ import annotations

import pytest

from segstudio.project.presence import Presence


def anna_at_work(monkeypatch: pytest.MonkeyPatch) -> Presence:
    """Return her window: she is called Anna, and her computer STUDIO-PC."""
    with monkeypatch.context() as patched:
        patched.setattr("socket.gethostname", lambda: "STUDIO-PC")
        patched.setattr("getpass.getuser", lambda: "Anna")
        return Presence(beat_s=0.05)
