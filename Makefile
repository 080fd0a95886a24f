# Shifu. `make help` lists what there is.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
CATALOGUES := web/translations/zh/LC_MESSAGES/messages.mo

.PHONY: help setup run test golden check bench clean
help: ## List the targets
	@grep -hE '^[a-z][a-z0-9-]*:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | sort | expand -t 12

$(VENV)/.ready: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

%.mo: %.po $(VENV)/.ready
	$(BIN)/pybabel --quiet compile --use-fuzzy -i $< -o $@

setup: $(VENV)/.ready $(CATALOGUES) ## Make the virtual environment with pinned dependencies

run: setup ## Demo: database, library, index, then the site on 127.0.0.1:8000
	$(BIN)/shifu init
	$(BIN)/shifu serve

test: setup ## Set up and run all tests
	$(BIN)/python -m pytest

golden: setup ## How well search finds: golden queries, before (baseline) and now
	$(BIN)/shifu eval --golden --half checking --baseline

check: setup ## All that CI runs: lint, types, import rules, content, tests
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/shifu content check
	$(BIN)/python -m pytest

bench: setup ## Measure and write bench.json
	$(BIN)/python -m tests.bench

clean: ## Remove the environment and caches; data stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
