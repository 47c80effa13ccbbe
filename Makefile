# `make help` lists what there is. Everything is installed into .venv, nothing outside this directory.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
# What to serve with: PostgreSQL and Redis have drivers of their own.
LOCK   := requirements$(if $(strip $(DATABASE_URL)$(REDIS_URL)),-scale).txt
ARGS   ?=
# Other people's servers, for test-foreign alone; may be removed at any time.
FOREIGN ?= $(VENV)/foreign
# Hashes and no address of any download host: the same files serve behind any mirror.
COMPILE = $(VENV)/uv/bin/uv pip compile --quiet --universal --python-version 3.11 \
          --generate-hashes --no-header --no-emit-index-url $(ARGS)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-foreign lint format lock bench messages

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/installed-$(LOCK)  ## Install what is needed, prepare the data, start the server
	@exec $(BIN)/python manage.py serve --prepare $(ARGS)

test: $(VENV)/installed-requirements-dev.txt  ## Run all tests; ARGS="-k word" picks some
	@$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

test-foreign: $(VENV)/installed-requirements-dev.txt  ## Test against servers of others; installs them first
	@command -v npm >/dev/null || { echo "npm is missing. On Debian: apt-get install npm"; exit 1; }
	@echo "Installing the servers of others into $(FOREIGN) …"
	@mkdir -p $(FOREIGN)
	@npm install --silent --no-audit --no-fund --ignore-scripts --prefix $(FOREIGN) @copilotkit/aimock
	@test -x $(FOREIGN)/python/bin/python || $(PYTHON) -m venv $(FOREIGN)/python
	@$(FOREIGN)/python/bin/python -m pip --quiet --disable-pip-version-check --no-input install 'litellm[proxy]'
	@FOREIGN=$(abspath $(FOREIGN)) $(BIN)/pytest -m foreign tests/foreign $(ARGS)

lint: export CHATSITE_DATA_DIR := $(VENV)/lint
lint: $(VENV)/installed-requirements-dev.txt  ## Check style, types, floors, templates, scripts
	@failed=0; \
	$(BIN)/ruff check --quiet || failed=1; \
	$(BIN)/ruff format --check --quiet || failed=1; \
	$(BIN)/mypy --no-error-summary || failed=1; \
	$(BIN)/lint-imports --no-logo || failed=1; \
	$(BIN)/djlint templates --lint --quiet || failed=1; \
	$(BIN)/djade --check --target-version 5.2 $$(find templates -name '*.html') || failed=1; \
	$(BIN)/oxlint --quiet --deny-warnings static/js || failed=1; \
	$(BIN)/python manage.py check --fail-level WARNING || failed=1; \
	$(BIN)/python manage.py makemigrations --check --dry-run || failed=1; \
	exit $$failed

format: $(VENV)/installed-requirements-dev.txt  ## Put Python and templates in order
	@$(BIN)/ruff check --fix --quiet; $(BIN)/ruff format --quiet
	@$(BIN)/djade --target-version 5.2 $$(find templates -name '*.html') || true

bench: $(VENV)/installed-requirements-dev.txt  ## Measure against a bare relay on this machine
	@$(BIN)/python -m tests.bench $(ARGS)

messages: $(VENV)/installed-requirements-dev.txt  ## Collect and compile the translated sentences
	@for tool in xgettext msgmerge msgfmt; do command -v $$tool >/dev/null || \
		{ echo "$$tool is missing. On Debian: apt-get install gettext"; exit 1; }; done
	@$(BIN)/python manage.py makemessages --no-obsolete --locale de --locale fr --locale it --no-location \
		--ignore .venv --ignore var --ignore tests
	@$(BIN)/python manage.py compilemessages --ignore .venv

lock: $(VENV)/uv/bin/uv  ## Write the lock files anew; ARGS=--upgrade takes newer versions
	@$(COMPILE) --extra scale --group dev pyproject.toml -o requirements-dev.txt
	@$(COMPILE) --extra scale -c requirements-dev.txt pyproject.toml -o requirements-scale.txt
	@$(COMPILE) -c requirements-dev.txt pyproject.toml -o requirements.txt

$(VENV)/uv/bin/uv: | $(BIN)/python
	@$(PYTHON) -m venv $(VENV)/uv
	@$(VENV)/uv/bin/python -m pip --quiet --disable-pip-version-check --no-input install uv

$(VENV)/installed-%: % | $(BIN)/python
	@echo "Installing what $* lists …"
	@$(PIP) install --no-compile --require-hashes --requirement $*
	@touch $@

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || \
		{ echo "$(PYTHON) is missing. Install Python 3.11 or newer, or name it: make PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$$($(PYTHON) --version) is too old: Chatsite needs 3.11. Name a newer one: make PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python's venv and pip are missing. On Debian: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
