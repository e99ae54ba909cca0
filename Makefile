# Two commands set everything up on a machine that has Python 3.11 or newer and make:
#   make demo   the main job: sample photos → project → training → overlays
#   make test   linters, types, import rules, all tests
# and `make pictures` makes docs/pictures/ anew from the running window.

# The first Python on the path that is new enough.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$name; break; }; done)
# Where tests watch the event loop.
PAUSES := tests/desktop/importing/test_pace.py tests/desktop/annotating/test_scrolling.py \
	tests/desktop/editing/test_large.py tests/desktop/editing/test_parts.py \
	tests/desktop/classes/test_editor.py::test_the_window_answers_while_masks_are_rewritten \
	tests/desktop/train/test_tab.py::test_a_long_log_is_opened_and_followed \
	tests/desktop/reviewing/test_tab.py::test_the_window_answers_while_twenty_photos_are_segmented
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Programs of others that the tests ask what they read and write.
ORACLES := .venv-oracles
ORACLES_READY := $(ORACLES)/.ready

.PHONY: setup system oracles demo test lint types imports tests benchmarks storms pictures wheel clean

setup: $(READY)

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "SegStudio needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,tensorboard,onnx]'
	@touch $@

# Where they cannot be had, the tests that ask them are skipped and say so.
oracles:
	@$(MAKE) --no-print-directory $(ORACLES_READY) || echo "No $(ORACLES): tests against other programs will be skipped."

$(ORACLES_READY): tests/other_programs.txt
	@test -n "$(PYTHON)" || { echo "SegStudio needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(ORACLES)/bin/python || "$(PYTHON)" -m venv $(ORACLES)
	$(ORACLES)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --requirement $<
	@touch $@

# The libraries of the system that Qt loads, and what `python -m venv` needs; only Debian and its relatives.
system:
	@PYTHON="$(PYTHON)" sh tests/system_libraries.sh

demo: system setup
	$(BIN)/segstudio demo

test: system setup oracles lint types imports tests

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

# One process for each core, four at the most, and one thread in each: torch would take all cores in every one of them.
# In the order of their names: the slowest stand in files of few tests, which otherwise come last, on one core.
tests: setup
	OMP_NUM_THREADS=1 QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# Each file in a process of its own; then how long the window does not answer, the time that others take included.
benchmarks: setup
	for file in tests/benchmarks/test_*.py; do QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest $$file -m benchmark -s || exit 1; done
	SEGSTUDIO_WALL_CLOCK=1 QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -s -m "benchmark or not benchmark" $(PAUSES)

# The full numbers of what the tests do a little of: kills, disks that fill up (they are mounted: as root alone), eight people
# in one folder that goes away (as root it is unmounted), and somebody who clicks at random.
storms: setup
	SEGSTUDIO_KILL_ROUNDS=5 QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n 0 tests/desktop/editing/test_kills.py \
		tests/cli/test_train.py
	SEGSTUDIO_KILLS=200 QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n 0 -s tests/storms/test_kills.py
	SEGSTUDIO_DISK_ROUNDS=10 QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n 0 -s tests/storms/test_full_disk.py
	SEGSTUDIO_SHARED_S=120 $(BIN)/python -m pytest -n 0 -s tests/storms/test_shared_folder.py
	SEGSTUDIO_FUZZ_INPUTS=100000 $(BIN)/python -m pytest -n 0 -s tests/storms/test_hostile.py
	SEGSTUDIO_SESSION_ROUNDS=50 $(BIN)/python -m pytest -n 0 -s tests/storms/test_long_session.py
	SEGSTUDIO_MONKEY_S=600 QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n 0 -s tests/desktop/test_monkey.py

pictures: setup
	$(BIN)/python docs/pictures/make.py

wheel: setup
	$(BIN)/python -m build --wheel

clean:
	rm -rf $(VENV) $(ORACLES) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
