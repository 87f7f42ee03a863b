# The one door to the project. Every target sets up what it needs; a second call finds it done.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# the first Python that fits
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.14 python3.11; do \
	$$each -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null && echo $$each && break; done)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# what `make bench` measures beside nbflow, in an environment of its own; nbflow does not depend on it
METAFLOW := 2.19.39
METAFLOW_VENV := .venv-metaflow
METAFLOW_STAMP := $(METAFLOW_VENV)/.installed-$(METAFLOW)
export NBFLOW_CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

.PHONY: help install demo test test-aws crash days matrix errors pictures browsers hostile watch chromium check format bench bench-storage metaflow lock clean

help:  ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s  %s\n", $$1, $$2 }' Makefile

install: $(STAMP)  ## make .venv with the locked packages and this project, editable

$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || test -n "$(PYTHON)" || { echo "nbflow needs Python 3.11 to 3.14; set PYTHON to one"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the locked packages into $(VENV) (once; a few minutes on a slow line)"
	@$(PIP) "$$(grep '^uv==' requirements.lock)"
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --requirement requirements.lock 2>/dev/null || $(PIP) --requirement requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

demo: install  ## run the quickstart notebook as a flow, and look at the run
	@$(BIN)/nbflow run notebooks/quickstart.ipynb -p alpha=0.2
	@echo
	@$(BIN)/nbflow show quickstart
	@printf '\nWhat its steps printed:\n'
	@$(BIN)/nbflow logs quickstart
	@printf '\nNow open notebooks/quickstart.ipynb in JupyterLab, or go on here with\n'
	@printf '  $(BIN)/nbflow %s\n' 'run notebooks/quickstart.ipynb -p degrees=2,3' history 'logs quickstart/1/train'

# one more than there are cores: many tests wait for kernels, browsers and clocks. What fails so is run once more, alone
test: install chromium  ## run every test; without Chromium the browser tests are skipped
	@$(BIN)/python tests/suite.py --numprocesses $$(( $$(nproc) < 4 ? $$(nproc) + 1 : 4 )) --dist loadgroup $(ARGS)

test-aws: install  ## run the tests of AWS with jobs in containers; WHOLE=1 takes slow ones, too; ENGINE=optional passes where no Docker engine can be had
	@$(if $(WHOLE),NBFLOW_WHOLE=1) PYTHONPATH=tests $(BIN)/python -m aws.docker_engine $(if $(filter optional,$(ENGINE)),--or-skip) \
		$(BIN)/python tests/suite.py --numprocesses auto --maxprocesses 2 --dist loadgroup tests/aws $(ARGS)

crash: install  ## kill 200 runs at random moments and look at what is left; ARGS="--kills 20 --seed 7"
	@$(BIN)/python tests/crash $(ARGS)

days: install  ## live 500 days of work in a notebook at random, each run compared with a fresh one; ARGS="--days 20"
	@PYTHONPATH=tests $(BIN)/python tests/days.py $(ARGS)

matrix: install  ## every shape, behaviour and door; make test takes half of the pairs, each at one door
	@NBFLOW_MATRIX=whole $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadgroup tests/matrix $(ARGS)

errors: install  ## write docs/errors.md anew, by typing every bad input of tests/gallery
	@PYTHONPATH=tests $(BIN)/python -m gallery

pictures: install chromium  ## take the pictures of the README and the docs anew; ARGS="--all FOLDER" for every state and view
	@PYTHONPATH=tests $(BIN)/python tests/pictures.py $(ARGS)

browsers: install chromium  ## run the browser tests in JupyterLab and in Notebook 7; make test takes each in one of the two
	@NBFLOW_BROWSERS=both $(BIN)/python -m pytest tests/browser $(ARGS)

hostile: install chromium  ## show every hostile text in every view and card in Chromium; make test takes an eighth of them for each
	@NBFLOW_HOSTILE=all $(BIN)/python -m pytest -q tests/browser/test_hostile.py tests/browser/test_card_pages.py $(ARGS)

watch: install chromium  ## measure what watching a foreach of 1,200 tasks takes, in JupyterLab
	@$(BIN)/python -m benchmarks.watching $(ARGS)

chromium:
	@if [ -n "$$NBFLOW_CHROMIUM" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq >/dev/null \
		&& apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core >/dev/null 2>&1; then exit 0; fi; \
	echo "Chromium is missing and cannot be installed here: the browser tests are skipped"

check: install  ## formatting, lint, types, layers
	@$(BIN)/ruff format --check --quiet . || { echo "not formatted: run make format"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: install  ## rewrite the code as the formatter wants it
	@$(BIN)/ruff check --quiet --select I,F401 --fix nbflow tests
	@$(BIN)/ruff format .

bench: install metaflow  ## time nbflow and Metaflow side by side; ARGS="--quick --json FILE"
	@$(BIN)/python -m benchmarks $(ARGS)

bench-storage: install metaflow  ## time clients of a bucket side by side; ARGS="--objects 300 --tries 1"
	@$(BIN)/python -m benchmarks.storage $(ARGS)

metaflow: install
	@test -e $(METAFLOW_STAMP) || { rm -rf $(METAFLOW_VENV); $(BIN)/python -m venv $(METAFLOW_VENV) \
		&& $(METAFLOW_VENV)/bin/python -m pip install -qq --disable-pip-version-check metaflow==$(METAFLOW) \
		&& touch $(METAFLOW_STAMP); } || { rm -rf $(METAFLOW_VENV); echo "Metaflow cannot be installed here: nbflow is measured alone"; }

lock: install  ## resolve the dependencies anew
	@$(BIN)/uv pip compile pyproject.toml --extra demo --extra notify --extra vega --group dev --universal --python-version 3.11 \
		--no-emit-index-url --custom-compile-command 'make lock' --quiet --upgrade --output-file requirements.lock

clean:  ## remove the environments and every cache
	@rm -rf $(VENV) $(METAFLOW_VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist build
