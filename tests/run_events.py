"""Events of runs as tests need them."""

from __future__ import annotations

import socket
from typing import Any

from segstudio.runs.events import RunStarted


def started(**changes: Any) -> RunStarted:
    """Return the start of a small run on this machine, changed where a test needs it otherwise."""
    usual: dict[str, Any] = {
        "head": "lraspp_mobilenet_v3_large",
        "classes": ("sky", "größe"),
        "device": "cpu",
        "precision": "fp32",
        "step": 0,
        "epochs": 3,
        "steps_per_epoch": 4,
        "photos_train": 8,
        "photos_val": 2,
        "parameters": 10,
        "parameters_trained": 9,
        "weights": "none",
        "process": 1,
        "host": socket.gethostname(),
    }
    return RunStarted(**{**usual, **changes})
