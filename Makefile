# Each target sets up what it needs. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup chat test test-fast check format

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: .venv/.ready  ## make .venv with everything in it

.venv/.ready: pyproject.toml constraints.txt scripts/install_torch.py
	@$(PYTHON) -c 'import sys, venv, ensurepip; assert sys.version_info >= (3, 11)' 2>/dev/null || \
	  { echo "Python 3.11 or newer with venv is needed (Debian: apt-get install python3-venv). Name another with PYTHON=…"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python scripts/install_torch.py
	$(BIN)/python -m pip install --quiet -c constraints.txt -e . --group dev
	@touch $@

chat: setup  ## open the demo shop's chat on http://127.0.0.1:7860
	$(BIN)/onevoice serve

test: setup  ## run the whole test suite, the embedded model's tests among it
	$(BIN)/python -m pytest

test-fast: setup  ## run the tests without model and browser
	$(BIN)/python -m pytest -m "not model and not browser"

check: setup  ## format, lint and types, changing nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python shops/demo/source/build.py --check

format: setup  ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
