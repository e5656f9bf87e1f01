# Every word works from a bare clone that has Python 3.11+ and make: `make` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

UV_VERSION := 0.13.8
UV := .tools/bin/uv
BIN := .venv/bin
SYNCED := .venv/.synced
CODE := $(wildcard cost_slo lambdas tests benchmarks)

# The interpreter is one that is already here: 3.13 first, else any that the package supports.
export UV_PYTHON_DOWNLOADS := never

.PHONY: help
help: ## list these words
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: sync
sync: $(SYNCED) ## install everything the checks need into .venv/

.PHONY: demo
demo: $(SYNCED) ## the whole story on a generated bill, written to demo/
	$(BIN)/cost-slo demo --out demo

.PHONY: test
test: $(SYNCED) ## run the tests
	$(BIN)/pytest

.PHONY: check
check: lint floors types coverage wheel ## everything CI asks for

.PHONY: format
format: $(SYNCED) ## rewrite the code the way `lint` wants it
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

.PHONY: lint
lint: $(SYNCED) ## formatting and lint
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)

.PHONY: floors
floors: $(SYNCED) ## imports go down only
	$(BIN)/lint-imports

.PHONY: types
types: $(SYNCED) ## mypy, strict
	$(BIN)/mypy $(CODE)

.PHONY: coverage
coverage: $(SYNCED) ## run the tests; every branch of the domain must be taken
	$(BIN)/pytest --cov=cost_slo.domain --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100

# ---------------------------------------------------------------------------------------------

$(SYNCED): $(UV) pyproject.toml uv.lock .python-version
	$(UV) sync --locked --extra local --python "$$($(UV) python find --system 3.13 2>/dev/null || $(UV) python find --system '>=3.11')"
	@touch $@

$(UV):
	python3 -m venv .tools
	.tools/bin/python -m pip install --quiet uv==$(UV_VERSION)
