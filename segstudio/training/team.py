"""Team: the processes that train one run together, one for each GPU, started by torchrun."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

from segstudio.counting import counted
from segstudio.errors import SegStudioError
from segstudio.runs.recipe import Recipe
from segstudio.runs.resuming import resume_words
from segstudio.training.checkpoints import Counters

_Told = TypeVar("_Told")
_Given = TypeVar("_Given")

_PATIENCE = timedelta(hours=2)
"""The first process may fetch weights, or look for damaged photos on a slow disk, while the others wait."""


class TeamLostError(SegStudioError):
    """Another process of the team has ended, so that nothing can be added up with it any more."""


class TeamShortOfMemoryError(TeamLostError):
    """The processes have ended because memory did not suffice for one of them; started again, all take fewer crops."""


@dataclass(frozen=True, slots=True)
class Team:
    """This process's place among `size` of them: `rank` 0 to size − 1. A team of one asks nobody anything.

    Whatever is said here all processes must call, in the same order. `talk` is a group for small words between the
    processors; tensors go by the device's own way. Raises TeamLostError where another process has ended.
    """

    rank: int = 0
    size: int = 1
    talk: Any = None

    @property
    def is_first(self) -> bool:
        """Whether this is the process that writes, and that is told what a person wishes."""
        return self.rank == 0

    def any(self, wish: bool) -> bool:
        """Tell whether any of the processes says so."""
        if self.size == 1:
            return wish
        said = torch.tensor([int(wish)])
        tried(lambda: dist.all_reduce(said, op=dist.ReduceOp.MAX, group=self.talk))
        return bool(said)

    def added(self, value: Tensor) -> Tensor:
        """Return the sum of a tensor over all processes, on its device."""
        if self.size == 1:
            return value
        total = value.detach().clone()
        tried(lambda: dist.all_reduce(total))
        return total

    def gathered(self, value: _Given) -> list[_Given]:
        """Return what every process has given, in the order of their ranks."""
        if self.size == 1:
            return [value]
        values: list[Any] = [None] * self.size
        tried(lambda: dist.all_gather_object(values, value, group=self.talk))
        return values

    def told(self, say: Callable[[], _Given]) -> _Given:
        """Return what the first process says; `say` is called there only."""
        if self.size == 1:
            return say()
        values: list[Any] = [say() if self.is_first else None]
        tried(lambda: dist.broadcast_object_list(values, src=0, group=self.talk))
        said: _Given = values[0]
        return said

    def wait_for_first(self) -> None:
        """Wait until the first process has come as far as this; that one needs no other which has ended meanwhile."""
        try:
            self.any(False)
        except TeamLostError:
            if not self.is_first:
                raise

    @contextmanager
    def one_after_the_first(self) -> Iterator[None]:
        """Let the first process do the block alone, and the others thereafter: they find what it has fetched."""
        if not self.is_first:
            self.any(False)
        yield
        if self.is_first:
            self.any(False)

    def share(self, count: int) -> range:
        """Return the positions among `count` that are this process's."""
        return range(self.rank, count, self.size)


ALONE = Team()


def device_of_process(name: str) -> str:
    """Return the device of this process where several were started: on GPUs each takes its own.

    Raises SegStudioError, in all of them, where there are not as many GPUs here as processes.
    """
    if name == "cpu" or (name == "auto" and not torch.cuda.is_available()):
        return "cpu"
    check_gpus(name, int(os.environ.get("LOCAL_WORLD_SIZE", "1")))
    return f"cuda:{os.environ.get('LOCAL_RANK', '0')}"


def check_gpus(name: str, processes: int) -> None:
    """Raise SegStudioError where the device called `name` is one alone, or means GPUs and this machine has not one for each
    process.
    """
    if name not in {"auto", "cuda", "cpu"}:
        raise SegStudioError(
            f'several processes cannot share the device "{name}"', fix="Say --device auto, cuda or cpu"
        )
    gpus = torch.cuda.device_count()
    if (name != "cuda" and not (name == "auto" and gpus)) or gpus >= processes:
        return
    raise SegStudioError(
        f"{counted(processes, 'process needs', 'processes need')} a GPU each, and this machine has"
        f" {gpus or 'none'} that PyTorch can use",
        fix=f"Say --gpus {gpus}, or --device cpu" if gpus > 1 else "Say --device cpu, or leave --gpus out",
    )


@contextmanager
def team_of_processes(device: str) -> Iterator[Team]:
    """Join the processes that torchrun has started, for as long as the block runs.

    `device` is what `device_of_process` says: GPUs talk through NCCL, processors through gloo.
    """
    on_gpu = device.startswith("cuda")
    if on_gpu:
        torch.cuda.set_device(torch.device(device))
    dist.init_process_group("nccl" if on_gpu else "gloo", timeout=_PATIENCE)
    talk = dist.new_group(backend="gloo", timeout=_PATIENCE) if on_gpu else None
    yield Team(dist.get_rank(), dist.get_world_size(), talk)
    dist.destroy_process_group()  # not after an error: it would wait for the one that has ended


def lost(error: Exception, run: str = "RUN") -> TeamLostError:
    """Return the sentence for a team that is no longer whole; `run` is the name of what it trained, if that is known."""
    told = TeamLostError(
        "one of the processes of this training has ended",
        fix=f"If it could say why, that stands above. Go on with {_resume(run)}:"
        " from the last checkpoint, or anew where there is none yet",
    )
    told.__cause__ = error
    return told


def short_of_memory(together: int, run: str) -> TeamShortOfMemoryError:
    """Return the sentence for a team that is to be started again, with so many crops at a time."""
    return TeamShortOfMemoryError(
        "memory did not suffice for one of the processes of this training",
        fix=f"Go on from the last step with {_resume(run)}: each then takes {together} crop{'s' * (together > 1)} at a time",
    )


def _resume(run: str) -> str:
    return resume_words(run, dist.get_world_size() if dist.is_initialized() else 1)


def told_of_fewer(counters: Counters, recipe: Recipe, team: Team) -> str:
    """Say what is done where memory did not suffice; `counters` tell how many crops go together from now on."""
    together, start = counters.together, "the last checkpoint"
    if team.size == 1:
        start = f"step {counters.step + 1}"
    return (
        f"Memory ran out: training goes on from {start} with {together} crop{'s' if together > 1 else ''} at a time"
        f"{' in each process' if team.size > 1 else ''}, their gradients added up, so that a step is still one of"
        f" {recipe.batch_size * recipe.accumulate * team.size} crops."
    )


def tried(talk: Callable[[], _Told]) -> _Told:
    """Return what `talk` does, which all processes take part in; raises TeamLostError where another has ended."""
    try:
        return talk()
    except RuntimeError as error:  # a closed connection has no type of its own
        raise lost(error) from error
