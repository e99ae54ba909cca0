"""torchvision without PyTorch's compiler: half of a start that nothing here needs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_COMPILER = "torch._dynamo.utils"


class _StandIn(ModuleType):
    """In the compiler's place until somebody asks for anything of it; then the real one is loaded."""

    @staticmethod
    def is_compile_supported(device_type: str) -> bool:
        """Return what the real one says."""
        return bool(_real().is_compile_supported(device_type))

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # the import system looks around
            raise AttributeError(name)
        return getattr(_real(), name)


@contextmanager
def without_compiler() -> Iterator[None]:
    """Import torchvision inside: it takes one function of the compiler, by name, and may never call it.

    The compiler brings a thousand modules and seconds. Whoever imports it afterwards gets the real one.
    """
    if _COMPILER in sys.modules:
        yield
        return
    stand_in = _StandIn(_COMPILER)
    sys.modules[_COMPILER] = stand_in
    try:
        yield
    finally:
        _leave(stand_in)


def _real() -> ModuleType:
    _leave(sys.modules.get(_COMPILER))
    return importlib.import_module(_COMPILER)


def _leave(module: ModuleType | None) -> None:
    if isinstance(module, _StandIn) and sys.modules.get(_COMPILER) is module:
        del sys.modules[_COMPILER]
