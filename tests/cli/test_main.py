"""What holds for every verb: exit status, one sentence, --json, no torch where none is needed, Ctrl-C."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

from segstudio.cli.verbs import VERBS, Verb
from segstudio.project.images import encode_png
from segstudio.project.project import Project
from tests.cli.conftest import Run

_HEAVY = ("torch", "torchvision", "torchmetrics", "PySide6", "pyqtgraph")

_CALL = """
import sys
from segstudio.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    code = end.code or 0
heavy = sorted({name.partition(".")[0] for name in sys.modules} & set(%r))
sys.exit(f"imported {heavy}" if heavy else code)
""" % (_HEAVY,)  # noqa: UP031


def _child(*words: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _CALL, *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=cwd,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )


@pytest.fixture
def annotated(tmp_path: Path) -> Path:
    import numpy as np

    folder = tmp_path / "annotated"
    folder.mkdir()
    (folder / "a.png").write_bytes(encode_png(np.zeros((20, 30, 3), dtype=np.uint8)))
    points = "".join(f"<pt><x>{x}</x><y>{y}</y></pt>" for x, y in ((2, 2), (9, 2), (9, 9)))
    shapes = "".join(
        f"<object><name>{name}</name><polygon>{points.replace('<x>', f'<x>{left}')}</polygon></object>"
        for name, left in (("sky", ""), ("ground", "1"))
    )
    (folder / "a.xml").write_text(
        "<annotation><filename>a.png</filename><folder/>"
        "<imagesize><nrows>20</nrows><ncols>30</ncols></imagesize>"
        f"{shapes}</annotation>",
        encoding="utf-8",
    )
    return folder


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["--version"],
        ["formats"],
        ["heads"],
        ["recipes"],
        ["recipes", "quick-cpu"],
        ["weights", "list"],
        *([verb.name, "--help"] for verb in VERBS),
    ],
    ids=" ".join,
)
def test_no_torch_and_no_qt_for_what_needs_neither(words: list[str]) -> None:
    ended = _child(*words)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout


def test_making_importing_and_checking_need_neither_torch_nor_qt(tmp_path: Path, annotated: Path) -> None:
    project = tmp_path / "p"
    calls: list[list[object]] = [
        ["new", project, "--class", "ground,sky"],
        ["import", annotated, "--project", project, "--dry-run"],
        ["import", annotated, "--project", project],
        ["check", project, "--split", "random"],
    ]
    for words in calls:
        ended = _child(*words)
        assert (ended.returncode, ended.stderr) == (0, ""), words


@pytest.mark.parametrize(("given", "used"), [(None, "PASSIVE"), ("active", "active")])
def test_the_threads_of_torch_sleep_while_they_wait(
    run: Run, monkeypatch: pytest.MonkeyPatch, *, given: str | None, used: str
) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", given or "")
    if given is None:
        monkeypatch.delenv("OMP_WAIT_POLICY")
    run("heads")
    assert os.environ["OMP_WAIT_POLICY"] == used


def test_the_help_names_every_verb_with_its_own_sentence(run: Run) -> None:
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    for verb in VERBS:
        is_told = any(line.split()[:1] == [verb.name] and verb.help in line for line in out.splitlines())
        assert is_told is not verb.hidden


def test_the_window_does_not_wait_for_what_verbs_need() -> None:
    code = "import sys, segstudio.cli.main; sys.exit(len({'typer', 'click', 'rich'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


@pytest.mark.parametrize("verb", [verb for verb in VERBS if not verb.hidden], ids=lambda verb: verb.name)
def test_every_verb_of_the_table_is_there_and_takes_json(run: Run, verb: Verb) -> None:
    assert (
        getattr(import_module(f"segstudio.cli.{verb.module}"), verb.function).__doc__
        or verb.name == "weights"
    )
    code, out, err = run(verb.name, "--help")
    assert (code, err) == (0, "")
    words = ("list", "--help") if verb.name == "weights" else ("--help",)
    assert "--json" in run(verb.name, *words)[1]
    assert out.startswith(f"Usage: segstudio {verb.name} ")


def test_the_version_is_the_packages(run: Run) -> None:
    assert run("--version") == (0, f"segstudio {version('segstudio')}\n", "")


@pytest.mark.parametrize(
    "words",
    [
        ["nwe"],
        ["new"],
        ["new", "a", "--clas", "x"],
        ["check", "a", "--split", "alphabet"],
        ["check", "a", "--fraction", "2"],
        ["--verbose"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_status_two(
    run: Run, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert "Error: " in err
    assert not list(tmp_path.iterdir())


def test_a_misspelt_verb_is_answered_with_the_right_one(run: Run) -> None:
    assert "'new'" in run("nwe")[2]


@pytest.mark.parametrize(
    "words",
    [
        ["check", "nothing"],
        ["check", "nothing", "--json"],
        ["new", "."],
        ["new", "p", "--class", "a,A"],
        ["recipes", "quickcpu"],
        ["import", "nothing", "--project", "nothing"],
        ["train", "nothing"],
        ["train", "nothing", "--json"],
    ],
    ids=" ".join,
)
def test_a_problem_is_one_sentence_on_standard_error_and_exit_status_one(
    run: Run, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").touch()
    code, out, err = run(*words)
    assert (code, out) == (1, "")
    assert err.endswith(".\n")
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_a_problem_whose_text_has_lines_is_told_in_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("check", "no\nproject")[2].count("\n") == 1


def test_a_disk_that_refuses_is_told_whatever_was_written(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody has told it closer by, such as what is printed into a file."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "some/file")

    monkeypatch.setattr("segstudio.cli.output.Output.table", full)
    code, out, err = run("heads")
    assert (code, out) == (1, "")
    assert err == "some/file: could not be written (No space left on device). Make room, and do it again.\n"


@pytest.mark.parametrize(
    "words",
    [
        ["formats"],
        ["heads"],
        ["recipes"],
        ["recipes", "balanced"],
        ["recipes", "--fields"],
        ["weights", "list"],
    ],
    ids=" ".join,
)
def test_json_is_the_only_line_on_standard_output(run: Run, words: list[str]) -> None:
    code, out, _ = run(*words, "--json")
    assert code == 0
    assert out.count("\n") == 1
    assert isinstance(json.loads(out), dict)


def test_what_a_terminal_cannot_say_is_escaped_and_json_is_ascii(tmp_path: Path) -> None:
    program = "from segstudio.cli.main import main; import sys; main(sys.argv[1:])"
    words = ["new", str(tmp_path / "日本"), "--class", "größe:#FF0000", "--json"]
    ended = subprocess.run(
        [sys.executable, "-c", program, *words],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout.decode("ascii"))["classes"] == ["größe"]
    assert b"gr\\xf6\\xdfe" in ended.stderr
    assert Project.open(tmp_path / "日本").classes.names == ("größe",)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_ctrl_c_in_a_verb_says_stopped(tmp_path: Path) -> None:
    code = (
        "import sys, time\nfrom segstudio.cli.main import main\nfrom segstudio.project.project import Project\n"
        "def slow(*told):\n    print('reading', flush=True)\n    time.sleep(60)\n"
        "Project.open = slow\nmain(sys.argv[1:])"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, "check", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "reading\n"
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=20)
    assert (child.returncode, out, err.strip()) == (130, "", "Stopped.")


def test_ctrl_c_while_a_verb_is_loaded_says_stopped(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: str) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr("importlib.import_module", interrupted)
    assert run("new", "p") == (130, "", "Stopped.\n")


def test_python_dash_m_is_the_same_program() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "segstudio", "--version"], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, f"segstudio {version('segstudio')}\n")


def test_the_sentence_of_an_error_cannot_steer_the_terminal(run: Run, labelled: Project) -> None:
    code, _, err = run("remove", labelled.folder, "x\x1b[2J.png")
    assert (code, "x?[2J.png" in err, "\x1b" in err) == (1, True, False)
