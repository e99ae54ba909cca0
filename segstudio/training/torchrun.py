"""torchrun, without the pages it prints when a process ends badly: that process has said why in one sentence."""

from __future__ import annotations

import logging
import sys

from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.run import main

KILLED = 3
"""The exit status where a process was ended by a signal, so that it could not say why."""


def run(words: list[str]) -> int:
    """Do what torchrun does with these words; return the exit status: 0, 1, or KILLED."""
    logging.getLogger("torch.distributed").setLevel(logging.CRITICAL)
    try:
        main(words)
    except ChildFailedError as error:
        return KILLED if any(failure.exitcode < 0 for failure in error.failures.values()) else 1
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
