# Everything a developer or an operator starts here. Settings come from the environment (see .env.example):
#     make run PORT=8123 DATA=/some/folder

# The first Python that is new enough; name another one with PYTHON=...
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --quiet --disable-pip-version-check --no-input
URL ?= http://127.0.0.1:8000

.DEFAULT_GOAL := help
.PHONY: help run services test check format faults bench tour lock clean

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp ## serve on http://127.0.0.1:8000, or PORT=8123 DATA=/some/folder
	@exec $(VENV)/bin/gunicorn wsgi:app

services: $(VENV)/dev.stamp ## start web, realtime, worker and beat; needs MONGODB_URI and REDIS_URL
	@test -n "$$MONGODB_URI" -a -n "$$REDIS_URL" || { echo "make services needs MONGODB_URI and REDIS_URL" >&2; exit 1; }
	@$(VENV)/bin/flask --app wsgi create-indexes
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" PUBLIC_URL="$${PUBLIC_URL:-http://127.0.0.1:$${PORT:-8000}}" \
		exec $(VENV)/bin/honcho start --port "$${PORT:-8000}" web realtime worker beat

test: $(VENV)/dev.stamp ## run the tests; those over the wire need Java and a test server, or TEST_MONGODB_URI
	$(PY) -m pytest -n auto --dist worksteal

check: $(VENV)/dev.stamp ## lint, formatting and types
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

format: $(VENV)/dev.stamp ## put the code into shape
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

faults: $(VENV)/dev.stamp ## look for faults many times: kills, crashes at every step, cut answers
	$(PY) -m tests.faults.kill_store 200
	$(PY) -m pytest tests/faults --long --kills 200

bench: $(VENV)/dev.stamp ## measure, and print ratios
	$(PY) -m bench

tour: ## walk through the API of a running service with curl; URL=http://127.0.0.1:8000
	@bash examples/tour.sh $(URL)

lock: $(VENV)/dev.stamp ## pin requirements*.in anew, with hashes
	for f in requirements requirements-dev; do $(VENV)/bin/uv pip compile --quiet --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-header $$f.in -o $$f.txt || exit 1; done

clean: ## remove the virtual environment and what tools left; the data in var/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/run.stamp: requirements.txt
	@test -n "$(PYTHON)" || { echo "tracker needs Python 3.11 or newer: install it, or name one by make run PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "tracker needs Python 3.11 or newer, and $(PYTHON) is not one" >&2; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "tracker needs Python's venv (Debian: apt-get install python3-venv)" >&2; exit 1; }
	@echo "installing requirements.txt into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	@echo "installing requirements-dev.txt into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@
