# Streetlight. `make run` and `make test` set up everything they need; `make help` lists the rest.

PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
STORE := local/node_modules/.ready
STYLE := chalicelib/reports/site/style/govuk.css
BUILD := build
SOURCES := $(wildcard app.py chalicelib local tests bench)

.DEFAULT_GOAL := help
.PHONY: run test check bench package help setup format lint types goldens coverage accessibility schemathesis verify rebuild close publish reminders token reset clean

run: setup  ## start Streetlight with its data under .local/, at http://127.0.0.1:8000 (PORT=... for another)
	@$(BIN)/python -m local run

test: setup  ## run the tests
	@$(BIN)/python -m pytest $(ARGS)

check: lint types coverage  ## format, lint, types, import contracts, tests with branch coverage: what a change must pass

bench: setup  ## measure the hot paths, each beside the conventional way
	@$(BIN)/python -m bench $(ARGS)

package: setup  ## build the CloudFormation package under build/package, and lint its template
	@$(BIN)/python -m local.packaging

.PHONY: hledger
hledger: setup  ## let hledger add up the journal that is exported for it (it must be installed)
	@command -v hledger >/dev/null || { echo "hledger was not found. Install it with your system's packages." >&2; exit 1; }
	@STREETLIGHT_TEST_HLEDGER=1 $(BIN)/python -m pytest tests/services/test_hledger.py $(ARGS)

.PHONY: smoke
smoke: package  ## create the package's stack in an emulator, load the example through its API, publish and remind on schedule
	@$(BIN)/python -m local.packaging.smoke

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) $(STORE) $(STYLE)  ## create .venv, fetch the embedded DynamoDB, compile the style (the other targets do this by themselves)

format: setup  ## rewrite the source in the house's format
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix $(SOURCES)

lint: setup  ## ruff and the import contracts
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/lint-imports --no-cache

types: setup  ## mypy, strict, over source and tests
	@$(BIN)/mypy $(SOURCES)

coverage: setup  ## the tests with branch coverage
	@$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered $(ARGS)

goldens: setup  ## rewrite the golden files from what the code makes now (read the diff before you commit it)
	@$(BIN)/python -m pytest --refresh-goldens $(ARGS)

accessibility: setup  ## hold every kind of published page against axe-core and a narrow screen, in headless Chromium
	@$(BIN)/python -m pytest --browser tests/browser $(ARGS)

schemathesis: setup  ## call a live local server with everything its OpenAPI document allows, and much it does not
	@$(BIN)/python -m local schemathesis -- $(ARGS)

verify: setup  ## recompute every record's hash, every head, balance and published or exported file in .local/
	@$(BIN)/python -m local verify

rebuild: setup  ## make a publication or export again (ID=2024-04-01-1) and compare every SHA-256 with its record
	@$(BIN)/python -m local rebuild $(ID)

close: setup  ## close a quarter of every grant in .local/ (QUARTER=2023-24-Q3); can be repeated
	@$(BIN)/python -m local close $(QUARTER)

publish: setup  ## write a publication from what stands in .local/
	@$(BIN)/python -m local publish

reminders: setup  ## write the reminders that are due as files under .local/mail, and list them
	@$(BIN)/python -m local reminders

token: setup  ## print a token for the running server (ROLE=officer for another role)
	@$(BIN)/python -m local token $(or $(ROLE),viewer)

reset: setup  ## throw away the local data under .local/, after asking (YES=1 does not ask)
	@$(BIN)/python -m local reset $(if $(YES),--yes)

clean:  ## remove everything that the targets made, except the local data
	@rm -rf $(VENV) .venv-ministack local/node_modules $(STYLE) $(BUILD) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.txt requirements-dev.txt requirements-alone.txt
	@set -e; \
	for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
		if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$candidate; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
		echo "Streetlight needs Python 3.11 or later, and found none. Name one: make PYTHON=/path/to/python3.13 ..." >&2; exit 1; \
	fi; \
	echo "Setting up $(VENV) with $$($$found --version) ..."; \
	$$found -m venv $(VENV); \
	$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements-dev.txt; \
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps -r requirements-alone.txt
	@touch $@

$(STORE): local/package.json local/package-lock.json
	@if command -v npm >/dev/null; then \
		echo "Fetching the embedded DynamoDB and the published pages' styles ..."; \
		cd local && npm ci --silent && mkdir -p node_modules && touch node_modules/.ready; \
	else \
		echo "npm was not found: the slower stand-in ministack will serve as DynamoDB. Install Node.js to get the real thing." >&2; \
	fi

# Without npm the pages are made all the same, in the plain style that stands beside it.
$(STYLE): local/style/govuk.scss $(STORE)
	@if [ -x local/node_modules/.bin/sass ]; then \
		local/node_modules/.bin/sass --no-source-map --style=compressed --load-path=local/node_modules $< $@.new && mv $@.new $@; \
	else \
		echo "npm was not found: the published pages get their plain style." >&2; \
	fi
