"""What becomes of each class in a training: learnt, left out, or learnt as another; pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

EVEN_WEIGHT = 1.0


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one class; `into` names the class that it is learnt as."""

    kind: Literal["learn", "leave out", "as"] = "learn"
    into: str = ""

    @property
    def words(self) -> str:
        """It as a choice in a list."""
        return f"as {self.into}" if self.kind == "as" else self.kind


LEARN, LEAVE_OUT = Fate(), Fate("leave out")


@dataclass(frozen=True, slots=True)
class Learning:
    """The recipe's choice: classes `ignored`, and classes `merged` into others (name → name)."""

    ignored: tuple[str, ...]
    merged: Mapping[str, str]

    def fate(self, name: str) -> Fate:
        """Return what becomes of a class."""
        if name in self.merged:
            return Fate("as", self.merged[name])
        return LEAVE_OUT if name in self.ignored else LEARN

    def learnt(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return those of `names` that are classes of the network."""
        return tuple(name for name in names if self.fate(name) == LEARN)

    def with_fate(self, name: str, fate: Fate) -> Learning:
        """Return the choice with another fate of one class. Those that were learnt as it go along to the class that it
        becomes, or where it is left out are learnt for themselves again.
        """
        ignored = [other for other in self.ignored if other != name]
        merged = {other: into for other, into in self.merged.items() if other != name}
        if fate != LEARN:
            followers = [other for other, into in merged.items() if into == name]
            for other in followers:
                del merged[other]
                if fate.kind == "as":
                    merged[other] = fate.into
        if fate == LEAVE_OUT:
            ignored.append(name)
        elif fate.kind == "as":
            merged[name] = fate.into
        return Learning(tuple(ignored), merged)

    def among(self, names: Sequence[str]) -> Learning:
        """Return what of the choice holds in a project of these classes."""
        merged = {name: into for name, into in self.merged.items() if name in names and into in names}
        return Learning(tuple(name for name in self.ignored if name in names), merged)


def fates_of(name: str, learnt: Sequence[str]) -> tuple[Fate, ...]:
    """Return what may become of a class: it may be learnt as any of those that are `learnt` themselves."""
    return (LEARN, LEAVE_OUT, *(Fate("as", other) for other in learnt if other != name))


def weights_among(weights: Any, learnt: Sequence[str]) -> Any:
    """Return the recipe's class weights without those of classes that are not learnt."""
    if not isinstance(weights, Mapping):
        return weights
    return {name: weight for name, weight in weights.items() if name in learnt}


def weight_of(text: str) -> float | str:
    """Return a weight as it was typed, or the text where it is none."""
    try:
        weight = float(text.strip().replace(",", "."))
    except ValueError:
        return text
    return weight if math.isfinite(weight) and weight >= 0 else text


def weights_problem(weights: Any) -> str:
    """Say what is wrong with weights that were typed; nothing where all is well."""
    if not isinstance(weights, Mapping):
        return ""
    for name, weight in weights.items():
        if isinstance(weight, str):
            return f"The weight of {name} is to be a number of at least 0."
    if weights and not any(weights.values()):
        return "One class at least needs a weight above 0."
    return ""
