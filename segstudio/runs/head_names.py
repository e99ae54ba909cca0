"""Names of heads: those of any depth, and what is told of a name that no head has."""

from __future__ import annotations

import re
from collections.abc import Iterable

from segstudio.errors import SegStudioError, did_you_mean

_ANY_DEPTH = "fcn_resnetv2"
LEAST_DEPTH, GREATEST_DEPTH, DEPTH_STEP = 11, 9992, 9
"""The depths of the FCN on a ResNet v2: from the least in such steps."""
_DEPTH = re.compile(rf"{_ANY_DEPTH}_([0-9]{{1,4}})")


def head_of_depth(depth: int) -> str:
    """Return the name of the FCN on a ResNet v2 whose depth is the nearest to `depth`."""
    steps = round((depth - LEAST_DEPTH) / DEPTH_STEP)
    nearest = min(max(LEAST_DEPTH + steps * DEPTH_STEP, LEAST_DEPTH), GREATEST_DEPTH)
    return f"{_ANY_DEPTH}_{nearest}"


def depth_of(head: str) -> int | None:
    """Return the depth of the FCN on a ResNet v2 that has this name; None for any other."""
    found = _DEPTH.fullmatch(head)
    depth = int(found[1]) if found else 0
    is_one = (
        depth >= LEAST_DEPTH and (depth - LEAST_DEPTH) % DEPTH_STEP == 0 and head == f"{_ANY_DEPTH}_{depth}"
    )
    return depth if is_one else None


def unknown_head(name: str, known: Iterable[str]) -> SegStudioError:
    """Return the error of a `name` that no head has, with the closest of those `known`.

    Of the FCN on a ResNet v2 one depth is listed of many: there the nearest depths are named instead.
    """
    if not name.startswith(_ANY_DEPTH):
        return SegStudioError(
            f'unknown head "{name}"{did_you_mean(name, known)}', fix="`segstudio heads` lists them"
        )
    found = _DEPTH.fullmatch(name)
    below = (int(found[1]) - 2) // DEPTH_STEP * DEPTH_STEP + 2 if found else 56
    below = min(max(below, LEAST_DEPTH), GREATEST_DEPTH - DEPTH_STEP)
    return SegStudioError(
        f'unknown head "{name}"',
        fix=f"The depth at its end may be any 9n + 2, such as {_ANY_DEPTH}_{below} or {_ANY_DEPTH}_{below + DEPTH_STEP}",
    )
