# `make run` serves the app, `make test` passes the tests; each sets up what it needs first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?=
# Tests mostly wait for databases, servers and processes: one worker more than there are cores. Memory is about 1 GB each.
WORKERS ?= $(shell cores=$$(nproc 2>/dev/null || echo 2); echo $$(( cores < 7 ? cores + 1 : 8 )))

.PHONY: run test check format lint types layers setup setup-dev compiled browser editor bench clean

run: setup  ## set up and serve the app (on a free port if 8501 is taken)
	$(BIN)/python -m writer serve $(if $(PORT),--port $(PORT))

test: export PYTHONDONTWRITEBYTECODE =  # hundreds of processes start, each of which would compile what it imports
test: setup-dev browser  ## set up and run every test
	$(BIN)/python -m pytest --ignore=tests/browser -n $(WORKERS) --dist loadfile
	$(BIN)/python -m pytest tests/browser -n 2 --dist loadfile --reruns 1 -rR

check: format lint types layers test  ## what CI runs: format, lint, types, layers, tests

format: setup-dev
	$(BIN)/ruff format --check .

lint: setup-dev
	$(BIN)/ruff check .

types: setup-dev
	$(BIN)/mypy

layers: setup-dev
	$(BIN)/lint-imports

setup: $(VENV)/.run compiled
setup-dev: $(VENV)/.dev compiled

compiled: | $(VENV)/bin/python  # a start takes a third less time then, also where Python is told to keep nothing
	@$(BIN)/python -m compileall -q writer pages streamlit_app.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.run: requirements.txt constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -r requirements.txt -c constraints.txt
	touch $@

$(VENV)/.dev: requirements-dev.txt requirements.txt constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt -c constraints.txt
	touch $@ $(VENV)/.run

browser:  ## Chromium for the browser tests, where apt and root allow; without it those tests say why they are skipped
	@sh deploy/chromium.sh

editor:  ## build the text editor anew after a change in editor/ (needs Node 20 or newer; nobody else does)
	cd editor && npm ci --no-audit --no-fund --ignore-scripts && npm run --silent build

bench: setup-dev  ## print the benchmark figures
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
