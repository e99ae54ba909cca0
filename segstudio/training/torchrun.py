"""torchrun, without the pages it prints when a process ends badly: that process has said why in one sentence."""

from __future__ import annotations

import logging
import sys

from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.run import main


def run(words: list[str]) -> int:
    """Do what torchrun does with these words; return the exit status."""
    logging.getLogger("torch.distributed").setLevel(logging.CRITICAL)
    try:
        main(words)
    except ChildFailedError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
