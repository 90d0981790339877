# Two commands do all the set-up: `make demo` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Threads of BLAS that wait for each other take longer than they save (see cli/app.py)
export OPENBLAS_NUM_THREADS ?= 1

USER_BIN := .venv/bin
TEST_BIN := .test-venv/bin
SOURCES := $(shell find src -type f -not -path '*/__pycache__/*') pyproject.toml README.md LICENSE

.PHONY: demo serve screens test lint types contracts unit docs docs-check help-without-tools bench lock clean

## make demo: import the real data that ship with the project, simulate the rest, show a scorecard
demo: .venv/installed
	@rm -rf demo
	@$(USER_BIN)/python scripts/demo.py $(USER_BIN)/hearwell demo

## make serve: the demo's data in the browser, at 127.0.0.1:8000
serve: .venv/installed
	@test -d demo || $(USER_BIN)/python scripts/demo.py $(USER_BIN)/hearwell demo
	@$(USER_BIN)/hearwell serve --lake demo

## make test: lint, types, import contracts, docs, and all tests against the built wheel
test: lint types contracts docs-check help-without-tools unit

lint: .test-venv/installed
	$(TEST_BIN)/ruff check
	$(TEST_BIN)/ruff format --check
	$(TEST_BIN)/codespell

types: .test-venv/installed
	$(TEST_BIN)/mypy

contracts: .test-venv/installed
	$(TEST_BIN)/lint-imports

unit: .test-venv/installed
	$(TEST_BIN)/pytest -n 2 --dist worksteal

## make test-long: simulations, kills and browsers that take many minutes
test-long: .test-venv/installed
	$(TEST_BIN)/pytest -n 2 --dist worksteal -m "slow or long"

## make test-postgresql: what writes to the application's database, on PostgreSQL, where Debian's is
## at hand; with TESTS=tests/web all of the application's tests
TESTS := $(addprefix tests/web/test_,accounts.py audit.py boards.py database.py deliveries.py \
	settings.py signing_in.py single_sign_on.py targets.py token.py) tests/web/surveys
test-postgresql: .test-venv/installed
	@if command -v pg_virtualenv > /dev/null; then \
	  pg_virtualenv sh -c 'DATABASE_URL="postgresql://$$PGUSER:$$PGPASSWORD@$$PGHOST:$$PGPORT/$$PGDATABASE" $(TEST_BIN)/pytest -n 2 --dist worksteal $(TESTS)'; \
	else echo "Skipped: tests on PostgreSQL; Debian's postgresql and postgresql-common are not here."; fi

help-without-tools: .venv/installed
	$(USER_BIN)/hearwell --help > /dev/null

## make docs: print the reference pages from the code; docs-check fails where they differ
docs: .test-venv/installed
	$(TEST_BIN)/cog -r -I scripts docs/reference/*.md

docs-check: .test-venv/installed
	$(TEST_BIN)/cog --check --diff -I scripts docs/reference/*.md

## make screens: pictures of every page (two languages, light and dark, desktop and telephone)
screens: .test-venv/installed
	@test -d demo || $(MAKE) demo
	$(TEST_BIN)/python scripts/screens.py demo docs/screens

## make bench: measure speed and memory as ratios of one run; takes some minutes
bench: .test-venv/installed
	$(TEST_BIN)/python benchmarks/run.py

## make lock: choose newer versions of everything, with their hashes
lock: .test-venv/installed
	for name in build dev; do $(TEST_BIN)/pip-compile $(LOCK) requirements-$$name.in -o requirements-$$name.lock; done
	$(TEST_BIN)/pip-compile $(LOCK) pyproject.toml -o requirements.lock
LOCK := -q --upgrade --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

dist/built: $(SOURCES) requirements-build.lock
	rm -rf dist .build-venv
	$(PYTHON) -m venv .build-venv
	.build-venv/bin/pip install -q --require-hashes -r requirements-build.lock
	.build-venv/bin/pip wheel -q --no-deps --no-build-isolation -w dist .
	rm -rf .build-venv
	touch $@

.venv/ready: requirements.lock
	$(PYTHON) -m venv --clear .venv
	$(USER_BIN)/pip install -q --require-hashes -r requirements.lock
	touch $@

.venv/installed: .venv/ready dist/built
	$(USER_BIN)/pip install -q --no-deps --force-reinstall dist/*.whl
	touch $@

.test-venv/ready: requirements.lock requirements-dev.lock
	$(PYTHON) -m venv --clear .test-venv
	$(TEST_BIN)/pip install -q --require-hashes -r requirements.lock -r requirements-dev.lock
	touch $@

.test-venv/installed: .test-venv/ready dist/built
	$(TEST_BIN)/pip install -q --no-deps --force-reinstall dist/*.whl
	touch $@

clean:
	rm -rf .venv .test-venv .build-venv dist demo
