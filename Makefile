# Everything a person does with a checkout, one verb each. `make` alone lists them.
#
# The virtual environments are stamped with their lock file, so a second call does no work.

.DEFAULT_GOAL := help
.PHONY: help run demo test check format docs bench lock clean

VENV := .venv
BIN := $(VENV)/bin
LOCKS := deploy/locks
# Errors only: what pip warns of is the machine's own configuration.
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-warn-script-location
OURSELVES := $(PIP_INSTALL) --no-deps --no-build-isolation --editable .

# The newest Python on the path that is new enough; PYTHON=/path/to/python overrides the choice.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s%s\n", $$1, $$2 }' Makefile

run: $(VENV)/run.stamp ## Open your desk in this terminal; ARGS="--as ann" adds options
	@$(BIN)/thirdline run $(ARGS)

demo: $(VENV)/run.stamp ## A small company's busy week on a fast clock
	@$(BIN)/thirdline demo $(ARGS)

test: check ## Lint, types, import contracts and all tests: some minutes
	@$(BIN)/python -m pytest -o console_output_style=count

check: $(VENV)/dev.stamp ## Lint, types and import contracts
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo 'Some files are not formatted. Type: make format'; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo 2>&1 | tail -n 8 && $(BIN)/lint-imports --no-logo >/dev/null

format: $(VENV)/dev.stamp ## Put every file in the house style
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format --quiet .

docs: $(VENV)/dev.stamp ## Play the pages again: transcripts, picture, reference
	@$(BIN)/python -m docs.reference && $(BIN)/python -m docs.manifest && $(BIN)/python -m docs.picture && $(BIN)/python -m docs.slack_picture && $(BIN)/python -m docs.discord_picture && $(BIN)/python -m docs.paging_picture && $(BIN)/python -m docs.transcripts README.md docs/*.md

bench: $(VENV)/bench.stamp ## Measure speed against the bare libraries and the peers
	@$(BIN)/python -m benchmarks

lock: ## Renew the hash-locked dependencies (needs uv)
	@for kind in run:build dev:dev bench:dev:bench; do \
		name=$${kind%%:*}; groups=$$(echo $${kind#*:} | tr ':' '\n' | sed 's/^/--group /'); \
		uv pip compile pyproject.toml --extra postgres --extra slack --extra discord --extra phone --extra calendar --extra apprise --extra email --extra web $$groups --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header --quiet --upgrade --output-file $(LOCKS)/$$name.txt || exit 1; done

clean: ## Remove the virtual environment and the caches (never your data)
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info

# Each set of dependencies is a superset of the one before, in one virtual environment.
$(VENV)/%.stamp: $(LOCKS)/%.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo 'Thirdline needs Python 3.11 or newer, and none was found on your PATH.'; \
		echo 'Install it (Debian, Ubuntu: sudo apt install python3 python3-venv; macOS: brew install python), or say where it is: make $(MAKECMDGOALS) PYTHON=/path/to/python3'; exit 1; }
	@$(PYTHON) -c '' 2>/dev/null || { echo 'There is no usable Python at $(PYTHON).'; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Thirdline needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo 'Your Python cannot make virtual environments. Debian, Ubuntu: sudo apt install python3-venv'; exit 1; }
	@# Without pip it is half an environment, of a set-up that was interrupted or of a Python that is gone.
	@$(BIN)/python -c 'import pip' 2>/dev/null || { \
		echo 'Setting up a virtual environment in $(VENV) …'; $(PYTHON) -m venv --clear $(VENV); }
	@echo 'Installing the locked dependencies ($*) …'
	@$(PIP_INSTALL) --require-hashes --requirement $<
	@$(OURSELVES)
	@touch $@
