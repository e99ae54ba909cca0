"""What is told of a head's name that there is none of."""

from __future__ import annotations

import re
from collections.abc import Iterable

from segstudio.errors import SegStudioError, did_you_mean

_ANY_DEPTH = "fcn_resnetv2"
_LEAST_DEPTH, _GREATEST_DEPTH, _UNIT = 11, 9992, 9
_DEPTH = re.compile(rf"{_ANY_DEPTH}_([0-9]{{1,4}})")


def unknown_head(name: str, known: Iterable[str]) -> SegStudioError:
    """Return the error of a `name` that no head has, with the closest of those `known`.

    Of the FCN on a ResNet v2 one depth is listed of many: there the nearest depths are named instead.
    """
    if not name.startswith(_ANY_DEPTH):
        return SegStudioError(
            f'unknown head "{name}"{did_you_mean(name, known)}', fix="`segstudio heads` lists them"
        )
    found = _DEPTH.fullmatch(name)
    below = (int(found[1]) - 2) // _UNIT * _UNIT + 2 if found else 56
    below = min(max(below, _LEAST_DEPTH), _GREATEST_DEPTH - _UNIT)
    return SegStudioError(
        f'unknown head "{name}"',
        fix=f"The depth at its end may be any 9n + 2, such as {_ANY_DEPTH}_{below} or {_ANY_DEPTH}_{below + _UNIT}",
    )
