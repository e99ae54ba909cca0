import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from segstudio.networks import quick_import
from segstudio.networks.quick_import import without_compiler

NAME = "a_compiler_for_tests"


@pytest.fixture
def compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module in the compiler's place, not loaded yet."""
    (tmp_path / f"{NAME}.py").write_text(
        "counters = {}\ndef is_compile_supported(device): return device == 'cpu'\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(quick_import, "_COMPILER", NAME)
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    return NAME


def test_a_predictor_starts_without_the_compiler() -> None:
    program = (
        "import sys, segstudio.inference.predictor, segstudio.inference.serving\n"
        "sys.exit(' '.join(name for name in ('torch._dynamo', 'sympy') if name in sys.modules) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_the_compiler_is_loaded_when_it_is_called(compiler: str) -> None:
    with without_compiler():
        supported = importlib.import_module(compiler).is_compile_supported
    assert compiler not in sys.modules
    assert supported("cpu")
    assert not supported("mps")
    assert importlib.import_module(compiler).counters == {}


def test_another_name_of_the_compiler_is_the_real_one(compiler: str) -> None:
    with without_compiler():
        counters = importlib.import_module(compiler).counters
    assert importlib.import_module(compiler).counters is counters


def test_a_compiler_that_is_there_already_stays(compiler: str) -> None:
    real = importlib.import_module(compiler)
    with without_compiler():
        assert importlib.import_module(compiler) is real
    assert sys.modules[compiler] is real
