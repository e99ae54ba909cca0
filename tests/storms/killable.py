"""The command line in processes of their own that can be killed at any moment, and do not need to load anything first.

Run as a program with the names of modules to load, it reads lines of JSON from standard input and answers each with a
number: `{"words": […], "said": PATH}` starts `segstudio` with these words as a copy of this process and answers its
number, what it says going into the file; `{"end": NUMBER}` waits until that one has ended and answers its exit status,
-9 when it was killed. Until then nobody else gets its number.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segstudio.cli.main import main

IMPORTING = ("segstudio.cli.application", "segstudio.cli.import_")
TRAINING = ("segstudio.cli.application", "segstudio.cli.train", "segstudio.training.prepare")


class Killable:
    """One process of the command line."""

    def __init__(self, starter: Starter, number: int, said: Path) -> None:
        self._starter, self.number, self._said = starter, number, said
        self._status: int | None = None

    def kill(self) -> bool:
        """Kill it; False when it had ended by itself."""
        os.kill(self.number, signal.SIGKILL)
        return self.end() == -signal.SIGKILL

    def end(self) -> int:
        """Wait until it has ended, and return its exit status."""
        if self._status is None:
            self._status = self._starter.asked({"end": self.number})
        return self._status

    @property
    def said(self) -> str:
        """What it wrote on standard output and error."""
        return self._said.read_text(encoding="utf-8")

    @property
    def has_ended(self) -> bool:
        """Tell whether it is running no more, without waiting."""
        if self._status is not None:
            return True
        state = Path(f"/proc/{self.number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        return state == "Z"


class Starter:
    """The process of which the others are copies."""

    def __init__(self, process: subprocess.Popen[str], place: Path) -> None:
        self._process, self._place = process, place
        self._started = 0

    def start(self, *words: object) -> Killable:
        """Start `segstudio` with these words."""
        self._started += 1
        said = self._place / f"said-{self._started}.txt"
        number = self.asked({"words": [str(word) for word in words], "said": str(said)})
        return Killable(self, number, said)

    def run(self, *words: object) -> str:
        """Run `segstudio` with these words to its end, which must be a good one; returns what it said."""
        process = self.start(*words)
        assert process.end() == 0, process.said
        return process.said

    def asked(self, line: dict[str, object]) -> int:
        """Hand a line over and return the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def killables(place: Path, modules: tuple[str, ...]) -> Iterator[Starter]:
    """Give what starts processes that have loaded `modules`; what they say lies in the folder `place`, which is made."""
    place.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.storms.killable", *modules],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        yield Starter(process, place)
        assert process.stdin is not None
        process.stdin.close()


def _begin(words: list[str], said: str) -> int:
    child = os.fork()
    if child:
        return child
    status = 3
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for stream in (1, 2):
            os.dup2(out, stream)
        main(words)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:  # noqa: BLE001 (the edge of a process)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def serve() -> None:
    """Do what the lines of standard input say."""
    for module in sys.argv[1:]:
        importlib.import_module(module)
    for line in sys.stdin:
        asked = json.loads(line)
        if "end" in asked:
            answer = os.waitstatus_to_exitcode(os.waitpid(asked["end"], 0)[1])
        else:
            answer = _begin(asked["words"], asked["said"])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
